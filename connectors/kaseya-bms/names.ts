/** The numbers that stand behind names, from the lists that BMS has of them. */
import { z } from 'zod';
import type { ListedName, NameLists, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { type Api, eachRow } from './api.ts';
import { contractsOf } from './native.ts';
import { accountFields } from './push-balance.ts';
import { NamedWire, TicketWire } from './schema.ts';

const paths = {
  queue: '/v2/system/queues/lookup',
  status: '/v2/system/statuses/lookup',
  priority: '/v2/system/priorities/lookup',
  'work type': '/v2/system/worktypes/lookup',
  role: '/v2/system/roles/lookup',
} as const;
export type NameKind = keyof typeof paths;

/** Throws `config` unless exactly one, in use, is called so. */
export async function numberOf(
  api: Api,
  kind: NameKind,
  name: string,
  signal: AbortSignal,
): Promise<number> {
  const list = await api.whole(paths[kind], NamedWire, signal);
  const named = list.filter((entry) => entry.name === name && entry.isactive !== false);
  return onlyOne(named, `${kind} called "${name}"`, namesIn(list)).id;
}

/** BMS lists no ticket types and no sources: a ticket of the type shows both numbers. */
export async function typeOf(
  api: Api,
  name: string,
  signal: AbortSignal,
): Promise<{ typeId: number; sourceId: number | null }> {
  const query = { 'Filter.TicketTypeNames': name, 'Filter.ExcludeCompleted': 0 };
  const list = { path: '/v2/servicedesk/tickets', query, isCounted: true };
  for await (const { rows } of api.pages(list, signal)) {
    const wires = rows.flatMap((row) => TicketWire.safeParse(row).data ?? []);
    const ofType = wires.filter(({ typename, typeid }) => typename === name && typeid != null);
    const shown = ofType.find(({ sourceid }) => sourceid != null) ?? ofType[0];
    if (shown !== undefined) {
      const sourceId = shown.sourceid == null ? null : Number(shown.sourceid);
      return { typeId: Number(shown.typeid), sourceId };
    }
    // A filter that is ignored would lead through all tickets there are.
    break;
  }
  throw new KindError('config', `BMS shows no ticket of the type "${name}".`, {
    fix: 'Write the type’s name as BMS shows it, and make one ticket of it by hand.',
  });
}

export async function locationOf(
  api: Api,
  accountId: SourceId,
  signal: AbortSignal,
): Promise<number> {
  const path = `/v2/crm/accounts/${accountId}/locations/lookup`;
  const locations = await api.whole(path, NamedWire, signal);
  const location = locations.find(({ ismain }) => ismain === true) ?? locations[0];
  if (location !== undefined) return location.id;
  throw new KindError('config', `Account ${accountId} has no location, which tickets need.`, {
    fix: 'Add one to the account in BMS.',
  });
}

const Product = z.object({ productindexid: z.int(), productname: z.string().nullish() });

export async function productOf(api: Api, name: string, signal: AbortSignal): Promise<number> {
  const list = {
    path: '/v2/inventory/products/searchselect',
    query: { 'Filter.ProductName': name },
    isCounted: true,
  };
  const found = new Map<number, { id: number; name: string }>();
  // A product comes once for each place where it is in stock.
  for await (const { productindexid: id, productname } of eachRow(api, list, Product, signal)) {
    if (productname === name) found.set(id, { id, name });
  }
  return onlyOne([...found.values()], `product called "${name}"`, '').id;
}

function onlyOne<Entry>(entries: readonly Entry[], what: string, known: string): Entry {
  const [only, another] = entries;
  if (only !== undefined && another === undefined) return only;
  const count = only === undefined ? 'no' : 'more than one';
  throw new KindError('config', `BMS has ${count} active ${what}.`, {
    fix: `Write one name as BMS shows it${known === '' ? '' : `: ${known}`}.`,
  });
}

function namesIn(list: readonly NamedWire[]): string {
  return list.map(({ name }) => name ?? '').join(', ');
}

/** The names that the config may use, for `check` to compare. */
export async function listNames(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<NameLists> {
  const namesOf = async (kind: NameKind): Promise<ListedName[]> =>
    (await api.whole(paths[kind], NamedWire, signal)).flatMap(({ id, name }) => listed(id, name));
  const fields = api.config.balance === undefined ? null : await accountFields(api, signal);
  const contracts = clientIds.length === 0 ? null : await contractsOf(api, clientIds, signal);
  return {
    boards: await namesOf('queue'),
    workTypes: await namesOf('work type'),
    roles: await namesOf('role'),
    ...(contracts === null
      ? {}
      : { agreements: contracts.flatMap(({ id, contractname }) => listed(id, contractname)) }),
    ...(fields === null ? {} : { clientFields: fields }),
  };
}

function listed(id: number | string, name: string | null | undefined): ListedName[] {
  return name ? [{ sourceId: String(id), name }] : [];
}
