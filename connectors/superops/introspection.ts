/**
 * The tenant's own schema, since none is public: each step's operations, fields and inputs are looked for
 * in it before the step relies on them. https://spec.graphql.org/October2021/#sec-Introspection
 */
import { z } from 'zod';
import type { CheckResult } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import type { Api } from './api.ts';
import { type FactId, factResult, verifyFact } from './facts.ts';
import type { Operation } from './graphql.ts';

export type SchemaFact = Extract<FactId, `schema-${string}`>;

interface Need {
  operations: readonly string[];
  /** Members by type. A type that goes by another name there tells nothing. */
  types: Readonly<Record<string, readonly string[]>>;
}

const listInput = { ListInfoInput: ['page', 'pageSize', 'sort'] };
const ticket = ['ticketId', 'displayId', 'subject', 'ticketType', 'client', 'techGroup', 'status'];
const item = ['itemId', 'billDate', 'serviceItem', 'client', 'workItem', 'technician', 'qty'];
const invoice = ['invoiceId', 'displayId', 'client', 'invoiceDate', 'statusEnum', 'totalAmount'];
const invoiceItem = { InvoiceItem: ['details', 'amount'] };

const needs: Readonly<Record<SchemaFact, Need>> = {
  'schema-clients': {
    operations: ['getClientList'],
    types: { ...listInput, Client: ['accountId', 'name'] },
  },
  'schema-tickets': {
    operations: ['getTicketList', 'getTicket'],
    types: { ...listInput, Ticket: [...ticket, 'createdTime', 'updatedTime'] },
  },
  'schema-time': {
    operations: ['getOfferedItems'],
    types: { ...listInput, OfferedItem: [...item, 'createdTime', 'updatedTime'] },
  },
  'schema-invoices': {
    operations: ['getInvoiceList', 'getInvoice'],
    types: { ...listInput, ...invoiceItem, Invoice: [...invoice, 'paymentDate', 'items'] },
  },
  'schema-alert': {
    operations: ['createTicket'],
    types: { CreateTicketInput: ['subject', 'client', 'source', 'status', 'description'] },
  },
  'schema-close': {
    operations: ['updateTicket'],
    types: { UpdateTicketInput: ['ticketId', 'status'] },
  },
  'schema-note': {
    operations: ['createTicketNote', 'getTicketNoteList'],
    types: {
      TicketNote: ['noteId', 'content', 'privacyType'],
      CreateTicketNoteInput: ['ticket', 'content', 'privacyType'],
    },
  },
  'schema-sale': {
    operations: ['createInvoice'],
    types: {
      ...invoiceItem,
      CreateInvoiceInput: ['client', 'statusEnum', 'invoiceDate', 'dueDate', 'addItems', 'title'],
    },
  },
  'schema-fields': {
    operations: ['updateClient', 'getClient'],
    types: { Client: ['customFields'], UpdateClientInput: ['accountId', 'customFields'] },
  },
};

const typeNames = [...new Set(Object.values(needs).flatMap(({ types }) => Object.keys(types)))];

const members = 'fields { name } inputFields { name defaultValue type { kind } }';

const introspection: Operation = {
  name: 'Introspection',
  kind: 'query',
  text: `query Introspection { __schema { queryType { fields { name } } mutationType { fields { name } } } ${typeNames
    .map((name) => `${name}: __type(name: "${name}") { ${members} }`)
    .join(' ')} }`,
};

const Named = z.object({ name: z.string() });
const Root = z.object({ fields: z.array(Named) });
const InputField = Named.extend({
  defaultValue: z.unknown(),
  type: z.object({ kind: z.string() }),
});
const Type = z
  .object({ fields: z.array(Named).nullish(), inputFields: z.array(InputField).nullish() })
  .nullable();
const Schema = z
  .object({ __schema: z.object({ queryType: Root, mutationType: Root }) })
  .catchall(z.unknown());

interface TenantSchema {
  operations: ReadonlySet<string>;
  type(name: string): z.infer<typeof Type>;
}

/** Settles what the schema tells, and says what it lacks. */
export async function checkSchema(
  api: Api,
  wanted: readonly SchemaFact[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const schema = await readSchema(api, signal);
  const results: CheckResult[] = [];
  if (schema === null) {
    results.push({
      id: 'introspection',
      status: 'warning',
      detail: 'The tenant does not show its schema.',
      fix: 'Nothing to do: what it does not understand it refuses, and nothing is written then.',
    });
  } else {
    results.push({ id: 'introspection', status: 'ok', detail: 'The tenant shows its schema.' });
    await rememberFlag(api, schema);
  }
  for (const fact of wanted) {
    const missing = schema === null ? null : missingOf(schema, needs[fact]);
    if (missing !== null) await verifyFact(api.context, fact, missing.length === 0);
    const result = await factResult(api.context, fact);
    const detail = missing?.length ? `${result.detail} It lacks: ${missing.join(', ')}.` : null;
    results.push(detail === null ? result : { ...result, detail });
  }
  return results;
}

/** Null: the tenant does not let us ask. */
async function readSchema(api: Api, signal: AbortSignal): Promise<TenantSchema | null> {
  try {
    const data = await api.send(introspection, {}, Schema, signal);
    const { queryType, mutationType } = data.__schema;
    return {
      operations: new Set([...queryType.fields, ...mutationType.fields].map(({ name }) => name)),
      type: (name) => Type.parse(data[name] ?? null),
    };
  } catch (error) {
    // A 400 is no wrong subdomain here: the list of clients was answered.
    if (isKindError(error, 'permission', 'contract', 'rejected', 'config')) return null;
    throw error;
  }
}

/** Null: a type goes by another name there, so that nothing can be said. */
function missingOf(schema: TenantSchema, { operations, types }: Need): string[] | null {
  const missing = operations.filter((name) => !schema.operations.has(name));
  let isComplete = true;
  for (const [name, wanted] of Object.entries(types)) {
    const type = schema.type(name);
    if (type === null) {
      isComplete = false;
      continue;
    }
    const known = new Set([...(type.fields ?? []), ...(type.inputFields ?? [])].map((m) => m.name));
    missing.push(...wanted.filter((member) => !known.has(member)).map((m) => `${name}.${m}`));
    if (!name.startsWith('Create')) continue;
    const demanded = (type.inputFields ?? []).filter(
      ({ type: { kind }, defaultValue }) => kind === 'NON_NULL' && defaultValue == null,
    );
    const unsent = demanded.filter((field) => !wanted.includes(field.name));
    missing.push(...unsent.map((field) => `a way without ${name}.${field.name}`));
  }
  return missing.length > 0 || isComplete ? missing : null;
}

const flagKey = 'items.billable';

/** Whether the items of this tenant say themselves if they are billable. */
async function rememberFlag(api: Api, schema: TenantSchema): Promise<void> {
  const fields = schema.type('OfferedItem')?.fields ?? [];
  const isShown = fields.some(({ name }) => name === 'billable');
  if (isShown) await api.context.memory.set(flagKey, 'yes');
  else await api.context.memory.delete(flagKey);
}

export async function showsBillable({ context }: Api): Promise<boolean> {
  return (await context.memory.get(flagKey)) === 'yes';
}
