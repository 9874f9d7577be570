/** The hours left, in a custom field of the customer. */
import { z } from 'zod';
import type { Push } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { isSameValue } from '../http/wire.ts';
import { type Api, clientNumbers } from './api.ts';
import { refuseIfFalse, verifyFact } from './facts.ts';
import { Customer, type CustomerWire, Settings } from './schema.ts';

type Fields = Readonly<Record<string, unknown>>;

export function createBalancePush(api: Api): Push<'balance-field'> {
  return {
    async find({ clientId, field, hoursText }, signal) {
      const { properties } = await readCustomer(api, clientId, signal);
      return isSameValue(properties?.[field], hoursText)
        ? { remoteId: `${clientId}.${field}` }
        : null;
    },
    async create({ clientId, field, hoursText }, signal) {
      await refuseIfFalse(api.context, 'client-fields');
      const before = (await readCustomer(api, clientId, signal)).properties ?? {};
      await refuseUnknownField(api, before, field, signal);
      const after = await writeField(api, clientId, { before, field, value: hoursText }, signal);
      if (isSameValue(after[field], hoursText)) return { remoteId: `${clientId}.${field}` };
      throw new KindError('rejected', `Customer ${clientId} does not show "${field}" as written.`, {
        fix: 'Make it a text field of customers in Syncro.',
      });
    },
  };
}

export async function readCustomer(
  api: Api,
  clientId: string,
  signal: AbortSignal,
): Promise<CustomerWire> {
  const path = `/customers/${clientNumbers([clientId])[0]}`;
  return (await api.get(path, Customer, signal)).customer;
}

/**
 * Writes the one field and reads all back. All are sent, since it is not documented whether those left
 * out are kept. Throws `config` when another changed with it.
 */
export async function writeField(
  api: Api,
  clientId: string,
  change: { before: Fields; field: string; value: unknown },
  signal: AbortSignal,
): Promise<Fields> {
  const { before, field, value } = change;
  const body = { properties: { ...before, [field]: value } };
  const path = `/customers/${clientNumbers([clientId])[0]}`;
  await api.write('PUT', path, body, z.unknown(), signal);
  const after = (await readCustomer(api, clientId, signal)).properties ?? {};
  const lost = Object.keys(before).filter(
    (name) => name !== field && !isSameValue(after[name], before[name]),
  );
  await verifyFact(api.context, 'client-fields', lost.length === 0);
  if (lost.length === 0) return after;
  const names = lost.map((name) => `${name} (was ${JSON.stringify(before[name])})`);
  throw new KindError('config', `Writing one custom field changed others: ${names.join(', ')}.`, {
    fix: `Restore them on customer ${clientId}. No balance is written there any more.`,
  });
}

/** Custom fields of customers that Syncro lists. */
export async function fieldNames(api: Api, signal: AbortSignal): Promise<string[]> {
  const { customers } = await api.get('/settings', Settings, signal);
  return (customers?.customer_fields ?? []).map(({ name }) => name);
}

/** A customer shows a field only once it was filled in; the settings know the others. */
async function refuseUnknownField(
  api: Api,
  shown: Fields,
  field: string,
  signal: AbortSignal,
): Promise<void> {
  if (field in shown) return;
  const names = await fieldNames(api, signal);
  if (names.includes(field)) return;
  throw new KindError('config', `Customers in Syncro have no custom field "${field}".`, {
    fix: `Add it to customers, or name one of: ${names.join(', ') || 'none are there'}.`,
  });
}
