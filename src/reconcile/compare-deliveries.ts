import type { PushKind, PushMessages, RemoteState } from '../contract/connector.ts';
import { describeError, isKindError, KindError } from '../domain/errors.ts';
import type { BookedInvoice, Delivery } from '../store/port.ts';
import { compareAlert, compareInvoice, compareUndone, subjectOf } from './compare-delivery.ts';
import {
  type Found,
  type ReconcileContext,
  type ReconcileOutcome,
  refuseStopped,
} from './context.ts';
import { keepFound } from './found.ts';

/** Compares the invoices and alerts delivered to this connection with their current state. */
export async function compareDeliveries(
  context: ReconcileContext,
  outcome: ReconcileOutcome,
): Promise<void> {
  const { store, connection, clients, from } = context;
  const clientIds = clients.map(({ id }) => id);
  for await (const page of store.streamDeliveries(connection, clientIds, from)) {
    for (const delivery of page) {
      refuseStopped(context);
      outcome.rows += 1;
      await keepFound(context, outcome, await compareSafely(context, delivery, compareOne));
    }
  }
  await findBooked(context, outcome, clientIds);
  const doubles = await store.readDoubleInvoices(connection, clientIds);
  const found = doubles.map(({ key, clientId, invoices }): Found => {
    const subject = `invoice ${key}`;
    return { kind: 'invoice-twice', subject, clientId, ours: 'sold once', theirs: invoices };
  });
  await keepFound(context, outcome, found);
}

/**
 * Whether invoices that were written there and booked as blocks still exist. Their amounts and payments
 * are what was read. Without their ID they cannot be found: they do not bear our key.
 */
async function findBooked(
  context: ReconcileContext,
  outcome: ReconcileOutcome,
  clientIds: readonly string[],
): Promise<void> {
  const { store, connection, connector } = context;
  if (connector.push.invoice?.inspect === undefined) return;
  for (const booked of await store.readBookedInvoices(connection, clientIds)) {
    refuseStopped(context);
    outcome.rows += 1;
    await keepFound(context, outcome, await compareSafely(context, booked, compareBooked));
  }
}

async function compareBooked(context: ReconcileContext, booked: BookedInvoice): Promise<Found[]> {
  const { standing } = await inspect(context, 'invoice', booked);
  const { key, clientId } = booked;
  await context.store.noteInvoice(key, context.at, standing !== null);
  if (standing !== null) return [];
  const subject = subjectOf('invoice', booked);
  const ours = 'booked as a block';
  return [{ kind: 'invoice-missing', subject, clientId, ours, theirs: 'not there' }];
}

/** An unreadable one does not block the others. */
async function compareSafely<One extends Delivery | BookedInvoice>(
  context: ReconcileContext,
  delivery: One,
  compare: (context: ReconcileContext, delivery: One) => Promise<Found[]>,
): Promise<Found[]> {
  try {
    return await compare(context, delivery);
  } catch (error) {
    if (!isKindError(error, 'contract', 'rejected')) throw error;
    const { kind, key, clientId } = delivery;
    const theirs = describeError(error);
    return [
      { kind: 'message-unread', subject: `${kind} ${key}`, clientId, ours: 'delivered', theirs },
    ];
  }
}

async function compareOne(context: ReconcileContext, delivery: Delivery): Promise<Found[]> {
  if (delivery.kind === 'alert-ticket') {
    const { standing } = await inspect(context, 'alert-ticket', delivery);
    return compareAlert(delivery, standing, context.format);
  }
  const { standing, message } = await inspect(context, 'invoice', delivery);
  if (delivery.undoneRun !== null) return compareUndone(delivery, delivery.undoneRun, standing);
  await context.store.noteInvoice(delivery.key, context.at, standing !== null);
  const { invoices } = context.connector.pull;
  const isRecent =
    standing?.updatedAt !== undefined && standing.updatedAt >= context.readTo.invoices;
  return compareInvoice(
    delivery,
    message,
    standing,
    invoices !== undefined && !isRecent,
    context.format,
  );
}

async function inspect<Kind extends PushKind>(
  { connector, connection, signal }: ReconcileContext,
  kind: Kind,
  { key, payload, remoteId }: Delivery | BookedInvoice,
): Promise<{ standing: RemoteState | null; message: PushMessages[Kind] }> {
  const push = connector.push[kind];
  if (push === undefined) {
    throw new KindError('config', `"${connection}" no longer takes messages of kind ${kind}.`);
  }
  // Written by replenish, from a message of this kind.
  const message = { ...JSON.parse(payload), key } as PushMessages[Kind];
  if (push.inspect !== undefined) {
    return { standing: await push.inspect(message, remoteId, signal), message };
  }
  const found = await push.find(message, signal);
  return { standing: found === null ? null : {}, message };
}
