import { statSync } from 'node:fs';
import type { CheckResult, Connector, NameLists } from '../../connectors/contract.ts';
import { describeError, isKindError, KindError } from '../domain/errors.ts';
import { loadTemplates } from '../replenish/templates.ts';
import { readUnlisted, unlistedFix } from '../reports/unlisted.ts';
import type { App } from './app.ts';
import type { CheckLine } from './check-line.ts';
import { checkNames } from './check-names.ts';

export interface CheckOptions {
  /** Only the file and what is stored; no request. */
  isOffline: boolean;
  /** Name or id of the test client that `probe` may write to. */
  probeClient: string | null;
  signal: AbortSignal;
}

export interface CheckOutcome {
  lines: CheckLine[];
  /** 0, or 3 when a vendor refused us, or 2 when a name or setting is wrong. */
  exitCode: number;
}

/** Proves what can be proven before a run: file, templates, credentials, permissions, names, facts. */
export async function runCheck(app: App, options: CheckOptions): Promise<CheckOutcome> {
  const lines: CheckLine[] = [await checkTemplates(app), ...checkFileModes(app)];
  lines.push(...(await checkStored(app)));
  if (!options.isOffline) {
    const lists = new Map<string, NameLists>();
    for (const [connection, connector] of app.connectors) {
      lines.push(...(await checkConnection(app, connection, connector, options, lists)));
    }
    lines.push(...checkNames(app.config, app.clients, lists));
  }
  const failed = lines.filter((line) => line.status === 'failed');
  const isRefused = failed.some((line) => /^(auth|permission)/.test(line.id));
  return { lines, exitCode: failed.length === 0 ? 0 : isRefused ? 3 : 2 };
}

async function checkTemplates(app: App): Promise<CheckLine> {
  try {
    await loadTemplates(app.config.templates);
    return { connection: null, id: 'templates', status: 'ok', detail: app.config.templates };
  } catch (error) {
    if (!isKindError(error, 'config')) throw error;
    return failed(null, 'templates', error);
  }
}

/** What others on the machine could read: secrets in `.env`, the clients' work in the database. */
function checkFileModes(app: App): CheckLine[] {
  return [app.config.store].flatMap((file): CheckLine[] => {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined || (stat.mode & 0o077) === 0) return [];
    const mode = (stat.mode & 0o777).toString(8);
    const detail = `${file} may be read by others on this machine (mode ${mode}).`;
    return [
      { connection: null, id: 'file-mode', status: 'warning', detail, fix: `chmod 600 ${file}` },
    ];
  });
}

async function checkStored(app: App): Promise<CheckLine[]> {
  const unlisted = await readUnlisted(app.store, app.clients);
  const open = await app.store.listQuarantine(['open']);
  const lines: CheckLine[] = unlisted.map(({ workType, agreements }) => ({
    connection: null,
    id: 'unlisted-work-type',
    status: 'warning',
    detail: `Work type "${workType}" is in no list of ${agreements.join(', ')}; the default of \`unlisted\` is applied.`,
    fix: unlistedFix,
  }));
  if (open.length > 0) {
    lines.push({
      connection: null,
      id: 'quarantine',
      status: 'warning',
      detail: `${open.length} rows are set aside for a person.`,
      fix: 'Look at them with `prepaid-hours quarantine`.',
    });
  }
  return lines;
}

async function checkConnection(
  app: App,
  connection: string,
  connector: Connector,
  { probeClient, signal }: CheckOptions,
  lists: Map<string, NameLists>,
): Promise<CheckLine[]> {
  const clientIds = app.clients.flatMap((client) => client.sourceIds.get(connection) ?? []);
  try {
    const results = await connector.check(clientIds, signal);
    if (probeClient !== null && connector.probe !== undefined) {
      const sourceId = probeTarget(app, probeClient, connection);
      if (sourceId !== null) results.push(...(await connector.probe(sourceId, signal)));
    }
    const names = await connector.listNames?.(clientIds, signal);
    if (names !== undefined) lists.set(connection, names);
    return results.map((result) => toLine(connection, result));
  } catch (error) {
    if (!isKindError(error)) throw error;
    return [failed(connection, error.kind, error)];
  }
}

/** Null: the test client has no id in this connection, so there is nothing to try there. */
function probeTarget(app: App, name: string, connection: string): string | null {
  const wanted = name.toLowerCase();
  const client = app.clients.find(
    (candidate) => candidate.id === name || candidate.name.toLowerCase() === wanted,
  );
  if (client === undefined) {
    throw new KindError('config', `There is no client "${name}" in the config to try writes on.`, {
      fix: 'Add a test client with its ids, and name it as it stands there.',
    });
  }
  return client.sourceIds.get(connection) ?? null;
}

function toLine(connection: string, { id, status, detail, fix }: CheckResult): CheckLine {
  return { connection, id, status, detail, ...(fix === undefined ? {} : { fix }) };
}

function failed(connection: string | null, id: string, error: KindError): CheckLine {
  const fix = error.fix ?? 'See the README of the vendor.';
  return { connection, id, status: 'failed', detail: describeError(error), fix };
}
