/** Everything that reading can prove, in the order in which a person would mend it. */
import { z } from 'zod';
import type { CheckResult } from '../../src/contract/connector.ts';
import { describeError, isKindError } from '../../src/domain/errors.ts';
import { attemptsAt } from '../kit/checks.ts';
import { topUpAgreement } from './agreements.ts';
import type { Api } from './api.ts';
import { settleByReading } from './check-facts.ts';
import { companyNumbers, isOneOf, splitIds } from './conditions.ts';
import { type FactId, factResult } from './facts.ts';
import { readAll } from './look-up.ts';
import { idOfName, lookUpName, type NameKind } from './names.ts';
import { nativeBlocks } from './native-blocks.ts';
import { resources } from './resources.ts';

export const attempt = attemptsAt('ConnectWise');

export async function checkConnection(
  api: Api,
  clientIds: readonly string[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const auth = await attempt('auth', () => checkCredentials(api, signal));
  if (auth.some((result) => result.status === 'failed')) return auth;
  const results = [...auth, ...(await attempt('system', () => readVersion(api, signal)))];
  const ids = clientIds.length === 0 ? [] : companyNumbers(clientIds);
  for (const resource of resources) {
    const id = `permission.${resource.id}`;
    results.push(...(await attempt(id, () => checkResource(api, resource, ids, signal))));
  }
  const isReadable = results.every((result) => result.status !== 'failed');
  if (isReadable) {
    results.push(...(await attempt('facts', () => settleByReading(api, ids, signal))));
  }
  results.push(...(await attempt('clients', () => checkClients(api, ids, signal))));
  for (const name of namesToCheck(api)) {
    results.push(...(await attempt(`name.${name.id}`, () => checkName(api, name, signal))));
  }
  if (ids.length > 0) {
    results.push(...(await attempt('native-agreements', () => nativeBlocks(api, ids, signal))));
  }
  if (api.config.billing.invoiceRoute === 'agreement') {
    for (const id of ids) {
      const name = `name.agreement.${id}`;
      results.push(...(await attempt(name, () => checkAgreement(api, id, signal))));
    }
  }
  for (const fact of writtenFacts(api)) results.push(await factResult(api.context, fact));
  return results;
}

async function checkCredentials(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  const list = { path: '/company/companies', fields: 'id', pageSize: 1 };
  for await (const _ of api.pages(list, signal)) break;
  const { baseUrl, companyId } = api.config;
  return [{ id: 'auth', status: 'ok', detail: `Signed in at ${baseUrl} as ${companyId}.` }];
}

const SystemInfo = z.object({ version: z.string() });

/** Not in the vendor's published documents, so its absence is only told. */
async function readVersion(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  try {
    const { version } = await api.get('/system/info', '', SystemInfo, signal);
    return [{ id: 'system', status: 'ok', detail: `ConnectWise PSA ${version}.` }];
  } catch (error) {
    if (!isKindError(error, 'rejected', 'contract', 'permission')) throw error;
    const fix = 'Nothing depends on it; let the API member inquire into System > API if you like.';
    return [{ id: 'system', status: 'warning', detail: describeError(error), fix }];
  }
}

const RowWithInfo = z.object({
  id: z.int(),
  _info: z.object({ lastUpdated: z.string() }).optional(),
});

async function checkResource(
  api: Api,
  resource: (typeof resources)[number],
  ids: readonly string[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const id = `permission.${resource.id}`;
  const { path, noun, module } = resource;
  const conditions = isOneOf(resource.companyField, ids.slice(0, 50));
  const list = { path, fields: 'id,_info', pageSize: 1, ...(ids.length > 0 && { conditions }) };
  for await (const { rows } of api.pages(list, signal)) {
    const row = RowWithInfo.safeParse(rows[0]);
    if (rows.length === 0) {
      const detail = `${noun} can be read; the configured clients have none yet.`;
      return [{ id, status: 'ok', detail }];
    }
    if (row.success && row.data._info !== undefined) break;
    const detail = `${noun} come without _info, so their changes cannot be followed.`;
    const fix = `Give the API member’s security role "All" for Inquire on ${module}.`;
    return [{ id, status: 'failed', detail, fix }];
  }
  return [{ id, status: 'ok', detail: `${noun} can be read, with the time of their last change.` }];
}

const Client = z.object({ id: z.int(), name: z.string(), deletedFlag: z.boolean().nullish() });

async function checkClients(
  api: Api,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const found = new Map<string, z.infer<typeof Client>>();
  for (const chunk of splitIds(ids, 400)) {
    const conditions = isOneOf('id', chunk);
    const list = { path: '/company/companies', fields: 'id,name,deletedFlag', conditions };
    for (const row of await readAll(api, list, Client, signal)) found.set(String(row.id), row);
  }
  const faults = ids.flatMap((id): CheckResult[] => {
    const client = found.get(id);
    if (client !== undefined && client.deletedFlag !== true) return [];
    const detail =
      client === undefined
        ? `ConnectWise shows no company ${id}.`
        : `Company ${id} (${client.name}) is deleted in ConnectWise.`;
    const fix = 'Correct the client’s id in the config, or the API member’s access to companies.';
    return [{ id: `client.${id}`, status: 'failed', detail, fix }];
  });
  if (faults.length > 0) return faults;
  return [{ id: 'clients', status: 'ok', detail: `All ${ids.length} configured clients exist.` }];
}

interface NameToCheck {
  id: string;
  kind: NameKind;
  name: string;
  /** Board that a type or status belongs to. */
  board?: string;
}

function namesToCheck(api: Api): NameToCheck[] {
  const { alerts, billing } = api.config;
  const names: (Omit<NameToCheck, 'name'> & { name: string | undefined })[] = [
    { id: 'alerts.board', kind: 'board', name: alerts.board },
    { id: 'alerts.type', kind: 'type', name: alerts.type, board: alerts.board },
    { id: 'alerts.status', kind: 'status', name: alerts.status, board: alerts.board },
    { id: 'billing.product', kind: 'product', name: billing.product },
    { id: 'billing.board', kind: 'board', name: billing.board },
    { id: 'billing.department', kind: 'department', name: billing.department },
  ];
  return names.flatMap(({ name, ...rest }) => (name === undefined ? [] : [{ ...rest, name }]));
}

async function checkName(
  api: Api,
  { id, kind, name, board }: NameToCheck,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const boardId = board === undefined ? '' : await idOfName(api, 'board', board, signal);
  const found = await lookUpName(api, kind, name, signal, boardId);
  return [{ id: `name.${id}`, status: 'ok', detail: `${kind} "${name}" is number ${found}.` }];
}

async function checkAgreement(
  api: Api,
  clientId: string,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const { name } = await topUpAgreement(api, clientId, signal);
  const id = `name.agreement.${clientId}`;
  return [{ id, status: 'ok', detail: `Company ${clientId} is topped up on "${name}".` }];
}

/** Facts that only writing settles, of the steps that this config uses. */
function writtenFacts(api: Api): FactId[] {
  const routes = {
    invoice: ['conditions-reference', 'conditions-integration-xref', 'product-on-invoice'],
    'ticket-product': ['conditions-integration-xref', 'product-on-ticket'],
    agreement: ['adjustment-hours', 'recap-hours'],
  } as const;
  const route = routes[api.config.billing.invoiceRoute];
  return ['conditions-external-xref', 'note-flags', 'custom-fields', ...route];
}
