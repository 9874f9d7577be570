import { hash } from 'node:crypto';
import { type Client, payerOf } from '../domain/agreements/terms.ts';
import type { NameIds } from '../domain/records/rows.ts';
import { dateInZone } from '../domain/time.ts';
import type { ZoneName } from '../domain/zone.ts';
import type { ChargeGroup } from '../store/port.ts';
import { type Assigned, clientOf, isDue } from './assign.ts';

/** Letters for the optional fields that rules may use. */
const calendarLetter = 'c';

/**
 * A hash over the fields of the work that the current rules use, with the zone and those fields'
 * letters. A posted charge stores this text; while its work is the same, the charge is kept even if
 * the rules have changed: zone and letters are those of the time of posting.
 */
export function hashWork(due: readonly Assigned[], limitedAccounts: ReadonlySet<string>): string {
  const client = clientOf(due);
  return client === null
    ? hashAs(due, 'UTC', '')
    : hashAs(due, client.timezone, lettersOf(client, limitedAccounts));
}

/** Keeps the entries of unchanged charges in the groups where they were posted. */
export function keepUnchanged(
  assigned: readonly Assigned[],
  groups: readonly ChargeGroup[],
): Assigned[] {
  const members = Map.groupBy(assigned, ({ entry }) => (entry.isCharged ? entry.groupKey : null));
  const kept = new Map<string, readonly Assigned[]>();
  for (const group of groups) {
    const charged = members.get(group.groupKey) ?? [];
    if (isUnchanged(charged, group)) kept.set(group.groupKey, charged);
  }
  // Work added to a charge changes it, and work that then leaves it may join another one.
  for (let size = -1; size !== kept.size; ) {
    size = kept.size;
    const staying = new Set([...kept.values()].flat());
    for (const one of assigned) {
      if (!staying.has(one) && isDue(one) && one.groupKey !== null) kept.delete(one.groupKey);
    }
  }
  const groupKeys = new Map([...kept].flatMap(([key, all]) => all.map((one) => [one, key])));
  return assigned.map((one) => {
    const groupKey = groupKeys.get(one);
    return groupKey === undefined ? one : { ...one, groupKey, isKept: true };
  });
}

function isUnchanged(charged: readonly Assigned[], { factsHash, clientId }: ChargeGroup): boolean {
  const [zone, letters] = factsHash?.split(' ') ?? [];
  if (zone === undefined || letters === undefined || charged.length === 0) return false;
  // A daily charge may hold work of several tickets, and one of these may have moved to another
  // client.
  const isOfClient = ({ standing }: Assigned) =>
    'client' in standing && standing.client.id === clientId;
  return charged.every(isOfClient) && hashAs(charged, zone, letters) === factsHash;
}

/** A field that no rule uses does not matter. */
function lettersOf(client: Client, limitedAccounts: ReadonlySet<string>): string {
  const { applies, debitWhen, workTypes, roles, multipliers, rates, ...agreement } =
    client.agreement;
  const readsWorkType =
    workTypes.covered.length + workTypes.excluded.length > 0 ||
    workTypes.unlisted === 'excluded' ||
    agreement.workTypeMinimums.length > 0 ||
    multipliers.some(({ workType }) => workType !== null) ||
    (rates !== null && rates.workTypes.length > 0) ||
    limitedAccounts.has(payerOf(client).id);
  const readsRole =
    roles.covered.length + roles.excluded.length > 0 ||
    multipliers.some(({ role }) => role !== null);
  const read: [string, boolean][] = [
    [calendarLetter, multipliers.some(({ outside }) => outside !== null)],
    ['w', readsWorkType],
    ['r', readsRole],
    ['t', agreement.excludedTechnicians.length > 0],
    ['b', applies.boards !== null],
    ['y', applies.ticketTypes !== null],
    ['a', applies.agreements !== null],
    ['o', debitWhen === 'ticket-closed'],
    ['p', debitWhen === 'approved'],
  ];
  return `-${read.map(([letter, isRead]) => (isRead ? letter : '')).join('')}`;
}

function hashAs(members: readonly Assigned[], zone: ZoneName, letters: string): string {
  const lines = members.map((one) => JSON.stringify(inputsOf(one, zone, letters))).sort();
  const client = clientOf(members)?.id ?? null;
  return `${zone} ${letters} ${hash('sha256', JSON.stringify([client, lines]), 'hex')}`;
}

/** For things with a vendor ID, the ID counts and the name does not. */
function inputsOf(
  { entry, ticket, seconds }: Assigned,
  zone: ZoneName,
  letters: string,
): unknown[] {
  const agreement =
    entry.agreement !== null
      ? identityOf(entry, 'agreement', entry.agreement)
      : identityOf(ticket, 'agreement', ticket?.agreement);
  const read: { [letter: string]: unknown } = {
    [calendarLetter]: [entry.startedAt, entry.endedAt],
    w: identityOf(entry, 'workType', entry.workType),
    r: identityOf(entry, 'role', entry.role),
    t: entry.technicianId,
    b: identityOf(ticket, 'board', ticket?.board),
    y: identityOf(ticket, 'ticketType', ticket?.ticketType),
    a: agreement,
    o: ticket?.isClosed ?? null,
    p: entry.isApproved,
  };
  return [
    entry.connection,
    entry.sourceId,
    ticket?.sourceId ?? null,
    seconds,
    dateInZone(entry.startedAt, zone),
    entry.isBillable,
    ...[...letters].map((letter) => read[letter] ?? null),
  ];
}

function identityOf(
  row: { ids?: NameIds } | null,
  kind: keyof NameIds,
  name: string | null | undefined,
): string | null {
  if (name == null) return null;
  const id = row?.ids?.[kind];
  return id === undefined ? `name ${name}` : `id ${id}`;
}
