import { sharersOf } from '../domain/agreements/shares.ts';
import { payerOf } from '../domain/agreements/terms.ts';
import type { Posting } from '../domain/ledger/ledger.ts';
import { type Account, payOffOverage } from '../domain/ledger/postings.ts';
import { type DateText, earliest, type Instant } from '../domain/time.ts';
import type { ChargeGroup, ClientLedger, DirtySubject } from '../store/port.ts';
import { accountFrom } from '../store/port.ts';
import { type AffectedWork, readAffectedWork } from './affected.ts';
import { isDue } from './assign.ts';
import type { DebitContext } from './context.ts';
import { decideGroup, type GroupDecision } from './decide.ts';
import {
  changesCharge,
  firstDay,
  postDecisions,
  type Standings,
  standingChargeId,
} from './post.ts';
import { findDoubles } from './sessions/doubles.ts';
import { findWarnings } from './warnings.ts';

/** Tickets (or entries without one) processed in one transaction. */
const subjectsPerPage = 500;

interface DebitOutcome {
  /** Tickets and entries processed. */
  rows: number;
  /** Charges posted or withdrawn. */
  changed: number;
  /** Ledger entries appended. */
  posted: number;
  /** Work types covered (or not) by default, because the agreement does not list them. */
  unlistedWorkTypes: Map<string, { agreement: string; workType: string }>;
}

/**
 * Processes all work changed since the last run, decides what it should cost now and appends the
 * difference to the ledger, one transaction per page. If nothing changed, nothing is read or
 * written. Stops between two pages when the signal is aborted.
 */
export async function debitDirtyWork(context: DebitContext): Promise<DebitOutcome> {
  const outcome: DebitOutcome = { rows: 0, changed: 0, posted: 0, unlistedWorkTypes: new Map() };
  const carried: Carried = new Map();
  while (!context.signal.aborted) {
    const subjects = await context.store.takeDirty(subjectsPerPage);
    if (subjects.length === 0) break;
    await debitPage(context, subjects, outcome, carried);
  }
  return outcome;
}

/**
 * Ledgers as of the last page, with what its postings left in the accounts: most clients have work on
 * every page of a backfill. The store refuses a batch that was decided on any other position.
 */
type Carried = Map<string, { ledger: ClientLedger; account: Account }>;

async function debitPage(
  context: DebitContext,
  subjects: readonly DirtySubject[],
  outcome: DebitOutcome,
  carried: Carried,
): Promise<void> {
  const { store, at, runId, technicians } = context;
  const found =
    technicians === undefined ? null : await findDoubles(context, technicians, subjects);
  const affected =
    found === null
      ? await withHeldWork(context, subjects)
      : await withHeldWork({ ...context, waiting: found.waiting }, [
          ...subjects,
          ...found.subjects,
        ]);
  const decisions = decideGroups(affected, context.limitedAccounts);
  const { ledgers, standings } = await loadStandings(context, decisions, carried);
  const posted = postDecisions(decisions, standings);
  for (const account of standings.accounts.values()) {
    posted.postings.push(...(await payOffWithFreedHours(context, account, posted.postings)));
  }
  // A free charge posts nothing, but still has its place in the client's order of events.
  const touched = new Set([...posted.postings, ...posted.charges].map(({ clientId }) => clientId));
  await store.writeDebits({
    at,
    runId,
    expected: ledgers.filter((ledger) => touched.has(ledger.clientId)),
    charges: posted.charges,
    postings: posted.postings,
    groups: posted.groups.filter((group) => !isAbandoned(group)),
    removedGroupKeys: posted.groups.filter(isAbandoned).map((group) => group.groupKey),
    entryGroups: affected.assigned
      .map((one) => ({ ...one, isCharged: isDue(one) }))
      .filter(({ entry, groupKey, isCharged }) => {
        const isSame = entry.groupKey === groupKey && entry.isCharged === isCharged;
        return !isSame && affected.has(entry, groupKey);
      })
      .map(({ entry: { connection, sourceId }, groupKey, isCharged }) => ({
        connection,
        entryId: sourceId,
        groupKey,
        isCharged,
      })),
    dirtySeqs: subjects.map((subject) => subject.seq),
    warnings: await findWarnings(context, affected, decisions, found?.waiting),
    ...(found === null ? {} : { doubles: found }),
  });
  for (const { clientId } of posted.postings) {
    const one = carried.get(clientId);
    if (one !== undefined) one.ledger = { ...one.ledger, clientSeq: one.ledger.clientSeq + 1 };
  }
  outcome.rows += subjects.length;
  outcome.changed += posted.charges.length;
  outcome.posted += posted.postings.length;
  for (const decision of decisions) noteUnlistedWorkTypes(decision, outcome);
}

/**
 * Held work is processed with any change of its client's, so that older work takes returned hours
 * first. It is only read if something of that client changed.
 */
async function withHeldWork(
  context: DebitContext,
  subjects: readonly Pick<DirtySubject, 'connection' | 'kind' | 'sourceId'>[],
): Promise<AffectedWork> {
  const affected = await readAffectedWork(context, subjects);
  const holding = affected.assigned.flatMap(({ standing }) => {
    const payer = 'client' in standing ? payerOf(standing.client) : null;
    return payer?.agreement.overage === 'hold' ? payer.id : [];
  });
  const before = affected.work.groups.flatMap(({ clientId }) => clientId ?? []);
  const payerIds = new Map(context.clients.map((client) => [client.id, payerOf(client).id]));
  const clientIds = [...new Set([...holding, ...before.map((id) => payerIds.get(id) ?? id)])];
  const held = clientIds.length === 0 ? [] : await context.store.readHeldSubjects(clientIds);
  return held.length === 0 ? affected : readAffectedWork(context, [...subjects, ...held]);
}

