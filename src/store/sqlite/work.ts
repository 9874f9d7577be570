import type { Instant } from '../../domain/time.ts';
import type { ChargeGroup, DirtySubject, MirrorTicket, MirrorTimeEntry, Work } from '../port.ts';
import { type Database, listValue, pairsValue } from './database.ts';

type Subject = Pick<DirtySubject, 'connection' | 'kind' | 'sourceId'>;
interface Pair {
  connection: string;
  sourceId: string;
}

export function readWork(database: Database, subjects: readonly Subject[]): Work {
  const entries = new Map<string, MirrorTimeEntry>();
  const isEntry = ({ kind }: Subject) => kind === 'entry';
  addEntries(entries, entriesById(database, subjects.filter(isEntry)));
  let tickets: Pair[] = subjects.filter((subject) => !isEntry(subject));
  tickets = [...tickets, ...ticketsOf(entries.values())];
  const whole = new Set<string>();
  do {
    const family = familyOf(database, tickets).filter((ticket) => !whole.has(textOf(ticket)));
    for (const ticket of family) whole.add(textOf(ticket));
    addEntries(entries, entriesOnTickets(database, family));
    addEntries(entries, entriesInSameGroups(database, entries.values()));
    const met = ticketsOf(entries.values()).filter((ticket) => !whole.has(textOf(ticket)));
    tickets = met.length === 0 ? [] : onlyDirty(database, met);
  } while (tickets.length > 0);
  return complete(database, entries, whole);
}

export function readWorkBetween(
  database: Database,
  sources: readonly Pair[],
  from: Instant,
  to: Instant,
): Work {
  const started = database.rows<StoredEntry>(
    `SELECT ${entryColumns} FROM mirror_time_entry e INDEXED BY mirror_time_entry_started ${entryGroup}
     WHERE e.connection IN (SELECT value FROM json_each(?)) AND e.started_at >= ? AND e.started_at < ?`,
    listValue([...new Set(sources.map(({ connection }) => connection))]),
    from,
    to,
  );
  const tickets = new Map(
    readTickets(database, familyOf(database, ticketsOf(started))).map((ticket) => [
      textOf(ticket),
      ticket,
    ]),
  );
  const wanted = new Set(sources.map(textOf));
  const entries = new Map<string, MirrorTimeEntry>();
  addEntries(
    entries,
    started.filter((entry) => isOfClient(entry, tickets, wanted)),
  );
  addEntries(entries, entriesInSameGroups(database, entries.values()));
  return complete(database, entries, new Set());
}

/** By the entry itself, its ticket, or any ticket that one was merged into. */
function isOfClient(
  entry: Pick<StoredEntry, 'connection' | 'clientId' | 'ticketId'>,
  tickets: ReadonlyMap<string, MirrorTicket>,
  wanted: ReadonlySet<string>,
): boolean {
  const { connection } = entry;
  const isWanted = (clientId: string | null) =>
    clientId !== null && wanted.has(textOf({ connection, sourceId: clientId }));
  if (isWanted(entry.clientId)) return true;
  const seen = new Set<string>();
  let ticketId = entry.ticketId;
  while (ticketId !== null && !seen.has(ticketId)) {
    seen.add(ticketId);
    const ticket = tickets.get(textOf({ connection, sourceId: ticketId }));
    if (isWanted(ticket?.clientId ?? null)) return true;
    ticketId = ticket?.mergedInto ?? null;
  }
  return false;
}

/** Of the tickets in `whole` all the family is there already. */
function complete(
  database: Database,
  entries: ReadonlyMap<string, MirrorTimeEntry>,
  whole: ReadonlySet<string>,
): Work {
  const met = ticketsOf(entries.values()).filter((ticket) => !whole.has(textOf(ticket)));
  const others = met.length === 0 ? [] : familyOf(database, met).map(textOf);
  const family = [...new Set([...whole, ...others])].map(fromText);
  const groups = readGroups(database, groupKeysOf(entries.values()));
  return { entries: [...entries.values()], tickets: readTickets(database, family), groups };
}

