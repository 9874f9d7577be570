import type { DifferenceKind, Found } from './context.ts';

interface Situation {
  connection: string;
  /** Whether the connection can be swept for deleted time. */
  canSweep: boolean;
}

/** What a person can do about a difference. */
export function fixOf(found: Found, { connection, canSweep }: Situation): string {
  const block = found.blockId ?? 'BLOCK';
  const gone = canSweep
    ? `prepaid-hours sweep ${connection} takes it off. `
    : 'Change anything on its ticket there: the next run reads its time anew. ';
  const fixes: Record<DifferenceKind, string> = {
    'entry-missing-here':
      'Save the entry once more in the PSA, unchanged if need be: the next run reads what changed.',
    'entry-missing-there': `If it was deleted there, ${gone}If not, look whether the API role still sees it.`,
    'entry-differs':
      'Save the entry once more in the PSA: it changed without a new time stamp, and the next run reads what has one.',
    'ticket-missing-here':
      'Save the ticket once more in the PSA, unchanged if need be: the next run reads what changed.',
    'ticket-missing-there':
      'If it was deleted or moved to a client that is not configured, its time goes with the next sweep, or is corrected with prepaid-hours adjust. If not, look whether the API role still sees it.',
    'ticket-differs':
      'Save the ticket once more in the PSA: it changed without a new time stamp, and the next run reads what has one.',
    'ticket-hours':
      'Look at the rows of its entries. Where there are none: prepaid-hours run debit, then prepaid-hours verify.',
    'block-balance':
      'Two systems count these hours. Compare prepaid-hours explain balance with the agreement there, correct the one that is wrong (prepaid-hours adjust), or end the agreement.',
    'block-sold': `If it is a sale of its own, book it as a block: prepaid-hours block accept ${found.invoice}`,
    'invoice-missing': `If it was deleted on purpose, nothing is to be done: once a second comparison misses it too, the next run closes the order or takes back its hours. If not, write it again there, then prepaid-hours block accept ${block}.`,
    'invoice-twice': 'Void all but one there: it was sold once.',
    'invoice-void': `The next run that reads it closes the order, or takes back the hours that it gave. Where the PSA does not show that: prepaid-hours block void ${block}.`,
    'invoice-amount':
      'Correct the amount there; or, if the new price was agreed, void the block and add one at that price (prepaid-hours block void, block add).',
    'invoice-payment':
      'Save the invoice once more in the PSA: the next run reads what changed, and what waits for the payment with it.',
    'message-unread':
      'Look at it there by hand; check says what the vendor answers to everything else.',
    'alert-missing':
      'Nothing is sent again before the next purchase. Sell hours, or write a ticket there by hand.',
    'alert-closed':
      'Nothing is sent again before the next purchase. If nobody sold hours, open the ticket again.',
  };
  return fixes[found.kind];
}
