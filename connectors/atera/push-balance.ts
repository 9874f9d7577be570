/** The hours left, in a custom field of the customer. */
import { z } from 'zod';
import type { Push, PushMessages } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { isSameValue } from '../http/wire.ts';
import type { Api } from './api.ts';
import { FieldValueWire } from './schema.ts';

type Balance = Pick<PushMessages['balance-field'], 'clientId' | 'field' | 'hoursText'>;

export function createBalancePush(api: Api): Push<'balance-field'> {
  return {
    async find(balance, signal) {
      return (await isShown(api, balance, signal)) ? deliveredAt(balance) : null;
    },
    async create(balance, signal) {
      await api.write('PUT', fieldPath(balance), { Value: balance.hoursText }, signal);
      if (await isShown(api, balance, signal)) return deliveredAt(balance);
      const { clientId, field } = balance;
      throw new KindError('rejected', `Customer ${clientId} does not show "${field}" as written.`, {
        fix: 'Make it a text or numeric custom field of customers.',
      });
    },
  };
}

function fieldPath({ clientId, field }: Balance): string {
  const name = encodeURIComponent(field);
  return `/customvalues/customerfield/${encodeURIComponent(clientId)}/${name}`;
}

function deliveredAt({ clientId, field }: Balance) {
  return { remoteId: `${clientId}/${field}` };
}

/** A customer on whom the field was never filled in has no value of it. */
async function isShown(api: Api, balance: Balance, signal: AbortSignal): Promise<boolean> {
  const values = await valuesOf(api, balance, signal);
  const shown = values.find(({ FieldName }) => (FieldName ?? balance.field) === balance.field);
  if (shown === undefined) return false;
  // A numeric field may show its number alone.
  const texts = shown.ValueAsString ? [shown.ValueAsString] : [shown.ValueAsDecimal ?? ''];
  return texts.some((text) => isSameValue(text, balance.hoursText));
}

async function valuesOf(
  api: Api,
  balance: Balance,
  signal: AbortSignal,
): Promise<z.infer<typeof FieldValueWire>[]> {
  try {
    return (await api.getIfThere(fieldPath(balance), z.array(FieldValueWire), signal)) ?? [];
  } catch (error) {
    if (!isKindError(error, 'rejected')) throw error;
    throw new KindError('config', `Customers in Atera have no custom field "${balance.field}".`, {
      fix: `Add it to customers (Admin, Custom fields), as text or number. ${error.message}`,
    });
  }
}
