/** Charges of a client's mandate, each found by its key in the payment's metadata, compared in code. */
import type {
  Delivered,
  PushMessages,
  RemoteState,
  SourceId,
  Withdrawal,
  Withdrawn,
} from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { findRow } from '../kit/reading/lists.ts';
import { shortened } from '../kit/writing/marker.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import { conflictingId, type GoCardless } from './call.ts';
import type { FactId } from './facts.ts';
import { keyedList, pathOf, readCustomer } from './lists.ts';
import { chooseMandate } from './mandates.ts';
import { invoiceField, keyField } from './mapping.ts';
import { inside, KeyedPayment } from './schema.ts';

type Recharge = PushMessages['recharge'];

/** It is in the e-mails to the payer. */
const descriptionMax = 100;

const Payment = inside('payments', KeyedPayment);

export const rechargeRecord: KeyedRecord<GoCardless, Recharge, KeyedPayment, FactId> = {
  noun: 'payment',
  kept: 'payment-key',
  find: (gc, { clientId, requestedAt, key }) =>
    findRow(gc, keyedList(clientId, requestedAt), KeyedPayment, (row) => keyOf(row) === key),
  create: createPayment,
  delivered: ({ id }) => ({ remoteId: id }),
  refuseOther: (_, payment, message) => refuseOther(payment, message),
  inspect: async (gc, _, remoteId) => {
    const payment = await readPayment(gc, remoteId);
    return payment === null ? null : stateOf(payment);
  },
  withdraw: cancelPayment,
};

function keyOf({ metadata }: KeyedPayment): string | undefined {
  return metadata?.[keyField];
}

function readPayment(gc: GoCardless, id: SourceId): Promise<KeyedPayment | null> {
  return gc.getIfThere(pathOf('payments', id), Payment);
}

function refuseOther({ id, amount, currency }: KeyedPayment, message: Recharge): void {
  if (amount === message.amountMinor && currency === message.currency) return;
  throw new KindError('rejected', `${id} with this key is of another amount.`, {
    fix: 'Look it up in GoCardless. It may have been collected already; nothing else is charged.',
  });
}

async function createPayment(gc: GoCardless, message: Recharge): Promise<Delivered> {
  const payments = await bodyOf(gc, message);
  const headers = { 'idempotency-key': message.key };
  const request = { method: 'POST', path: '/payments', body: { payments }, headers } as const;
  try {
    return { remoteId: (await gc.send(request, Payment)).data.id };
  } catch (error) {
    const id = conflictingId(error);
    if (id === null) throw error;
    return acceptEarlier(gc, id, message);
  }
}

/** The key was used before: GoCardless names what it made. */
async function acceptEarlier(gc: GoCardless, id: SourceId, message: Recharge): Promise<Delivered> {
  const payment = await readPayment(gc, id);
  if (payment === null || keyOf(payment) !== message.key) {
    throw new KindError(
      'rejected',
      `The key of this charge was used for ${id}, which is not ours.`,
      {
        fix: `Look up ${id} in GoCardless; nothing else is charged.`,
      },
    );
  }
  refuseOther(payment, message);
  return { remoteId: id };
}

async function bodyOf(gc: GoCardless, message: Recharge): Promise<object> {
  const { clientId, key, amountMinor, currency, description, invoice } = message;
  if ((await readCustomer(gc, clientId)) === null) {
    throw new KindError('rejected', `GoCardless has no customer ${clientId}.`, {
      fix: 'Correct the client’s ID in the config. Run check.',
    });
  }
  const choice = await chooseMandate(gc, clientId, currency);
  if ('fix' in choice) throw new KindError('rejected', choice.detail, { fix: choice.fix });
  return {
    amount: amountMinor,
    currency,
    description: shortened(description, descriptionMax),
    // With retries of GoCardless's own, a failed charge could be collected beside its successor.
    retry_if_possible: false,
    metadata: { [keyField]: key, ...(invoice === null ? {} : { [invoiceField]: invoice }) },
    links: { mandate: choice.mandate.id },
  };
}

function stateOf({ status, amount, currency }: KeyedPayment): RemoteState {
  const isPaid = status === 'confirmed' || status === 'paid_out';
  const isVoid = status === 'cancelled' || status === 'customer_approval_denied';
  return { isPaid, isVoid, totalMinor: amount, currency };
}

/** Once it is submitted to the banks, a payment can only be refunded, which is left to people. */
async function cancelPayment(
  gc: GoCardless,
  { key }: Recharge,
  { remoteId }: Withdrawal,
): Promise<Withdrawn | null> {
  const payment = await readPayment(gc, remoteId);
  if (payment === null || keyOf(payment) !== key) return null;
  if (stateOf(payment).isVoid) return { remoteId };
  if (!payment.status.startsWith('pending_')) return null;
  const path = `${pathOf('payments', remoteId)}/actions/cancel`;
  try {
    const { status } = await gc.write('POST', path, { data: {} }, Payment);
    return status === 'cancelled' ? { remoteId } : null;
  } catch (error) {
    if (isKindError(error, 'rejected')) return null;
    throw error;
  }
}
