import type { DifferenceKind, Found } from './context.ts';

interface Situation {
  connection: string;
  /** Whether the connection can be swept for deleted time. */
  canSweep: boolean;
}

/** How to resolve a difference. */
export function fixOf(found: Found, { connection, canSweep }: Situation): string {
  const block = found.blockId ?? 'BLOCK';
  const gone = canSweep
    ? `\`prepaid-hours sweep ${connection}\` removes it. `
    : 'Change anything on its ticket there: the next run reads its time again. ';
  const fixes: Record<DifferenceKind, string> = {
    'entry-missing-here': 'Save the entry again in the PSA, even unchanged: the next run reads it.',
    'entry-missing-there': `If it was deleted there, ${gone}If not, check whether the API role can still see it.`,
    'entry-differs':
      'Save the entry again in the PSA: it changed without a new timestamp, and only then does the next run read it.',
    'ticket-missing-here':
      'Save the ticket again in the PSA, even unchanged: the next run reads it.',
    'ticket-missing-there':
      'If it was deleted, or moved to a client that is not configured, the next sweep removes its time; or correct the balance with prepaid-hours adjust. If not, check whether the API role can still see it.',
    'ticket-differs':
      'Save the ticket again in the PSA: it changed without a new timestamp, and only then does the next run read it.',
    'ticket-hours':
      'See the differences of its entries. If there are none: prepaid-hours run debit, then prepaid-hours verify.',
    'block-balance':
      'Two systems debit these hours. Compare prepaid-hours explain balance with the agreement there and correct the wrong one (prepaid-hours adjust), or end the agreement.',
    'block-sold': `If it is a separate sale, book it as a block: prepaid-hours block accept ${found.invoice}`,
    'invoice-missing': `If it was deleted on purpose, do nothing: if the next comparison does not find it either, the next run closes the order or withdraws its hours. If not, create it again there${found.blockId === undefined ? '' : `, then prepaid-hours block accept ${block}`}.`,
    'invoice-twice': 'Void all but one there: the block was sold only once.',
    'invoice-void': `The next run that reads it closes the order or withdraws its hours. If the PSA does not report voided invoices: prepaid-hours block void ${block}.`,
    'invoice-undone':
      'Void or credit it there: its hours were taken back. If it is paid, the client has paid for hours that it does not have.',
    'invoice-amount':
      'Correct the amount there; or, if the new price is correct, void the block and add one at that price (prepaid-hours block void, block add).',
    'invoice-payment':
      'Save the invoice again in the PSA: the next run reads it, including its payment.',
    'message-unread':
      'Check it there by hand; prepaid-hours check shows whether the vendor’s other responses are readable.',
    'alert-missing':
      'No alert is sent again before the next purchase. Sell hours, or create a ticket there by hand.',
    'alert-closed':
      'No alert is sent again before the next purchase. If no hours were sold, reopen the ticket.',
  };
  return fixes[found.kind];
}
