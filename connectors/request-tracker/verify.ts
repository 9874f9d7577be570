/** How each fact is verified: by reading, and by a test ticket. */
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { instantFromMs, msFromInstant } from '../../src/domain/time.ts';
import { attemptsAt, okResult } from '../kit/checking/checks.ts';
import { runSteps, testBody, testSubject, verifyAgain } from '../kit/checking/probe.ts';
import { allRows } from '../kit/reading/lists.ts';
import { type Rt, search, totalFix } from './call.ts';
import { facts } from './facts.ts';
import { columnList, readTicket } from './lists.ts';
import { createTicket, discarded, findNote, findTicket, setStatus, writeNote } from './push.ts';
import { NewestItem, SumItem, WorkedItem } from './schema.ts';

/** A ticket whose change is a known time back must be found from before that time, and not after. */
export async function verifyQueryDates(rt: Rt): Promise<CheckResult[]> {
  const { items, total } = await search(rt, {
    query: 'EffectiveId > 0',
    fields: ['LastUpdated'],
    orderby: 'LastUpdated',
  });
  if (total === null) {
    const detail =
      'RT does not say how many tickets there are, so that missing ones would not be noticed.';
    return [{ id: 'permission.tickets', status: 'failed', detail, fix: totalFix }];
  }
  const oldest = NewestItem.safeParse(items[0]).data;
  if (oldest === undefined) {
    const fix = 'Give the RT user ShowTicket on all queues that it is to read.';
    return [{ id: 'permission.tickets', status: 'failed', detail: 'We see no ticket.', fix }];
  }
  const ageSeconds = Math.round((rt.context.now() - msFromInstant(oldest.LastUpdated)) / 1000);
  const isFoundSince = async (seconds: number): Promise<boolean> => {
    const query = `EffectiveId > 0 AND id = ${oldest.id} AND LastUpdated > '-${seconds} seconds'`;
    return (await search(rt, { query })).total === 1;
  };
  const hoursLater = ageSeconds - 3 * 3600;
  const isTrue =
    (await isFoundSince(ageSeconds + 3 * 3600)) &&
    (hoursLater < 1 || !(await isFoundSince(hoursLater)));
  await facts.verifyFact(rt.context, 'query-dates', isTrue);
  return [await facts.factResult(rt.context, 'query-dates')];
}

export interface TimeProof {
  ticketId: SourceId;
  /** More than 0: the ticket holds more time than the user is shown. */
  missingMinutes: number;
}

/** The newest ticket with time; null where there is none. */
export async function measureNewest(rt: Rt, query: string): Promise<TimeProof | null> {
  const { items } = await search(rt, {
    query: `${query} AND TimeWorked != 0`,
    fields: ['TimeWorked'],
    orderby: 'LastUpdated',
    order: 'DESC',
  });
  return items.length === 0 ? null : measureTime(rt, WorkedItem.parse(items[0]));
}

/** A ticket must hold the sum of its transactions, merged tickets' included. */
export async function measureTime(
  rt: Rt,
  { id, TimeWorked }: WorkedItem,
): Promise<TimeProof | null> {
  if (TimeWorked == null) return null;
  const list = columnList(`/ticket/${id}/history`, [['TimeTaken', '!=', '0']], ['TimeTaken']);
  let missingMinutes = TimeWorked;
  for (const { TimeTaken } of await allRows(rt, list, SumItem)) missingMinutes -= TimeTaken;
  return { ticketId: id, missingMinutes };
}

/**
 * Makes a ticket in the alerts queue (or the billing queue), finds it by its key, comments it, finds
 * the comment, and rejects the ticket: RT's REST cannot remove one without DeleteTicket.
 */
export async function probeConnection(rt: Rt, clientId: SourceId): Promise<CheckResult[]> {
  const { context } = rt;
  const setting = rt.config.alerts === undefined ? 'billing' : 'alerts';
  const key = `probe:${instantFromMs(context.now()).replace(/\D/g, '')}`;
  let ticketId: SourceId | null = null;
  const ticket = async () => {
    const made = await createTicket(rt, setting, { key, subject: testSubject, body: testBody });
    ticketId = made.remoteId;
    const isFound = async () => (await findTicket(rt, { key }))?.id === ticketId;
    await facts.verifyKept(context, 'find-ticket', false, isFound);
  };
  const note = async () => {
    if (ticketId === null) return;
    const message = { key, clientId, ticketId, audience: 'internal' as const, body: testBody };
    const { remoteId } = await writeNote(rt, message);
    if ((await facts.readFact(context, 'find-note')) === 'no') return;
    const isFound = async () => (await findNote(rt, message))?.remoteId === remoteId;
    await facts.verifyKept(context, 'find-note', false, isFound);
  };
  const steps = [
    { facts: ['find-ticket'] as const, work: ticket },
    { facts: ['find-note'] as const, work: note },
  ];
  const results = await verifyAgain(context, ['key-field'], () => runSteps(rt, facts, steps, 'RT'));
  return ticketId === null ? results : [...results, ...(await discard(rt, ticketId))];
}

async function discard(rt: Rt, ticketId: SourceId): Promise<CheckResult[]> {
  const id = 'probe.discard';
  return attemptsAt('RT')(id, async () => {
    const messages = await setStatus(rt, ticketId, discarded).catch((error: unknown) => {
      if (isKindError(error)) return [error.message];
      throw error;
    });
    const { Status } = await readTicket(rt, ticketId);
    if (Status === discarded) {
      return [okResult(id, `Ticket ${ticketId} of the test is ${discarded}.`)];
    }
    const detail = `Ticket ${ticketId} of the test is still there: ${messages.join(' ')}`;
    const fix = 'Close it by hand; with ModifyTicket on the queue we would do it.';
    return [{ id, status: 'warning', detail, fix }];
  });
}
