import type { ChargeFacts } from '../domain/charges/charge-facts.ts';
import type { LedgerEntry, Posting } from '../domain/ledger/ledger.ts';
import { type Account, payOffOverage, reverseSlices, spend } from '../domain/ledger/postings.ts';
import { findPaidWork } from '../domain/ledger/slices.ts';
import type { PostedCharge, Store } from '../store/port.ts';

/** The accounts that an undo changes, and its postings to them, in order. */
export interface Books {
  accounts: ReadonlyMap<string, Account>;
  postings: Posting[];
  /** Keys of the reversed entries. */
  reversed: Set<string>;
  /** The note with the undone run. */
  note: string;
}

export function accountOf({ accounts }: Books, clientId: string): Account {
  const account = accounts.get(clientId);
  if (account === undefined) throw new Error(`the account of client ${clientId} was not loaded`);
  return account;
}

/** Reverses the entries, last one first, each to where it came from. */
export function reverseIn(books: Books, entries: readonly LedgerEntry[]): void {
  for (const [clientId, own] of Map.groupBy(entries, (entry) => entry.clientId)) {
    books.postings.push(...reverseSlices(accountOf(books, clientId), own, books.note));
  }
  for (const { key } of entries) books.reversed.add(key);
}

/**
 * Spends again what had to leave its block, oldest work first: from other blocks, or as overage.
 * Each slice stays part of its charge; `slices` are all of the charge's current slices.
 */
export function spendAgain(
  books: Books,
  moved: readonly LedgerEntry[],
  charges: ReadonlyMap<string, PostedCharge>,
  slices: readonly LedgerEntry[],
): void {
  const byCharge = Map.groupBy(slices, ({ chargeId }) => chargeId ?? '');
  for (const entry of [...moved].sort(byWorkDay)) {
    const { clientId, key, seconds, usedBy, chargeId, workedOn } = entry;
    const charge = charges.get(chargeId ?? '');
    const facts = charge === undefined ? null : (JSON.parse(charge.facts) as ChargeFacts);
    const all = byCharge.get(chargeId ?? '') ?? [];
    const work = facts === null ? null : findPaidWork(facts, all, key);
    books.postings.push(
      ...spend(accountOf(books, clientId), {
        key,
        seconds,
        usedBy,
        chargeId,
        note: books.note,
        workedOn: workedOn ?? entry.postedAt.slice(0, 10),
        workTypes: work?.workTypes ?? null,
        price: work?.price ?? null,
        reason: chargeId === null ? 'adjustment' : 'usage',
      }),
    );
  }
}

/** Lets returned hours pay other overage, as after any correction. */
export async function payWithFreedHours(
  store: Pick<Store, 'readOpenOverage'>,
  books: Books,
): Promise<void> {
  for (const account of books.accounts.values()) {
    const hasMeans = account.blocks.some(
      ({ isActive, remainingSeconds, remainingMinor }) =>
        isActive && (remainingSeconds > 0 || (remainingMinor ?? 0) > 0),
    );
    if (account.overageSeconds === 0 || !hasMeans) continue;
    const open = await store.readOpenOverage(account.clientId);
    const standing = open.filter(({ key }) => !books.reversed.has(key));
    books.postings.push(...payOffOverage(account, standing));
  }
}

function byWorkDay(a: LedgerEntry, b: LedgerEntry): number {
  const [x, y] = [a.workedOn ?? '', b.workedOn ?? ''];
  return x === y ? a.seq - b.seq : x < y ? -1 : 1;
}