export function readGroups(database: Database, groupKeys: readonly string[]): ChargeGroup[] {
  return database.rows(
    `SELECT ${groupColumns} FROM json_each(?) k CROSS JOIN charge_group g ON g.group_key = k.value`,
    listValue(groupKeys),
  );
}

/** By key from where the last page ended: tickets through their index, then what hangs on none. */
export async function* streamMirroredWork(database: Database): AsyncGenerator<Subject[], void> {
  const statements = [
    `SELECT DISTINCT 'ticket' AS kind, connection, ticket_id AS sourceId FROM mirror_time_entry
        WHERE ticket_id IS NOT NULL AND (connection, ticket_id) > (?, ?)
        ORDER BY connection, ticket_id LIMIT 500`,
    `SELECT 'entry' AS kind, connection, source_id AS sourceId FROM mirror_time_entry
        WHERE ticket_id IS NULL AND (connection, source_id) > (?, ?)
        ORDER BY connection, source_id LIMIT 500`,
  ];
  for (const sql of statements) {
    for (let after: Pair | undefined = { connection: '', sourceId: '' }; after !== undefined; ) {
      const page: Subject[] = database.rows<Subject>(sql, after.connection, after.sourceId);
      after = page.at(-1);
      if (page.length > 0) yield page;
    }
  }
}

export const groupColumns = `g.group_key AS groupKey, g.client_id AS clientId, g.status, g.reason,
  g.pending_seconds AS pendingSeconds, g.revision, g.charge_id AS chargeId, g.facts_hash AS factsHash`;

/** The tickets with all that they were merged into and all that was merged into them. */
function familyOf(database: Database, tickets: Iterable<Pair>): Pair[] {
  return database.rows(
    `WITH RECURSIVE family (connection, id) AS (
       SELECT value ->> 0, value ->> 1 FROM json_each(?)
       UNION
       SELECT t.connection, t.merged_into FROM family f
       CROSS JOIN mirror_ticket t ON t.connection = f.connection AND t.source_id = f.id
       WHERE t.merged_into IS NOT NULL
       UNION
       SELECT t.connection, t.source_id FROM family f
       CROSS JOIN mirror_ticket t ON t.connection = f.connection AND t.merged_into = f.id
     )
     SELECT connection, id AS sourceId FROM family`,
    pairsValue(tickets),
  );
}

function onlyDirty(database: Database, tickets: Iterable<Pair>): Pair[] {
  return database.rows(
    `SELECT d.connection, d.source_id AS sourceId FROM json_each(?) k
     CROSS JOIN dirty d ON d.connection = k.value ->> 0 AND d.kind = 'ticket'
       AND d.source_id = k.value ->> 1`,
    pairsValue(tickets),
  );
}

type StoredTicket = Omit<MirrorTicket, 'isClosed'> & { isClosed: number };

function readTickets(database: Database, tickets: Iterable<Pair>): MirrorTicket[] {
  const rows = database.rows<StoredTicket>(
    `SELECT t.connection, t.source_id AS sourceId, t.number, t.client_id AS clientId, t.summary,
       t.board, t.ticket_type AS ticketType, t.agreement, t.status, t.is_closed AS isClosed,
       t.closed_at AS closedAt, t.merged_into AS mergedInto, t.updated_at AS updatedAt
     FROM json_each(?) k
     CROSS JOIN mirror_ticket t ON t.connection = k.value ->> 0 AND t.source_id = k.value ->> 1`,
    pairsValue(tickets),
  );
  return rows.map((row) => ({
    connection: row.connection,
    sourceId: row.sourceId,
    number: row.number,
    clientId: row.clientId,
    summary: row.summary,
    board: row.board,
    ticketType: row.ticketType,
    agreement: row.agreement,
    status: row.status,
    isClosed: row.isClosed === 1,
    closedAt: row.closedAt,
    mergedInto: row.mergedInto,
    updatedAt: row.updatedAt,
  }));
}

