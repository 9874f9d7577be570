import type { Command } from 'commander';
import { textFromMinor } from '../../domain/money.ts';
import {
  addDays,
  dateInZone,
  type Instant,
  instantFromMs,
  msFromInstant,
} from '../../domain/time.ts';
import { wallClockAt, type ZoneName } from '../../domain/zone.ts';
import { csvText } from '../../reports/format/csv.ts';
import { unmatchedFix, unmatchedText } from '../../reports/notices/unmatched-technicians.ts';
import {
  buildDoubles,
  type DoubledEntry,
  type DoublesReport,
  type ReportedDouble,
} from '../../reports/sessions/doubles.ts';
import {
  buildUnlogged,
  type ReportedUnlogged,
  type UncountedSession,
  type UnloggedReport,
} from '../../reports/sessions/unlogged.ts';
import { sessionContext } from '../../service/app/session-context.ts';
import { findClient } from '../input/find-client.ts';
import { readDate } from '../input/values.ts';
import type { Cli, Scope } from '../scope.ts';

interface PeriodOptions {
  from?: string;
  to?: string;
  csv?: boolean;
}

export function addSessionReports(report: Command, cli: Cli): void {
  const add = (usage: string, description: string, example: string) =>
    cli
      .add(report, usage, description, example)
      .option('--from <day>', 'worked on this day or later (default: 31 days ago)')
      .option('--to <day>', 'worked on this day or earlier (default: today)')
      .option('--csv', 'CSV on standard output');
  add(
    'unlogged [client]',
    'remote sessions that no time entry covers, and what happens with them',
    'report unlogged --from 2026-01-01',
  ).action((query: string | undefined, options: PeriodOptions, command: Command) =>
    cli.withApp(command, 'read', async (scope) => {
      const request = await readRequest(scope, query, options);
      const unlogged = await buildUnlogged(scope.app.store, request);
      answer(scope, options, unlogged, unloggedCsv(unlogged), () => unloggedText(unlogged, scope));
      return 0;
    }),
  );
  add(
    'doubles [client]',
    'time of one technician at the same time, in two systems or on two tickets',
    'report doubles --from 2026-01-01',
  ).action((query: string | undefined, options: PeriodOptions, command: Command) =>
    cli.withApp(command, 'read', async (scope) => {
      const request = await readRequest(scope, query, options);
      const doubles = await buildDoubles(scope.app.store, request);
      answer(scope, options, doubles, doublesCsv(doubles), () => doublesText(doubles, scope));
      return 0;
    }),
  );
}

async function readRequest({ app }: Scope, query: string | undefined, options: PeriodOptions) {
  const at = instantFromMs(app.now());
  const { timezone } = app.config;
  const to = options.to === undefined ? dateInZone(at, timezone) : readDate('--to', options.to);
  const from = options.from === undefined ? addDays(to, -31) : readDate('--from', options.from);
  const { signal } = new AbortController();
  const context = await sessionContext(app, { at, firstRunAt: at, signal });
  const shown = query === undefined ? null : [findClient(app.clients, query)];
  return { ...context, shown, from, to, timezone };
}

function answer(
  scope: Scope,
  { csv }: PeriodOptions,
  report: unknown,
  rows: string,
  text: () => string,
): void {
  if (csv === true && !scope.isJson) scope.deps.out(rows);
  else scope.answer(report, text);
}

function unloggedText(report: UnloggedReport, scope: Scope): string {
  const { rows, uncounted, unmatched, from, to } = report;
  const { format, hang } = scope;
  const period = `${format.day(from)} to ${format.day(to)}`;
  const parts = [
    rows.length === 0
      ? `No unlogged remote sessions, ${period}.\n`
      : `${unloggedTable(rows, scope)}${sumsText(rows, scope)}\n`,
    ...(uncounted.length === 0 ? [] : [uncountedTable(uncounted, scope)]),
    ...unmatched.map((one) => hang('', `${unmatchedText(one)} ${unmatchedFix}\n`)),
  ];
  return parts.join('\n');
}

function unloggedTable(rows: readonly ReportedUnlogged[], { list, format }: Scope): string {
  return list(rows, [
    ['Client', ({ client }) => client, 'name'],
    ['Technician', ({ technician }) => technician, 'name'],
    ['Day', ({ workedOn }) => format.day(workedOn)],
    ['Time', (row) => spanText(row, row.timezone)],
    ['Device', ({ device }) => device ?? '', 'name'],
    ['Unlogged', ({ seconds }) => format.duration(seconds), 'figure'],
    [
      'Worth',
      (row) => (row.worthMinor === null ? '' : format.money(row.worthMinor, row.currency)),
      'figure',
    ],
    ['State', (row) => stateText(row, format)],
  ]);
}

