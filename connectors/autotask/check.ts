/** Everything that reading can prove, in the order in which a person would mend it. */
import { z } from 'zod';
import type { CheckResult } from '../../src/contract/connector.ts';
import { Id } from '../http/wire.ts';
import { attemptsAt } from '../kit/checks.ts';
import { settleByReading } from './check-facts.ts';
import { nativeBlocks, salesContract } from './contracts.ts';
import { type FactId, factResult } from './facts.ts';
import { isAnyVisible, proveVisible, readAll } from './look-up.ts';
import { fieldNames } from './push-balance.ts';
import { billingCodeOf } from './push-invoice.ts';
import { noteType } from './push-note.ts';
import { companyNumbers, inChunks, isOneOf } from './query.ts';
import type { Rooms } from './rooms.ts';
import { FieldInfo } from './schema.ts';

export const attempt = attemptsAt('Autotask');

/** What is read, and whether every tenant has some of it, so that none means no right to see it. */
const lists = [
  { entity: 'Companies', isNeverEmpty: true },
  { entity: 'Tickets', isNeverEmpty: true },
  { entity: 'TimeEntries', isNeverEmpty: true },
  { entity: 'Resources', isNeverEmpty: true },
  { entity: 'Roles', isNeverEmpty: true },
  { entity: 'BillingCodes', isNeverEmpty: true },
  { entity: 'Contracts', isNeverEmpty: false },
  { entity: 'ContractBlocks', isNeverEmpty: false },
  { entity: 'ContractCharges', isNeverEmpty: false },
  { entity: 'Invoices', isNeverEmpty: false },
  { entity: 'BillingItems', isNeverEmpty: false },
  { entity: 'Tasks', isNeverEmpty: false },
  { entity: 'Projects', isNeverEmpty: false },
  { entity: 'DeletedTicketActivityLogs', isNeverEmpty: false },
  { entity: 'DeletedTicketLogs', isNeverEmpty: false },
] as const;

