import { rowKey } from '../../../domain/records/merged.ts';
import type { Instant } from '../../../domain/time.ts';
import type { ChargeGroup, DirtySubject, MirrorTicket, MirrorTimeEntry, Work } from '../../port.ts';
import { type Database, listValue, pairsValue } from '../database.ts';
import { withNameIds } from '../mirror/columns.ts';
import { entryColumns, type StoredEntry, toEntry } from './stored-entry.ts';

type Subject = Pick<DirtySubject, 'connection' | 'kind' | 'sourceId'>;
interface Pair {
  connection: string;
  sourceId: string;
}

/** Loaded tickets, with all tickets merged with them. */
type Tickets = Map<string, MirrorTicket>;

export function readWork(database: Database, subjects: readonly Subject[]): Work {
  const entries = new Map<string, MirrorTimeEntry>();
  const tickets: Tickets = new Map();
  const isEntry = ({ kind }: Subject) => kind === 'entry';
  addEntries(entries, entriesById(database, subjects.filter(isEntry)));
  const whole = new Set<string>();
  let next: Pair[] = subjects.filter((subject) => !isEntry(subject));
  next = [...next, ...ticketsOf(entries.values())];
  do {
    const family = addFamily(database, next, tickets).filter((one) => !whole.has(rowKey(one)));
    for (const ticket of family) whole.add(rowKey(ticket));
    addEntries(entries, entriesOnTickets(database, family));
    addEntries(entries, othersInSameGroups(database, entries));
    const met = ticketsOf(entries.values()).filter((ticket) => !whole.has(rowKey(ticket)));
    next = met.length === 0 ? [] : onlyDirty(database, met);
  } while (next.length > 0);
  return complete(database, entries, tickets, whole);
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
  const tickets: Tickets = new Map();
  addFamily(database, ticketsOf(started), tickets);
  const wanted = new Set(sources.map(rowKey));
  const entries = new Map<string, MirrorTimeEntry>();
  addEntries(
    entries,
    started.filter((entry) => isOfClient(entry, tickets, wanted)),
  );
  addEntries(entries, othersInSameGroups(database, entries));
  return complete(database, entries, new Map(), new Set());
}

/** By the entry itself, its ticket, or any ticket that this was merged into. */
function isOfClient(
  entry: Pick<StoredEntry, 'connection' | 'clientId' | 'ticketId'>,
  tickets: ReadonlyMap<string, MirrorTicket>,
  wanted: ReadonlySet<string>,
): boolean {
  const { connection } = entry;
  const isWanted = (clientId: string | null) =>
    clientId !== null && wanted.has(rowKey({ connection, sourceId: clientId }));
  if (isWanted(entry.clientId)) return true;
  const seen = new Set<string>();
  let ticketId = entry.ticketId;
  while (ticketId !== null && !seen.has(ticketId)) {
    seen.add(ticketId);
    const ticket = tickets.get(rowKey({ connection, sourceId: ticketId }));
    if (isWanted(ticket?.clientId ?? null)) return true;
    ticketId = ticket?.mergedInto ?? null;
  }
  return false;
}

/** For tickets in `whole`, all merged tickets are already loaded. */
function complete(
  database: Database,
  entries: ReadonlyMap<string, MirrorTimeEntry>,
  tickets: Tickets,
  whole: ReadonlySet<string>,
): Work {
  const met = ticketsOf(entries.values()).filter((ticket) => !whole.has(rowKey(ticket)));
  addFamily(database, met, tickets);
  const groups = readGroups(database, groupKeysOf(entries.values()));
  return { entries: [...entries.values()], tickets: [...tickets.values()], groups };
}

export function readGroups(database: Database, groupKeys: readonly string[]): ChargeGroup[] {
  return database.rows(
    `SELECT ${groupColumns} FROM json_each(?) k CROSS JOIN charge_group g ON g.group_key = k.value`,
    listValue(groupKeys),
  );
}

/** By key from the end of the last page: tickets through their index, then entries without one. */
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

/**
 * Loads the tickets with all tickets merged with them, in both directions. Few tickets are ever
 * merged: only these are followed further, and unknown ones.
 */
function addFamily(database: Database, asked: readonly Pair[], tickets: Tickets): Pair[] {
  const alone = new Set<string>();
  for (const row of ticketsById(database, asked)) {
    const text = rowKey(row);
    tickets.set(text, toTicket(row));
    if (row.mergedInto === null && row.isSurvivor === 0) alone.add(text);
  }
  const others = asked.filter((ticket) => !alone.has(rowKey(ticket)));
  if (others.length === 0) return [...asked];
  const family = new Map(asked.map((ticket) => [rowKey(ticket), ticket]));
  for (const relative of mergedWith(database, others)) family.set(rowKey(relative), relative);
  const missing = [...family].filter(([text]) => !tickets.has(text)).map(([, ticket]) => ticket);
  for (const row of ticketsById(database, missing)) tickets.set(rowKey(row), toTicket(row));
  return [...family.values()];
}

