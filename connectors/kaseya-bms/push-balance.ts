/** Hours left, in a custom field of the account. */
import { z } from 'zod';
import type { Push, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import type { Api } from './api.ts';
import { refuseIfFalse, verifyFact } from './facts.ts';
import { accountNumbers } from './pull.ts';
import { FieldWire } from './schema.ts';

const Written = z.object({ modulename: z.string().nullish(), value: z.string().nullish() });

export function createBalancePush(api: Api): Push<'balance-field'> {
  return {
    async find({ clientId, field, hoursText }, signal) {
      const fields = await readFields(api, clientId, signal);
      const isShown = fields.some(({ name, data }) => name === field && isSame(data, hoursText));
      return isShown ? { remoteId: clientId } : null;
    },
    async create({ clientId, field, hoursText }, signal) {
      await refuseIfFalse(api.context, 'account-field');
      const fields = await readFields(api, clientId, signal);
      const found = fields.find(({ name }) => name === field);
      if (found === undefined) {
        const known = fields.flatMap(({ name }) => name ?? []).join(', ');
        throw new KindError('config', `Account ${clientId} has no custom field "${field}".`, {
          fix: `Add it to accounts, or name one of: ${known || 'none are there'}.`,
        });
      }
      await writeField(api, clientId, { ...found, data: hoursText }, signal);
      const after = await readFields(api, clientId, signal);
      const isShown = after.some(({ name, data }) => name === field && isSame(data, hoursText));
      if (isShown) return { remoteId: clientId };
      throw new KindError('rejected', `Account ${clientId} does not show "${field}" as written.`, {
        fix: 'Let the API user’s security role edit accounts; the field must be text or a number with two decimals.',
      });
    },
  };
}

function moduleOf({ config }: Api): number {
  if (config.balance !== undefined) return config.balance.moduleId;
  throw new KindError('config', 'This connection to BMS has no settings for custom fields.', {
    fix: 'Add balance: { moduleId: NUMBER } to it.',
  });
}

export function readFields(
  api: Api,
  clientId: SourceId,
  signal: AbortSignal,
): Promise<FieldWire[]> {
  const [id = ''] = accountNumbers([clientId]);
  return api.whole(`/v2/system/customFields/${moduleOf(api)}/${id}`, FieldWire, signal);
}

/** Names of the custom fields of accounts. */
export async function accountFields(api: Api, signal: AbortSignal): Promise<string[]> {
  const Field = z.object({ name: z.string().nullish() });
  const fields = await api.whole(`/v2/system/customFields/${moduleOf(api)}`, Field, signal);
  return fields.flatMap(({ name }) => name ?? []);
}

/** The answer names the module: a field of another one would be about something else with that number. */
export async function writeField(
  api: Api,
  clientId: SourceId,
  { customfieldid, data }: FieldWire,
  signal: AbortSignal,
): Promise<void> {
  const path = `/v2/system/customFields/data/${moduleOf(api)}/${clientId}/${customfieldid}`;
  const made = await api.write('PUT', path, { Value: data ?? '' }, Written, signal);
  if (made.modulename == null) return;
  const isAccount = /account|client|crm/i.test(made.modulename);
  await verifyFact(api.context, 'account-field', isAccount);
  if (isAccount) return;
  throw new KindError(
    'config',
    `Module ${moduleOf(api)} is that of ${made.modulename}, where a field was changed.`,
    { fix: `Restore its field ${customfieldid} of number ${clientId}; correct balance.moduleId.` },
  );
}

/** `7.50` and 7.5 are the same balance. */
function isSame(shown: string | null | undefined, wanted: string): boolean {
  if (!shown) return false;
  return shown === wanted || Number(shown) === Number(wanted);
}
