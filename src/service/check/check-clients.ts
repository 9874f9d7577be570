import type { Client } from '../../domain/agreements/terms.ts';
import { foldName } from '../../domain/records/names.ts';
import { instantFromMs } from '../../domain/time.ts';
import type { CheckLine, CheckTarget } from './check-line.ts';

/**
 * Compares the vendor's name of each configured client with ours: an ID entered under the wrong
 * client would debit the wrong one. Throws what reading the clients throws.
 */
export async function checkClientNames({
  clients,
  now,
  connection,
  connector,
  signal,
}: CheckTarget): Promise<CheckLine[]> {
  const ours = clients.filter((client) => client.sourceIds.has(connection));
  if (connector.pull.clients === undefined || ours.length === 0) return [];
  const names = new Map<string, string>();
  const pages = connector.pull.clients({
    since: instantFromMs(0),
    until: instantFromMs(now()),
    resume: null,
    clientIds: ours.map((client) => client.sourceIds.get(connection) ?? ''),
    isStored: false,
    whenStored: async () => {},
    signal,
  });
  for await (const { rows } of pages) for (const row of rows) names.set(row.sourceId, row.name);
  const idOf = (client: Client) => client.sourceIds.get(connection) ?? '';
  const isGone = ours.some((client) => !names.has(idOf(client)));
  const all = isGone ? await connector.listClients?.(signal) : undefined;
  return ours.flatMap((client) => {
    const sourceId = idOf(client);
    const name = names.get(sourceId);
    if (name !== undefined) return [lineOf(client, { connection, sourceId, name }, clients)];
    const again = all?.find((row) => foldName(row.name) === foldName(client.name));
    return again === undefined ? [] : [recreatedLine(client, connection, sourceId, again.sourceId)];
  });
}

/** The old ID is gone and the name exists under another one. */
function recreatedLine(client: Client, connection: string, from: string, to: string): CheckLine {
  const detail = `"${client.name}" is ${from} in the config, which no longer exists; a client of that name is now ${to}.`;
  const fix = `If it is the same client, set ${connection}: ${to} under its ids and add formerIds: { ${connection}: ${from} }.`;
  return { connection, id: 'client', status: 'failed', detail, fix };
}

function lineOf(
  client: Client,
  { connection, sourceId, name }: { connection: string; sourceId: string; name: string },
  clients: readonly Client[],
): CheckLine {
  const detail = `"${client.name}" is ${sourceId}, whose name there is "${name}".`;
  if (isAlike(client.name, name)) return { connection, id: 'client', status: 'ok', detail };
  const other = clients.find((one) => one !== client && foldName(one.name) === foldName(name));
  if (other === undefined) {
    const fix = 'If that is another client, correct the ID; otherwise ignore this.';
    return { connection, id: 'client', status: 'warning', detail, fix };
  }
  const fix = `Correct the ids of "${client.name}" and "${other.name}".`;
  return { connection, id: 'client', status: 'failed', detail, fix };
}

/** One name may be longer than the other (`Dupont`, `Dupont Plomberie SARL`). */
function isAlike(a: string, b: string): boolean {
  const [one, two] = [foldName(a), foldName(b)];
  return one.includes(two) || two.includes(one);
}

/** Whether the PSA has the client whom tickets about the service would be opened under. */
export async function checkNoticeClient({
  config,
  connection,
  connector,
  signal,
}: CheckTarget): Promise<CheckLine[]> {
  const client = config.notify?.client ?? null;
  if (client?.connection !== connection || connector.listClients === undefined) return [];
  const found = (await connector.listClients(signal)).find(
    ({ sourceId }) => sourceId === client.sourceId,
  );
  const line = { connection, id: 'notify.client' } as const;
  if (found === undefined) {
    const detail = `notify.client: the PSA lists no client with the ID "${client.sourceId}".`;
    const fix =
      'Use an ID that `prepaid-hours clients` shows, or the name of a client in the config.';
    return [{ ...line, status: 'failed', detail, fix }];
  }
  const detail = `Tickets about the service go to "${found.name}".`;
  return [{ ...line, status: 'ok', detail }];
}

/** Clients with a native block of hours in the PSA that are in no `ids`: possibly forgotten. */
export async function checkUnconfigured({
  clients,
  connection,
  connector,
  signal,
}: CheckTarget): Promise<CheckLine[]> {
  const { listClients, pull } = connector;
  if (listClients === undefined || pull.blocks === undefined) return [];
  const ours = new Set(clients.map(({ sourceIds }) => sourceIds.get(connection)));
  const others = (await listClients(signal)).filter(({ sourceId }) => !ours.has(sourceId));
  const names = new Map(others.map(({ sourceId, name }) => [sourceId, name]));
  if (names.size === 0) return [];
  const counted = new Set<string>();
  for await (const { rows } of pull.blocks([...names.keys()], signal)) {
    for (const { clientId } of rows) counted.add(`"${names.get(clientId) ?? clientId}"`);
  }
  if (counted.size === 0) return [];
  return [
    {
      connection,
      id: 'client-not-configured',
      status: 'warning',
      detail: `The PSA has native blocks of hours for clients that are not in the config: ${[...counted].sort().join(', ')}.`,
      fix: 'Add them under `clients`, or ignore this if they are left out on purpose.',
    },
  ];
}
