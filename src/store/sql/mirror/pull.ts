import type { StreamName, TicketRow } from '../../../domain/records/rows.ts';
import type { Instant } from '../../../domain/time.ts';
import type { MirrorRows, PullOutcome, PullPage, PullStore, Watermark } from '../../port.ts';
import { type Database, listValue } from '../database.ts';
import { hasUnreadInvoices, noteInvoicesRead } from '../outbox.ts';
import { removeGone, removeLacking } from './lacking.ts';
import { writeMirror } from './mirror.ts';
import { learnNames } from './names.ts';
import { quarantinePage } from './quarantine.ts';
import { sweepStore } from './sweep.ts';
import { addRemovedDue, addTimeDue } from './time-due.ts';

export function pullStore(database: Database): PullStore {
  return {
    readWatermark: async (connection, stream) => readWatermark(database, connection, stream),
    hasUnreadInvoices: async (connection) => hasUnreadInvoices(database, connection),
    writePage: async (page) => database.write(() => writePage(database, page)),
    readLastTimeChange: async (connection) =>
      database.row<{ at: Instant | null }>(
        'SELECT max(updated_at) AS at FROM mirror_time_entry WHERE connection = ?',
        connection,
      )?.at ?? null,
    listTimeDue: async (connection, limit, after = '') =>
      database
        .rows<{ id: string }>(
          `SELECT ticket_id AS id FROM time_due WHERE connection = ? AND ticket_id > ?
           ORDER BY ticket_id LIMIT ?`,
          connection,
          after,
          limit,
        )
        .map(({ id }) => id),
    readTicketCreation: async (connection, ticketIds) => {
      const rows = database.rows<{ id: string; createdAt: Instant }>(
        `SELECT t.source_id AS id, t.created_at AS createdAt FROM json_each(?) k
         CROSS JOIN mirror_ticket t ON t.connection = ? AND t.source_id = k.value
         WHERE t.created_at IS NOT NULL`,
        listValue(ticketIds),
        connection,
      );
      return new Map(rows.map(({ id, createdAt }) => [id, createdAt]));
    },
    addRemovedDue: async (connection, since) => addRemovedDue(database, connection, since),
    ...sweepStore(database),
    readMemory: async (connection, key) =>
      database.row<{ value: string }>(
        'SELECT value FROM connection_memory WHERE connection = ? AND key = ?',
        connection,
        key,
      )?.value ?? null,
    writeMemory: async (connection, key, value, at) =>
      writeMemory(database, connection, key, value, at),
    listMemory: async (connection, prefix) =>
      database.rows(
        `SELECT key, value, updated_at AS updatedAt FROM connection_memory
         WHERE connection = ? AND substr(key, 1, length(?)) = ? ORDER BY key`,
        connection,
        prefix,
        prefix,
      ),
  };
}

function writePage(database: Database, page: PullPage): PullOutcome {
  const { quarantined, accepted } = quarantinePage(database, page);
  const change = writeMirror(database, page.connection, page);
  // Accepted rows were parsed when they were quarantined, so they have their stream's shape.
  const again = { stream: page.stream, rows: accepted } as MirrorRows;
  learnNames(database, page.connection, page);
  learnNames(database, page.connection, again);
  let changed = change.changed + writeMirror(database, page.connection, again).changed;
  if (page.stream === 'tickets' && page.timeDue !== undefined) {
    const due = dueTickets(page.rows, page.timeDue, change.touchedIds);
    addTimeDue(database, page.connection, due, page.timeDue.untimedIds);
  }
  const lacking =
    page.completeTicketIds === undefined
      ? { changed: 0, vanished: [] }
      : removeLacking(database, page, page.completeTicketIds);
  changed += lacking.changed;
  const gone =
    page.goneIds === undefined
      ? { changed: 0, vanished: [] }
      : removeGone(database, page, page.goneIds);
  changed += gone.changed;
  const isWanted = page.watermarkWhen !== 'if-changed' || changed > 0 || quarantined > 0;
  if (page.watermark !== undefined && isWanted) {
    writeWatermark(database, page.connection, page.stream, page.watermark);
    if (isReadThrough(page, page.watermark)) noteInvoicesRead(database, page.connection);
  }
  return { changed, quarantined, vanished: [...lacking.vanished, ...gone.vanished] };
}

/** A pass started by an earlier run may have passed the invoice before it was delivered. */
function isReadThrough({ stream, at }: PullPage, { since, pass }: Watermark): boolean {
  return stream === 'invoices' && pass === null && since === at;
}

function dueTickets(
  rows: readonly TicketRow[],
  { clientIds, isForced }: NonNullable<PullPage['timeDue']>,
  touchedIds: readonly string[],
): string[] {
  const clients = new Set(clientIds);
  const touched = new Set(touchedIds);
  return rows
    .filter(({ clientId }) => clientId === null || clients.has(clientId))
    .map(({ sourceId }) => sourceId)
    .filter((sourceId) => isForced || touched.has(sourceId));
}

interface WatermarkColumns {
  since: string | null;
  clients: string;
  passSince: string | null;
  passStartedAt: string | null;
  passClients: string | null;
  passResume: string | null;
}

function readWatermark(
  database: Database,
  connection: string,
  stream: StreamName,
): Watermark | null {
  const row = database.row<WatermarkColumns>(
    `SELECT since, clients, pass_since AS passSince, pass_started_at AS passStartedAt,
       pass_clients AS passClients, pass_resume AS passResume
     FROM watermark WHERE connection = ? AND stream = ?`,
    connection,
    stream,
  );
  if (row === undefined) return null;
  const { since, clients, passSince, passStartedAt, passClients, passResume } = row;
  const isUnderWay = passSince !== null && passStartedAt !== null && passClients !== null;
  return {
    since,
    clientIds: fromListText(clients),
    pass: isUnderWay
      ? {
          since: passSince,
          startedAt: passStartedAt,
          clientIds: fromListText(passClients),
          resume: passResume,
        }
      : null,
  };
}

/** Written by `writeWatermark` alone, as an array of texts. */
function fromListText(text: string): string[] {
  return JSON.parse(text) as string[];
}

function writeWatermark(
  database: Database,
  connection: string,
  stream: StreamName,
  { since, clientIds, pass }: Watermark,
): void {
  const columns = {
    since,
    clients: listValue(clientIds),
    passSince: pass?.since ?? null,
    passStartedAt: pass?.startedAt ?? null,
    passClients: pass === null ? null : listValue(pass.clientIds),
    passResume: pass?.resume ?? null,
  } satisfies WatermarkColumns;
  database.upsert('watermark', { connection, stream }, columns);
}

function writeMemory(
  database: Database,
  connection: string,
  key: string,
  value: string | null,
  at: Instant,
): void {
  if (value === null) database.remove('connection_memory', { connection, key });
  else database.upsert('connection_memory', { connection, key }, { value, updatedAt: at });
}
