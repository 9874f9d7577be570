import { type Demand, demandOf } from '../domain/blocks/allocation.ts';
import { type ChargeFacts, chargeRevision } from '../domain/charges/charge-facts.ts';
import type { LedgerEntry, Posting } from '../domain/ledger/ledger.ts';
import { type Account, spend } from '../domain/ledger/postings.ts';
import type { Charge, ChargeGroup } from '../store/port.ts';
import { accountOf, type Books } from './books.ts';
import { type ChargeUndo, factsOf } from './charges.ts';

/** A revision without charge, or one that restores the earlier charge. */
export function toRevisions({ group, standing, earlier }: ChargeUndo): Charge[] {
  const isMoved = standing !== null && earlier !== null && standing.clientId !== earlier.clientId;
  const { groupKey, revision } = group;
  const added: Charge[] = [];
  if (standing !== null && (earlier === null || isMoved)) {
    const facts = { ...factsOf(standing), parts: [], seconds: 0 };
    added.push(chargeRevision(groupKey, revision + 1, standing, facts));
  }
  if (earlier !== null) {
    const next = revision + added.length + 1;
    added.push(chargeRevision(groupKey, next, earlier, factsOf(earlier)));
  }
  return added;
}

/**
 * The group is pending from now on. Its work hash matches no work, so that the next debit of it,
 * for whatever reason, decides it again.
 */
export function toGroup(change: ChargeUndo): ChargeGroup {
  const { group, standing, earlier } = change;
  const last = toRevisions(change).at(-1);
  const missing = (standing?.seconds ?? 0) - (earlier?.seconds ?? 0);
  return {
    ...group,
    clientId: (earlier ?? standing)?.clientId ?? group.clientId,
    status: 'pending',
    reason: 'undone',
    pendingSeconds: group.pendingSeconds + Math.max(0, missing),
    revision: last?.revision ?? group.revision,
    chargeId: last?.id ?? group.chargeId,
    factsHash: earlier === null ? null : `undone:${earlier.id}`,
  };
}

/** The demand of the earlier charge on the account that paid it; `first` is any of its entries. */
export function restoreCharge(
  books: Books,
  charge: Charge,
  first: LedgerEntry,
): { account: Account; demand: Demand; postings(): Posting[] } {
  const facts = JSON.parse(charge.facts) as ChargeFacts;
  const account = accountOf(books, first.clientId);
  const demand: Demand = {
    ...demandOf(facts),
    workedOn: charge.workedOn,
    usedBy: first.usedBy,
  };
  const { id } = charge;
  return {
    account,
    demand,
    postings: () =>
      spend(account, { ...demand, key: id, chargeId: id, reason: 'usage', note: books.note }),
  };
}
