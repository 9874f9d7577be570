/** The hours left, in a custom field of the client. */
import type {
  ConnectorContext,
  Push,
  PushMessages,
  SourceId,
} from '../../../src/contract/connector.ts';
import { KindError } from '../../../src/domain/errors.ts';
import { isSameValue } from '../../http/answers/wire.ts';
import type { OpenCall } from '../call.ts';
import type { FactBook } from '../checking/facts.ts';
import type { Recent } from './recent.ts';

type Balance = PushMessages['balance-field'];

/** A custom field of one client, under the name that the API has for it. */
export interface ClientField {
  /** Distinguishes fields with the same name. */
  id?: number;
  name: string;
  /** Label shown to people, if different. */
  label?: string | null | undefined;
  value?: unknown;
}

export interface ClientFields<C, Field extends ClientField, Id extends string> {
  /** `customer` */
  noun: string;
  product: string;
  /** Writing one field leaves the others unchanged. */
  fact: Id;
  /** Further facts that must not be false. */
  needs?: readonly Id[];
  read(call: C, clientId: SourceId): Promise<readonly Field[]>;
  /**
   * Writes the one field; `before`: all current fields, for a vendor that wants all of them sent. Returns all fields if
   * the response shows them: once the fact is verified, they are not read back.
   */
  write(
    call: C,
    clientId: SourceId,
    change: FieldChange<Field>,
  ): Promise<void> | Promise<readonly Field[] | null>;
  /** The fact covers more than the other fields: `write` verifies it and throws if it is false. */
  verifiesFact?: true;
  /** Names of fields that a client shows only once they are filled in. */
  hidden?(call: C): Promise<readonly Field[]>;
  /** The value to write for the text; throws for a field that cannot hold it. Default: the text. */
  valueFor?(field: Field, hoursText: string): unknown;
  /** What identifies a written balance. Default: the client's ID and the field's name. */
  remoteId?(clientId: SourceId, field: Field): SourceId;
  /** Required field type and permission. */
  writableFix: string;
}

interface FieldChange<Field> {
  before: readonly Field[];
  target: Field;
  value: unknown;
}

export function balancePush<
  C extends { context: ConnectorContext; recent: Recent },
  Field extends ClientField,
  Id extends string,
>(
  book: FactBook<Id>,
  fields: ClientFields<C, Field, Id>,
): (open: OpenCall<C>) => Push<'balance-field'> {
  const idOf = (clientId: SourceId, field: Field): SourceId =>
    fields.remoteId?.(clientId, field) ?? `${clientId}.${field.name}`;
  return (open) => ({
    async find({ key, clientId, field, hoursText }, signal) {
      const call = open(signal);
      const atMs = call.context.now();
      const shown = await fields.read(call, clientId);
      call.recent.keep(key, 'fields', shown, atMs);
      // A field that is not shown is empty: no other list is needed.
      if (fields.hidden !== undefined && !shown.some((one) => isNamed(one, field))) return null;
      const target = await findField(fields, call, shown, field);
      return isSameValue(target.value, hoursText) ? { remoteId: idOf(clientId, target) } : null;
    },
    async create({ key, clientId, field, hoursText }, signal) {
      const call = open(signal);
      await book.refuseIfFalse(call.context, ...(fields.needs ?? []), fields.fact);
      const known = call.recent.take<readonly Field[]>(key, 'fields');
      const before = known?.value ?? (await fields.read(call, clientId));
      const target = await findField(fields, call, before, field);
      const value = fields.valueFor?.(target, hoursText) ?? hoursText;
      const change = { before, target, value };
      const after = await writeField(fields, call, book, clientId, change);
      const shown = after.find((field) => isSameField(field, target))?.value;
      if (isSameValue(shown, hoursText)) return { remoteId: idOf(clientId, target) };
      throw notShown(fields, { clientId, field });
    },
  });
}

/** For a vendor that writes each field by itself, so that no other can be lost. */
export interface PlainFields<C> {
  noun: string;
  isShown(call: C, balance: Balance): Promise<boolean>;
  write(call: C, balance: Balance): Promise<unknown>;
  remoteId(balance: Balance): SourceId;
  writableFix: string;
}

export function plainBalancePush<C>(fields: PlainFields<C>) {
  return (open: OpenCall<C>): Push<'balance-field'> => ({
    find: async (balance, signal) =>
      (await fields.isShown(open(signal), balance)) ? { remoteId: fields.remoteId(balance) } : null,
    async create(balance, signal) {
      const call = open(signal);
      await fields.write(call, balance);
      if (await fields.isShown(call, balance)) return { remoteId: fields.remoteId(balance) };
      throw notShown(fields, balance);
    },
  });
}

function notShown(
  { noun, writableFix: fix }: Pick<PlainFields<unknown>, 'noun' | 'writableFix'>,
  { clientId, field }: Pick<Balance, 'clientId' | 'field'>,
): KindError {
  const message = `The ${noun} ${clientId} does not show "${field}" as written.`;
  return new KindError('rejected', message, { fix });
}

/** Writes the one field and checks them all. Throws `config` if another one changed. */
export async function writeField<
  C extends { context: ConnectorContext },
  Field extends ClientField,
  Id extends string,
>(
  fields: ClientFields<C, Field, Id>,
  call: C,
  { verifyFact, readFact }: FactBook<Id>,
  clientId: SourceId,
  change: FieldChange<Field>,
): Promise<readonly Field[]> {
  const { before, target, value } = change;
  const { fact } = fields;
  const isVerified = (await readFact(call.context, fact)) === 'yes';
  const answered = await fields.write(call, clientId, change);
  const after = isVerified && answered ? answered : await fields.read(call, clientId);
  const shownOf = (field: Field): unknown =>
    after.find((other) => isSameField(other, field))?.value;
  // Written back unchanged, the field itself must not change either.
  const mayChange = (field: Field): boolean =>
    isSameField(field, target) && !isSameValue(value, target.value);
  const lost = before.filter(
    (field) => !mayChange(field) && !isSameValue(shownOf(field), field.value),
  );
  if (lost.length > 0) await verifyFact(call.context, fact, false);
  else if (fields.verifiesFact !== true) await verifyFact(call.context, fact, true);
  if (lost.length === 0) return after;
  const names = lost.map((field) => `${field.name} (was ${JSON.stringify(field.value)})`);
  throw new KindError('config', `Writing one custom field changed others: ${names.join(', ')}.`, {
    fix: `Restore them on ${fields.noun} ${clientId}. No more balances are written there.`,
  });
}

function isSameField(one: ClientField, other: ClientField): boolean {
  return one.name === other.name && one.id === other.id;
}

/** By its label or its name. Throws `config` if there is none. */
async function findField<C, Field extends ClientField>(
  { noun, product, hidden }: ClientFields<C, Field, string>,
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
    fix: `Add it there, or use one of: ${[...known].join(', ') || 'none exist'}.`,
  });
}

function isNamed({ label, name }: ClientField, wanted: string): boolean {
  return label === wanted || name === wanted;
}
