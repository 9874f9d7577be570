import type { Connector, Pulls } from '../../contract/connector.ts';
import { isKindError, KindError } from '../../domain/errors.ts';
import { isReadByRules, type UnlistedName } from '../../domain/records/unlisted-names.ts';
import { addSeconds, type DateText, dateInZone } from '../../domain/time.ts';
import { noCounts, refuseGreatQuarantine } from '../../pull/counts.ts';
import { pullConnection, refuseVanished } from '../../pull/pull-connection.ts';
import { pullTicketTime } from '../../pull/pull-ticket-time.ts';
import { sweepConnection } from '../../pull/sweep.ts';
import { readFirstLiveRun } from '../app/rehearsal.ts';
import { readHorizon } from './horizon.ts';
import { readAnew } from './read-anew.ts';
import {
  failureOf,
  type Measured,
  measure,
  nothing,
  type RunContext,
  type StepResult,
} from './step.ts';

/** All connections at once; one that fails stops alone. */
export async function pullStep(run: RunContext): Promise<StepResult[]> {
  return Promise.all([...run.connectors].map(([name, connector]) => pullOne(run, name, connector)));
}

async function pullOne(
  run: RunContext,
  connection: string,
  connector: Connector,
): Promise<StepResult> {
  const { store, runId, startedAt, stop, abort } = run;
  const clientIds = clientIdsOf(run, connection);
  const counts = noCounts();
  return measure(run, 'pull', connection, async () => {
    if (clientIds.length === 0) return { ...nothing };
    const horizon = await readHorizon(run, connection, startedAt);
    const anew = await readAnew(run, connection, startedAt);
    if (anew.isAny) {
      run.log.info('The settings read rows otherwise than before; all is read again.', {
        connection,
      });
    }
    const context = {
      store,
      connection,
      clientIds,
      horizon: horizon.from,
      isFromHorizon: horizon.isLonger || anew.isAny,
      runStartedAt: startedAt,
      runId,
      signal: abort,
      stop,
      isTimePerTicket: connector.pull.ticketTime !== undefined,
      isTimeReadAnew: anew.isTime,
      areLossesAccepted: run.acceptedSweeps.includes(connection),
      linesSince: await linesSince(run),
      onPage: (stream: string, rows: number) =>
        run.onProgress?.(`${connection}: ${rows} rows (${stream})`),
      onUnlisted: unlistedWarner(run, connection),
    };
    const error = await failureOf(run, async () => {
      await pullConnection(context, connector, counts).catch(refuseAddress);
      if (stop.aborted) return;
      if (horizon.isLonger) await horizon.keep();
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
async function linesSince({ store, config }: RunContext): Promise<DateText | undefined> {
  if (![...config.offers.values()].some(({ product }) => product !== null)) return undefined;
  const at = await readFirstLiveRun(store);
  return at === null ? undefined : dateInZone(at, config.timezone);
}

/** Warns, once a name and run, where a rule would go by the name. */
function unlistedWarner({ clients, log }: RunContext, connection: string) {
  const told = new Set<string>();
  return (found: readonly UnlistedName[]): void => {
    for (const { field, name } of found) {
      if (told.has(`${field} ${name}`)) continue;
      told.add(`${field} ${name}`);
      if (!clients.some(({ agreement }) => isReadByRules(field, agreement))) continue;
      log.warn('The vendor lists no name for an id; rules by name do not apply to it.', {
        ...{ connection, [field]: name },
        fix: 'Let the API user see it, or look whether it was deleted there.',
      });
    }
  };
}

/** Looks for deleted time in the connections whose vendor does not tell of it, and for what came back. */
export async function sweepStep(run: RunContext): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const [connection, { pull }] of run.connectors) {
    if (pull.present === undefined && pull.ticketTime === undefined) continue;
    if (clientIdsOf(run, connection).length === 0) continue;
    results.push(await measure(run, 'sweep', connection, () => sweepOne(run, connection, pull)));
  }
  return results;
}

async function sweepOne(
  run: RunContext,
  connection: string,
  { present, ticketTime }: Pulls,
): Promise<Measured> {
  const { store, config, runId, startedAt, stop, abort, acceptedSweeps, log } = run;
  const { days, percentMax } = config.sweep;
  const isAccepted = acceptedSweeps.includes(connection);
  const counts = noCounts();
  if (ticketTime !== undefined && (isAccepted || present === undefined)) {
    // No list of ids says what came back.
    if (present === undefined) {
      await store.addRemovedDue(connection, addSeconds(startedAt, -days * 86_400));
    }
    const at = { runStartedAt: startedAt, runId, signal: abort, stop };
    const context = { store, connection, ...at, areLossesAccepted: isAccepted };
    await pullTicketTime(context, ticketTime, counts);
    refuseVanished(connection, counts.vanished);
  }
  const { vanished: _, streams: _streams, ...read } = counts;
  if (present === undefined) return { ...nothing, ...read };
  const swept = await sweepConnection(
    {
      ...{ store, connection, clientIds: clientIdsOf(run, connection) },
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

function clientIdsOf({ clients }: RunContext, connection: string): string[] {
  return clients.flatMap((client) => client.sourceIds.get(connection) ?? []).sort();
}
