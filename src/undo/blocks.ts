import { isOpeningEdit } from '../domain/keys.ts';
import type { LedgerEntry } from '../domain/ledger/ledger.ts';
import type { Block, KeptPart } from '../store/port.ts';
import { accountOf, type Books, reverseIn } from './books.ts';

export interface BlockUndo {
  /** Blocks whose purchase is reversed, or that were only ordered. */
  voidedIds: string[];
  /** Blocks that the run had voided. */
  reopenedIds: string[];
  /** Hours used from those blocks by others, to be spent again. */
  moved: LedgerEntry[];
  kept: KeptPart[];
  conflicts: string[];
}

/** The data of the blocks that the run credited. */
interface BlockTraces {
  runId: string;
  entries: readonly LedgerEntry[];
  /** Blocks that the run created. */
  blocks: readonly Block[];
  /** Unreversed entries of those blocks, and of all blocks that the run credited. */
  blockEntries: readonly LedgerEntry[];
  /** The runs that sold or opened the blocks made usable by this run. */
  sellers: ReadonlyMap<string, string>;
}

/**
 * Reverses the run's expiries, withdrawals and adjustments, then the hours it credited. If such a
 * block has less left than that, its latest uses are paid elsewhere. A sale belongs to the run that
 * decided it, whichever run found its invoice delivered.
 */
export function undoBlocks(books: Books, traces: BlockTraces): BlockUndo {
  const result: BlockUndo = {
    voidedIds: [],
    reopenedIds: [],
    moved: [],
    kept: [],
    conflicts: [],
  };
  const own = traces.entries.filter((entry) => entry.chargeId === null);
  const debits = own.filter((entry) => entry.side === 'debit' && isOwnDebit(entry, traces.runId));
  reverseIn(books, debits);
  for (const { blockId, key } of debits) {
    if (blockId === null || !key.startsWith(`void:${blockId}:`)) continue;
    result.reopenedIds.push(blockId);
    const held = accountBlock(books, blockId);
    if (held !== undefined) held.isActive = true;
  }
  const credits = creditsToTake(own, traces, result);
  for (const [blockId, taken] of Map.groupBy(credits, (entry) => entry.blockId ?? '')) {
    takeBack(books, traces, { blockId, taken }, result);
  }
  for (const { id, status } of traces.blocks) {
    if (status === 'ordered') result.voidedIds.push(id);
  }
  return result;
}

/** What a block paid for others' adjustments is a use of the block, not an action of the run. */
function isOwnDebit({ reason, key }: LedgerEntry, runId: string): boolean {
  if (reason === 'expiry' || reason === 'refund' || reason === 'rollover') return true;
  return key.startsWith(`adjust:${runId}/`) || isOpeningEdit(key);
}

function creditsToTake(
  own: readonly LedgerEntry[],
  { blocks, blockEntries, sellers }: BlockTraces,
  result: BlockUndo,
): LedgerEntry[] {
  const made = new Set(blocks.map(({ id }) => id));
  const credits = own.filter(({ side, blockId }) => side === 'credit' && blockId !== null);
  const foreign = credits.filter(({ reason, blockId }) => {
    return reason === 'purchase' && !made.has(blockId ?? '');
  });
  for (const { clientId, blockId } of foreign) {
    const id = blockId ?? '';
    result.kept.push({ kind: 'block', clientId, id, byRun: sellers.get(id) ?? '' });
  }
  const known = new Set(own.map(({ key }) => key));
  const later = blockEntries.filter(
    ({ side, blockId, key }) => side === 'credit' && made.has(blockId ?? '') && !known.has(key),
  );
  for (const { blockId, reason, runId } of later) {
    if (reason === 'purchase') continue;
    result.conflicts.push(
      `Run ${runId} later added hours to block ${blockId}: undo that run first.`,
    );
  }
  return [
    ...credits.filter((entry) => !foreign.includes(entry)),
    ...later.filter(({ reason }) => reason === 'purchase'),
  ];
}

function takeBack(
  books: Books,
  { blockEntries }: BlockTraces,
  { blockId, taken }: { blockId: string; taken: LedgerEntry[] },
  result: BlockUndo,
): void {
  const needed = taken.reduce((sum, { seconds, minor }) => sum + (minor ?? seconds), 0);
  const block = accountBlock(books, blockId);
  if (block === undefined) throw new Error(`block ${blockId} is in no account`);
  const left = () => block.remainingMinor ?? block.remainingSeconds;
  const uses = blockEntries.filter(
    (entry) =>
      entry.blockId === blockId && entry.side === 'debit' && !books.reversed.has(entry.key),
  );
  while (left() < needed) {
    const use = uses.pop();
    if (use === undefined) throw new Error(`block ${blockId} lacks hours that nobody used`);
    if (use.reason === 'rollover') {
      result.conflicts.push(
        `Run ${use.runId} rolled hours of block ${blockId} over into another block: undo that run first.`,
      );
      return;
    }
    reverseIn(books, [use]);
    const isMoved = use.reason === 'usage' || use.reason === 'adjustment';
    if (isMoved && !isOpeningEdit(use.key)) result.moved.push(use);
  }
  reverseIn(books, taken);
  if (taken.every(({ reason }) => reason === 'adjustment')) return;
  block.isActive = false;
  result.voidedIds.push(blockId);
}

function accountBlock(books: Books, blockId: string) {
  for (const { clientId } of books.accounts.values()) {
    const found = accountOf(books, clientId).blocks.find(({ id }) => id === blockId);
    if (found !== undefined) return found;
  }
  return undefined;
}