/** The tickets and all that are merged with them, directly or not. */
function mergedWith(database: Database, tickets: readonly Pair[]): Pair[] {
  const family = new Map(tickets.map((ticket) => [rowKey(ticket), ticket]));
  for (let found: readonly Pair[] = tickets; found.length > 0; ) {
    found = mergedDirectly(database, found).filter((ticket) => !family.has(rowKey(ticket)));
    for (const ticket of found) family.set(rowKey(ticket), ticket);
  }
  return [...family.values()];
}

function mergedDirectly(database: Database, tickets: readonly Pair[]): Pair[] {
  return database.rows(
    `SELECT t.connection, t.merged_into AS sourceId FROM json_each(?1) k
     CROSS JOIN mirror_ticket t ON t.connection = k.value ->> 0 AND t.source_id = k.value ->> 1
     WHERE t.merged_into IS NOT NULL
     UNION
     SELECT t.connection, t.source_id FROM json_each(?1) k
     CROSS JOIN mirror_ticket t ON t.connection = k.value ->> 0 AND t.merged_into = k.value ->> 1`,
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

/** `isSurvivor`: another ticket was merged into this one. */
type StoredTicket = Omit<MirrorTicket, 'isClosed' | 'ids'> & {
  isClosed: number;
  isSurvivor: number;
  nameIds: string | null;
};

function ticketsById(database: Database, tickets: readonly Pair[]): StoredTicket[] {
  return byConnection(tickets, (connection, ids) =>
    database.rows(
      `SELECT t.connection, t.source_id AS sourceId, t.number, t.client_id AS clientId, t.summary,
         t.board, t.ticket_type AS ticketType, t.agreement, t.status, t.source, t.is_closed AS isClosed,
         t.created_at AS createdAt, t.closed_at AS closedAt, t.merged_into AS mergedInto, t.name_ids AS nameIds, t.updated_at AS updatedAt,
         EXISTS (SELECT 1 FROM mirror_ticket m
           WHERE m.connection = t.connection AND m.merged_into = t.source_id) AS isSurvivor
       FROM json_each(?) k
       CROSS JOIN mirror_ticket t ON t.connection = ? AND t.source_id = k.value`,
      ids,
      connection,
    ),
  );
}

function toTicket({ isClosed, isSurvivor: _, ...row }: StoredTicket): MirrorTicket {
  return { ...withNameIds(row), isClosed: isClosed === 1 };
}

const entryGroup =
  'LEFT JOIN entry_group g ON g.connection = e.connection AND g.entry_id = e.source_id';

function entriesById(database: Database, entries: readonly Pair[]): StoredEntry[] {
  return byConnection(entries, (connection, ids) =>
    database.rows(
      `SELECT ${entryColumns} FROM json_each(?) k
       CROSS JOIN mirror_time_entry e ON e.connection = ? AND e.source_id = k.value ${entryGroup}`,
      ids,
      connection,
    ),
  );
}

/** Without statistics SQLite would scan the whole connection by the primary key; likewise below. */
function entriesOnTickets(database: Database, tickets: readonly Pair[]): StoredEntry[] {
  return byConnection(tickets, (connection, ids) =>
    database.rows(
      `SELECT ${entryColumns} FROM json_each(?) k
       CROSS JOIN mirror_time_entry e INDEXED BY mirror_time_entry_ticket
         ON e.connection = ? AND e.ticket_id = k.value ${entryGroup}`,
      ids,
      connection,
    ),
  );
}

/** A list of plain ids is read several times as fast as one of pairs. */
function byConnection<Row>(
  pairs: readonly Pair[],
  read: (connection: string, ids: string) => Row[],
): Row[] {
  const connections = Map.groupBy(pairs, ({ connection }) => connection);
  return [...connections].flatMap(([connection, ofIt]) =>
    read(connection, listValue(ofIt.map(({ sourceId }) => sourceId))),
  );
}

/** Nearly always, all that is charged together is on one ticket and loaded already. */
function othersInSameGroups(
  database: Database,
  entries: ReadonlyMap<string, MirrorTimeEntry>,
): StoredEntry[] {
  const groupKeys = groupKeysOf(entries.values());
  if (groupKeys.length === 0) return [];
  const members = database.rows<Pair>(
    `SELECT g.connection, g.entry_id AS sourceId FROM json_each(?) k
     CROSS JOIN entry_group g ON g.group_key = k.value`,
    listValue(groupKeys),
  );
  const others = members.filter((member) => !entries.has(rowKey(member)));
  return entriesById(database, others);
}

function addEntries(into: Map<string, MirrorTimeEntry>, rows: readonly StoredEntry[]): void {
  for (const row of rows) {
    into.set(rowKey(row), toEntry(row));
  }
}

function groupKeysOf(entries: Iterable<Pick<MirrorTimeEntry, 'groupKey'>>): string[] {
  const keys = new Set<string>();
  for (const { groupKey } of entries) if (groupKey !== null) keys.add(groupKey);
  return [...keys];
}

function ticketsOf(entries: Iterable<Pick<StoredEntry, 'connection' | 'ticketId'>>): Pair[] {
  const tickets = new Map<string, Pair>();
  for (const { connection, ticketId } of entries) {
    if (ticketId === null) continue;
    const ticket = { connection, sourceId: ticketId };
    tickets.set(rowKey(ticket), ticket);
  }
  return [...tickets.values()];
}
