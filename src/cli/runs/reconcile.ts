import type { Command } from 'commander';
import { plainText } from '../../reports/format/plain-text.ts';
import { comparisonLine, readReconciliation } from '../../reports/notices/reconciliation.ts';
import type { App } from '../../service/app/app.ts';
import type { DifferenceSum, StoredDifference } from '../../store/port.ts';
import { findClient } from '../input/find-client.ts';
import type { TableColumn } from '../output/table.ts';
import type { Cli, Scope } from '../scope.ts';
import { progressLine } from './run.ts';

/** What was compared, and the differences that are stored. */
interface Answer {
  /** Null: only some clients were compared, or earlier results are shown. */
  run: string | null;
  at: string | null;
  clients: number;
  failed: { connection: string; error: string }[];
  found: DifferenceSum;
  differences: StoredDifference[];
}

const disagreement = 5;

export function defineReconcile(reconcile: Command, cli: Cli): void {
  reconcile
    .option('--last', 'show the result of the last comparison; sends no request')
    .action((query: string | undefined, { last }: { last?: boolean }, command: Command) =>
      cli.withApp(command, last === true ? 'read' : 'write', async (scope) => {
        const ids = query === undefined ? null : familyIds(scope.app, query);
        const { exitCode, ...compared } =
          last === true ? await readLast(scope.app, ids) : await compare(scope, ids);
        const found = await scope.app.store.sumDifferences(ids);
        const differences: StoredDifference[] = [];
        for await (const page of scope.app.store.streamDifferences(ids)) differences.push(...page);
        const answer: Answer = { ...compared, found, differences };
        scope.answer(toJson(answer), () => toText(answer, scope));
        if (exitCode !== 0) return exitCode;
        return found.rows === 0 ? 0 : disagreement;
      }),
    );
}

/** Blocks are compared for all clients that share a payer, so these are compared together. */
function familyIds({ clients }: App, query: string): string[] {
  const client = findClient(clients, query);
  const payerId = (client.paidBy ?? client).id;
  return clients
    .filter(({ id, paidBy }) => id === payerId || paidBy?.id === payerId)
    .map(({ id }) => id);
}

type Compared = Omit<Answer, 'found' | 'differences'> & { exitCode: number };

async function readLast({ store }: App, ids: string[] | null): Promise<Compared> {
  const last = await readReconciliation(store);
  const failed = (last?.failed ?? []).map((connection) => ({
    connection,
    error: 'could not be compared; see the log of that run',
  }));
  const clients = last === null ? 0 : (ids?.length ?? last.clients);
  return { run: null, at: last?.at ?? null, clients, failed, exitCode: 0 };
}

async function compare({ app, deps }: Scope, ids: string[] | null): Promise<Compared> {
  const progress = progressLine(deps);
  const { run, steps, exitCode } = await deps.service
    .runOnce(app, ['reconcile'], {
      signal: deps.signal,
      onProgress: progress.show,
      ...(ids === null ? {} : { reconciledClients: ids }),
    })
    .finally(progress.clear);
  const failed = steps.flatMap(({ connection, error }) =>
    error === null ? [] : [{ connection: connection ?? '', error }],
  );
  const last = await readReconciliation(app.store);
  const clients = steps.length === 0 ? 0 : (ids?.length ?? last?.clients ?? 0);
  return { run, at: ids === null ? (last?.at ?? null) : null, clients, failed, exitCode };
}

function toJson({ run, at, clients, failed, found, differences }: Answer): unknown {
  return {
    run,
    at,
    clients,
    seconds: found.seconds,
    failed,
    differences: differences.map(
      ({ client, connection, kind, subject, ours, theirs, fix, ...rest }) => ({
        client,
        connection,
        kind,
        subject,
        ours,
        theirs,
        fix,
        foundAt: rest.foundAt,
      }),
    ),
  };
}

function toText(answer: Answer, { paint, table, format }: Scope): string {
  const { at, clients, failed, found, differences } = answer;
  const errors = failed.map(
    ({ connection, error }) => `${paint('red', 'failed')} ${plainText(`${connection}: ${error}`)}`,
  );
  if (clients === 0 && differences.length === 0 && failed.length === 0) {
    return 'Nothing has been compared yet: run `prepaid-hours run`, then `prepaid-hours reconcile`.\n';
  }
  const time = at === null ? '' : ` (${format.time(at)} UTC)`;
  const line = `${comparisonLine(clients, found, format)}${time}.`;
  const head = [...errors, paint(found.rows === 0 ? 'green' : 'yellow', line), ''].join('\n');
  if (differences.length === 0) return head;
  const titles = ['Connection', 'Kind', 'About', 'Here', 'There'];
  const columns: TableColumn[] = [
    { title: 'Client', cut: 'name' },
    ...titles.map((title) => ({ title })),
  ];
  const rows = differences.map(({ client, connection, kind, subject, ours, theirs }) => [
    ...[client ?? '(unknown)', connection, kind, subject, ours, theirs],
  ]);
  const fixes = new Set(differences.map(({ kind, fix }) => `${kind}: ${fix}`));
  const advice = [...fixes].map((fix) => `${plainText(fix)}\n`).join('');
  return `${head}\n${table(columns, rows)}\n${advice}`;
}
