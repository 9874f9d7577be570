import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { instantFromMs } from '../../domain/time.ts';
import type { App } from '../../service/app/app.ts';
import type { QuarantineRow } from '../../store/port.ts';
import { readWhole } from '../input/values.ts';
import type { TableColumn } from '../output/table.ts';
import type { Cli, Scope } from '../scope.ts';
import { addQuarantineShow, unknownRow } from './quarantine-show.ts';

export function defineQuarantine(quarantine: Command, cli: Cli): void {
  cli
    .add(quarantine, 'list', 'rows that need review', 'quarantine list', { isDefault: true })
    .action((_options: unknown, command: Command) =>
      cli.withApp(command, 'read', async (scope) => {
        const rows = await scope.app.store.listQuarantine(['open']);
        scope.answer({ quarantine: rows.map(toJson) }, () => listText(rows, scope));
        return 0;
      }),
    );
  addQuarantineShow(quarantine, cli);
  cli
    .add(
      quarantine,
      'retry <id>',
      'read the row again at the next run, once it is corrected in the PSA',
      'quarantine retry 12',
    )
    .action((id: string, _options: unknown, command: Command) =>
      cli.withApp(command, 'write', async ({ app, answer }) => {
        const number = readWhole('ID', id);
        const isThere = await app.store.retryQuarantine(number, instantFromMs(app.now()));
        if (!isThere) throw unknownRow(id);
        answer(
          { id: number, status: 'retry' },
          () => `Row ${number} will be read again at the next run.\n`,
        );
        return 0;
      }),
    );
  cli
    .add(
      quarantine,
      'accept <id>',
      'accept the row as it is, or ignore an unmapped client permanently',
      'quarantine accept 12',
    )
    .action((id: string, _options: unknown, command: Command) =>
      cli.withApp(command, 'write', async ({ app, answer }) => {
        const number = readWhole('ID', id);
        if (!(await accept(app, number))) throw unknownRow(id);
        answer({ id: number, status: 'accepted' }, () => `Row ${number} is accepted.\n`);
        return 0;
      }),
    );
}

/** Every manual decision is recorded as a run of its own. */
async function accept(app: App, id: number): Promise<boolean> {
  const at = instantFromMs(app.now());
  const runId = `m-${at.slice(0, 19).replace(/[-:]/g, '')}-${randomBytes(3).toString('hex')}`;
  const command = `quarantine accept ${id}`;
  await app.store.startRun({ id: runId, command, mode: app.config.mode, at });
  const ok = await app.store.acceptQuarantine(id, at, runId);
  await app.store.finishRun(runId, instantFromMs(app.now()), JSON.stringify({ ok }));
  return ok;
}

function toJson(row: QuarantineRow) {
  const { id, connection, stream, sourceId, reason, status, firstSeenAt, lastSeenAt } = row;
  return { id, connection, stream, sourceId, reason, status, firstSeenAt, lastSeenAt };
}

function listText(rows: readonly QuarantineRow[], { table, format }: Scope): string {
  if (rows.length === 0) return 'No quarantined rows.\n';
  const columns: TableColumn[] = [
    { title: 'Id', isFigure: true },
    { title: 'From' },
    { title: 'Stream' },
    { title: 'Row' },
    { title: 'Since' },
    { title: 'Reason', cut: 'prose' },
  ];
  const cells = rows.map((row) => [
    String(row.id),
    row.connection,
    row.stream,
    row.sourceId,
    format.day(row.firstSeenAt.slice(0, 10)),
    row.reason,
  ]);
  return `${table(columns, cells)}\nOne in full, with what to do: prepaid-hours quarantine show ID\n`;
}