function stateText({ state, dueAt, message, timezone }: ReportedUnlogged, format: Scope['format']) {
  const due = dueAt === null ? '' : format.day(dateInZone(dueAt, timezone));
  switch (state) {
    case 'to-propose':
      return `proposed after ${due}`;
    case 'to-debit':
      return `debited after ${due}`;
    case 'proposed':
      return message === null ? 'proposed' : `proposed: ${message}`;
    default:
      return state;
  }
}

function sumsText(rows: readonly ReportedUnlogged[], { format }: Scope): string {
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
  const sums = [...Map.groupBy(rows, ({ currency }) => currency)].map(([currency, group]) =>
    format.money(
      group.reduce((sum, { worthMinor }) => sum + (worthMinor ?? 0), 0),
      currency,
    ),
  );
  return `${format.duration(seconds)} unlogged, worth ${sums.join(' and ')} at current rates.\n`;
}

const reasonTexts: Record<UncountedSession['reason'], string> = {
  'without-client': 'the device belongs to no client',
  'client-unmapped': 'no client in the config has this ID',
  'technician-unmatched': 'technician not matched',
  'too-long': 'longer than a day',
};

function uncountedTable(sessions: readonly UncountedSession[], { list, format }: Scope): string {
  return list(sessions, [
    ['Not counted', ({ reason }) => reasonTexts[reason]],
    ['Connection', ({ connection }) => connection],
    ['Client ID', ({ clientId }) => clientId ?? ''],
    ['Technician', ({ technician }) => technician, 'name'],
    ['Device', ({ device }) => device ?? '', 'name'],
    ['Started (UTC)', ({ startedAt }) => format.time(startedAt)],
    ['Duration', ({ seconds }) => format.duration(seconds), 'figure'],
  ]);
}

function doublesText({ rows, from, to }: DoublesReport, scope: Scope): string {
  const { list, format } = scope;
  if (rows.length === 0) {
    return `No time of one technician at the same time, ${format.day(from)} to ${format.day(to)}.\n`;
  }
  const table = list(rows, [
    ['Technician', ({ technician }) => technician, 'name'],
    ['Day', ({ first, timezone }) => format.day(dateInZone(first.startedAt, timezone))],
    ['First', ({ first, timezone }) => entryText(first, timezone)],
    ['Second', ({ second, timezone }) => entryText(second, timezone)],
    ['In both', ({ seconds }) => format.duration(seconds), 'figure'],
    ['State', ({ state }) => doubleStateTexts[state]],
  ]);
  const isWaiting = rows.some(({ state }) => state === 'waiting');
  const fix = isWaiting
    ? '\nThe second of those that wait is not debited: see `prepaid-hours quarantine`.\n'
    : '';
  return `${table}${fix}`;
}

const doubleStateTexts: Record<ReportedDouble['state'], string> = {
  waiting: 'second waits',
  accepted: 'accepted, both count',
  both: 'both count',
  reported: 'only reported',
};

/** `psa #100 (Dupont) 10:00–11:00`. */
function entryText(entry: DoubledEntry, zone: ZoneName): string {
  const ticket = entry.ticket === null ? entry.id : `#${entry.ticket}`;
  const client = entry.client === null ? '' : ` (${entry.client})`;
  return `${entry.connection} ${ticket}${client} ${spanText(entry, zone)}`;
}

function spanText(
  { startedAt, endedAt }: { startedAt: Instant; endedAt: Instant },
  zone: ZoneName,
) {
  const clock = (at: Instant) => instantFromMs(wallClockAt(msFromInstant(at), zone)).slice(11, 16);
  return `${clock(startedAt)}–${clock(endedAt)}`;
}

function unloggedCsv({ rows }: UnloggedReport): string {
  const titles = [
    ...['client', 'technician', 'worked_on', 'started_at', 'ended_at', 'unlogged_seconds'],
    ...['worth', 'currency', 'connection', 'device', 'ticket', 'state', 'due_at', 'id'],
  ];
  const worth = ({ worthMinor, currency }: ReportedUnlogged) =>
    worthMinor === null ? null : textFromMinor(worthMinor, currency);
  const cells = rows.map((row) => [
    ...[row.client, row.technician, row.workedOn, row.startedAt, row.endedAt, row.seconds],
    ...[worth(row), row.currency, row.connection, row.device, row.ticketId, row.state],
    ...[row.dueAt, row.id],
  ]);
  return csvText([titles, ...cells]);
}

function doublesCsv({ rows }: DoublesReport): string {
  const ofEntry = ['connection', 'id', 'ticket', 'client', 'started_at', 'ended_at'];
  const titles = [
    'technician',
    ...ofEntry,
    ...ofEntry.map((name) => `second_${name}`),
    'seconds_in_both',
    'state',
  ];
  const entryCells = (one: DoubledEntry) => [
    ...[one.connection, one.id, one.ticket, one.client, one.startedAt, one.endedAt],
  ];
  const cells = rows.map((row) => [
    row.technician,
    ...entryCells(row.first),
    ...entryCells(row.second),
    row.seconds,
    row.state,
  ]);
  return csvText([titles, ...cells]);
}
