import { isReadByRules, type UnlistedName } from '../domain/unlisted-names.ts';
import { pullConnection } from '../pull/pull-connection.ts';
import type { PullCounts } from '../pull/pull-stream.ts';
import { sweepConnection } from '../pull/sweep.ts';
import { horizonOf, isFurtherBack, keepHorizon } from './horizon.ts';
import { readAnew } from './read-anew.ts';
import { failureOf, measure, nothing, type RunScope, type StepResult } from './step.ts';

/** All connections at once; one that fails stops alone. */
export async function pullStep(scope: RunScope): Promise<StepResult[]> {
  const names = [...scope.app.connectors.keys()];
  return Promise.all(names.map((name) => pullOne(scope, name)));
}

async function pullOne(scope: RunScope, connection: string): Promise<StepResult> {
  const { app, runId, startedAt, stop, abort } = scope;
  const connector = app.connectors.get(connection);
  const clientIds = clientIdsOf(scope, connection);
  const counts: PullCounts = { rows: 0, changed: 0, quarantined: 0 };
  return measure(scope, 'pull', connection, async () => {
    if (connector === undefined || clientIds.length === 0) return { ...nothing };
    const horizon = horizonOf(app, startedAt);
    const isLonger = await isFurtherBack(app, connection, horizon, startedAt);
    const anew = await readAnew(app, connection, startedAt);
    if (anew.isAny) {
      scope.log.info('The settings read rows otherwise than before; all is read again.', {
        connection,
      });
    }
    const context = {
      store: app.store,
      connection,
      clientIds,
      horizon,
      isFromHorizon: isLonger || anew.isAny,
      runStartedAt: startedAt,
      runId,
      signal: abort,
      stop,
      isTimePerTicket: connector.pull.ticketTime !== undefined,
      isTimeReadAnew: anew.isTime,
      onPage: (stream: string, rows: number) =>
        scope.onProgress?.(`${connection}: ${rows} rows (${stream})`),
      onUnlisted: unlistedWarner(scope, connection),
    };
    const error = await failureOf(scope, async () => {
      await pullConnection(context, connector, counts);
      if (stop.aborted) return;
      if (isLonger) await keepHorizon(app, connection, horizon, startedAt);
      if (anew.isAny) await anew.keep();
    });
    return { ...nothing, ...counts, error };
  });
}

/** Warns, once a name and run, where a rule would go by the name. */
function unlistedWarner({ app, log }: RunScope, connection: string) {
  const told = new Set<string>();
  return (found: readonly UnlistedName[]): void => {
    for (const { field, name } of found) {
      if (told.has(`${field} ${name}`)) continue;
      told.add(`${field} ${name}`);
      if (!app.clients.some(({ agreement }) => isReadByRules(field, agreement))) continue;
      log.warn('The vendor lists no name for an id; rules by name do not apply to it.', {
        ...{ connection, [field]: name },
        fix: 'Let the API user see it, or look whether it was deleted there.',
      });
    }
  };
}

/** Looks for deleted time in the connections whose vendor does not tell of it. */
export async function sweepStep(scope: RunScope): Promise<StepResult[]> {
  const { app, startedAt, abort, acceptedSweeps, log } = scope;
  const results: StepResult[] = [];
  for (const [connection, connector] of app.connectors) {
    const { present } = connector.pull;
    const clientIds = clientIdsOf(scope, connection);
    if (present === undefined || clientIds.length === 0) continue;
    const { days, percentMax } = app.config.sweep;
    const context = {
      ...{ store: app.store, connection, clientIds, runStartedAt: startedAt, signal: abort },
      ...{ days, percentMax, isAccepted: acceptedSweeps.includes(connection) },
      onUnseen: (entries: number) =>
        log.warn('Time was found that had been hidden from us; it is read again.', {
          ...{ connection, entries },
          fix: 'Look whether the API role was without a permission for a while.',
        }),
    };
    const sweep = async () => ({ ...nothing, ...(await sweepConnection(context, present)) });
    results.push(await measure(scope, 'sweep', connection, sweep));
  }
  return results;
}

function clientIdsOf({ app }: RunScope, connection: string): string[] {
  return app.clients.flatMap((client) => client.sourceIds.get(connection) ?? []).sort();
}
