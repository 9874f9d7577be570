/**
 * What changed since a timestamp. BMS has two filters for it, and it is written nowhere whether the first shows all
 * that the second does: until that was seen, both are asked.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PullRequest } from '../../src/contract/connector.ts';
import type { Query } from '../kit/call.ts';
import { firstPage, type Pages } from '../kit/reading/lists.ts';
import { type Bms, type List, Place } from './call.ts';
import { facts } from './facts.ts';
import { listOf, readOrder } from './lists.ts';
import { filterDaysAgo, filterTime, readableMs } from './local-times.ts';

/** `field`: what the filter looks at. `setAt`: when the second is set for the first time, which proves nothing. */
export const timeChanges = {
  name: 'time',
  fact: 'time-modified',
  first: { name: 'Filter.ModifiedOnFrom', field: 'modifiedon' },
  second: { name: 'Filter.CreatedOnFrom', field: 'createdon' },
  setAt: null,
} as const;

export const ticketChanges = {
  name: 'tickets',
  fact: 'ticket-activity',
  first: { name: 'Filter.LastActivityUpdateFrom', field: 'lastactivityupdate' },
  second: { name: 'Filter.LastStatusUpdateFrom', field: 'laststatusupdate' },
  setAt: 'createdon',
} as const;

type Changes = typeof timeChanges | typeof ticketChanges;

const Position = z.object({ of: z.string(), name: z.string(), place: Place.nullable() });

/** `query`: what else is asked for. */
export async function* changedPages(
  bms: Bms,
  changes: Changes,
  query: Query,
  { since, resume, clientIds }: PullRequest,
): Pages {
  const { context, zones, config } = bms;
  const { first, second, fact } = changes;
  await facts.refuseIfFalse(context, 'change-filters', 'moments-zone');
  let isFirstEnough = await facts.readFact(context, fact);
  let isAnySeen = false;
  const from = filterTime(since, zones.moments);
  const { path, query: shared } = listOf(changes.name, { ...query, ...(await readOrder(bms)) });
  const asked = JSON.stringify([path, shared, from, config.pageSize, clientIds]);
  const of = createHash('sha256').update(asked).digest('hex').slice(0, 12);
  const position = Position.safeParse(JSON.parse(resume ?? 'null')).data;
  // A position in another question means nothing.
  const start = position?.of === of ? position : { name: first.name, place: null };
  for (const { name } of start.name === second.name ? [second] : [first, second]) {
    if (name === second.name) {
      // What the first filter shows cannot tell what it hides: a page of the second must.
      if (isFirstEnough === null && isAnySeen) {
        await facts.verifyFact(context, fact, await readCover(bms, changes, query));
        isFirstEnough = await facts.readFact(context, fact);
      }
      if (isFirstEnough === 'yes') return;
    }
    const list: List = { path, query: { ...shared, [name]: from }, question: { of, name } };
    if (name === start.name && start.place !== null) list.after = start.place;
    for await (const page of bms.pages(list)) {
      isAnySeen ||= page.rows.length > 0;
      if (isFirstEnough !== 'no' && coverIn(bms, changes, page.rows) === false) {
        await facts.verifyFact(context, fact, false);
        isFirstEnough = 'no';
      }
      yield page;
    }
  }
}

const freshDays = 30;
/** Set by one change, and still not at the very same time. */
const sameMs = 2_000;

/** Whether the first filter shows all that the second does, by one page of fresh rows; for `check` too. */
export async function readCover(bms: Bms, changes: Changes, query: Query = {}) {
  const fresh = { ...query, [changes.second.name]: filterDaysAgo(bms, freshDays) };
  return coverIn(bms, changes, (await firstPage(bms, listOf(changes.name, fresh))).rows);
}

/** One row that the first filter would not show outweighs all that it shows. */
function coverIn(bms: Bms, changes: Changes, rows: readonly unknown[]): boolean | null {
  const covers = rows.map((row) => isCovered(bms, changes, row));
  return covers.includes(false) ? false : covers.includes(true) ? true : null;
}

/** Only a row that nothing else has changed since tells whether the first is set with the second. */
function isCovered({ zones }: Bms, { first, second, setAt }: Changes, raw: unknown) {
  const row = z.record(z.string(), z.unknown()).safeParse(raw).data ?? {};
  const at = (field: string): number | null => readableMs(row[field], zones.moments);
  const [one, other] = [at(first.field), at(second.field)];
  if (other === null) return null;
  if (one === null || one < other - sameMs) return false;
  const setMs = setAt === null ? null : at(setAt);
  const isNew = setMs !== null && other - setMs <= sameMs;
  return one - other <= sameMs && !isNew ? true : null;
}
