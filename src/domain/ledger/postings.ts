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

/** A client's balance while a batch is being decided; its postings are not in the store yet. */
export interface Account {
  clientId: string;
  blocks: SpendableBlock[];
  /**
   * IDs of ordered blocks, of which nothing is spent. One whose payment was returned may still have
   * paid for work, out of hours that were given by hand.
   */
  orderedBlocks: ReadonlySet<string>;
  overageSeconds: number;
  /** Shares of the clients limited to a share of each block. */
  shares: ReadonlyMap<string, Share>;
}

/** Adds an unused block to the account, with every share of it unused. */
export function holdBlock(account: Account, block: BoughtBlock): SpendableBlock {
  const held = toSpendable(block);
  for (const [clientId, share] of account.shares) {
    const limit = shareOfBlock(share, block);
    if (limit !== null) held.shares.set(clientId, limit);
  }
  account.blocks.push(held);
  return held;
}

/**
 * Hours that a client may still use of the account's blocks, limited to its share if it has one.
 */
export function hoursLeftFor({ blocks }: Account, clientId: string, today: DateText): number {
  return blocks
    .filter(({ isActive, expiresOn }) => isActive && (expiresOn === null || expiresOn >= today))
    .reduce((sum, block) => {
      const share = block.remainingMinor === null ? block.shares.get(clientId) : 0;
      return sum + Math.max(0, Math.min(block.remainingSeconds, share ?? Infinity));
    }, 0);
}

/**
 * Reverses the current slices of a charge, last one first, each by one entry that references it.
 * The hours go back to exactly the blocks they came from, whatever the current rules would choose.
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
  if (account.orderedBlocks.has(slice.blockId)) return;
  const block = account.blocks.find((candidate) => candidate.id === slice.blockId);
  if (block === undefined) throw new Error(`ledger entry ${slice.key} names an unknown block`);
  block.remainingSeconds -= signedSeconds(slice);
  if (block.remainingMinor !== null) block.remainingMinor -= signedMinor(slice);
  moveShare(block, slice.usedBy, -(signedSeconds(slice) + signedMinor(slice)));
}

/**
 * Hours of a block that has since expired may still pay for work from its valid days that is only
 * charged now (its ticket was closed late): its expiries are reversed and removed from the list.
 * What is left expires again.
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

/** Whether blocks can pay all of it, including hours that expired after the work was done. */
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

interface Spending extends Demand {
  /** Prefix of the slices' keys, unique for the cause. */
  key: string;
  chargeId: string | null;
  reason: 'usage' | 'adjustment';
  note: string | null;
}

/** Debits the blocks in burn order; what they cannot pay is carried as overage. */
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

/** Overage, with the work types and price of its charge. */
export interface OpenOverage extends LedgerEntry, Pick<Demand, 'workTypes' | 'price'> {}

/**
 * Lets newly available hours pay carried overage, oldest work first: the overage entry is reversed
 * and its seconds are spent again, as the same charge. An entry that no block can pay at all is not
 * changed. The rest of a partly paid entry comes after other work of its day.
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
