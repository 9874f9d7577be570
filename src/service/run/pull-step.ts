import type { Connector, Pulls } from '../../contract/connector.ts';
import { isKindError, KindError } from '../../domain/errors.ts';
import { isReadByRules, type UnlistedName } from '../../domain/records/unlisted-names.ts';
import { addSeconds, type DateText, dateInZone } from '../../domain/time.ts';
import { noCounts, type PullCounts, refuseGreatQuarantine } from '../../pull/counts.ts';
import { removeGone } from '../../pull/gone.ts';
import { pullConnection, refuseVanished } from '../../pull/pull-connection.ts';
import { pullTicketTime } from '../../pull/pull-ticket-time.ts';
import { sweepConnection } from '../../pull/sweep.ts';
import { readFirstLiveRun } from '../app/rehearsal.ts';
import { readHorizon } from './horizon.ts';
import { readAgain } from './read-again.ts';
import {
  failureOf,
  type Measured,
  measure,
  nothing,
  type RunContext,
  type StepResult,
} from './step.ts';

/** Pulls all connections concurrently; a failure stops only its own connection. */
export async function pullStep(run: RunContext): Promise<StepResult[]> {
  const { toldGone } = run;
  const wanted = [...run.connectors].filter(([name]) => toldGone === null || toldGone.has(name));
  return Promise.all(wanted.map(([name, connector]) => pullOne(run, name, connector)));
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
    const again = await readAgain(run, connection, startedAt);
    if (again.isAny) {
      run.log.info('Changed settings affect how rows are interpreted; everything is read again.', {
        connection,
      });
    }
    const context = {
      store,
      connection,
      clientIds,
      horizon: horizon.from,
      isFromHorizon: horizon.isLonger || again.isAny,
      runStartedAt: startedAt,
      runId,
      signal: abort,
      stop,
      isTimePerTicket: connector.pull.ticketTime !== undefined,
      isTimeReadAgain: again.isTime,
      areLossesAccepted: run.acceptedSweeps.includes(connection),
      linesSince: await linesSince(run),
      onPage: (stream: string, rows: number) =>
        run.onProgress?.(`${connection}: ${rows} rows (${stream})`),
      onUnlisted: unlistedWarner(run, connection),
    };
    const error = await failureOf(run, async () => {
      await pullConnection(context, connector, counts).catch(refuseAddress);
      if (stop.aborted) return;
      await removeTold(run, connection, counts);
      if (horizon.isLonger) await horizon.keep();
      if (again.isAny) await again.keep();
      refuseGreatQuarantine(connection, counts);
    });
    const { vanished: _, streams: _streams, ...counted } = counts;
    return { ...nothing, ...counted, error };
  });
}

/** After the lists were read, since they may still have shown what was deleted. */
async function removeTold(run: RunContext, connection: string, counts: PullCounts): Promise<void> {
  const { store, runId, startedAt: runStartedAt, toldGone, log } = run;
  const context = { store, connection, runId, runStartedAt };
  const kept = await removeGone(context, toldGone?.get(connection) ?? [], counts);
  for (const { clientId } of kept) {
    log.warn('Most time of a client was told to be deleted; nothing of it was removed.', {
      connection,
      clientId,
      fix: `\`prepaid-hours sweep ${connection}\` asks about it.`,
    });
  }
}

/** A list endpoint that returns 404 means a wrong address, not an empty list. */
function refuseAddress(error: unknown): never {
  if (!isKindError(error, 'rejected') || error.status !== 404) throw error;
  throw new KindError('config', error.message, {
    fix: 'Check baseUrl and the account or tenant of this connection: the API was not found at this address.',
    status: 404,
    cause: error,
  });
}

/** Only invoices since the first live run are searched for an offer's product. */
async function linesSince({ store, config }: RunContext): Promise<DateText | undefined> {
  if (![...config.offers.values()].some(({ product }) => product !== null)) return undefined;
  const at = await readFirstLiveRun(store);
  return at === null ? undefined : dateInZone(at, config.timezone);
}

/** Warns, once per name and run, if a rule uses the name. */
function unlistedWarner({ clients, log }: RunContext, connection: string) {
  const told = new Set<string>();
  return (found: readonly UnlistedName[]): void => {
    for (const { field, name } of found) {
      if (told.has(`${field} ${name}`)) continue;
      told.add(`${field} ${name}`);
      if (!clients.some(({ agreement }) => isReadByRules(field, agreement))) continue;
      log.warn('The vendor lists no name for an ID; rules by name do not apply to it.', {
        connection,
        [field]: name,
        fix: 'Give the API user access to it, or check whether it was deleted there.',
      });
    }
  };
}

/** Finds deleted and reappeared time in connections whose API does not report deletions. */
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
    // No list of IDs shows what reappeared.
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
      store,
      connection,
      clientIds: clientIdsOf(run, connection),
      runStartedAt: startedAt,
      signal: abort,
      days,
      percentMax,
      isAccepted,
      onUnseen: (entries: number) =>
        log.warn(
          'Time entries were found that had been hidden from the API user; they are read again.',
          {
            connection,
            entries,
            fix: 'Check whether the API role lost a permission for a while.',
          },
        ),
    },
    present,
  );
  return { ...nothing, ...swept, changed: swept.changed + read.changed };
}

function clientIdsOf({ clients }: RunContext, connection: string): string[] {
  return clients.flatMap((client) => client.sourceIds.get(connection) ?? []).sort();
}
