/** Everything that reading can prove, in the order in which a person would mend it. */
import type { z } from 'zod';
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { parseRows } from '../http/rows.ts';
import { attemptsAt } from '../kit/checks.ts';
import type { Api, List } from './api.ts';
import { settleByReading } from './check-facts.ts';
import { type FactId, factResult } from './facts.ts';
import { type NameKind, numberOf, productOf, typeOf } from './names.ts';
import { nativeContracts } from './native.ts';
import { accountNumbers, accountRows } from './pull.ts';
import { accountFields } from './push-balance.ts';
import { AccountWire, UserWire } from './schema.ts';

export const attempt = attemptsAt('Kaseya BMS');

type User = z.infer<typeof UserWire>;

const lists: Readonly<Record<string, List>> = {
  tickets: { path: '/v2/servicedesk/tickets', isCounted: true },
  time: { path: '/v2/timelogs', isCounted: true },
  invoices: { path: '/v2/finance/invoices/summary' },
  contracts: { path: '/v2/finance/contracts/summary', isCounted: true },
};

export async function checkConnection(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  let user: User | null = null;
  const auth = await attempt('auth', async () => {
    user = await api.get('/v2/security/userinfo', UserWire, signal);
    return [{ id: 'auth', status: 'ok', detail: `Signed in as ${api.config.username}.` }];
  });
  if (user === null) return auth;
  const results = [...auth, ...userResults(api, user)];
  for (const [name, list] of Object.entries(lists)) {
    const id = `permission.${name}`;
    results.push(...(await attempt(id, () => checkList(api, id, list, signal))));
  }
  results.push(...(await attempt('clients', () => checkClients(api, clientIds, signal))));
  if (results.every(({ status }) => status !== 'failed')) {
    const known = user;
    const settle = () => settleByReading(api, { user: known, clientIds }, signal);
    results.push(...(await attempt('facts', settle)));
  }
  for (const [id, lookUp] of namesToCheck(api, signal)) {
    const look = async (): Promise<CheckResult[]> => [
      { id: `name.${id}`, status: 'ok', detail: await lookUp() },
    ];
    results.push(...(await attempt(`name.${id}`, look)));
  }
  if (clientIds.length > 0) {
    results.push(
      ...(await attempt('native-contracts', () => nativeContracts(api, clientIds, signal))),
    );
  }
  for (const fact of otherFacts(api)) results.push(await factResult(api.context, fact));
  return results;
}

/** What BMS says of the API user: the zone in which it shows times, and the currency. */
function userResults({ zones, context }: Api, user: User): CheckResult[] {
  const results: CheckResult[] = [];
  const { olsontimezonename: zone, currencycode: currency } = user;
  if (zone) {
    const isSame = zone === zones.work;
    const detail = `BMS shows times to this user in ${zone}; they are read in ${zones.work}.`;
    const fix = `Set timezone: ${zone}, or the zone of this user in BMS.`;
    results.push({
      id: 'timezone',
      detail,
      ...(isSame ? { status: 'ok' } : { status: 'warning', fix }),
    });
  }
  if (currency) {
    const isSame = currency === context.currency;
    const detail = `Amounts in BMS are in ${currency}; they are read in ${context.currency}.`;
    const fix = `Set currency: ${currency} in the file.`;
    results.push({
      id: 'currency',
      detail,
      ...(isSame ? { status: 'ok' } : { status: 'failed', fix }),
    });
  }
  return results;
}

async function checkList(
  api: Api,
  id: string,
  list: List,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  for await (const { rows, total } of api.pages({ ...list, pageSize: 1 }, signal)) {
    const seen = total ?? (rows.length > 0 ? 'some' : 'none');
    return [{ id, status: 'ok', detail: `GET ${list.path} answers; rows: ${seen}.` }];
  }
  return [];
}

async function checkClients(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const isActive = new Map<SourceId, boolean>();
  for await (const rows of accountRows(api, clientIds, signal)) {
    for (const row of parseRows(rows, AccountWire, (wire) => wire).rows) {
      isActive.set(row.id, row.isactive !== false);
    }
  }
  const faults = accountNumbers(clientIds).flatMap((id): CheckResult[] => {
    if (isActive.get(id) === true) return [];
    const detail = isActive.has(id) ? `Account ${id} is inactive.` : `BMS shows no account ${id}.`;
    const fix = 'Correct the client’s id in the config, or let the API user see the account.';
    return [{ id: `client.${id}`, status: 'failed', detail, fix }];
  });
  if (faults.length > 0) return faults;
  return [{ id: 'clients', status: 'ok', detail: `All ${clientIds.length} clients are there.` }];
}

type LookUp = () => Promise<string>;

/** Each name that the config uses, looked up as the step that needs it would. */
function namesToCheck(api: Api, signal: AbortSignal): [id: string, lookUp: LookUp][] {
  const { alerts, billing, balance, closedStatuses } = api.config;
  const named = (id: string, kind: NameKind, name: string): [string, LookUp] => [
    id,
    async () => `${kind} "${name}" is number ${await numberOf(api, kind, name, signal)}.`,
  ];
  const names = (closedStatuses ?? []).map((name) =>
    named(`closedStatuses.${name}`, 'status', name),
  );
  if (alerts !== undefined) {
    names.push(
      named('alerts.queue', 'queue', alerts.queue),
      named('alerts.priority', 'priority', alerts.priority),
      named('alerts.status', 'status', alerts.status),
      named('alerts.withdrawnStatus', 'status', alerts.withdrawnStatus),
      ['alerts.type', () => typeText(api, alerts.type, signal)],
    );
  }
  const { queue, product } = billing;
  if (queue !== undefined) names.push(named('billing.queue', 'queue', queue));
  if (product !== undefined) {
    const lookUp = async () => `"${product}" is number ${await productOf(api, product, signal)}.`;
    names.push(['billing.product', lookUp]);
  }
  if (balance !== undefined) {
    const lookUp = async () =>
      `Custom fields of module ${balance.moduleId}, which must be those of accounts: ${(await accountFields(api, signal)).join(', ') || 'none'}.`;
    names.push(['balance.moduleId', lookUp]);
  }
  return names;
}

async function typeText(api: Api, type: string, signal: AbortSignal): Promise<string> {
  const { typeId, sourceId } = await typeOf(api, type, signal);
  return `type "${type}" is number ${typeId}, with source ${sourceId ?? 'unknown'}.`;
}

/** Facts that a run settles, or writing, of the steps that this config uses. */
function otherFacts({ config }: Api): FactId[] {
  const { alerts, balance } = config;
  return [
    'invoice-lines',
    'note-audience',
    ...(alerts === undefined
      ? []
      : (['ticket-key-kept', 'title-filter', 'charge-key-kept'] as const)),
    ...(balance === undefined ? [] : (['account-field'] as const)),
  ];
}
