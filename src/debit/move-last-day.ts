import type { SpendableBlock } from '../domain/blocks/allocation.ts';
import { KindError } from '../domain/errors.ts';
import type { LedgerEntry, Posting } from '../domain/ledger/ledger.ts';
import { type Account, reverseSlices } from '../domain/ledger/postings.ts';
import type { DateText } from '../domain/time.ts';
import type { Block } from '../store/port.ts';

interface Move {
  /** The new last day; null: the block never expires. */
  expiresOn: DateText | null;
  /** The account's expiries without a reversal. */
  expiries: readonly LedgerEntry[];
  note: string;
}

/**
 * Changes a block's last day, and restores what had expired. Throws `config` if that rolled over
 * into another block; nothing is changed then.
 */
export function moveLastDay(
  account: Account,
  held: SpendableBlock,
  blocks: readonly Block[],
  { expiresOn, expiries, note }: Move,
): Posting[] {
  const next = blocks.find(
    ({ key, status }) => key.startsWith(`rollover:${held.id}:`) && status !== 'void',
  );
  if (next !== undefined) {
    const text = `The rest of block ${held.id} rolled over into block ${next.id}.`;
    const fix = `Extend that block instead: \`prepaid-hours block extend ${next.id}\`.`;
    throw new KindError('config', text, { fix });
  }
  held.expiresOn = expiresOn;
  const returned = expiries.filter(({ blockId }) => blockId === held.id);
  return reverseSlices(account, returned, note);
}