export async function checkConnection(
  rooms: Rooms,
  clientIds: readonly string[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const { api } = rooms;
  const auth = await attempt('auth', () => checkCredentials(rooms, signal));
  if (auth.some((result) => result.status === 'failed')) return auth;
  const results = [...auth];
  const ids = clientIds.length === 0 ? [] : companyNumbers(clientIds);
  for (const list of lists) {
    const id = `permission.${list.entity}`;
    results.push(...(await attempt(id, () => checkList(rooms, list, signal))));
  }
  if (results.every((result) => result.status !== 'failed')) {
    results.push(...(await attempt('facts', () => settleByReading(rooms, ids, signal))));
  }
  results.push(...(await attempt('clients', () => checkClients(rooms, ids, signal))));
  results.push(...(await checkNames(rooms, ids, signal)));
  if (ids.length > 0) {
    results.push(...(await attempt('native-contracts', () => nativeBlocks(rooms, ids, signal))));
  }
  for (const fact of writtenFacts(rooms)) results.push(await factResult(api.context, fact));
  return results;
}

const Version = z.object({ fields: z.array(FieldInfo) });

async function checkCredentials({ api }: Rooms, signal: AbortSignal): Promise<CheckResult[]> {
  await api.get('Tickets/entityInformation/fields', Version, signal);
  const detail = `Signed in as ${api.config.username}.`;
  return [{ id: 'auth', status: 'ok', detail }];
}

async function checkList(
  { api }: Rooms,
  { entity, isNeverEmpty }: (typeof lists)[number],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const id = `permission.${entity}`;
  if (isNeverEmpty) await proveVisible(api, entity, signal);
  if (isNeverEmpty || (await isAnyVisible(api, entity, signal))) {
    return [{ id, status: 'ok', detail: `${entity} can be read.` }];
  }
  return [
    {
      id,
      status: 'warning',
      detail: `Autotask shows no ${entity}: there are none, or the API user may not see them.`,
      fix: `If there are some, let the API user’s security level see ${entity}.`,
    },
  ];
}

const Client = z.object({ id: Id, companyName: z.string(), isActive: z.boolean().nullish() });

async function checkClients(
  { api }: Rooms,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const found = new Map<string, z.infer<typeof Client>>();
  for (const chunk of inChunks(ids)) {
    const fields = ['id', 'companyName', 'isActive'];
    const query = { entity: 'Companies', filter: [isOneOf('id', chunk)], fields };
    for (const row of await readAll(api, query, Client, signal)) found.set(row.id, row);
  }
  const faults = ids.flatMap((id): CheckResult[] => {
    const client = found.get(id);
    if (client !== undefined && client.isActive !== false) return [];
    const detail =
      client === undefined
        ? `Autotask shows no company ${id}.`
        : `Company ${id} (${client.companyName}) is inactive in Autotask.`;
    const fix = 'Correct the client’s id in the config, or the API user’s access to companies.';
    return [{ id: `client.${id}`, status: 'failed', detail, fix }];
  });
  if (faults.length > 0) return faults;
  return [{ id: 'clients', status: 'ok', detail: `All ${ids.length} configured clients exist.` }];
}

/** Each name that the config uses, looked up as the step that needs it would. */
async function checkNames(
  rooms: Rooms,
  clientIds: readonly string[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const { alerts, billing, notes, closedStatuses } = rooms.api.config;
  const { directory } = rooms;
  const picklist = (entity: string, field: string, label: string) => async () =>
    `${label} is number ${await directory.valueOf(entity, field, label, signal)}`;
  const names: [id: string, lookUp: () => Promise<string>][] = [
    ...closedStatuses.map((status): [string, () => Promise<string>] => [
      `closedStatuses.${status}`,
      picklist('Tickets', 'status', status),
    ]),
    ['notes.client', picklist('TicketNotes', 'publish', notes.client)],
    ['notes.internal', picklist('TicketNotes', 'publish', notes.internal)],
    ['notes.type', async () => `Notes are of type ${await noteType(rooms, signal)}`],
  ];
  if (alerts !== undefined) {
    names.push(
      ['alerts.queue', picklist('Tickets', 'queueID', alerts.queue)],
      ['alerts.priority', picklist('Tickets', 'priority', alerts.priority)],
      ['alerts.status', picklist('Tickets', 'status', alerts.status)],
    );
  }
  if (billing !== undefined) {
    names.push([
      'billing.chargeType',
      picklist('ContractCharges', 'chargeType', billing.chargeType),
    ]);
    if (billing.billingCode !== undefined) {
      const sale = { product: billing.billingCode, offer: 'any' };
      names.push([
        'billing.billingCode',
        async () => `Sales go by billing code ${await billingCodeOf(rooms, sale, signal)}`,
      ]);
    }
    for (const id of clientIds) {
      const lookUp = async () => `"${(await salesContract(rooms, id, signal)).name}" takes sales`;
      names.push([`billing.contract.${id}`, lookUp]);
    }
  }
  const results: CheckResult[] = [];
  for (const [name, lookUp] of names) {
    const id = `name.${name}`;
    const found = async (): Promise<CheckResult[]> => [
      { id, status: 'ok', detail: `${await lookUp()}.` },
    ];
    const looked = await attempt(id, found);
    // Notes have names of our guessing; a connection that writes none need not have them.
    const isGuessed = name.startsWith('notes.');
    const soften = (result: CheckResult): CheckResult =>
      result.status === 'failed' && isGuessed ? { ...result, status: 'warning' } : result;
    results.push(...looked.map(soften));
  }
  if (alerts !== undefined) {
    results.push(...(await attempt('ticket-fields', () => checkTicketFields(rooms, signal))));
  }
  return results;
}

const written = ['companyid', 'title', 'queueid', 'priority', 'status', 'id', 'ticketnumber'];

/** Tenants make more fields of a ticket compulsory; better told here than by a refused alert. */
async function checkTicketFields(
  { api, directory }: Rooms,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const { keyField, dueInDays } = api.config.alerts ?? {};
  const results: CheckResult[] = [];
  const required = (await directory.fields('Tickets', signal)).filter(
    ({ name, isRequired }) => isRequired === true && !written.includes(name.toLowerCase()),
  );
  const lacking = required.filter(
    ({ name }) => name.toLowerCase() !== 'duedatetime' || dueInDays === undefined,
  );
  if (lacking.length > 0) {
    const fields = lacking.map(({ name }) => name).join(', ');
    results.push({
      id: 'ticket-fields',
      status: 'warning',
      detail: `New tickets may need ${fields}, which alert tickets do not fill in.`,
      fix: 'Run check --probe; set alerts.dueInDays for dueDateTime, or make the field optional.',
    });
  }
  if (keyField === undefined) return results;
  const names = await fieldNames(api, 'Tickets', signal);
  const id = 'name.alerts.keyField';
  if (names.includes(keyField)) {
    return [...results, { id, status: 'ok', detail: `Tickets have the field "${keyField}".` }];
  }
  const fix = `Add it as a text field, or name one of: ${names.join(', ') || 'none are there'}.`;
  const detail = `Tickets have no user-defined field "${keyField}".`;
  return [...results, { id, status: 'failed', detail, fix }];
}

/** Facts that only writing settles, of the steps that this config uses. */
function writtenFacts({ api }: Rooms): FactId[] {
  const { alerts, billing } = api.config;
  return [
    ...(alerts === undefined ? [] : (['ticket-key-kept', 'ticket-key-found'] as const)),
    'note-publish',
    'company-fields',
    ...(billing === undefined ? [] : (['charge-key'] as const)),
    ...(billing?.nativeBlock === true ? (['block-key'] as const) : []),
  ];
}
