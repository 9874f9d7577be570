import type { NamedKind } from '../../../domain/agreements/rule-names.ts';
import { type NameBinding, nameAsId, type SeenName } from '../../../domain/records/names.ts';
import type { TicketRow, TimeEntryRow } from '../../../domain/records/rows.ts';
import type { Instant } from '../../../domain/time.ts';
import type { MirrorRows, NameStore } from '../../port.ts';
import { type Database, listValue } from '../database.ts';

export function nameStore(database: Database): NameStore {
  return {
    readNames: async () =>
      database
        .rows<Omit<SeenName, 'isGone'> & { isGone: number }>(
          `SELECT connection, kind, source_id AS sourceId, name, name_first AS nameFirst,
             is_gone AS isGone FROM name ORDER BY connection, kind, source_id`,
        )
        .map((row) => ({ ...row, isGone: row.isGone === 1 })),
    readBindings: async () =>
      database.rows<NameBinding>(
        `SELECT connection, kind, key, source_id AS sourceId, places FROM name_binding
         ORDER BY connection, kind, key, source_id`,
      ),
    writeBindings: async (bindings) => database.write(() => writeBindings(database, bindings)),
    writeListedNames: async (connection, kind, things, at) =>
      database.write(() => {
        const found = things.map(({ sourceId, name }) => ({
          kind,
          sourceId: sourceId ?? nameAsId(name),
          name,
          seenAt: at,
        }));
        writeNames(database, connection, found);
        database.run(
          `UPDATE name SET is_gone = iif(source_id IN (SELECT value FROM json_each(?)), 0, 1)
           WHERE connection = ? AND kind = ?`,
          listValue(found.map(({ sourceId }) => sourceId)),
          connection,
          kind,
        );
        database.upsert('name_list', { connection, kind }, { readAt: at });
      }),
    readListedKinds: async () => database.rows('SELECT connection, kind FROM name_list'),
    listBlockWorkTypes: async () =>
      database
        .rows<{ name: string }>(
          `SELECT DISTINCT w.value AS name FROM block b CROSS JOIN json_each(b.work_types) w
           WHERE b.work_types IS NOT NULL AND b.status <> 'void' ORDER BY 1`,
        )
        .map(({ name }) => name),
  };
}

interface Found {
  email?: string | null | undefined;
  kind: NamedKind;
  sourceId: string;
  name: string;
  /** The last-modified timestamp of the row with the name. */
  seenAt: Instant;
}

/** Learns the names of IDs from a page of the mirror. */
export function learnNames(database: Database, connection: string, page: MirrorRows): void {
  if (page.stream === 'tickets') writeNames(database, connection, page.rows.flatMap(inTicket));
  if (page.stream === 'timeEntries') writeNames(database, connection, page.rows.flatMap(inEntry));
  if (page.stream === 'sessions') writeNames(database, connection, page.rows.map(technicianOf));
}

function inTicket({ board, ticketType, agreement, ids = {}, updatedAt }: TicketRow): Found[] {
  return [
    ...found('board', ids.board, board, updatedAt),
    ...found('ticketType', ids.ticketType, ticketType, updatedAt),
    ...found('agreement', ids.agreement, agreement, updatedAt),
  ];
}

function inEntry({ ids = {}, updatedAt, ...entry }: TimeEntryRow): Found[] {
  return [
    technicianOf({ ...entry, updatedAt }),
    ...found('workType', ids.workType, entry.workType, updatedAt),
    ...found('role', ids.role, entry.role, updatedAt),
    ...found('agreement', ids.agreement, entry.agreement, updatedAt),
  ];
}

function technicianOf({
  technicianId,
  technician,
  technicianEmail,
  updatedAt,
}: Pick<TimeEntryRow, 'technicianId' | 'technician' | 'technicianEmail' | 'updatedAt'>): Found {
  return {
    kind: 'technician',
    sourceId: technicianId,
    name: technician,
    email: technicianEmail,
    seenAt: updatedAt,
  };
}

function found(
  kind: NamedKind,
  sourceId: string | undefined,
  name: string | null,
  seenAt: Instant,
): Found[] {
  return name === null ? [] : [{ kind, sourceId: sourceId ?? nameAsId(name), name, seenAt }];
}

/** An old row may show an old name: the latest change wins. */
function writeNames(database: Database, connection: string, names: readonly Found[]): void {
  const latest = new Map<string, Found>();
  for (const one of names) {
    const key = `${one.kind}\n${one.sourceId}`;
    if ((latest.get(key)?.seenAt ?? '') <= one.seenAt) latest.set(key, one);
  }
  for (const { kind, sourceId, name, seenAt, email = null } of latest.values()) {
    database.run(
      `INSERT INTO name (connection, kind, source_id, name, name_first, seen_at, is_gone, email)
       VALUES (?1, ?2, ?3, ?4, ?4, ?5, 0, ?6)
       ON CONFLICT (connection, kind, source_id) DO UPDATE SET name = excluded.name, seen_at = excluded.seen_at,
         email = coalesce(excluded.email, name.email)
       WHERE name.seen_at < excluded.seen_at OR (name.seen_at = excluded.seen_at AND (name.name <> excluded.name
         OR name.email IS DISTINCT FROM coalesce(excluded.email, name.email)))`,
      connection,
      kind,
      sourceId,
      name,
      seenAt,
      email,
    );
  }
}

function writeBindings(database: Database, bindings: readonly NameBinding[]): void {
  database.run('DELETE FROM name_binding');
  for (const { connection, kind, key, sourceId, places } of bindings) {
    database.insert('name_binding', { connection, kind, key, sourceId, places });
  }
}