function decideGroups(
  affected: AffectedWork,
  limitedAccounts: ReadonlySet<string>,
): GroupDecision[] {
  const members = Map.groupBy(affected.assigned, (one) => one.groupKey);
  const groups = new Map(affected.work.groups.map((group) => [group.groupKey, group]));
  return [...affected.groupKeys]
    .map((key) =>
      decideGroup(key, members.get(key) ?? [], groups.get(key) ?? null, limitedAccounts),
    )
    .map((decision) => ({ decision, startedAt: firstStart(decision) }))
    .sort(byFirstWork)
    .map(({ decision }) => decision);
}

interface Started {
  decision: GroupDecision;
  startedAt: Instant;
}

/** Older work takes its hours first, whatever the order in which the vendor reported it. */
function byFirstWork(a: Started, b: Started): number {
  if (a.startedAt !== b.startedAt) return a.startedAt < b.startedAt ? -1 : 1;
  return a.decision.groupKey < b.decision.groupKey ? -1 : 1;
}

function firstStart({ charge }: GroupDecision): Instant {
  return charge === null ? '' : earliest(charge.parts.map((part) => part.startedAt));
}

/** A group without entries that never had a charge is removed. */
function isAbandoned(group: ChargeGroup): boolean {
  return group.reason === 'gone' && group.revision === 0;
}

async function loadStandings(
  context: DebitContext,
  decisions: readonly GroupDecision[],
  carried: Carried,
): Promise<{ ledgers: ClientLedger[]; standings: Standings }> {
  const changing = decisions.filter(changesCharge);
  const chargeIds = changing.map(standingChargeId).filter((id) => id !== null);
  const charges = chargeIds.length === 0 ? [] : await context.store.readCharges(chargeIds);
  const slices = chargeIds.length === 0 ? [] : await context.store.readLiveSlices(chargeIds);
  // A charge also has its place in its own client's order of events, whoever pays.
  const clientIds = new Set([...charges, ...slices].map(({ clientId }) => clientId));
  for (const { client } of changing) {
    if (client !== null) clientIds.add(client.id).add(payerOf(client).id);
  }
  // Hours may be returned to any block; without reversals only blocks that can pay are needed.
  if (slices.length > 0) carried.clear();
  const unknown = [...clientIds].filter((id) => !carried.has(id));
  const read = await context.store.readLedgers(
    unknown,
    slices.length > 0 ? { isAllBlocks: true } : { endedBy: utcDay(context) },
  );
  const sharers = sharersOf(context.clients);
  for (const ledger of read) {
    carried.set(ledger.clientId, { ledger, account: accountFrom(ledger, sharers) });
  }
  const current = [...clientIds].flatMap((id) => carried.get(id) ?? []);
  const ledgers = current.map(({ ledger }) => ledger);
  const late = clientsWithLateWork(context, changing, ledgers);
  const expiries = late.length === 0 ? [] : await context.store.readLiveExpiries(late);
  return {
    ledgers,
    standings: {
      accounts: new Map(current.map(({ account }) => [account.clientId, account])),
      charges: new Map(charges.map((charge) => [charge.id, charge])),
      slices: Map.groupBy(slices, (slice) => slice.chargeId ?? ''),
      expiries: Map.groupBy(expiries, (entry) => entry.clientId),
    },
  };
}

/** No expired block has a later last day: nowhere is it later than tomorrow in UTC. */
function utcDay({ at }: DebitContext): DateText {
  return at.slice(0, 10);
}

/** Clients with work on a day when a block that has since expired was still valid. */
function clientsWithLateWork(
  context: DebitContext,
  decisions: readonly GroupDecision[],
  ledgers: readonly ClientLedger[],
): string[] {
  const today = utcDay(context);
  const ends = new Map(
    ledgers.map(({ clientId, blocks }) => [
      clientId,
      blocks.flatMap(({ expiresOn }) =>
        expiresOn !== null && expiresOn <= today ? expiresOn : [],
      ),
    ]),
  );
  const late = decisions.flatMap(({ client, charge }) => {
    if (client === null || charge === null) return [];
    const payer = payerOf(client);
    const workedOn = firstDay(charge);
    return (ends.get(payer.id) ?? []).some((end) => end >= workedOn) ? payer.id : [];
  });
  return [...new Set(late)];
}

async function payOffWithFreedHours(
  context: DebitContext,
  account: Account,
  postings: readonly Posting[],
): Promise<Posting[]> {
  const hasMeans = account.blocks.some(
    ({ isActive, remainingSeconds, remainingMinor }) =>
      isActive && (remainingSeconds > 0 || (remainingMinor ?? 0) > 0),
  );
  if (account.overageSeconds === 0 || !hasMeans) return [];
  const undone = new Set(postings.map((posting) => posting.reverses));
  const open = await context.store.readOpenOverage(account.clientId);
  return payOffOverage(
    account,
    open.filter((entry) => !undone.has(entry.key)),
  );
}

function noteUnlistedWorkTypes(decision: GroupDecision, outcome: DebitOutcome): void {
  const { charge } = decision;
  if (charge === null) return;
  for (const part of charge.parts) {
    if (part.verdict !== 'covered-unlisted' && part.verdict !== 'free-unlisted') continue;
    const one = { agreement: charge.agreement, workType: part.workType ?? '' };
    outcome.unlistedWorkTypes.set(`${one.agreement}:${one.workType}`, one);
  }
}
