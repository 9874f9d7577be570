/** How each fact is verified: by reading, and by one test ticket with one internal comment. */
import type { Delivered, SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { type Instant, msFromInstant } from '../../src/domain/time.ts';
import { createProbe } from '../kit/checking/probe.ts';
import { parseAll } from '../kit/reading/lists.ts';
import type { Note } from '../kit/writing/notes.ts';
import { createKeyed } from '../kit/writing/push.ts';
import type { TicketText } from '../kit/writing/tickets.ts';
import { boardsToRead, columnsFor, isDescending, isSortedAsAsked, runBoard } from './boards.ts';
import { type Ninja, readTicket } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { readLog, sumSeconds } from './pull.ts';
import { findOnBoards, notes, ticketRecord } from './push.ts';
import { Activity, BoardRow, FoundRow } from './schema.ts';
import { readActivities, toolCodes } from './sessions.ts';

const sampleRows = 50;

/** One page of each board, and one ticket with time. A fact without data stays open. */
export async function verifyBoards(ninja: Ninja): Promise<string> {
  const sorted: boolean[] = [];
  let sample: BoardRow | null = null;
  for (const board of await boardsToRead(ninja)) {
    const query = { columns: columnsFor(board), pageSize: sampleRows };
    const { data, metadata } = (await runBoard(ninja, board.id, query)).data;
    const rows = parseAll(data, BoardRow);
    const changesMs = rows.map(({ lastUpdated }) => msFromInstant(lastUpdated));
    if (rows.length > 1) sorted.push(isSortedAsAsked(metadata) && isDescending(changesMs));
    sample ??= rows.find((row) => (row.totalTimeTracked ?? 0) > 0) ?? null;
  }
  const isSorted = sorted.length === 0 ? null : !sorted.includes(false);
  await facts.verifyFact(ninja.context, 'board-sort', isSorted);
  if (sample !== null) await verifySample(ninja, sample);
  return 'Tickets and their log entries, which hold the time, can be read.';
}

/** Does its log add up, and is its organization the one of that name? */
async function verifySample(ninja: Ninja, sample: BoardRow): Promise<void> {
  const { context, lists } = ninja;
  const seconds = sumSeconds(await readLog(ninja, sample.id, null));
  await facts.verifyFact(context, 'total-time', seconds === sample.totalTimeTracked);
  const { clientId } = await readTicket(ninja, sample.id);
  if (sample.organization == null || clientId == null) return;
  const organizations = await lists.organizations.list(ninja);
  const name = organizations.find(({ sourceId }) => sourceId === clientId)?.name;
  await facts.verifyFact(context, 'board-organization', name === sample.organization);
}

/** Asked for one type, the list must show the newest such row that the whole list shows. */
export async function verifyActivities(ninja: Ninja): Promise<string> {
  const read = async (type: string | null): Promise<Activity[]> =>
    parseAll((await readActivities(ninja, type, null)).data.activities, Activity);
  const all = await read(null);
  for (const tool of ninja.config.remoteTools) {
    const { type, start, end } = toolCodes[tool];
    const newest = all.find(({ statusCode }) => statusCode === start || statusCode === end);
    if (newest === undefined) continue;
    const isListed = (await read(type)).some(({ id }) => id === newest.id);
    await facts.verifyFact(ninja.context, 'activity-type', isListed);
    break;
  }
  return 'Activities, which hold the remote sessions, can be read.';
}

/** The API cannot delete a ticket, so the result names it for an admin to delete. */
export const probeConnection = createProbe<Ninja, FactId>('NinjaOne', facts, () => ({
  ticket: {
    facts: ['ticket-create', 'ticket-on-boards', 'ticket-search', 'comment-moves-ticket'],
    create: (ninja, alert) =>
      verifyPermission(ninja, 'ticket-create', () =>
        createKeyed(ninja, facts, ticketRecord, alert),
      ),
    verify: probeBoards,
    noteFact: 'comment-create',
    audiences: ['internal'],
    writeNote: probeComment,
  },
  fix: 'Delete it in NinjaOne: the API cannot.',
}));

async function probeBoards(ninja: Ninja, ticketId: SourceId, { key }: TicketText): Promise<void> {
  const isShown = (await findOnBoards(ninja, key, 'scan')) === ticketId;
  await facts.verifyKept(ninja.context, 'ticket-on-boards', isShown, async () => false);
  const isFound = (await findOnBoards(ninja, key, 'search')) === ticketId;
  await facts.verifyKept(ninja.context, 'ticket-search', isFound, async () => false);
}

async function probeComment(ninja: Ninja, note: Note): Promise<Delivered> {
  const before = await changedAt(ninja, note.ticketId);
  const made = await verifyPermission(ninja, 'comment-create', () => notes.write(ninja, note));
  const after = await changedAt(ninja, note.ticketId);
  // Null: no board shows the ticket.
  const isMoved = before === null || after === null ? null : after > before;
  await facts.verifyFact(ninja.context, 'comment-moves-ticket', isMoved);
  return made;
}

/** A refusal is the answer to the question, and still a failed result. */
async function verifyPermission<T>(
  { context }: Ninja,
  id: FactId,
  act: () => Promise<T>,
): Promise<T> {
  try {
    const done = await act();
    await facts.verifyFact(context, id, true);
    return done;
  } catch (error) {
    if (isKindError(error, 'permission')) await facts.verifyFact(context, id, false);
    throw error;
  }
}

async function changedAt(ninja: Ninja, ticketId: SourceId): Promise<Instant | null> {
  for (const board of await boardsToRead(ninja)) {
    const query = { columns: ['id', 'lastUpdated'], pageSize: 50 };
    const { data } = await runBoard(ninja, board.id, query);
    const found = parseAll(data.data, FoundRow).find(({ id }) => id === ticketId);
    if (found?.lastUpdated != null) return found.lastUpdated;
  }
  return null;
}
