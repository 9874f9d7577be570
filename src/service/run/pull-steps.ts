import type { Pulls } from '../../contract/connector.ts';
import { isKindError, KindError } from '../../domain/errors.ts';
import { isReadByRules, type UnlistedName } from '../../domain/records/unlisted-names.ts';
import { addSeconds, type DateText, dateInZone } from '../../domain/time.ts';
import { noCounts, refuseGreatQuarantine } from '../../pull/counts.ts';
import { pullConnection, refuseVanished } from '../../pull/pull-connection.ts';
import { pullTicketTime } from '../../pull/pull-ticket-time.ts';
import { sweepConnection } from '../../pull/sweep.ts';
import { readFirstLiveRun } from '../app/rehearsal.ts';
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
  const counts = noCounts();
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
      areLossesAccepted: scope.acceptedSweeps.includes(connection),
      linesSince: await linesSince(scope),
      onPage: (stream: string, rows: number) =>
        scope.onProgress?.(`${connection}: ${rows} rows (${stream})`),
      onUnlisted: unlistedWarner(scope, connection),
    };
    const error = await failureOf(scope, async () => {
      await pullConnection(context, connector, counts).catch(refuseAddress);
      if (stop.aborted) return;
      if (isLonger) await keepHorizon(app, connection, horizon, startedAt);
      if (anew.isAny) await anew.keep();
      refuseGreatQuarantine(connection, counts);
    });
    const { vanished: _, streams: _streams, ...counted } = counts;
    return { ...nothing, ...counted, error };
  });
}

/** A whole list that is not there: what is wrong is not the list but where it was asked for. */
function refuseAddress(error: unknown): never {
  if (!isKindError(error, 'rejected') || error.status !== 404) throw error;
  throw new KindError('config', error.message, {
    fix: 'Check baseUrl and the account or tenant of this connection: there is no such API at this address.',
    status: 404,
    cause: error,
  });
}

/** Only an offer's product on an invoice since the first live run is looked for. */
async function linesSince({ app }: RunScope): Promise<DateText | undefined> {
  if (![...app.config.offers.values()].some(({ product }) => product !== null)) return undefined;
  const at = await readFirstLiveRun(app.store);
  return at === null ? undefined : dateInZone(at, app.config.timezone);
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

/** Looks for deleted time in the connections whose vendor does not tell of it, and for what came back. */
export async function sweepStep(scope: RunScope): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const [connection, { pull }] of scope.app.connectors) {
    if (pull.present === undefined && pull.ticketTime === undefined) continue;
    if (clientIdsOf(scope, connection).length === 0) continue;
    results.push(
      await measure(scope, 'sweep', connection, () => sweepOne(scope, connection, pull)),
    );
  }
  return results;
}

async function sweepOne(
  scope: RunScope,
  connection: string,
  { present, ticketTime }: Pulls,
): Promise<typeof nothing> {
  const { app, startedAt, abort, acceptedSweeps, log } = scope;
  const { store } = app;
  const { days, percentMax } = app.config.sweep;
  const isAccepted = acceptedSweeps.includes(connection);
  const counts = noCounts();
  if (ticketTime !== undefined && (isAccepted || present === undefined)) {
    // No list of ids says what came back.
    if (present === undefined) {
      await store.addRemovedDue(connection, addSeconds(startedAt, -days * 86_400));
    }
    const { runId, stop } = scope;
    const at = { runStartedAt: startedAt, runId, signal: abort, stop };
    const context = { store, connection, ...at, areLossesAccepted: isAccepted };
    await pullTicketTime(context, ticketTime, counts);
    refuseVanished(connection, counts.vanished);
  }
  const { vanished: _, streams: _streams, ...read } = counts;
  if (present === undefined) return { ...nothing, ...read };
  const swept = await sweepConnection(
    {
      ...{ store, connection, clientIds: clientIdsOf(scope, connection) },
      ...{ runStartedAt: startedAt, signal: abort, days, percentMax, isAccepted },
      onUnseen: (entries: number) =>
        log.warn('Time was found that had been hidden from us; it is read again.', {
          ...{ connection, entries },
          fix: 'Look whether the API role was without a permission for a while.',
        }),
    },
    present,
  );
  return { ...nothing, ...swept, changed: swept.changed + read.changed };
}

function clientIdsOf({ app }: RunScope, connection: string): string[] {
  return app.clients.flatMap((client) => client.sourceIds.get(connection) ?? []).sort();
}
