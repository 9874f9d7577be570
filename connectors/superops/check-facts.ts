/** Facts that reading settles: what the offered items hold, and what their numbers mean. */
import { z } from 'zod';
import type { CheckResult } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { addSeconds, instantFromMs } from '../../src/domain/time.ts';
import type { Api, List, ListPage } from './api.ts';
import { worklogList } from './documents.ts';
import { type FactId, factResult, verifyFact } from './facts.ts';
import { showsBillable } from './introspection.ts';
import { isWork } from './mapping.ts';
import { ItemWire, type TicketWire, WorklogWire } from './schema.ts';

/** Worklog entries that are looked at: a page of those on tickets, of which there is no other list. */
const sampleEntries = 100;

/** How far a moment may lie ahead of our clock and still be UTC. */
const aheadSeconds = 600;

const fewestItems = 5;

type Answers = { [id in FactId]?: boolean | null };

/** What nothing was there to settle by stays as it was. */
export async function settleByReading(
  api: Api,
  tickets: readonly TicketWire[],
  list: List,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const entries = await readWorklogs(api, signal);
  // Read after them: what is logged meanwhile would seem to be missing.
  const items = await firstPage(api, list, signal);
  const work = itemsOf(items.rows).filter(isWork);
  const answers: Answers = {
    'quantity-hours': areHours(work),
    ...compareWorklogs(entries, items),
  };
  // Work that is offered and not billed yet was offered before it was billed.
  if (work.some(({ status }) => !isBilled(status))) answers['items-hold-time'] ??= true;
  if (await showsBillable(api)) answers['items-billable'] = true;
  const ahead = addSeconds(instantFromMs(api.context.now()), aheadSeconds);
  if (tickets.some(({ updatedTime }) => updatedTime > ahead)) answers['dates-utc'] = false;
  for (const [id, isSo] of Object.entries(answers) as [FactId, boolean | null][]) {
    if (isSo !== null) await verifyFact(api.context, id, isSo);
  }
  const ids = ['items-hold-time', 'items-billable', 'quantity-hours'] as const;
  return Promise.all(ids.map((id) => factResult(api.context, id)));
}

export function isBilled(status: string | null | undefined): boolean {
  return /^(?:billed|invoiced)$/i.test(status ?? '');
}

export function itemsOf(rows: readonly unknown[]): ItemWire[] {
  return rows.flatMap((row) => ItemWire.safeParse(row).data ?? []);
}

/** Minutes are whole and soon above a day’s hours; hours are neither. */
function areHours(work: readonly ItemWire[]): boolean | null {
  const long = work.filter(({ qty }) => Number(qty) > 24).length;
  if (work.length < fewestItems) return null;
  if (long * 10 > work.length) return false;
  return work.some(({ qty }) => /\.\d*[1-9]/.test(qty)) ? true : null;
}

export async function firstPage(api: Api, list: List, signal: AbortSignal): Promise<ListPage> {
  for await (const page of api.pages(list, signal)) return page;
  return { rows: [], count: 0 };
}

/** The entries of some tickets, which their own list surely shows, are looked for among the offered items. */
function compareWorklogs(entries: readonly WorklogWire[], items: ListPage): Answers {
  const listed = itemsOf(items.rows);
  const ids = new Set(listed.map(({ itemId }) => itemId));
  const isAll = items.rows.length >= items.count;
  const oldest = listed.at(-1)?.updatedTime ?? '9';
  let hold: boolean | null = null;
  let tellApart: boolean | null = null;
  for (const entry of entries) {
    // Older work need not be on the page that was read.
    const isDue = isAll || (entry.billDateTime ?? '') > oldest;
    const isListed = ids.has(entry.itemId);
    if (entry.billable === false && isListed) tellApart = false;
    if (entry.billable === false && !isListed && isDue) tellApart ??= true;
    if (entry.billable === true && isListed) hold ??= true;
    if (entry.billable === true && !isListed && isDue) hold = false;
  }
  return { 'items-hold-time': hold, 'items-billable': tellApart };
}

const Worklogs = z.object({ getWorklogEntries: z.object({ entries: z.array(WorklogWire) }) });

/** None where the tenant does not understand the question: then the items alone tell. */
async function readWorklogs(api: Api, signal: AbortSignal): Promise<readonly WorklogWire[]> {
  const input = { module: 'TICKET', listInfo: { page: 1, pageSize: sampleEntries } };
  try {
    const data = await api.send(worklogList, { input }, Worklogs, signal);
    return data.getWorklogEntries.entries;
  } catch (error) {
    if (isKindError(error, 'contract', 'rejected')) return [];
    throw error;
  }
}
