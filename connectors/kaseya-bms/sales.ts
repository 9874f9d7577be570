/**
 * A sale: a separate ticket, found by the key in its title, with a charge that has the key in its
 * description. Billing Review turns the charge into an invoice; the API cannot create invoices. A sale that
 * is undone is left to the person who does that review.
 */
import { z } from 'zod';
import type { Delivered, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { minorFromText, textFromMinor } from '../../src/domain/money.ts';
import { Id } from '../http/answers/wire.ts';
import { requireSettings } from '../kit/call.ts';
import { believeRows } from '../kit/reading/lists.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import { saleSubject } from '../kit/writing/sale-text.ts';
import { refuseOtherTotal, type Sale, saleLine } from '../kit/writing/sales.ts';
import type { Bms } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { findProduct, readUser } from './lists.ts';
import { createTicket, findTicket, requireAlerts, ticketsPath } from './push.ts';
import { ChargeWire, resultOf } from './schema.ts';

/** From `[prepaid-hours KEY]`: invoices contain other text in brackets too. */
export function saleKeyIn(text: string | null | undefined): string | null {
  return /\[prepaid-hours ([A-Za-z0-9_.:-]{1,50})\]/.exec(text ?? '')?.[1] ?? null;
}

interface Charge {
  ticketId: SourceId;
  charge: ChargeWire;
}

export const saleRecord: KeyedRecord<Bms, Sale, Charge, FactId> = {
  noun: 'charge',
  needs: () => ['charge-key-kept'],
  async find(bms, sale) {
    const ticket = await findTicket(bms, sale);
    const charge = ticket === null ? null : await findCharge(bms, ticket.id, sale.key);
    return ticket === null || charge === null ? null : { ticketId: ticket.id, charge };
  },
  create: createWhatIsMissing,
  delivered: chargeDelivered,
  refuseOther: (_, { charge }, sale) => refuseOtherPrice(charge, sale),
  async inspect(bms, { currency }, remoteId) {
    const charge = await readCharge(bms, remoteId);
    if (charge === null) return null;
    const totalMinor = totalOf(charge, currency);
    const isVoid = !charge.isbillable;
    return totalMinor === null ? { isVoid } : { isVoid, totalMinor, currency };
  },
};

/** A ticket without its charge comes from an interrupted run. */
async function createWhatIsMissing(bms: Bms, sale: Sale): Promise<Delivered> {
  const { billing } = bms.config;
  // A charge has no currency: it is the one that BMS shows, by default the file's.
  const charged = (await readUser(bms)).currencycode || bms.context.currency;
  if (charged !== sale.currency) {
    throw new KindError('config', `BMS charges in ${charged}, not in ${sale.currency}.`, {
      fix: `Give the offer "${sale.offer}" a price in ${charged}.`,
    });
  }
  const product = sale.product ?? billing.product;
  const name = requireSettings('BMS', 'billing.product', product, 'NAME');
  const productId = await findProduct(bms, name);
  const queue = billing.queue ?? requireAlerts(bms).queue;
  const { id: ticketId } =
    (await findTicket(bms, sale)) ??
    (await createTicket(bms, { ...sale, subject: saleSubject(sale) }, queue));
  const charge =
    (await findCharge(bms, ticketId, sale.key)) ??
    (await createCharge(bms, ticketId, productId, sale));
  refuseOtherPrice(charge, sale);
  return chargeDelivered({ ticketId, charge });
}

async function createCharge(bms: Bms, ticketId: SourceId, ProductIndexId: number, sale: Sale) {
  const { quantity, unitPrice } = saleLine(sale);
  const body = {
    ProductIndexId,
    ChargeName: sale.title,
    Description: `${sale.body.trimEnd()}\n\n[prepaid-hours ${sale.key}]`,
    Quantity: quantity,
    Price: unitPrice,
    IsBillable: true,
    // At noon it is the same day in nearly every zone.
    DatePurchased: `${sale.issuedOn}T12:00:00Z`,
  };
  const Made = resultOf(z.tuple([ChargeWire], ChargeWire));
  const [made] = await bms.write('POST', `${ticketsPath}/${ticketId}/charges`, body, Made);
  const isKept = saleKeyIn(made.description) === sale.key;
  await facts.verifyKept(bms.context, 'charge-key-kept', isKept, async () => false);
  if (!isKept) bms.context.log.warn('A new charge did not keep its key.', { charge: made.id });
  return made;
}

/** The list lacks names and descriptions, and includes expenses, so each entry is read by itself. */
async function findCharge(bms: Bms, ticketId: SourceId, key: string) {
  const list = { path: `${ticketsPath}/${ticketId}/expensesandcharges` };
  for await (const { rows } of bms.pages(list)) {
    for (const { id } of believeRows(list, rows, z.object({ id: Id }))) {
      const charge = await readCharge(bms, `${ticketId}-${id}`);
      if (charge !== null && saleKeyIn(charge.description) === key) return charge;
    }
  }
  return null;
}

/** Null if there is none; anything but a ticket and charge number was never one of ours. */
async function readCharge(bms: Bms, remoteId: SourceId): Promise<ChargeWire | null> {
  if (!/^\d+-\d+$/.test(remoteId)) return null;
  return bms.getIfThere(pathsOf(remoteId).charge, resultOf(ChargeWire));
}

/** Of a sale: the paths of its ticket and its charge. */
export function pathsOf(remoteId: SourceId) {
  const [ticketId = '', chargeId] = remoteId.split('-');
  const ticket = `${ticketsPath}/${ticketId}`;
  return { ticket, charge: `${ticket}/charges/${chargeId}` };
}

function totalOf({ quantity, price, amount }: ChargeWire, currency: string): number | null {
  if (amount != null) return minorFromText(amount, currency);
  if (quantity == null || price == null || !/^\d+(?:\.0+)?$/.test(quantity)) return null;
  return Number(quantity) * minorFromText(price, currency);
}

/** A pricing level may have replaced our price, or the price is not shown. */
function refuseOtherPrice(charge: ChargeWire, sale: Sale): void {
  const total = totalOf(charge, sale.currency);
  refuseOtherTotal(sale, `Charge ${charge.id}`, total);
  if (total !== null) return;
  const wanted = textFromMinor(sale.totalMinor, sale.currency);
  const message = `Charge ${charge.id} shows no price instead of ${wanted}.`;
  throw new KindError('rejected', message, { fix: 'Correct it in BMS, then retry.' });
}

function chargeDelivered({ ticketId, charge }: Charge): Delivered {
  return { remoteId: `${ticketId}-${charge.id}`, label: `charge ${charge.id} on #${ticketId}` };
}
