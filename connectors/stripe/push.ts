/** Charges of a saved payment method, each found by its key in the intent's metadata, compared in code. */
import type {
  Delivered,
  PushMessages,
  RemoteState,
  Withdrawal,
  Withdrawn,
} from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { ifThere } from '../http/answers/if-there.ts';
import { findRow } from '../kit/reading/lists.ts';
import { shortened } from '../kit/writing/marker.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import type { Stripe } from './call.ts';
import type { FactId } from './facts.ts';
import { intentPath, keyedList, readCustomer } from './lists.ts';
import { chooseMandate, readSaved } from './mandates.ts';
import { invoiceField, keyField } from './mapping.ts';
import { fromStripeAmount, toStripeAmount } from './money.ts';
import { KeyedIntent } from './schema.ts';

type Recharge = PushMessages['recharge'];

const descriptionMax = 1000;

export const rechargeRecord: KeyedRecord<Stripe, Recharge, KeyedIntent, FactId> = {
  noun: 'payment',
  kept: 'intent-key',
  find: findIntent,
  create: createIntent,
  delivered: ({ id }) => ({ remoteId: id }),
  refuseOther(_, { id, amount, currency }, message) {
    const wanted = toStripeAmount(message.amountMinor, message.currency);
    if (amount === wanted && currency === message.currency) return;
    throw new KindError('rejected', `${id} with this key is of another amount.`, {
      fix: 'Look it up in Stripe. It may have been collected already; nothing else is charged.',
    });
  },
  async inspect(stripe, _, remoteId) {
    const intent = await stripe.getIfThere(intentPath(remoteId), KeyedIntent);
    return intent === null ? null : stateOf(intent);
  },
  withdraw: cancelIntent,
};

/** Stripe’s search is up to an hour behind; its list by customer is not. Without the customer there is no charge. */
function findIntent(stripe: Stripe, message: Recharge): Promise<KeyedIntent | null> {
  const list = keyedList(message.clientId, message.requestedAt);
  const isOurs = (row: KeyedIntent) => row.metadata?.[keyField] === message.key;
  return ifThere(findRow(stripe, list, KeyedIntent, isOurs));
}

async function createIntent(stripe: Stripe, message: Recharge): Promise<Delivered> {
  const form = await formOf(stripe, message);
  const headers = { 'idempotency-key': message.key };
  const request = { method: 'POST', path: '/v1/payment_intents', form, headers } as const;
  try {
    return { remoteId: (await stripe.send(request, KeyedIntent)).data.id };
  } catch (error) {
    // A decline leaves an intent that was not paid: that is the outcome of this charge.
    if (!isKindError(error, 'rejected') || error.status !== 402) throw error;
    const declined = await findIntent(stripe, message);
    if (declined === null) throw error;
    return { remoteId: declined.id };
  }
}

async function formOf(stripe: Stripe, message: Recharge): Promise<Record<string, string>> {
  const { clientId, key, currency, invoice } = message;
  const amount = toStripeAmount(message.amountMinor, currency);
  const customer = await readCustomer(stripe, clientId);
  if (customer === null) {
    throw new KindError('rejected', `Stripe has no customer ${clientId}.`, {
      fix: 'Correct the client’s ID in the config. Run check.',
    });
  }
  const choice = chooseMandate(customer, await readSaved(stripe, clientId));
  if ('fix' in choice) throw new KindError('rejected', choice.detail, { fix: choice.fix });
  return {
    amount: String(amount),
    currency: currency.toLowerCase(),
    customer: clientId,
    payment_method: choice.row.sourceId,
    'payment_method_types[0]': choice.row.scheme,
    confirm: 'true',
    off_session: 'true',
    error_on_requires_action: 'true',
    description: shortened(message.description, descriptionMax),
    [`metadata[${keyField}]`]: key,
    ...(invoice === null ? {} : { [`metadata[${invoiceField}]`]: invoice }),
  };
}

function stateOf({ status, amount, currency }: KeyedIntent): RemoteState {
  const totalMinor = fromStripeAmount(amount, currency);
  return { isPaid: status === 'succeeded', isVoid: status === 'canceled', totalMinor, currency };
}

/** Money that was collected is given back by people; so is what the bank is already collecting. */
async function cancelIntent(
  stripe: Stripe,
  { key }: Recharge,
  { remoteId }: Withdrawal,
): Promise<Withdrawn | null> {
  const intent = await stripe.getIfThere(intentPath(remoteId), KeyedIntent);
  if (intent?.metadata?.[keyField] !== key) return null;
  if (intent.status === 'canceled') return { remoteId };
  if (intent.status === 'succeeded') return null;
  const form = { cancellation_reason: 'abandoned' };
  const request = { method: 'POST', path: `${intentPath(remoteId)}/cancel`, form } as const;
  try {
    const { data } = await stripe.send(request, KeyedIntent);
    return data.status === 'canceled' ? { remoteId } : null;
  } catch (error) {
    if (isKindError(error, 'rejected')) return null;
    throw error;
  }
}
