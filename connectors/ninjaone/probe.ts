/** Settles by writing: one test ticket with one internal comment, in the organization named. */

import type { CheckResult, Push, SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { parseRows } from '../http/rows.ts';
import { verifyAgain } from '../kit/probe.ts';
import type { CheckRooms } from './check.ts';
import { resultOf } from './check.ts';
import { type FactId, factResults, verifyFact, verifyKept } from './facts.ts';
import { FoundRow } from './schema.ts';

export interface ProbeRooms extends CheckRooms {
  ticketNote: Push<'ticket-note'>;
}

/**
 * The API has no way to delete a ticket, so the result names it for a person to delete.
 * Throws nothing that a person can mend.
 */
export async function probeConnection(
  rooms: ProbeRooms,
  clientId: SourceId,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const write = () => writeAndLook(rooms, clientId, signal);
  const results = await verifyAgain(rooms.context, settledByWriting, write);
  return [...results, ...(await factResults(rooms.context.memory))];
}

const settledByWriting: FactId[] = [
  'ticket-create',
  'ticket-on-boards',
  'ticket-tags',
  'comment-create',
];

async function writeAndLook(
  rooms: ProbeRooms,
  clientId: SourceId,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const step = async (id: string, look: () => Promise<string>): Promise<void> => {
    results.push(await resultOf(id, look));
  };
  const key = `probe-${rooms.context.now().toString(36)}`;
  let ticketId: SourceId | null = null;
  await step('probe.ticket', async () => {
    ticketId = await probeTicket(rooms, { key, clientId }, signal);
    return `Made ticket #${ticketId}.`;
  });
  if (ticketId !== null) {
    const made = { key, clientId, ticketId };
    await step('probe.boards', () => probeBoards(rooms, made, signal));
    await step('probe.comment', () => probeComment(rooms, made, signal));
    results.push({
      id: 'probe.left-behind',
      status: 'warning',
      detail: `Ticket #${ticketId} of organization ${clientId} was made for this test and stays.`,
      fix: 'Delete it in NinjaOne: the API cannot.',
    });
  }
  return results;
}

interface Made {
  key: string;
  clientId: SourceId;
  ticketId: SourceId;
}

async function probeTicket(
  rooms: ProbeRooms,
  { key, clientId }: Omit<Made, 'ticketId'>,
  signal: AbortSignal,
): Promise<SourceId> {
  const { memory } = rooms.context;
  const message = {
    key,
    clientId,
    subject: 'Test of the prepaid-hours connection',
    body: 'This ticket was made to test what the API application may do. It can be deleted.',
  };
  const create = () => rooms.alertTicket.create(message, signal);
  const { remoteId } = await settlingPermission(rooms, 'ticket-create', async () => {
    try {
      return await create();
    } catch (error) {
      if (!isKindError(error, 'rejected')) throw error;
      // Refused as a whole, so no ticket was made; the tag is the one thing that can be left out.
      await verifyFact(memory, 'ticket-tags', false);
      return create();
    }
  });
  const { data } = await rooms.api.ticket(remoteId, signal);
  await verifyKept(rooms.context, 'ticket-tags', data.tags?.includes(key) === true);
  const { status } = await rooms.alertTicket.resolve(signal);
  await verifyFact(memory, 'ticket-status', data.status?.statusId === status);
  return remoteId;
}

async function probeBoards(
  rooms: ProbeRooms,
  { key, ticketId }: Made,
  signal: AbortSignal,
): Promise<string> {
  const scanned = await rooms.alertTicket.findBy(key, 'scan', signal);
  const onBoards = await verifyKept(rooms.context, 'ticket-on-boards', scanned === ticketId);
  const searched = await rooms.alertTicket.findBy(key, 'search', signal);
  const bySearch = await verifyKept(rooms.context, 'ticket-search', searched === ticketId);
  return `The boards show the new ticket: ${onBoards}. A search finds it: ${bySearch}.`;
}

async function probeComment(rooms: ProbeRooms, made: Made, signal: AbortSignal): Promise<string> {
  const { memory } = rooms.context;
  const before = await changedAt(rooms, made, signal);
  const message = {
    key: `${made.key}-note`,
    clientId: made.clientId,
    ticketId: made.ticketId,
    audience: 'internal' as const,
    body: 'Internal test comment.',
  };
  await settlingPermission(rooms, 'comment-create', () => rooms.ticketNote.create(message, signal));
  const after = await changedAt(rooms, made, signal);
  if (before === null || after === null) return 'The comment stands; no board shows the ticket.';
  const moved = await verifyFact(memory, 'comment-moves-ticket', after > before);
  return `The comment stands. It moved the ticket’s lastUpdated: ${moved}.`;
}

/** A refusal is the answer to the question, and still a failed result. */
async function settlingPermission<T>(
  rooms: ProbeRooms,
  id: FactId,
  act: () => Promise<T>,
): Promise<T> {
  try {
    const done = await act();
    await verifyFact(rooms.context.memory, id, true);
    return done;
  } catch (error) {
    if (isKindError(error, 'permission')) await verifyFact(rooms.context.memory, id, false);
    throw error;
  }
}

async function changedAt(
  rooms: ProbeRooms,
  { ticketId }: Made,
  signal: AbortSignal,
): Promise<string | null> {
  for (const board of await rooms.boards.toRead(signal)) {
    const query = { columns: ['id', 'lastUpdated'], pageSize: 50, cursor: null };
    const { data } = await rooms.api.runBoard(board.id, query, signal);
    const { rows } = parseRows(data.data, FoundRow, (row) => row);
    const found = rows.find(({ id }) => id === ticketId);
    if (found?.lastUpdated != null) return found.lastUpdated;
  }
  return null;
}
