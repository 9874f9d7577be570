import {
  allocate,
  type ChargedWorkTypes,
  canPayFor,
  type Slice,
  type SpendableBlock,
} from './allocation.ts';
import type { LedgerEntry, Posting } from './ledger.ts';
import type { DateText } from './time.ts';

/** A client's balance while a batch is being decided: what is posted here is not yet in the store. */
export interface Account {
  clientId: string;
  blocks: SpendableBlock[];
  overageSeconds: number;
}

/**
 * Undoes the standing slices of a charge, last one first, each by one entry that points at it. The
 * hours go back to the very blocks that they came from, whatever today's rules would choose.
 */
export function reverseSlices(
  account: Account,
  slices: readonly LedgerEntry[],
  note: string,
): Posting[] {
  return [...slices].reverse().map((slice) => {
    giveBack(account, slice);
    return {
      key: `rev:${slice.key}`,
      clientId: slice.clientId,
      side: slice.side === 'debit' ? 'credit' : 'debit',
      reason: 'reversal',
      blockId: slice.blockId,
      seconds: slice.seconds,
      chargeId: slice.chargeId,
      reverses: slice.key,
      workedOn: slice.workedOn,
      note,
    };
  });
}

function giveBack(account: Account, slice: LedgerEntry): void {
  const seconds = slice.side === 'debit' ? slice.seconds : -slice.seconds;
  if (slice.blockId === null) {
    account.overageSeconds -= seconds;
    return;
  }
  const block = account.blocks.find((candidate) => candidate.id === slice.blockId);
  if (block === undefined) throw new Error(`ledger entry ${slice.key} names an unknown block`);
  block.remainingSeconds += seconds;
}

/**
 * Hours of a block that has ended since may still pay for work of its own days that falls due only now
 * (its ticket was closed late): its ends are undone and taken out of the list. What is left after that
 * ends anew.
 */
export function takeUpEnded(
  account: Account,
  { workedOn, workTypes }: Pick<Spending, 'workedOn' | 'workTypes'>,
  expiries: LedgerEntry[],
): Posting[] {
  if (expiries.length === 0) return [];
  const canPay = new Set(
    account.blocks
      .filter((block) => canPayFor(block, workedOn, workTypes))
      .map((block) => block.id),
  );
  const isWanted = ({ blockId }: LedgerEntry) => blockId !== null && canPay.has(blockId);
  const wanted = expiries.filter(isWanted);
  expiries.splice(0, expiries.length, ...expiries.filter((entry) => !isWanted(entry)));
  return reverseSlices(account, wanted, 'worked-before-expiry');
}

/** Whether blocks can pay all of it, with what ended of them too late for work of that day. */
export function canPayWhole(
  account: Account,
  { seconds, workedOn, workTypes }: Pick<Spending, 'seconds' | 'workedOn' | 'workTypes'>,
  expiries: readonly LedgerEntry[],
): boolean {
  const usable = account.blocks.filter((block) => canPayFor(block, workedOn, workTypes));
  const ids = new Set(usable.map((block) => block.id));
  const left = usable.reduce((sum, block) => sum + block.remainingSeconds, 0);
  const ended = expiries
    .filter(({ blockId }) => blockId !== null && ids.has(blockId))
    .reduce((sum, entry) => sum + entry.seconds, 0);
  return left + ended >= seconds;
}

export interface Spending {
  /** Prefix of the slices' keys, unique for the cause. */
  key: string;
  seconds: number;
  workedOn: DateText;
  workTypes: ChargedWorkTypes;
  chargeId: string | null;
  reason: 'usage' | 'adjustment';
  note: string | null;
}

/** Debits from the blocks in burn order; what they cannot pay is carried as overage. */
export function spend(account: Account, spending: Spending): Posting[] {
  const { seconds, workedOn, workTypes } = spending;
  const slices = allocate(seconds, workedOn, account.blocks, workTypes);
  return slices.map((slice, index) => toPosting(account, spending, slice, index + 1));
}

function toPosting(account: Account, spending: Spending, slice: Slice, number: number): Posting {
  if (slice.blockId === null) account.overageSeconds += slice.seconds;
  return {
    key: `${spending.key}/${number}`,
    clientId: account.clientId,
    side: 'debit',
    reason: slice.blockId === null ? 'overage' : spending.reason,
    blockId: slice.blockId,
    seconds: slice.seconds,
    chargeId: spending.chargeId,
    reverses: null,
    workedOn: spending.workedOn,
    note: spending.note,
  };
}

/** Hours used beyond every block, with the work types of their charge. */
export interface OpenOverage extends LedgerEntry {
  workTypes: ChargedWorkTypes;
}

/**
 * Lets hours that have become available pay carried overage, oldest work first: the overage entry is
 * undone and its seconds are spent anew, as the same charge. An entry that no block can pay a second
 * of is left as it stands. What is left of one that was paid in part keeps its place before others.
 */
export function payOffOverage(account: Account, openOverage: readonly OpenOverage[]): Posting[] {
  const postings: Posting[] = [];
  for (const entry of [...openOverage].sort(byWorkDay)) {
    const workedOn = entry.workedOn ?? '0000-01-01';
    const trial = account.blocks.map((block) => ({ ...block }));
    const paid = allocate(entry.seconds, workedOn, trial, entry.workTypes);
    if (paid.every((slice) => slice.blockId === null)) continue;
    postings.push(...reverseSlices(account, [entry], 'overage-paid'));
    const spending: Spending = {
      key: entry.key,
      seconds: entry.seconds,
      workedOn,
      workTypes: entry.workTypes,
      chargeId: entry.chargeId,
      reason: entry.chargeId === null ? 'adjustment' : 'usage',
      note: 'overage-paid',
    };
    postings.push(...spend(account, spending));
  }
  return postings;
}

function byWorkDay(a: LedgerEntry, b: LedgerEntry): number {
  const [x, y] = [a.workedOn ?? '', b.workedOn ?? ''];
  return x === y ? a.seq - b.seq : x < y ? -1 : 1;
}
