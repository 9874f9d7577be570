import type { Connector } from '../../contract/connector.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { formatIn } from '../../domain/format.ts';
import { addSeconds, type Instant } from '../../domain/time.ts';
import { overlapSeconds } from '../../pull/pass.ts';
import { reconcileConnection } from '../../reconcile/reconcile-connection.ts';
import { type LastComparison, lastComparisonKey } from '../../reports/notices/reconciliation.ts';
import type { Watermark } from '../../store/port.ts';
import { knownHorizon } from './horizon.ts';
import { measure, nothing, type RunContext, type StepResult } from './step.ts';

/**
 * Compares the data of each client with every vendor, one connection after the other; a failed
 * connection keeps its known differences. A comparison of some clients does not count as a full
 * comparison.
 */
export async function reconcileStep(run: RunContext): Promise<StepResult[]> {
  const { store, connectors, startedAt, reconciledClients, stop } = run;
  const results: StepResult[] = [];
  const compared = new Set<string>();
  for (const [connection, connector] of connectors) {
    const reach = await reachOf(run, connection, connector);
    if (reach === null || stop.aborted) continue;
    results.push(await reconcileOne(run, connection, connector, reach));
    if (results.at(-1)?.error !== null) continue;
    for (const { id } of reach.clients) compared.add(id);
  }
  if (reconciledClients !== null) return results;
  await store.keepDifferencesOf([...connectors.keys()]);
  const failed = results.flatMap((result) =>
    result.error === null || result.connection === null ? [] : [result.connection],
  );
  const last: LastComparison = { at: startedAt, clients: compared.size, failed };
  await store.writeMemory('', lastComparisonKey, JSON.stringify(last), startedAt);
  const { rows, seconds } = await store.sumDifferences(null);
  run.log.info('Compared with the vendors.', { ...last, differences: rows, seconds });
  return results;
}

async function reconcileOne(
  run: RunContext,
  connection: string,
  connector: Connector,
  reach: Reach,
): Promise<StepResult> {
  const { store, clients, config, runId, startedAt, reconciledClients, stop, abort, log } = run;
  return measure(run, 'reconcile', connection, async () => {
    const outcome = await reconcileConnection({
      store,
      connection,
      connector,
      allClients: clients,
      ...reach,
      offers: config.offers,
      format: formatIn(config),
      at: startedAt,
      runId,
      stop,
      signal: abort,
      onPage: (rows) => run.onProgress?.(`${connection}: ${rows} rows compared`),
      onDifference: ({ kind, subject, clientId, ours, theirs, fix }) =>
        log.warn('The data here and at the vendor differ.', {
          connection,
          kind,
          subject,
          client: nameOf(clients, clientId),
          ours,
          theirs,
          fix,
        }),
    });
    const looked = reconciledClients === null ? null : reach.clients.map(({ id }) => id);
    const gone = await store.forgetDifferences(connection, runId, looked);
    if (gone > 0) log.info('Differences were resolved.', { connection, differences: gone });
    return { ...nothing, ...outcome };
  });
}

function nameOf(clients: readonly Client[], id: string | null): string | null {
  return clients.find((client) => client.id === id)?.name ?? null;
}

interface Reach {
  clients: Client[];
  from: Instant;
  readTo: { tickets: Instant; timeEntries: Instant; invoices: Instant };
}

/** The part of a connection that was read completely and can be compared. Null: nothing yet. */
async function reachOf(
  run: RunContext,
  connection: string,
  { pull }: Connector,
): Promise<Reach | null> {
  const { store, config, startedAt, reconciledClients } = run;
  const read = async (stream: 'tickets' | 'timeEntries' | 'invoices') =>
    pull[stream] === undefined ? undefined : await store.readWatermark(connection, stream);
  const tickets = await read('tickets');
  const timeEntries = pull.ticketTime === undefined ? await read('timeEntries') : tickets;
  const invoices = await read('invoices');
  const marks = [tickets, timeEntries, invoices].filter((mark) => mark !== undefined);
  if (!marks.every(isReadOnce)) return null;
  const clients = run.clients.filter((client) => {
    const id = client.sourceIds.get(connection);
    const isAsked = reconciledClients === null || reconciledClients.includes(client.id);
    return id !== undefined && isAsked && marks.every(({ clientIds }) => clientIds.includes(id));
  });
  if (clients.length === 0) return null;
  const window = addSeconds(startedAt, -config.reconcile.days * 86_400);
  const horizon = (await knownHorizon(run, connection)) ?? window;
  const readTo = (mark: Watermark | null | undefined) =>
    addSeconds(mark?.since ?? startedAt, -overlapSeconds);
  return {
    clients,
    from: horizon > window ? horizon : window,
    readTo: {
      tickets: readTo(tickets),
      timeEntries: readTo(timeEntries),
      invoices: readTo(invoices),
    },
  };
}

function isReadOnce(mark: Watermark | null): mark is Watermark {
  return mark !== null && mark.since !== null;
}
