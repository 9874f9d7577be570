import { sharerOf } from '../domain/agreements/shares.ts';
import { type Client, payerOf } from '../domain/agreements/terms.ts';
import { type Demand, demandOf } from '../domain/blocks/allocation.ts';
import { type ChargeFacts, chargeRevision } from '../domain/charges/charge-facts.ts';
import type { LedgerEntry, Posting } from '../domain/ledger/ledger.ts';
import {
  type Account,
  canPayWhole,
  reverseSlices,
  spend,
  takeUpEnded,
} from '../domain/ledger/postings.ts';
import { type DateText, earliest } from '../domain/time.ts';
import type { Charge, ChargeGroup, PostedCharge } from '../store/port.ts';
import type { GroupDecision } from './decide.ts';

/** The result of a page of decisions, to be written in one transaction. */
interface Posted {
  charges: Charge[];
  postings: Posting[];
  groups: ChargeGroup[];
}

export interface Standings {
  accounts: ReadonlyMap<string, Account>;
  /** Current charges by ID. Their client may differ from today's: work moves. */
  charges: ReadonlyMap<string, PostedCharge>;
  /** Slices of each charge that are not reversed. */
  slices: ReadonlyMap<string, LedgerEntry[]>;
  /**
   * Expiry entries of blocks that late work may still use, by client; shrinks as they are reversed.
   */
  expiries: ReadonlyMap<string, LedgerEntry[]>;
}

/**
 * Turns decisions into charges and ledger entries. Everything outdated is reversed before anything
 * is posted, so that no charge of a page becomes overage while hours are returned.
 */
export function postDecisions(decisions: readonly GroupDecision[], standings: Standings): Posted {
  const posted: Posted = { charges: [], postings: [], groups: [] };
  const changes = decisions.map((decision) => ({ decision, group: toGroup(decision) }));
  for (const { decision, group } of changes) {
    if (changesCharge(decision)) withdraw(decision, group, standings, posted);
  }
  for (const { decision, group } of changes) {
    if (changesCharge(decision)) charge(decision, group, standings, posted);
    posted.groups.push(group);
  }
  return posted;
}

/** Whether the charge must change; otherwise only the group's state may change. */
export function changesCharge(decision: GroupDecision): boolean {
  if (decision.charge !== null) return true;
  return decision.inputsHash === null && standingChargeId(decision) !== null;
}

/** A group whose last revision is a withdrawal has no inputs and nothing to reverse. */
export function standingChargeId(decision: GroupDecision): string | null {
  return decision.before?.factsHash == null ? null : decision.before.chargeId;
}

function toGroup(decision: GroupDecision): ChargeGroup {
  const { groupKey, before, client, status, reason, pendingSeconds } = decision;
  return {
    groupKey,
    clientId: client?.id ?? before?.clientId ?? null,
    status,
    reason,
    pendingSeconds,
    revision: before?.revision ?? 0,
    chargeId: before?.chargeId ?? null,
    factsHash: before?.factsHash ?? null,
  };
}

/**
 * Reverses the current charge slice by slice, and adds a withdrawal revision if no other follows.
 */
function withdraw(
  decision: GroupDecision,
  group: ChargeGroup,
  standings: Standings,
  posted: Posted,
): void {
  const chargeId = standingChargeId(decision);
  if (chargeId === null) return;
  const standing = standings.charges.get(chargeId);
  if (standing === undefined) throw new Error(`charge ${chargeId} of ${group.groupKey} is missing`);
  const isMoved = decision.client !== null && decision.client.id !== standing.clientId;
  const slices = standings.slices.get(chargeId) ?? [];
  const note = isMoved ? 'moved' : (decision.reason ?? 'changed');
  // The payer may have changed since: the hours go back to the account they came from.
  for (const [accountId, own] of Map.groupBy(slices, ({ clientId }) => clientId)) {
    posted.postings.push(...reverseSlices(accountOf(standings, accountId), own, note));
  }
  group.factsHash = null;
  if (decision.charge === null || isMoved) addWithdrawn(group, standing, posted);
}

function addWithdrawn(group: ChargeGroup, standing: PostedCharge, posted: Posted): void {
  const facts = JSON.parse(standing.facts) as ChargeFacts;
  const withdrawn: ChargeFacts = { ...facts, parts: [], seconds: 0 };
  addRevision(group, standing.clientId, withdrawn, standing.workedOn, posted);
}

function charge(
  decision: GroupDecision,
  group: ChargeGroup,
  standings: Standings,
  posted: Posted,
): void {
  const { client, charge: facts } = decision;
  if (facts === null || client === null) return;
  if (mustWait(facts, client, standings)) {
    hold(decision, facts, group, standings, posted);
    return;
  }
  const { id, seconds } = addRevision(group, client.id, facts, firstDay(facts), posted);
  group.factsHash = decision.inputsHash;
  if (seconds === 0) return;
  const payer = payerOf(client);
  const account = accountOf(standings, payer.id);
  const demand = toDemand(facts, client);
  posted.postings.push(
    ...takeUpEnded(account, demand, standings.expiries.get(payer.id) ?? []),
    ...spend(account, { ...demand, key: id, chargeId: id, reason: 'usage', note: null }),
  );
}

function toDemand(facts: ChargeFacts, client: Client): Demand {
  return { ...demandOf(facts), workedOn: firstDay(facts), usedBy: sharerOf(client) };
}

/** Whether the payer's agreement holds work that the blocks cannot pay in full. */
function mustWait(facts: ChargeFacts, client: Client, standings: Standings): boolean {
  const payer = payerOf(client);
  if (payer.agreement.overage !== 'hold' || facts.seconds === 0) return false;
  const expiries = standings.expiries.get(payer.id) ?? [];
  return !canPayWhole(accountOf(standings, payer.id), toDemand(facts, client), expiries);
}

/**
 * Keeps the group pending at its cost; its old charge is already reversed, and is withdrawn here.
 */
function hold(
  decision: GroupDecision,
  facts: ChargeFacts,
  group: ChargeGroup,
  standings: Standings,
  posted: Posted,
): void {
  group.status = 'pending';
  group.reason = 'no-hours';
  group.pendingSeconds = facts.seconds + decision.pendingSeconds;
  const standing = standings.charges.get(standingChargeId(decision) ?? '');
  // A charge that moved here from another client was withdrawn there.
  if (standing?.clientId === decision.client?.id && standing !== undefined) {
    addWithdrawn(group, standing, posted);
  }
}

function accountOf(standings: Standings, clientId: string): Account {
  const account = standings.accounts.get(clientId);
  if (account === undefined) throw new Error(`the account of client ${clientId} was not loaded`);
  return account;
}

function addRevision(
  group: ChargeGroup,
  clientId: string,
  facts: ChargeFacts,
  workedOn: DateText,
  posted: Posted,
): Charge {
  group.revision += 1;
  const { groupKey, revision } = group;
  const added: Charge = chargeRevision(groupKey, revision, { clientId, workedOn }, facts);
  group.chargeId = added.id;
  posted.charges.push(added);
  return added;
}

/**
 * A charge over several days counts as worked on the first of them, so that the block expiring
 * first may pay it. Days with only free work count if there is nothing else.
 */
export function firstDay(facts: ChargeFacts): DateText {
  const charged = facts.parts.filter((part) => part.pieces.length > 0);
  const parts = charged.length > 0 ? charged : facts.parts;
  return earliest(parts.map((part) => part.workedOn));
}
