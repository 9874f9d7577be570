/**
 * A sale: a ticket of its own, found by the key in its title, and on it a charge with the key in its
 * description. Billing Review makes an invoice of the charge; invoices cannot be made from here.
 */
import { z } from 'zod';
import type {
  Delivered,
  Push,
  PushMessages,
  Withdrawal,
  Withdrawn,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { minorFromText, textFromMinor } from '../../src/domain/money.ts';
import { Id } from '../http/wire.ts';
import { type Api, eachRow } from './api.ts';
import { refuseIfFalse, verifyKept } from './facts.ts';
import { saleKeyIn, saleMarker } from './marker.ts';
import { productOf } from './names.ts';
import { rememberSale } from './pull-invoices.ts';
import { alertsOf, createTicket, findTicket, ticketsPath, withdrawTicket } from './push-ticket.ts';
import { ChargeWire, UserWire } from './schema.ts';

type Sale = PushMessages['invoice'];

export function createInvoicePush(api: Api): Push<'invoice'> {
  return {
    async find(sale, signal) {
      const ticket = await findTicket(api, sale, signal);
      const charge = ticket === null ? null : await findCharge(api, ticket.id, sale.key, signal);
      if (ticket === null || charge === null) return null;
      await rememberSale(api);
      refuseOtherPrice(charge, sale);
      return toDelivered(ticket.id, charge);
    },
    create: (sale, signal) => createSale(api, sale, signal),
    async inspect({ currency }, remoteId, signal) {
      const charge = await readCharge(api, remoteId, signal);
      if (charge === null) return null;
      const totalMinor = totalOf(charge, currency);
      const isVoid = !charge.isbillable;
      return totalMinor === null ? { isVoid } : { isVoid, totalMinor, currency };
    },
    withdraw: (sale, withdrawal, signal) => withdrawSale(api, sale, withdrawal, signal),
  };
}

/** Creates what is missing; a ticket without its charge is left by a run that broke off. */
export async function createSale(api: Api, sale: Sale, signal: AbortSignal): Promise<Delivered> {
  const { config, context } = api;
  await refuseIfFalse(context, 'charge-key-kept');
  await refuseOtherCurrency(api, sale, signal);
  const name = sale.product ?? config.billing.product;
  if (name === undefined) {
    throw new KindError('config', `The offer "${sale.offer}" names no product to charge.`, {
      fix: 'Name one as the offer’s product, or as billing.product of the connection.',
    });
  }
  const productId = await productOf(api, name, signal);
  const queue = config.billing.queue ?? alertsOf(config).queue;
  const { key, clientId, title: subject, body } = sale;
  const ticket =
    (await findTicket(api, sale, signal)) ??
    (await createTicket(api, { key, clientId, queue, subject, body }, signal));
  const standing = await findCharge(api, ticket.id, key, signal);
  const charge = standing ?? (await createCharge(api, ticket.id, productId, sale, signal));
  refuseOtherPrice(charge, sale);
  return toDelivered(ticket.id, charge);
}

/** A charge names no currency: it is in the one that BMS shows, which is the file's unless it says so. */
async function refuseOtherCurrency(api: Api, sale: Sale, signal: AbortSignal): Promise<void> {
  const user = await api.get('/v2/security/userinfo', UserWire, signal);
  const charged = user.currencycode || api.context.currency;
  if (charged === sale.currency) return;
  throw new KindError('config', `BMS charges in ${charged}, not in ${sale.currency}.`, {
    fix: `Give the offer "${sale.offer}" a price in ${charged}.`,
  });
}

async function createCharge(
  api: Api,
  ticketId: string,
  productId: number,
  sale: Sale,
  signal: AbortSignal,
): Promise<ChargeWire> {
  const { context } = api;
  // Before the write, whose answer may be lost: from now on a line of an invoice may bear a key.
  await rememberSale(api);
  const isEven = sale.quantity > 0 && sale.totalMinor % sale.quantity === 0;
  const quantity = isEven ? sale.quantity : 1;
  const body = {
    ProductIndexId: productId,
    ChargeName: sale.title,
    Description: `${sale.body.trimEnd()}\n\n${saleMarker(sale.key)}`,
    Quantity: quantity,
    Price: Number(textFromMinor(sale.totalMinor / quantity, sale.currency)),
    IsBillable: true,
    // At noon it is the same day in nearly every zone.
    DatePurchased: `${sale.issuedOn}T12:00:00Z`,
  };
  const path = `${ticketsPath}/${ticketId}/charges`;
  const [made] = await api.write('POST', path, body, z.tuple([ChargeWire], ChargeWire), signal);
  const isKept = saleKeyIn(made.description) === sale.key;
  await verifyKept(context, 'charge-key-kept', isKept, async () => false);
  if (!isKept) context.log.warn('A new charge did not keep its key.', { charge: made.id });
  return made;
}

/** The list shows neither names nor descriptions, and expenses too: each is looked at by itself. */
async function findCharge(
  api: Api,
  ticketId: string,
  key: string,
  signal: AbortSignal,
): Promise<ChargeWire | null> {
  const path = `${ticketsPath}/${ticketId}/expensesandcharges`;
  const list = { path, isCounted: true };
  for await (const { id } of eachRow(api, list, z.object({ id: Id }), signal)) {
    const charge = await readCharge(api, `${ticketId}-${id}`, signal);
    if (charge !== null && saleKeyIn(charge.description) === key) return charge;
  }
  return null;
}

/** Null where there is none; what is no number of a ticket and a charge was never one of ours. */
async function readCharge(
  api: Api,
  remoteId: string,
  signal: AbortSignal,
): Promise<ChargeWire | null> {
  const path = chargePath(remoteId);
  return path === null ? null : api.getIfThere(path, ChargeWire, signal);
}

export function chargePath(remoteId: string): string | null {
  const [, ticketId, chargeId] = /^(\d+)-(\d+)$/.exec(remoteId) ?? [];
  return chargeId === undefined ? null : `${ticketsPath}/${ticketId}/charges/${chargeId}`;
}

/** The charge stays, saying why, and is billed no more; then its ticket is closed. */
async function withdrawSale(
  api: Api,
  { key }: Sale,
  withdrawal: Withdrawal,
  signal: AbortSignal,
): Promise<Withdrawn | null> {
  const { remoteId, reason } = withdrawal;
  const [path, charge] = [chargePath(remoteId), await readCharge(api, remoteId, signal)];
  // What is on an invoice, or on its way there, is a person's to take back.
  const isOurs = charge !== null && saleKeyIn(charge.description) === key;
  if (path === null || !isOurs || charge.isbilled || charge.isposted) return null;
  if (charge.isbillable) {
    await api.write('PUT', path, toUnbillable(charge, reason), ChargeWire, signal);
    if ((await readCharge(api, remoteId, signal))?.isbillable !== false) return null;
  }
  const ticketId = remoteId.slice(0, remoteId.indexOf('-'));
  await withdrawTicket(api, key, { ...withdrawal, remoteId: ticketId }, signal);
  return { remoteId };
}

function toUnbillable(charge: ChargeWire, reason: string) {
  const number = (text: string | null | undefined) => (text == null ? null : Number(text));
  return {
    Id: Number(charge.id),
    ProductIndexId: charge.productindexid ?? 0,
    ChargeName: charge.chargename ?? null,
    Description: `${reason}\n\n${charge.description ?? ''}`,
    StatusId: charge.statusid ?? 0,
    PricingLevelId: charge.pricinglevelid ?? null,
    Quantity: number(charge.quantity),
    Price: number(charge.price),
    IsBillable: false,
    ...(charge.datepurchased ? { DatePurchased: charge.datepurchased } : {}),
  };
}

function totalOf({ quantity, price, amount }: ChargeWire, currency: string): number | null {
  if (amount != null) return minorFromText(amount, currency);
  if (quantity == null || price == null || !/^\d+(?:\.0+)?$/.test(quantity)) return null;
  return Number(quantity) * minorFromText(price, currency);
}

/** A pricing level may have put its own price in the place of ours. */
function refuseOtherPrice(charge: ChargeWire, sale: Sale): void {
  const total = totalOf(charge, sale.currency);
  if (total === sale.totalMinor) return;
  const found = total === null ? 'nothing that it shows' : textFromMinor(total, sale.currency);
  const wanted = textFromMinor(sale.totalMinor, sale.currency);
  throw new KindError('rejected', `Charge ${charge.id} comes to ${found} instead of ${wanted}.`, {
    fix: 'Correct it in BMS, then retry.',
  });
}

function toDelivered(ticketId: string, charge: ChargeWire): Delivered {
  return { remoteId: `${ticketId}-${charge.id}`, label: `charge ${charge.id} on #${ticketId}` };
}