type Flags = 'isTimed' | 'isBillable' | 'isApproved';
type StoredEntry = Omit<MirrorTimeEntry, Flags> & { [flag in Flags]: number | null };

const entryColumns = `e.connection, e.source_id AS sourceId, e.ticket_id AS ticketId,
  e.client_id AS clientId, e.technician_id AS technicianId, e.technician,
  e.started_at AS startedAt, e.ended_at AS endedAt, e.is_timed AS isTimed, e.seconds,
  e.seconds_text AS secondsText, e.kind, e.work_type AS workType, e.role,
  e.is_billable AS isBillable, e.is_approved AS isApproved, e.agreement, e.note,
  e.updated_at AS updatedAt, e.deleted_at AS deletedAt, g.group_key AS groupKey`;

const entryGroup =
  'LEFT JOIN entry_group g ON g.connection = e.connection AND g.entry_id = e.source_id';

function entriesById(database: Database, entries: Iterable<Pair>): StoredEntry[] {
  return database.rows(
    `SELECT ${entryColumns} FROM json_each(?) k
     CROSS JOIN mirror_time_entry e ON e.connection = k.value ->> 0 AND e.source_id = k.value ->> 1
     ${entryGroup}`,
    pairsValue(entries),
  );
}

/** Without statistics SQLite would read the whole connection by the primary key; so in the others. */
function entriesOnTickets(database: Database, tickets: Iterable<Pair>): StoredEntry[] {
  return database.rows(
    `SELECT ${entryColumns} FROM json_each(?) k
     CROSS JOIN mirror_time_entry e INDEXED BY mirror_time_entry_ticket
       ON e.connection = k.value ->> 0 AND e.ticket_id = k.value ->> 1
     ${entryGroup}`,
    pairsValue(tickets),
  );
}

function entriesInSameGroups(
  database: Database,
  entries: Iterable<MirrorTimeEntry>,
): StoredEntry[] {
  return database.rows(
    `SELECT ${entryColumns} FROM json_each(?) k
     CROSS JOIN entry_group g ON g.group_key = k.value
     CROSS JOIN mirror_time_entry e ON e.connection = g.connection AND e.source_id = g.entry_id`,
    listValue(groupKeysOf(entries)),
  );
}

function addEntries(into: Map<string, MirrorTimeEntry>, rows: readonly StoredEntry[]): void {
  for (const row of rows) {
    into.set(textOf(row), toEntry(row));
  }
}

/** Field by field: to spread a row of the database costs several times as much. */
function toEntry(row: StoredEntry): MirrorTimeEntry {
  return {
    connection: row.connection,
    sourceId: row.sourceId,
    ticketId: row.ticketId,
    clientId: row.clientId,
    technicianId: row.technicianId,
    technician: row.technician,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
    isTimed: row.isTimed === 1,
    seconds: row.seconds,
    secondsText: row.secondsText,
    kind: row.kind,
    workType: row.workType,
    role: row.role,
    isBillable: row.isBillable === null ? null : row.isBillable === 1,
    isApproved: row.isApproved === null ? null : row.isApproved === 1,
    agreement: row.agreement,
    note: row.note,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
    groupKey: row.groupKey,
  };
}

function groupKeysOf(entries: Iterable<MirrorTimeEntry>): string[] {
  const keys = new Set<string>();
  for (const { groupKey } of entries) if (groupKey !== null) keys.add(groupKey);
  return [...keys];
}

function ticketsOf(entries: Iterable<Pick<StoredEntry, 'connection' | 'ticketId'>>): Pair[] {
  const tickets = new Map<string, Pair>();
  for (const { connection, ticketId } of entries) {
    if (ticketId === null) continue;
    const ticket = { connection, sourceId: ticketId };
    tickets.set(textOf(ticket), ticket);
  }
  return [...tickets.values()];
}

/** Connection names hold no line break. */
function textOf({ connection, sourceId }: Pair): string {
  return `${connection}\n${sourceId}`;
}

function fromText(text: string): Pair {
  const end = text.indexOf('\n');
  return { connection: text.slice(0, end), sourceId: text.slice(end + 1) };
}
