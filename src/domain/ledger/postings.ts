import { shareOfBlock } from '../agreements/shares.ts';
import type { Share } from '../agreements/terms.ts';
import {
  allocate,
  type BoughtBlock,
  couldPay,
  type Demand,
  moveShare,
  type Slice,
  type SpendableBlock,
  splitDemand,
  toSpendable,
} from '../blocks/allocation.ts';
import type { DateText } from '../time.ts';
import { type LedgerEntry, type Posting, signedMinor, signedSeconds } from './ledger.ts';

/** A client's balance while a batch is being decided: what is posted here is not yet in the store. */
export interface Account {
  clientId: string;
  blocks: SpendableBlock[];
  overageSeconds: number;
  /** Of the clients that may take no more than a share of each block. */
  shares: ReadonlyMap<string, Share>;
}

/** Puts a block into the account, with all of it left, and each share of it whole. */
export function holdBlock(account: Account, block: BoughtBlock): SpendableBlock {
  const held = toSpendable(block);
  for (const [clientId, share] of account.shares) {
    const limit = shareOfBlock(share, block);
    if (limit !== null) held.shares.set(clientId, limit);
  }
  account.blocks.push(held);
  return held;
}

/** Hours that a client may still take of the account's blocks, held to its share where it has one. */
export function hoursLeftFor({ blocks }: Account, clientId: string, today: DateText): number {
  return blocks
    .filter(({ isActive, expiresOn }) => isActive && (expiresOn === null || expiresOn >= today))
    .reduce((sum, block) => {
      const share = block.remainingMinor === null ? block.shares.get(clientId) : 0;
      return sum + Math.max(0, Math.min(block.remainingSeconds, share ?? Infinity));
    }, 0);
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
      minor: slice.minor,
      usedBy: slice.usedBy,
      chargeId: slice.chargeId,
      reverses: slice.key,
      workedOn: slice.workedOn,
      note,
    };
  });
}

function giveBack(account: Account, slice: LedgerEntry): void {
  if (slice.blockId === null) {
    account.overageSeconds += signedSeconds(slice);
    return;
  }
  const block = account.blocks.find((candidate) => candidate.id === slice.blockId);
  if (block === undefined) throw new Error(`ledger entry ${slice.key} names an unknown block`);
  block.remainingSeconds -= signedSeconds(slice);
  if (block.remainingMinor !== null) block.remainingMinor -= signedMinor(slice);
  moveShare(block, slice.usedBy, -(signedSeconds(slice) + signedMinor(slice)));
}

/**
 * Hours of a block that has ended since may still pay for work of its own days that falls due only now
 * (its ticket was closed late): its ends are undone and taken out of the list. What is left after that
 * ends anew.
 */
export function takeUpEnded(account: Account, demand: Demand, expiries: LedgerEntry[]): Posting[] {
  if (expiries.length === 0) return [];
  const parts = splitDemand(demand);
  const canPay = new Set(
    account.blocks
      .filter((block) => parts.some((part) => couldPay(block, part)))
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
  demand: Demand,
  expiries: readonly LedgerEntry[],
): boolean {
  const trial = copyOf(account);
  for (const expiry of expiries) giveBack(trial, expiry);
  return allocate(demand, trial.blocks).every(({ blockId }) => blockId !== null);
}

function copyOf(account: Account): Account {
  const blocks = account.blocks.map((block) => ({ ...block, shares: new Map(block.shares) }));
  return { ...account, blocks };
}

export interface Spending extends Demand {
  /** Prefix of the slices' keys, unique for the cause. */
  key: string;
  chargeId: string | null;
  reason: 'usage' | 'adjustment';
  note: string | null;
}

/** Debits from the blocks in burn order; what they cannot pay is carried as overage. */
export function spend(account: Account, spending: Spending): Posting[] {
  const slices = allocate(spending, account.blocks);
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
    minor: slice.minor,
    usedBy: spending.usedBy,
    chargeId: spending.chargeId,
    reverses: null,
    workedOn: spending.workedOn,
    note: spending.note,
  };
}

/** Hours used beyond every block, with what their charge says of them. */
export interface OpenOverage extends LedgerEntry, Pick<Demand, 'workTypes' | 'price'> {}

/**
 * Lets hours that have become available pay carried overage, oldest work first: the overage entry is
 * undone and its seconds are spent anew, as the same charge. An entry that no block can pay a second
 * of is left as it stands. What is left of one that was paid in part comes after other work of its day.
 */
export function payOffOverage(account: Account, openOverage: readonly OpenOverage[]): Posting[] {
  const postings: Posting[] = [];
  for (const entry of [...openOverage].sort(byWorkDay)) {
    const { seconds, workTypes, price, usedBy } = entry;
    const demand = { seconds, workTypes, price, usedBy, workedOn: entry.workedOn ?? '0000-01-01' };
    const paid = allocate(demand, copyOf(account).blocks);
    if (paid.every((slice) => slice.blockId === null)) continue;
    postings.push(...reverseSlices(account, [entry], 'overage-paid'));
    const spending: Spending = {
      ...demand,
      key: entry.key,
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
