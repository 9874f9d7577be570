/**
 * Changes since a timestamp. BMS has two filters for them, and it is not documented whether the first returns
 * everything the second does: until that is verified, both are requested.
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

/** `field`: the field filtered on. `setAt`: when the second is first set, which proves nothing. */
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

/** `query`: further parameters. */
export async function* changedPages(
  bms: Bms,
  changes: Changes,
  query: Query,
  { since, resume, clientIds }: PullRequest,
): Pages {
  const { context, zones, config } = bms;
  const { first, second, fact } = changes;
  await facts.refuseIfFalse(context, 'change-filters', 'change-zone');
  let isFirstEnough = await facts.readFact(context, fact);
  let isAnySeen = false;
  const from = filterTime(since, zones.timestamps);
  const { path, query: shared } = listOf(changes.name, { ...query, ...(await readOrder(bms)) });
  const asked = JSON.stringify([path, shared, from, config.pageSize, clientIds]);
  const of = createHash('sha256').update(asked).digest('hex').slice(0, 12);
  const position = Position.safeParse(JSON.parse(resume ?? 'null')).data;
  // A position in another query means nothing.
  const start = position?.of === of ? position : { name: first.name, place: null };
  for (const { name } of start.name === second.name ? [second] : [first, second]) {
    if (name === second.name) {
      // The first filter cannot show what it hides, so a page of the second is needed.
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
/** Set by the same change, but not at exactly the same time. */
const sameMs = 2_000;

/** Whether the first filter returns all that the second does, by one page of recent rows; for `check` too. */
export async function readCover(bms: Bms, changes: Changes, query: Query = {}) {
  const fresh = { ...query, [changes.second.name]: filterDaysAgo(bms, freshDays) };
  return coverIn(bms, changes, (await firstPage(bms, listOf(changes.name, fresh))).rows);
}

/** One row missed by the first filter outweighs all that it returns. */
function coverIn(bms: Bms, changes: Changes, rows: readonly unknown[]): boolean | null {
  const covers = rows.map((row) => isCovered(bms, changes, row));
  return covers.includes(false) ? false : covers.includes(true) ? true : null;
}

/** Only a row without other changes since shows whether the first is set together with the second. */
function isCovered({ zones }: Bms, { first, second, setAt }: Changes, raw: unknown) {
  const row = z.record(z.string(), z.unknown()).safeParse(raw).data ?? {};
  const at = (field: string): number | null => readableMs(row[field], zones.timestamps);
  const [one, other] = [at(first.field), at(second.field)];
  if (other === null) return null;
  if (one === null || one < other - sameMs) return false;
  const setMs = setAt === null ? null : at(setAt);
  const isNew = setMs !== null && other - setMs <= sameMs;
  return one - other <= sameMs && !isNew ? true : null;
}
