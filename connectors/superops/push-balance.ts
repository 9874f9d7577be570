/** The hours left, in a custom field of the client, named as the API names it. */
import { z } from 'zod';
import type { Push } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { isSameValue } from '../http/wire.ts';
import type { Api } from './api.ts';
import { clientFields, updateClient } from './documents.ts';
import { refuseIfFalse, verifyFact } from './facts.ts';
import { ClientFieldsWire } from './schema.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function createBalancePush(api: Api): Push<'balance-field'> {
  return {
    async find({ clientId, field, hoursText }, signal) {
      const fields = await readFields(api, clientId, signal);
      refuseUnknown(fields, field);
      return isSameValue(fields[field], hoursText) ? delivered(clientId, field) : null;
    },
    async create({ clientId, field, hoursText }, signal) {
      await refuseIfFalse(api.context, 'schema-fields', 'client-fields');
      const before = await readFields(api, clientId, signal);
      refuseUnknown(before, field);
      const after = await writeField(api, clientId, { before, field, value: hoursText }, signal);
      if (!isSameValue(after[field], hoursText)) {
        throw new KindError('rejected', `Client ${clientId} does not show "${field}" as written.`, {
          fix: 'Make it a text field that the token’s user may edit.',
        });
      }
      return delivered(clientId, field);
    },
  };
}

export async function readFields(api: Api, clientId: string, signal: AbortSignal): Promise<Fields> {
  const answer = z.object({ getClient: ClientFieldsWire });
  const input = { accountId: clientId };
  const { getClient: client } = await api.send(clientFields, { input }, answer, signal);
  return client.customFields ?? {};
}

/** Writes all fields, the one changed, and reads them back. Throws `config` when another changed with it. */
export async function writeField(
  api: Api,
  clientId: string,
  { before, field, value }: { before: Fields; field: string; value: unknown },
  signal: AbortSignal,
): Promise<Fields> {
  const input = { accountId: clientId, customFields: { ...before, [field]: value } };
  const answer = z.object({ updateClient: z.object({}) });
  await api.send(updateClient, { input }, answer, signal);
  const after = await readFields(api, clientId, signal);
  const others = Object.keys(before).filter((name) => name !== field);
  const lost = others.filter((name) => !isSameValue(after[name], before[name]));
  await verifyFact(api.context, 'client-fields', lost.length === 0);
  if (lost.length === 0) return after;
  const names = lost.map((name) => `${name} (was ${JSON.stringify(before[name])})`);
  throw new KindError('config', `Writing one custom field changed others: ${names.join(', ')}.`, {
    fix: `Restore them on client ${clientId}. No balance is written there any more.`,
  });
}

function refuseUnknown(fields: Fields, wanted: string): void {
  if (Object.hasOwn(fields, wanted)) return;
  throw new KindError('config', `Clients in SuperOps have no custom field "${wanted}".`, {
    fix: `Add it to clients, or name one of: ${Object.keys(fields).join(', ') || 'none are there'}.`,
  });
}

function delivered(clientId: string, field: string) {
  return { remoteId: `${clientId}.${field}` };
}
