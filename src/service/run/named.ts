import type { ChangedRecord } from '../../contract/connector.ts';
import { describeError, isKindError } from '../../domain/errors.ts';
import type { App } from '../app/app.ts';
import { type RunOptions, type RunResult, runSteps, usualSteps } from './run.ts';

/** Records that webhooks named, by connection. */
export type NamedRecords = ReadonlyMap<string, readonly ChangedRecord[]>;

/**
 * Answers webhooks: looks at each record that they named, by its ID, and if one is ours runs the
 * usual steps for its connections at once. The pull then reads what changed as it always does, so
 * that nothing depends on which webhooks came, how often or in which order. Null: no run was needed.
 */
export async function runNamed(
  app: App,
  named: NamedRecords,
  options: RunOptions,
): Promise<RunResult | null> {
  const toldGone = new Map<string, readonly string[]>();
  for (const [connection, records] of named) {
    const gone = await lookAt(app, connection, records, options.signal);
    if (gone !== null) toldGone.set(connection, gone);
  }
  if (toldGone.size === 0 || options.signal.aborted) return null;
  return runSteps(app, usualSteps, 'start callback', { ...options, toldGone });
}

/** Time entries told and seen to be deleted; null: none of the records concerns us. */
async function lookAt(
  { connectors, clients, log }: App,
  connection: string,
  records: readonly ChangedRecord[],
  signal: AbortSignal,
): Promise<string[] | null> {
  const look = connectors.get(connection)?.webhook?.look;
  if (look === undefined) return null;
  const clientIds = clients.flatMap(({ sourceIds }) => sourceIds.get(connection) ?? []);
  const gone: string[] = [];
  let isOurs = false;
  try {
    for (const record of records) {
      const sight = await look(record, clientIds, signal);
      if (sight === 'others') continue;
      isOurs = true;
      if (sight === 'gone' && record.isDeleted && record.kind === 'time') gone.push(record.id);
    }
  } catch (error) {
    if (signal.aborted) return null;
    if (!isKindError(error)) throw error;
    log.warn('A record that a webhook named could not be read; an early pull follows.', {
      connection,
      reason: describeError(error),
    });
    return gone;
  }
  return isOurs ? gone : null;
}
