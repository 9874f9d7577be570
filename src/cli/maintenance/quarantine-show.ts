import type { Command } from 'commander';
import { KindError } from '../../domain/errors.ts';
import type { Format } from '../../domain/format.ts';
import { plainJson, plainText } from '../../reports/format/plain-text.ts';
import type { DoubleCount, QuarantineRow } from '../../store/port.ts';
import { readWhole } from '../input/values.ts';
import type { Cli, Scope } from '../scope.ts';

export function addQuarantineShow(quarantine: Command, cli: Cli): void {
  cli
    .add(
      quarantine,
      'show <id>',
      'one row in full: why it was quarantined, since when, and what to do',
      'quarantine show 12',
    )
    .action((id: string, _options: unknown, command: Command) =>
      cli.withApp(command, 'read', async (scope) => {
        const number = readWhole('ID', id);
        const rows = await scope.app.store.listQuarantine(['open', 'accepted', 'resolved']);
        const found = rows.find((row) => row.id === number);
        if (found === undefined) throw unknownRow(id, 'quarantine row');
        const [row, vendorRow] = [found.row, found.vendorRow].map(readJson);
        const doubles = await scope.app.store.listDoubles();
        const isDouble = doubles.some((one) => isOf(one, found));
        const steps = listSteps(found, isDouble, scope.format);
        scope.answer({ ...found, row, vendorRow, steps }, () =>
          rowText({ ...found, steps }, vendorRow ?? row, scope),
        );
        return 0;
      }),
    );
}

export function unknownRow(id: string, what = 'open quarantine row'): KindError {
  return new KindError('config', `No ${what} has the id ${plainText(id)}.`, {
    fix: 'See `prepaid-hours quarantine list` for the ids.',
  });
}

function readJson(text: string | null): unknown {
  return text === null ? null : (JSON.parse(text) as unknown);
}

function isOf(one: DoubleCount, { connection, stream, sourceId }: QuarantineRow): boolean {
  return stream === 'timeEntries' && one.connection === connection && one.sourceId === sourceId;
}

/** What a person can do about it, each with its command. */
function listSteps(
  { id, connection, row, status, foundBy, lastSeenAt }: QuarantineRow,
  isDouble: boolean,
  format: Format,
): string[] {
  const retry = `prepaid-hours quarantine retry ${id}`;
  const accept = `prepaid-hours quarantine accept ${id}`;
  const day = format.day(lastSeenAt.slice(0, 10));
  if (status === 'resolved') return [`Resolved on ${day}; nothing to do.`];
  if (status === 'accepted') return [`Accepted on ${day}. To take that back: ${retry}`];
  if (foundBy === 'debit' && isDouble) {
    return [
      'If it is one hour in two systems: delete one of the two there.',
      `If both count: ${accept}`,
    ];
  }
  if (foundBy === 'debit') {
    return [
      'Do what the reason says; the next run then debits the work.',
      `To have it looked at again: ${retry}`,
      `To leave it out for good: ${accept}`,
    ];
  }
  return [
    `Correct it in "${connection}"; if it is not read again by itself: ${retry}`,
    ...(row === null ? [] : [`If it is right as it is: ${accept}`]),
  ];
}

function rowText(
  found: QuarantineRow & { steps: readonly string[] },
  shown: unknown,
  { paint, format }: Scope,
): string {
  const { id, connection, stream, sourceId, reason, status, firstSeenAt, lastSeenAt } = found;
  const time = (at: string) => `${format.time(at)} UTC`;
  const fields = [
    ['From', `${connection}, ${stream} ${sourceId}`],
    ['Status', status],
    ['Since', time(firstSeenAt)],
    ['Last seen', time(lastSeenAt)],
    ['Reason', reason],
  ];
  return [
    paint('bold', `Quarantined row ${id}`),
    ...fields.map(([label, value]) => `${`${label}:`.padEnd(11)}${plainText(value ?? '')}`),
    '',
    paint('bold', 'What to do'),
    ...found.steps.map((step) => `  ${plainText(step)}`),
    ...(shown === null ? [] : ['', paint('bold', 'The row'), plainJson(shown)]),
    '',
  ].join('\n');
}
