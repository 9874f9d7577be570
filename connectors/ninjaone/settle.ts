/** Settles by reading what the vendor's pages leave open: one board page, one ticket, one activity page. */

import type { ConnectorContext } from '../../src/contract/connector.ts';
import { msFromInstant } from '../../src/domain/time.ts';
import { parseRows } from '../http/rows.ts';
import type { Api } from './api.ts';
import { type Boards, columnsFor, isDescending, isSortedAsAsked } from './boards.ts';
import type { NinjaoneConfig } from './config.ts';
import type { Directory } from './directory.ts';
import { type FactId, verifyFact } from './facts.ts';
import { Activity, BoardRow, type BoardRun } from './schema.ts';
import { toolCodes } from './session-pairs.ts';
import { readLog, sumSeconds } from './ticket-time.ts';

export interface SettleRooms {
  api: Api;
  config: NinjaoneConfig;
  context: ConnectorContext;
  directory: Directory;
  boards: Boards;
}

const sampleRows = 50;

type SettledFact = [id: FactId, isSo: boolean];

/** What nothing was there to settle by stays open. */
export async function settleByReading(
  rooms: SettleRooms,
  what: 'tickets' | 'activities',
  signal: AbortSignal,
): Promise<void> {
  const settle = what === 'tickets' ? settleBoards : settleActivities;
  for (const [id, isSo] of await settle(rooms, signal)) {
    await verifyFact(rooms.context.memory, id, isSo);
  }
}

async function settleBoards(rooms: SettleRooms, signal: AbortSignal): Promise<SettledFact[]> {
  const settled: SettledFact[] = [];
  let sample: BoardRow | null = null;
  for (const board of await rooms.boards.toRead(signal)) {
    const query = { columns: columnsFor(board), pageSize: sampleRows, cursor: null };
    const { data } = await rooms.api.runBoard(board.id, query, signal);
    const { rows } = parseRows(data.data, BoardRow, (row) => row);
    if (rows.length > 1) settled.push(['board-sort', wasSorted(data.metadata, rows)]);
    sample ??= rows.find((row) => (row.totalTimeTracked ?? 0) > 0) ?? null;
  }
  // One board that is not sorted is enough for "not so".
  const isSortWrong = settled.some(([, isSo]) => !isSo);
  const sort: SettledFact[] = settled.length === 0 ? [] : [['board-sort', !isSortWrong]];
  return sample === null ? sort : [...sort, ...(await settleSample(rooms, sample, signal))];
}

function wasSorted(metadata: BoardRun['metadata'], rows: readonly BoardRow[]): boolean {
  const moments = rows.map(({ lastUpdated }) => msFromInstant(lastUpdated));
  return isSortedAsAsked(metadata) && isDescending(moments);
}

/** One ticket with time: does its log add up, and is its organization the one of that name? */
async function settleSample(
  rooms: SettleRooms,
  sample: BoardRow,
  signal: AbortSignal,
): Promise<SettledFact[]> {
  const log = await readLog(rooms.api, sample.id, null, signal);
  const settled: SettledFact[] = [['total-time', sumSeconds(log) === sample.totalTimeTracked]];
  const { clientId } = (await rooms.api.ticket(sample.id, signal)).data;
  if (sample.organization == null || clientId == null) return settled;
  const organizations = await rooms.directory.organizations.recent(signal);
  const name = organizations.find(({ sourceId }) => sourceId === clientId)?.name;
  return [...settled, ['board-organization', name === sample.organization]];
}

/** Asked for one type, the list must show the newest such row that the whole list shows. */
async function settleActivities(rooms: SettleRooms, signal: AbortSignal): Promise<SettledFact[]> {
  const all = (await rooms.api.activities(null, null, signal)).data.activities;
  for (const tool of rooms.config.remoteTools) {
    const { type, start, end } = toolCodes[tool];
    const isOfTool = ({ statusCode }: Activity): boolean =>
      statusCode === start || statusCode === end;
    const newest = parseRows(all, Activity, (row) => row).rows.find(isOfTool);
    if (newest === undefined) continue;
    const asked = (await rooms.api.activities(type, null, signal)).data.activities;
    const { rows } = parseRows(asked, Activity, (row) => row);
    return [['activity-type', rows.some(({ id }) => id === newest.id)]];
  }
  return [];
}
