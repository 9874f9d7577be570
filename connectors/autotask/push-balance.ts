/** Hours left, in a user-defined field of the company. */
import { z } from 'zod';
import type { Push } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import type { Api } from './api.ts';
import { refuseIfFalse, verifyFact } from './facts.ts';
import { companyNumbers } from './query.ts';
import type { Rooms } from './rooms.ts';
import { UserDefinedFields } from './schema.ts';

type Values = ReadonlyMap<string, unknown>;

const FieldNames = z.object({ fields: z.array(z.object({ name: z.string() })) });

export function createBalancePush({ api }: Rooms): Push<'balance-field'> {
  return {
    async find({ clientId, field, hoursText }, signal) {
      const values = await readFields(api, clientId, signal);
      return isShown(values.get(field), hoursText) ? { remoteId: clientId } : null;
    },
    async create({ clientId, field, hoursText }, signal) {
      await refuseIfFalse(api.context, 'company-fields');
      await refuseUnknown(api, field, signal);
      const after = await writeField(api, { clientId, field, value: hoursText }, signal);
      if (isShown(after.get(field), hoursText)) return { remoteId: clientId };
      throw new KindError('rejected', `Company ${clientId} does not show "${field}" as written.`, {
        fix: 'Let the API user’s security level edit companies; the field must be text or a number with two decimals.',
      });
    },
  };
}

export async function readFields(api: Api, clientId: string, signal: AbortSignal): Promise<Values> {
  const [id = ''] = companyNumbers([clientId]);
  const company = await api.item('Companies', id, UserDefinedFields, signal);
  if (company !== null) {
    return new Map((company.userDefinedFields ?? []).map(({ name, value }) => [name, value]));
  }
  throw new KindError('permission', `Autotask shows this API user no company ${id}.`, {
    fix: 'Correct the client’s id in the config, or the API user’s access to companies.',
  });
}

export async function fieldNames(
  api: Api,
  entity: 'Companies' | 'Tickets',
  signal: AbortSignal,
): Promise<string[]> {
  const path = `${entity}/entityInformation/userDefinedFields`;
  return (await api.get(path, FieldNames, signal)).fields.map(({ name }) => name);
}

async function refuseUnknown(api: Api, field: string, signal: AbortSignal): Promise<void> {
  const names = await fieldNames(api, 'Companies', signal);
  if (names.includes(field)) return;
  throw new KindError('config', `Companies in Autotask have no user-defined field "${field}".`, {
    fix: `Add it as a text or number field, or name one of: ${names.join(', ') || 'none are there'}.`,
  });
}

/** Writes the one field, and reads back whether the others are as they were. */
export async function writeField(
  api: Api,
  { clientId, field, value }: { clientId: string; field: string; value: unknown },
  signal: AbortSignal,
): Promise<Values> {
  const before = await readFields(api, clientId, signal);
  const [id = ''] = companyNumbers([clientId]);
  const body = { id: Number(id), userDefinedFields: [{ name: field, value }] };
  await api.patch('Companies', body, signal);
  const after = await readFields(api, clientId, signal);
  const lost = [...before].filter(
    ([name, was]) => name !== field && String(after.get(name) ?? '') !== String(was ?? ''),
  );
  await verifyFact(api.context, 'company-fields', lost.length === 0);
  if (lost.length === 0) return after;
  const names = lost.map(([name, was]) => `${name} (was ${JSON.stringify(was)})`).join(', ');
  throw new KindError('config', `Writing one user-defined field changed others: ${names}.`, {
    fix: `Restore them on company ${clientId}. No balance is written there any more.`,
  });
}

/** `7.50` and 7.5 are the same balance. */
function isShown(value: unknown, hoursText: string): boolean {
  if (value === null || value === undefined || value === '') return false;
  return value === hoursText || Number(value) === Number(hoursText);
}
