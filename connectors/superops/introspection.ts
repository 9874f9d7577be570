/**
 * The tenant's own schema, since none is public: it is checked for what each step's operations need before the step
 * runs. https://spec.graphql.org/October2021/#sec-Introspection
 */
import { z } from 'zod';
import type { CheckResult } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { okResult, warningResult } from '../kit/checking/checks.ts';
import { runWhole, type SuperOps } from './call.ts';
import { type Operation, operations } from './documents.ts';
import { type FactId, facts } from './facts.ts';

type SchemaFact = Extract<FactId, `schema-${string}`>;

const { clientList, ticketList, oneTicket, itemList, invoiceList, oneInvoice } = operations;
const { createTicketNote, noteList, updateClient, oneClient } = operations;

const steps: Readonly<Record<SchemaFact, readonly Operation[]>> = {
  'schema-clients': [clientList],
  'schema-tickets': [ticketList, oneTicket],
  'schema-time': [itemList],
  'schema-invoices': [invoiceList, oneInvoice],
  'schema-alert': [operations.createTicket],
  'schema-close': [operations.updateTicket],
  'schema-note': [createTicketNote, noteList],
  'schema-sale': [operations.createInvoice],
  'schema-fields': [updateClient, oneClient],
};

const needed = Object.values(steps).flatMap((ofStep) => ofStep.map(({ needs }) => needs));
const typeNames = [...new Set(needed.flatMap((needs) => Object.keys(needs)))];

const members = 'fields { name } inputFields { name defaultValue type { kind } }';

const introspection: Operation = {
  name: 'Introspection',
  kind: 'query',
  text: `query Introspection { __schema { queryType { fields { name } } mutationType { fields { name } } } ${typeNames
    .map((name) => `${name}: __type(name: "${name}") { ${members} }`)
    .join(' ')} }`,
  needs: {},
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
  .catchall(z.unknown())
  .transform(({ __schema: { queryType, mutationType }, ...types }) => ({
    operations: new Set([...queryType.fields, ...mutationType.fields].map(({ name }) => name)),
    typeOf: (name: string) => Type.parse(types[name] ?? null),
  }));
type Schema = z.infer<typeof Schema>;

/** Verifies facts by the schema. Returns whether it is visible, and the state of each step with missing members. */
export async function checkSchema(ops: SuperOps): Promise<[CheckResult, ...CheckResult[]]> {
  const schema = await readSchema(ops);
  const results: CheckResult[] = [];
  for (const [fact, ofStep] of Object.entries(steps) as [SchemaFact, readonly Operation[]][]) {
    if (fact === 'schema-sale' && ops.config.billing.route !== 'invoice') continue;
    const missing = schema === null ? null : missingOf(schema, ofStep);
    if (missing !== null) await facts.verifyFact(ops.context, fact, missing.length === 0);
    const result = await facts.factResult(ops.context, fact);
    const lack = missing?.length ? ` It lacks: ${missing.join(', ')}.` : '';
    results.push({ ...result, detail: result.detail + lack });
  }
  const id = 'introspection';
  if (schema !== null) return [okResult(id, 'The tenant shows its schema.'), ...results];
  const fix = 'Nothing to do: it refuses unknown fields, and then nothing is written.';
  return [warningResult(id, 'The tenant does not show its schema.', fix), ...results];
}

/** Null: the tenant does not allow introspection. */
async function readSchema(ops: SuperOps): Promise<Schema | null> {
  try {
    return (await runWhole(ops, introspection, {}, Schema)).data;
  } catch (error) {
    // A 400 is not a wrong subdomain here: the list of clients could be read.
    if (isKindError(error, 'permission', 'contract', 'rejected', 'config')) return null;
    throw error;
  }
}

/** Null: a type has another name there, so nothing can be verified. */
function missingOf(schema: Schema, needed: readonly Operation[]): string[] | null {
  const missing = needed.map(({ name }) => name).filter((name) => !schema.operations.has(name));
  let isComplete = true;
  for (const [name, wanted] of needed.flatMap(({ needs }) => Object.entries(needs))) {
    const type = schema.typeOf(name);
    if (type === null) {
      isComplete = false;
      continue;
    }
    const { fields, inputFields } = type;
    const known = new Set([...(fields ?? []), ...(inputFields ?? [])].map((one) => one.name));
    missing.push(...wanted.filter((member) => !known.has(member)).map((one) => `${name}.${one}`));
    if (!name.startsWith('Create')) continue;
    const isDemanded = ({ type, defaultValue }: z.infer<typeof InputField>): boolean =>
      type.kind === 'NON_NULL' && defaultValue == null;
    const unsent = (inputFields ?? []).filter(
      (field) => isDemanded(field) && !wanted.includes(field.name),
    );
    missing.push(...unsent.map((field) => `a way without ${name}.${field.name}`));
  }
  return missing.length > 0 || isComplete ? [...new Set(missing)] : null;
}
