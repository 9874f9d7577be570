/** What of a history must be the same with faults and without. */
import type { Auditor } from './auditor.ts';
import { type LedgerRow, type MessageRow, partsOf } from './books.ts';
import { sum } from './model.ts';
import type { Style } from './workload.ts';

export type Summary = Record<string, readonly string[]>;

export function summarize({ books }: Auditor, style: Style): Summary {
  const charges = books.charges();
  const parts = partsOf(charges);
  const last = new Map(charges.map((charge) => [charge.groupKey, charge]));
  const standing = [...last.values()].map(({ id, groupKey, clientId, seconds }) => {
    const entries = (parts.get(id) ?? []).map(({ entryId }) => entryId).sort();
    return `${groupKey[0]} of ${clientId}: ${seconds} s, ${entries}`;
  });
  const ledger = books.ledger();
  const shared = {
    // What was withdrawn leaves a revision that costs nothing; a run that never saw the work, none.
    charges: standing.filter((text) => !text.endsWith(', ')).sort(),
    used: [...Map.groupBy(ledger, ({ clientId }) => clientId)]
      .map(([clientId, rows]) => {
        return `${clientId}: ${usedIn(rows)} s`;
      })
      .sort(),
    pending: [...books.pending()]
      .filter(([, seconds]) => seconds > 0)
      .map(([clientId, seconds]) => `${clientId}: ${seconds} s`)
      .sort(),
  };
  if (style !== 'strict') return shared;
  return {
    ...shared,
    ledger: sumUp(ledger),
    messages: books.messages().flatMap(nameMessage).sort(),
  };
}

function usedIn(rows: readonly LedgerRow[]): number {
  const charged = rows.filter(({ chargeId }) => chargeId !== null);
  return sum(charged.map(({ side, seconds }) => (side === 'debit' ? seconds : -seconds)));
}

/** Of two blocks that are alike, either may pay: what one cause moved is looked at as one. */
function sumUp(ledger: readonly LedgerRow[]): string[] {
  const causes = Map.groupBy(ledger, (row) => {
    const { clientId, side, reason, workedOn, chargeId, note, blockId } = row;
    const payer = blockId === null ? 'overage' : 'block';
    return `${clientId} ${side} ${reason} ${workedOn} ${chargeId} ${note} ${payer}`;
  });
  return [...causes]
    .map(([cause, rows]) => `${cause}: ${sum(rows.map((row) => row.seconds))} s`)
    .sort();
}

/** A balance that was overtaken before it was shown need not be shown; the last one is audited. */
function nameMessage({ kind, clientId, payload, status }: MessageRow): string[] {
  if (kind === 'balance-field') return [];
  // A retry may have written one invoice after another, and its id is in what is told of it.
  const text = payload
    .replace(/ph:\w+:[\w:.-]+|b-[0-9a-f]{10}/g, 'key')
    .replace(/invoice \w+/g, 'invoice');
  return [`${kind} ${clientId} ${status} ${text}`];
}
