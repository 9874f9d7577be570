import type { Command } from 'commander';
import { KindError } from '../../domain/errors.ts';
import { plainText } from '../../reports/format/plain-text.ts';
import type { UndoResult } from '../../service/corrections/undo.ts';
import type { TableColumn } from '../output/table.ts';
import type { Cli, Scope } from '../scope.ts';

export function defineUndo(undo: Command, cli: Cli): void {
  undo
    .option('--yes', 'apply the changes (default: dry run)')
    .action((runId: string | undefined, { yes }: { yes?: boolean }, command: Command) =>
      cli.withApp(command, yes === true ? 'write' : 'read', async (scope) => {
        const { app, deps } = scope;
        if (runId === undefined && yes === true) {
          const fix = 'Name it; without --yes, `prepaid-hours undo` lists the runs.';
          throw new KindError('config', 'Which run is to be undone?', { fix });
        }
        if (runId === undefined) return listRuns(scope);
        const request = { runId, isDone: yes === true, signal: deps.signal };
        const { exitCode, ...result } = await deps.service.undoRun(app, request);
        const names = new Map(app.clients.map(({ id, name }) => [id, name]));
        const nameOf = (id: string) => names.get(id) ?? id;
        const ledger = result.ledger.map(({ clientId, ...entry }) => ({
          client: nameOf(clientId),
          ...entry,
        }));
        scope.answer({ ...result, ledger }, () => undoText({ ...result, ledger }, scope));
        return exitCode;
      }),
    );
}

async function listRuns({ app, deps, answer, format, table }: Scope): Promise<number> {
  const runs = await deps.service.listUndoable(app);
  const titles = [
    { title: 'Run' },
    { title: 'Command' },
    { title: 'Started' },
    { title: 'Undone by' },
  ];
  answer({ runs }, () =>
    runs.length === 0
      ? 'No run has written anything yet.\n'
      : table(
          titles,
          runs.map((run) => [run.id, run.command, format.time(run.startedAt), run.undoneBy ?? '']),
        ),
  );
  return 0;
}

type ShownUndo = Omit<UndoResult, 'ledger' | 'exitCode'> & {
  ledger: (Omit<UndoResult['ledger'][number], 'clientId'> & { client: string })[];
};

function undoText(result: ShownUndo, scope: Scope): string {
  const isDone = result.run !== null;
  const parts = [
    ledgerText(result, scope),
    listText(
      isDone ? 'Withdrawn:' : 'To be withdrawn:',
      result.withdrawn.map(({ kind, client, label }) => `${kind} ${label ?? ''}, ${client}`),
    ),
    listText(isDone ? 'Cancelled:' : 'To be cancelled:', result.cancelled),
    listText(
      'To do by hand:',
      result.byHand.map(
        ({ kind, client, label, fix }) => `${kind} ${label ?? ''}, ${client}: ${fix}`,
      ),
    ),
    isDone
      ? `Run ${result.undo} was undone by run ${result.run}.\n`
      : `Dry run. To apply: prepaid-hours undo ${result.undo} --yes\n`,
  ];
  return parts.join('');
}

/** One row per client: the number of entries and their sum. */
function ledgerText({ ledger }: ShownUndo, { table, format }: Scope): string {
  if (ledger.length === 0) return 'No ledger entries.\n';
  const rows = [...Map.groupBy(ledger, ({ client }) => client)].map(([client, entries]) => {
    const seconds = entries.reduce(
      (sum, entry) =>
        sum + (entry.minor === null ? (entry.side === 'credit' ? 1 : -1) * entry.seconds : 0),
      0,
    );
    return [client, String(entries.length), `${seconds < 0 ? '' : '+'}${format.duration(seconds)}`];
  });
  const titles: TableColumn[] = [
    { title: 'Client', cut: 'name' },
    { title: 'Entries', isFigure: true },
    { title: 'Balance', isFigure: true },
  ];
  return table(titles, rows);
}

function listText(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `${title}\n${lines.map((line) => `  ${plainText(line)}\n`).join('')}`;
}
