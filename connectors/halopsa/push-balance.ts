/** The hours left, in a custom field of the client. */
import { z } from 'zod';
import type { Push } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { isSameValue } from '../http/wire.ts';
import type { Api } from './api.ts';
import { readClient } from './clients.ts';
import { refuseIfNot, settleFact } from './facts.ts';
import type { CustomField } from './schema.ts';

export function createBalancePush(api: Api): Push<'balance-field'> {
  return {
    async find({ clientId, field, hoursText }, signal) {
      const found = fieldNamed(await readFields(api, clientId, signal), field);
      return isSameValue(found.value, hoursText) ? { remoteId: `${clientId}.${found.name}` } : null;
    },
    async create({ clientId, field, hoursText }, signal) {
      await refuseIfNot(api.context, 'client-fields');
      const before = await readFields(api, clientId, signal);
      const target = fieldNamed(before, field);
      const after = await writeField(api, clientId, { before, target, value: hoursText }, signal);
      if (!isSameValue(fieldNamed(after, field).value, hoursText)) {
        throw new KindError('rejected', `Client ${clientId} does not show "${field}" as written.`, {
          fix: 'Make it a text or decimal field that the API application’s agent may edit.',
        });
      }
      return { remoteId: `${clientId}.${target.name}` };
    },
  };
}

export async function readFields(
  api: Api,
  clientId: string,
  signal: AbortSignal,
): Promise<readonly CustomField[]> {
  return (await readClient(api, clientId, signal)).customfields ?? [];
}

/** Writes the one field and reads all back. Throws `config` when another changed with it. */
export async function writeField(
  api: Api,
  clientId: string,
  change: { before: readonly CustomField[]; target: CustomField; value: unknown },
  signal: AbortSignal,
): Promise<readonly CustomField[]> {
  const { before, target, value } = change;
  const customfields = [{ id: target.id, name: target.name, value }];
  await api.post('/Client', { id: Number(clientId), customfields }, z.unknown(), signal);
  const after = await readFields(api, clientId, signal);
  const lost = before.filter(
    (field) =>
      field !== target && !isSameValue(after.find(({ id }) => id === field.id)?.value, field.value),
  );
  await settleFact(api.context, 'client-fields', lost.length === 0);
  if (lost.length === 0) return after;
  const names = lost.map((field) => `${field.name} (was ${JSON.stringify(field.value)})`);
  throw new KindError('config', `Writing one custom field changed others: ${names.join(', ')}.`, {
    fix: `Restore them on client ${clientId}. No balance is written there any more.`,
  });
}

/** By the label that people see, or the name that the API has (`CFprepaidHoursLeft`). */
function fieldNamed(fields: readonly CustomField[], wanted: string): CustomField {
  const found = fields.find(({ label, name }) => label === wanted || name === wanted);
  if (found !== undefined) return found;
  const known = fields.map(({ label, name }) => label ?? name).join(', ');
  throw new KindError('config', `Clients in Halo have no custom field "${wanted}".`, {
    fix: `Add it to clients, or name one of: ${known || 'none are there'}.`,
  });
}
