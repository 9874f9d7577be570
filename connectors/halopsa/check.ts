/** Everything that reading can prove, in the order in which a person would mend it. */
import type { CheckResult, NameLists, SourceId } from '../../src/contract/connector.ts';
import { parseRows } from '../http/rows.ts';
import type { Api } from './api.ts';
import { attempt } from './attempt.ts';
import { settleByReading } from './check-facts.ts';
import { type FactId, factResult } from './facts.ts';
import { invoiceList } from './invoices.ts';
import { clientNumbers } from './lists.ts';
import { itemNumber, type NameKind, type Names } from './names.ts';
import { nativeBlocks } from './native.ts';
import { readFields } from './push-balance.ts';
import { ClientWire } from './schema.ts';
import { ticketList } from './tickets.ts';

export async function checkConnection(
  api: Api,
  names: Names,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const auth = await attempt('auth', () => checkCredentials(api, signal));
  if (auth.some(({ status }) => status === 'failed')) return auth;
  const clients = await attempt('clients', () => checkClients(api, clientIds, signal));
  const results = [...auth, ...clients, ...(await checkLists(api, names, signal))];
  const isReadable = results.every(({ status }) => status !== 'failed');
  if (isReadable && clientIds.length > 0) {
    results.push(
      ...(await attempt('facts', () => settleByReading({ api, names }, clientIds, signal))),
    );
    results.push(...(await attempt('native-prepay', () => nativeBlocks(api, clientIds, signal))));
  }
  for (const [id, kind, name] of namesToCheck(api)) {
    const look = async (): Promise<CheckResult[]> => {
      const found = await names.idOf(kind, name, signal);
      return [{ id: `name.${id}`, status: 'ok', detail: `"${name}" is number ${found}.` }];
    };
    results.push(...(await attempt(`name.${id}`, look)));
  }
  const { product } = api.config.billing;
  if (product !== undefined) {
    const look = async (): Promise<CheckResult[]> => {
      const found = await itemNumber(api, product, signal);
      return [
        { id: 'name.billing.product', status: 'ok', detail: `"${product}" is number ${found}.` },
      ];
    };
    results.push(...(await attempt('name.billing.product', look)));
  }
  for (const fact of otherFacts(api)) results.push(await factResult(api.context, fact));
  return results;
}

async function checkCredentials(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  const list = { path: '/Client', rows: 'clients', query: {}, pageSize: 1 };
  for await (const { count } of api.pages(list, signal)) {
    const detail = `Signed in at ${api.config.baseUrl}; ${count} clients are seen.`;
    return [{ id: 'auth', status: 'ok', detail }];
  }
  return [];
}

/** One row of each list that is read on every run, and the lists of names. */
async function checkLists(api: Api, names: Names, signal: AbortSignal): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const list of [ticketList({}, 1), { ...invoiceList({}), pageSize: 1 }]) {
    const id = `permission.${list.rows}`;
    const look = async (): Promise<CheckResult[]> => {
      for await (const { count } of api.pages(list, signal)) {
        return [{ id, status: 'ok', detail: `${count} ${list.rows} are seen.` }];
      }
      return [];
    };
    results.push(...(await attempt(id, look)));
  }
  for (const kind of ['agents', 'charge types'] as const) {
    const id = `permission.${kind.replace(' ', '-')}`;
    const look = async (): Promise<CheckResult[]> => {
      const { length } = await names.reread(kind, signal);
      if (length > 0) return [{ id, status: 'ok', detail: `${length} ${kind} are seen.` }];
      const fix = `Let the API application’s agent see them; until then ${kind} are called by number.`;
      return [{ id, status: 'warning', detail: `Halo shows no ${kind}.`, fix }];
    };
    results.push(...(await attempt(id, look)));
  }
  return results;
}

async function checkClients(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const isActive = new Map<SourceId, boolean>();
  const query = { includeactive: true, includeinactive: true, order: 'id' };
  for await (const { rows } of api.pages({ path: '/Client', rows: 'clients', query }, signal)) {
    const clients = parseRows(rows, ClientWire, (row) => row).rows;
    for (const { id, inactive } of clients) isActive.set(id, inactive !== true);
  }
  const faults = clientNumbers(clientIds).flatMap((id): CheckResult[] => {
    if (isActive.get(id) === true) return [];
    const detail = isActive.has(id) ? `Client ${id} is inactive.` : `Halo shows no client ${id}.`;
    const fix = 'Correct the client’s id in the config, or let the API application see the client.';
    return [{ id: `client.${id}`, status: 'failed', detail, fix }];
  });
  if (faults.length > 0) return faults;
  return [{ id: 'clients', status: 'ok', detail: `All ${clientIds.length} clients are there.` }];
}

function namesToCheck({ config }: Api): [id: string, kind: NameKind, name: string][] {
  const { alerts, notes } = config;
  const named: [string, NameKind, string | undefined][] = [
    ['alerts.ticketType', 'ticket types', alerts?.ticketType],
    ['alerts.team', 'teams', alerts?.team],
    ['notes.internal', 'outcomes', notes.internal],
    ['notes.client', 'outcomes', notes.client],
  ];
  return named.flatMap(([id, kind, name]) => (name === undefined ? [] : [[id, kind, name]]));
}

/** Facts that writing settles, or a run, of the steps that this config uses. */
function otherFacts({ config }: Api): FactId[] {
  return [
    'dates-utc',
    'action-moves-ticket',
    ...(config.alerts === undefined ? [] : (['ticket-key', 'ticket-search'] as const)),
    'note-audience',
    'invoice-key',
    ...(config.billing.prepayEntry ? (['prepay-key'] as const) : []),
    'client-fields',
  ];
}

/** The names that the config may use, for `check` to compare. */
export async function listNames(
  api: Api,
  names: Names,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<NameLists> {
  const namesOf = async (kind: NameKind) =>
    (await names.reread(kind, signal)).map(({ id, name }) => ({ sourceId: id, name }));
  const [anyClient] = clientIds;
  const fields = anyClient === undefined ? [] : await readFields(api, anyClient, signal);
  return {
    boards: await namesOf('teams'),
    ticketTypes: await namesOf('ticket types'),
    workTypes: await namesOf('charge types'),
    ...(anyClient === undefined
      ? {}
      : { clientFields: fields.flatMap(({ label, name }) => (label ? [label, name] : [name])) }),
  };
}
