import type { TicketRow, TimeEntryRow } from '../contract/connector.ts';
import type { Format } from '../domain/format.ts';
import type { Instant } from '../domain/time.ts';

/** The differing fields of a row, here and at the vendor. */
interface Texts {
  ours: string;
  theirs: string;
}

interface Field<Row> {
  same(row: Row): unknown;
  text(row: Row, format: Format): string;
}

/**
 * The fields that decide an entry's client, due date and cost. Its note, the spelling of its
 * duration, or a renamed thing with an ID do not.
 */
const entryFields: readonly Field<TimeEntryRow>[] = [
  { same: (row) => row.seconds, text: (row, format) => format.duration(row.seconds) },
  { same: (row) => row.ticketId, text: (row) => named('ticket', row.ticketId) },
  { same: (row) => row.clientId, text: (row) => named('client', row.clientId) },
  {
    same: (row) => row.startedAt,
    text: (row, format) => `from ${secondText(row.startedAt, format)}`,
  },
  { same: (row) => row.endedAt, text: (row, format) => `to ${secondText(row.endedAt, format)}` },
  { same: (row) => row.isTimed, text: (row) => (row.isTimed ? 'timed' : 'not timed') },
  { same: (row) => row.kind, text: (row) => row.kind },
  { same: (row) => row.technicianId, text: (row) => `by ${row.technician}` },
  {
    same: (row) => row.ids?.workType ?? row.workType,
    text: (row) => named('work type', row.workType),
  },
  { same: (row) => row.ids?.role ?? row.role, text: (row) => named('role', row.role) },
  { same: (row) => row.isBillable, text: (row) => flag('billable', row.isBillable) },
  { same: (row) => row.isApproved, text: (row) => flag('approved', row.isApproved) },
  {
    same: (row) => row.ids?.agreement ?? row.agreement,
    text: (row) => named('agreement', row.agreement),
  },
];

/** Excludes the summary and the name of the status. */
const ticketFields: readonly Field<TicketRow>[] = [
  { same: (row) => row.isClosed, text: (row) => (row.isClosed ? 'closed' : 'open') },
  { same: (row) => row.clientId, text: (row) => named('client', row.clientId) },
  { same: (row) => row.ids?.board ?? row.board, text: (row) => named('board', row.board) },
  {
    same: (row) => row.ids?.ticketType ?? row.ticketType,
    text: (row) => named('type', row.ticketType),
  },
  {
    same: (row) => row.ids?.agreement ?? row.agreement,
    text: (row) => named('agreement', row.agreement),
  },
  {
    same: (row) => row.mergedInto,
    text: ({ mergedInto }) => (mergedInto === null ? 'not merged' : `merged into ${mergedInto}`),
  },
];

/** Null: no relevant difference. */
export function compareEntries(
  ours: TimeEntryRow,
  theirs: TimeEntryRow,
  format: Format,
): Texts | null {
  return compare(entryFields, ours, theirs, format);
}

export function compareTickets(ours: TicketRow, theirs: TicketRow, format: Format): Texts | null {
  return compare(ticketFields, ours, theirs, format);
}

function compare<Row>(
  fields: readonly Field<Row>[],
  ours: Row,
  theirs: Row,
  format: Format,
): Texts | null {
  const differing = fields.filter((field) => field.same(ours) !== field.same(theirs));
  if (differing.length === 0) return null;
  const textOf = (row: Row) => differing.map((field) => field.text(row, format)).join(', ');
  return { ours: textOf(ours), theirs: textOf(theirs) };
}

/** Describes an entry that only one side has. */
export function entryText(
  row: Pick<TimeEntryRow, 'seconds' | 'startedAt' | 'technician' | 'ticketId'>,
  format: Format,
): string {
  const place = row.ticketId === null ? 'on no ticket' : `on ticket ${row.ticketId}`;
  const day = format.day(row.startedAt.slice(0, 10));
  return `${format.duration(row.seconds)} ${place}, ${day}, ${row.technician}`;
}

/** In UTC, with seconds: the two may differ by as little. */
function secondText(at: Instant, format: Format): string {
  return `${format.day(at.slice(0, 10))} ${at.slice(11, 19)}`;
}

function named(what: string, name: string | null): string {
  return name === null ? `no ${what}` : `${what} ${name}`;
}

function flag(what: string, value: boolean | null): string {
  if (value === null) return `${what}: not told`;
  return value ? what : `not ${what}`;
}
