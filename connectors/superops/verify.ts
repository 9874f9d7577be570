/**
 * How each fact is verified: contents and units of offered items by reading; the rest by writing to a test client.
 * Nothing can be deleted; leftovers are listed.
 */
import { z } from 'zod';
import type { CheckResult } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { isAhead } from '../http/answers/clock.ts';
import { createProbe, testBody } from '../kit/checking/probe.ts';
import { firstPage, type ListPage } from '../kit/reading/lists.ts';
import { createKeyed } from '../kit/writing/push.ts';
import { withdrawTicket } from '../kit/writing/tickets.ts';
import { type List, run, type SuperOps } from './call.ts';
import { operations } from './documents.ts';
import { type FactId, facts } from './facts.ts';
import { readable } from './lists.ts';
import { isBilled, isWork } from './mapping.ts';
import { alertRecord, clientFields, draftRecord, notes, ourTicket } from './push.ts';
import { ItemWire, type TicketWire, WorklogWire } from './schema.ts';

/** Worklog entries sampled: those on a page of tickets, since there is no other list. */
const sampleEntries = 100;

const fewestItems = 5;

/** A fact without data to verify it keeps its earlier answer. */
export async function verifyByReading(
  ops: SuperOps,
  tickets: readonly TicketWire[],
  list: List,
): Promise<CheckResult[]> {
  const { context } = ops;
  const entries = await readWorklogs(ops);
  // Read after the worklogs: otherwise work logged meanwhile would seem to be missing.
  const items = await firstPage(ops, list);
  const work = readable(items.rows, ItemWire).filter(isWork);
  const { 'items-hold-time': holdsTime, ...others } = compareWorklogs(entries, items);
  const isOff = tickets.some(({ updatedTime }) => isAhead(updatedTime, context.now()));
  await facts.verifyFact(context, 'dates-utc', isOff ? false : null);
  return facts.verifyAll(context, {
    // Offered work that is not billed yet is offered before billing.
    'items-hold-time': holdsTime ?? (work.some((item) => !isBilled(item)) || null),
    'quantity-hours': areHours(work),
    ...others,
  });
}

/** Minutes are whole and often above 24; hours are neither. */
function areHours(work: readonly ItemWire[]): boolean | null {
  const long = work.filter(({ qty }) => Number(qty) > 24).length;
  if (work.length < fewestItems) return null;
  if (long * 10 > work.length) return false;
  return work.some(({ qty }) => /\.\d*[1-9]/.test(qty)) ? true : null;
}

/** Looks for the worklog entries of some tickets among the offered items. */
function compareWorklogs(entries: readonly WorklogWire[], items: ListPage) {
  const listed = readable(items.rows, ItemWire);
  const ids = new Set(listed.map(({ itemId }) => itemId));
  const isAll = items.rows.length >= (items.count ?? 0);
  const oldest = listed.at(-1)?.updatedTime ?? '9';
  const isListed = ({ itemId }: WorklogWire): boolean => ids.has(itemId);
  // Older work may not be on the page that was read.
  const isAbsent = (entry: WorklogWire): boolean =>
    !isListed(entry) && (isAll || (entry.billDateTime ?? '') > oldest);
  const billable = entries.filter((entry) => entry.billable === true);
  const free = entries.filter((entry) => entry.billable === false);
  return {
    'items-hold-time': billable.some(isAbsent) ? false : billable.some(isListed) || null,
    'items-billable': free.some(isListed) ? false : free.some(isAbsent) || null,
  };
}

/** None if the tenant does not support the query: then only the items are used. */
async function readWorklogs(ops: SuperOps): Promise<readonly WorklogWire[]> {
  const input = { module: 'TICKET', listInfo: { page: 1, pageSize: sampleEntries } };
  try {
    const Entries = z.object({ entries: z.array(WorklogWire) });
    return (await run(ops, operations.worklogList, input, Entries)).entries;
  } catch (error) {
    if (isKindError(error, 'contract', 'rejected')) return [];
    throw error;
  }
}

export const probeConnection = createProbe<SuperOps, FactId>('SuperOps', facts, ({ config }) => ({
  ticket: {
    facts: ['ticket-key', 'subject-filter', 'dates-utc'],
    create: (ops, alert) => createKeyed(ops, facts, alertRecord, alert),
    noteFact: 'note-audience',
    writeNote: notes.write,
    close: (ops, remoteId, alert) =>
      withdrawTicket(ourTicket, ops, alert, { remoteId, reason: testBody }),
  },
  field: clientFields,
  sale: config.billing.route === 'invoice' && {
    facts: ['invoice-key'],
    async create(ops, sale, _, stays) {
      const { remoteId, label } = await createKeyed(ops, facts, draftRecord, sale);
      stays(`invoice ${label ?? remoteId}`);
    },
  },
  fix: 'Delete these by hand in SuperOps; its API cannot.',
}));
