/** The hours left, in a custom field of the client. */
import type { ConnectorContext, Push, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { isSameValue } from '../http/wire.ts';
import type { OpenCall } from './call.ts';
import type { FactBook } from './facts.ts';

/** A custom field of one client, under the name that the API has for it. */
export interface ClientField {
  name: string;
  /** What people see, where that differs. */
  label?: string | null | undefined;
  value?: unknown;
}

export interface ClientFields<C, Field extends ClientField> {
  /** `customer` */
  noun: string;
  product: string;
  read(call: C, clientId: SourceId): Promise<readonly Field[]>;
  /** Writes the one field; `before`: all that the client had, for a vendor that wants them all sent. */
  write(call: C, clientId: SourceId, change: FieldChange<Field>): Promise<void>;
  /** Fields that a client shows only once they are filled in, by name. */
  hidden?(call: C): Promise<readonly Field[]>;
  /** Which kind of field it must be, and who may edit it. */
  writableFix: string;
}

export interface FieldChange<Field> {
  before: readonly Field[];
  target: Field;
  value: unknown;
}

/** `fact`: that writing one field leaves the others as they were. */
export function balancePush<
  C extends { context: ConnectorContext },
  Field extends ClientField,
  Id extends string,
>(
  open: OpenCall<C>,
  book: FactBook<Id>,
  fact: Id,
  fields: ClientFields<C, Field>,
): Push<'balance-field'> {
  return {
    async find({ clientId, field, hoursText }, signal) {
      const call = open(signal);
      const shown = await fields.read(call, clientId);
      // One that is not shown is not filled in: no other list need be asked.
      if (fields.hidden !== undefined && !shown.some((one) => isNamed(one, field))) return null;
      const target = await findField(fields, call, shown, field);
      const remoteId = `${clientId}.${target.name}`;
      return isSameValue(target.value, hoursText) ? { remoteId } : null;
    },
    async create({ clientId, field, hoursText }, signal) {
      const call = open(signal);
      await book.refuseIfFalse(call.context, fact);
      const before = await fields.read(call, clientId);
      const target = await findField(fields, call, before, field);
      const change = { before, target, value: hoursText };
      const after = await writeField(fields, call, book, fact, clientId, change);
      const shown = after.find(({ name }) => name === target.name)?.value;
      if (isSameValue(shown, hoursText)) return { remoteId: `${clientId}.${target.name}` };
      const { noun, writableFix: fix } = fields;
      throw new KindError(
        'rejected',
        `The ${noun} ${clientId} does not show "${field}" as written.`,
        { fix },
      );
    },
  };
}

/** Writes the one field and reads all back. Throws `config` when another changed with it. */
export async function writeField<
  C extends { context: ConnectorContext },
  Field extends ClientField,
  Id extends string,
>(
  fields: ClientFields<C, Field>,
  call: C,
  { verifyFact }: FactBook<Id>,
  fact: Id,
  clientId: SourceId,
  change: FieldChange<Field>,
): Promise<readonly Field[]> {
  const { before, target } = change;
  await fields.write(call, clientId, change);
  const after = await fields.read(call, clientId);
  const shownOf = (field: Field): unknown => after.find(({ name }) => name === field.name)?.value;
  const lost = before.filter(
    (field) => field.name !== target.name && !isSameValue(shownOf(field), field.value),
  );
  await verifyFact(call.context, fact, lost.length === 0);
  if (lost.length === 0) return after;
  const names = lost.map(({ name, value }) => `${name} (was ${JSON.stringify(value)})`);
  throw new KindError('config', `Writing one custom field changed others: ${names.join(', ')}.`, {
    fix: `Restore them on ${fields.noun} ${clientId}. No balance is written there any more.`,
  });
}

/** By its label or its name. Throws `config` where there is none. */
async function findField<C, Field extends ClientField>(
  { noun, product, hidden }: ClientFields<C, Field>,
  call: C,
  shown: readonly Field[],
  wanted: string,
): Promise<Field> {
  const isIt = (field: Field): boolean => isNamed(field, wanted);
  const found = shown.find(isIt);
  if (found !== undefined) return found;
  const others = (await hidden?.(call)) ?? [];
  const other = others.find(isIt);
  if (other !== undefined) return other;
  const known = new Set([...shown, ...others].map(({ label, name }) => label ?? name));
  throw new KindError('config', `A ${noun} in ${product} has no custom field "${wanted}".`, {
    fix: `Add it there, or name one of: ${[...known].join(', ') || 'none are there'}.`,
  });
}

function isNamed({ label, name }: ClientField, wanted: string): boolean {
  return label === wanted || name === wanted;
}
