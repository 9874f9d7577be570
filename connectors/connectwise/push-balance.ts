/** Hours left, in a custom field of the company. */
import { z } from 'zod';
import type { Push } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import type { Api } from './api.ts';
import { companyNumbers } from './conditions.ts';
import { refuseIfFalse, verifyFact } from './facts.ts';

/** A field as it came, all of it: it goes back whole. */
export const CustomField = z.looseObject({
  id: z.int(),
  caption: z.string(),
  type: z.string().nullish(),
  value: z.unknown().optional(),
});
export type CustomField = z.infer<typeof CustomField>;

const Company = z.object({ customFields: z.array(CustomField).nullish() });

export function createBalancePush(api: Api): Push<'balance-field'> {
  return {
    async find({ clientId, field, hoursText }, signal) {
      const fields = await readCustomFields(api, clientId, signal);
      return isShown(fieldNamed(fields, field), hoursText) ? { remoteId: clientId } : null;
    },
    async create({ clientId, field, hoursText }, signal) {
      await refuseIfFalse(api.context, 'custom-fields');
      const before = await readCustomFields(api, clientId, signal);
      const target = fieldNamed(before, field);
      const value = valueFor(target, hoursText);
      const wanted = before.map((entry) => (entry === target ? { ...entry, value } : entry));
      const after = await writeCustomFields(api, clientId, { before, wanted }, signal);
      if (!isShown(fieldNamed(after, field), hoursText)) {
        throw new KindError(
          'rejected',
          `Company ${clientId} does not show "${field}" as written.`,
          {
            fix: 'Let the API member’s security role edit company custom fields.',
          },
        );
      }
      return { remoteId: clientId };
    },
  };
}

export async function readCustomFields(
  api: Api,
  clientId: string,
  signal: AbortSignal,
): Promise<CustomField[]> {
  const path = `/company/companies/${companyNumbers([clientId])[0]}`;
  return (await api.get(path, 'id,customFields', Company, signal)).customFields ?? [];
}

/**
 * Sends ALL fields, since those that a PATCH does not carry are said to be emptied, and reads them
 * back. Throws `config` when another field than the intended one changed.
 */
export async function writeCustomFields(
  api: Api,
  clientId: string,
  { before, wanted }: { before: readonly CustomField[]; wanted: readonly CustomField[] },
  signal: AbortSignal,
): Promise<CustomField[]> {
  const path = `/company/companies/${companyNumbers([clientId])[0]}`;
  const value = wanted.map(toWire);
  await api.patch(path, [{ op: 'replace', path: 'customFields', value }], signal);
  const after = await readCustomFields(api, clientId, signal);
  const touched = new Set(
    wanted
      .filter(
        (field) =>
          !isSame(
            field,
            before.find(({ id }) => id === field.id),
          ),
      )
      .map(({ id }) => id),
  );
  const lost = before.filter(
    (field) =>
      !touched.has(field.id) &&
      !isSame(
        field,
        after.find(({ id }) => id === field.id),
      ),
  );
  await verifyFact(api.context, 'custom-fields', lost.length === 0);
  if (lost.length === 0) return after;
  const names = lost.map((field) => `${field.caption} (was ${JSON.stringify(field.value)})`);
  throw new KindError('config', `Writing one custom field changed others: ${names.join(', ')}.`, {
    fix: `Restore them on company ${clientId}. No balance is written there any more.`,
  });
}

function fieldNamed(fields: readonly CustomField[], caption: string): CustomField {
  const found = fields.find((field) => field.caption === caption);
  const captions = fields.map((field) => field.caption).join(', ');
  if (found === undefined) {
    throw new KindError('config', `Companies in ConnectWise have no custom field "${caption}".`, {
      fix: `Add it as a Text or Number field, or name one of: ${captions || 'none are there'}.`,
    });
  }
  if (found.type !== 'Text' && found.type !== 'Number' && found.type !== 'TextArea') {
    throw new KindError('config', `The custom field "${caption}" is of type ${found.type}.`, {
      fix: 'The balance needs a Text or Number field.',
    });
  }
  return found;
}

/** Throws `rejected` for a text in a field of type Number. */
function valueFor({ caption, type }: CustomField, hoursText: string): string | number {
  if (type !== 'Number') return hoursText;
  const value = Number(hoursText);
  if (Number.isFinite(value)) return value;
  throw new KindError('rejected', `The Number field "${caption}" cannot show ${hoursText}.`, {
    fix: 'Make it a Text field, which shows each kind of hours, and money.',
  });
}

/** `7.50` and 7.5 are the same balance. */
function isShown(field: CustomField, hoursText: string): boolean {
  const { value } = field;
  if (value === null || value === undefined || value === '') return false;
  return field.type === 'Number' ? Number(value) === Number(hoursText) : value === hoursText;
}

const numericTypes = ['Number', 'Currency', 'Percent'];

/** Decimals arrive as text and must leave as the numbers they were. */
function toWire(field: CustomField): CustomField {
  const isNumber = numericTypes.includes(field.type ?? '') && typeof field.value === 'string';
  return isNumber && field.value !== '' ? { ...field, value: Number(field.value) } : field;
}

function isSame(a: CustomField, b: CustomField | undefined): boolean {
  const text = (field: CustomField | undefined) => String(toWire(field ?? a).value ?? '');
  return b !== undefined && text(a) === text(b);
}
