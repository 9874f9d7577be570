/**
 * What changed since a moment. BMS has two filters for it, and it is written nowhere whether the first
 * shows all that the second does: until that was seen, both are asked.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PullRequest } from '../../src/contract/connector.ts';
import { addSeconds, instantFromMs, msFromInstant } from '../../src/domain/time.ts';
import { type Api, type ListPage, Place, type Query } from './api.ts';
import { readFact, refuseIfFalse, verifyFact } from './facts.ts';
import { filterText, readableMoment } from './moments.ts';

export interface ChangeList {
  path: string;
  query: Query;
  fact: 'time-modified' | 'ticket-activity';
  first: Filter;
  second: Filter;
  /** A field that says when the second was set for the first time, which proves nothing. */
  setAt?: string;
}

interface Filter {
  /** `Filter.ModifiedOnFrom` */
  name: string;
  /** The field that it looks at, as lowered. */
  field: string;
}

export const timeChanges = {
  path: '/v2/timelogs',
  fact: 'time-modified',
  first: { name: 'Filter.ModifiedOnFrom', field: 'modifiedon' },
  second: { name: 'Filter.CreatedOnFrom', field: 'createdon' },
} as const;

export const ticketChanges = {
  path: '/v2/servicedesk/tickets',
  fact: 'ticket-activity',
  first: { name: 'Filter.LastActivityUpdateFrom', field: 'lastactivityupdate' },
  second: { name: 'Filter.LastStatusUpdateFrom', field: 'laststatusupdate' },
  setAt: 'createdon',
} as const;

export interface ChangePage {
  rows: readonly unknown[];
  resume: string | null;
}

export async function* changedRows(
  api: Api,
  list: ChangeList,
  request: PullRequest,
): AsyncGenerator<ChangePage> {
  const { context, zones } = api;
  const { since, resume, clientIds, signal } = request;
  await refuseIfFalse(context, 'change-filters', 'moments-zone');
  const names = [list.first.name, list.second.name];
  let isFirstEnough = await readFact(context, list.fact);
  let isAnySeen = false;
  const order = await orderOf(api);
  const from = filterText(since, zones.moments);
  const { path } = list;
  const shared = { ...list.query, ...order };
  const question = JSON.stringify([path, shared, from, api.config.pageSize, clientIds]);
  const of = createHash('sha256').update(question).digest('hex').slice(0, 12);
  const start = positionOf(resume, of, names);
  for (const name of names.slice(names.indexOf(start.name))) {
    if (name === list.second.name) {
      // What the first filter shows cannot tell what it hides: a page of the second must.
      if (isFirstEnough === null && isAnySeen) isFirstEnough = await settleCover(api, list, signal);
      if (isFirstEnough === 'yes') return;
    }
    const query = { ...shared, [name]: from };
    const after = name === start.name && start.place !== null ? { after: start.place } : {};
    for await (const page of api.pages({ path, query, isCounted: true, ...after }, signal)) {
      isAnySeen ||= page.rows.length > 0;
      if (isFirstEnough !== 'no' && coverOf(api, list, page.rows) === false) {
        await verifyFact(context, list.fact, false);
        isFirstEnough = 'no';
      }
      yield { rows: page.rows, resume: resumeText(of, name, page) };
    }
  }
}

const Position = z.object({ of: z.string(), name: z.string(), place: Place.nullable() });

/** A position in another question means nothing. */
function positionOf(resume: string | null, of: string, names: readonly string[]) {
  const position = resume === null ? undefined : Position.safeParse(JSON.parse(resume)).data;
  const isOurs = position?.of === of && names.includes(position.name);
  return isOurs ? position : { of, name: names[0] ?? '', place: null };
}

function resumeText(of: string, name: string, { place }: ListPage): string | null {
  return place === null ? null : JSON.stringify({ of, name, place });
}

const freshSeconds = 30 * 86_400;
/** Set in one stroke, and still not in the same moment. */
const sameMs = 2_000;

/** How an order is asked for is documented nowhere: only where it was seen to work. */
export async function orderOf({ context }: Api): Promise<{ Sort?: string }> {
  return (await readFact(context, 'page-order')) === 'yes' ? { Sort: 'Id' } : {};
}

async function settleCover(api: Api, list: ChangeList, signal: AbortSignal) {
  const isSo = await seeCover(api, list, signal);
  if (isSo !== null) await verifyFact(api.context, list.fact, isSo);
  return isSo === null ? null : isSo ? 'yes' : 'no';
}

/** Whether the first filter shows all that the second does, by one page of fresh rows; for `check` too. */
export async function seeCover(
  api: Api,
  list: ChangeList,
  signal: AbortSignal,
): Promise<boolean | null> {
  const { path, query, second } = list;
  const from = addSeconds(instantFromMs(api.context.now()), -freshSeconds);
  const fresh = { ...query, [second.name]: filterText(from, api.zones.moments) };
  for await (const { rows } of api.pages({ path, query: fresh, isCounted: true }, signal)) {
    return coverOf(api, list, rows);
  }
  return null;
}

/** One row that the first filter would not show outweighs all that it shows. */
function coverOf(api: Api, list: ChangeList, rows: readonly unknown[]): boolean | null {
  const covers = rows.map((row) => isCovered(api, list, row));
  return covers.includes('no') ? false : covers.includes('yes') ? true : null;
}

/** Only a row that nothing else has changed since tells whether the first moment is set with the second. */
function isCovered(
  { zones }: Api,
  { first, second, setAt }: ChangeList,
  raw: unknown,
): 'yes' | 'no' | null {
  const row = z.record(z.string(), z.unknown()).safeParse(raw).data ?? {};
  const at = (field: string): number | null => {
    const moment = readableMoment(row[field], zones.moments);
    return moment === null ? null : msFromInstant(moment);
  };
  const [one, other] = [at(first.field), at(second.field)];
  if (other === null) return null;
  if (one === null || one < other - sameMs) return 'no';
  const setMs = setAt === undefined ? null : at(setAt);
  const isNew = setMs !== null && other - setMs <= sameMs;
  return one - other <= sameMs && !isNew ? 'yes' : null;
}
