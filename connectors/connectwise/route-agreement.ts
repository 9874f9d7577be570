/** Route `agreement`: an addition for the money, then an adjustment for the hours. */
import { z } from 'zod';
import type { Delivered } from '../../src/contract/connector.ts';
import { secondsFromDecimalText } from '../../src/domain/duration.ts';
import { KindError } from '../../src/domain/errors.ts';
import { minorFromText } from '../../src/domain/money.ts';
import { DecimalText, Id } from '../http/wire.ts';
import { hasMarker, withMarker } from '../kit/marker.ts';
import { type Agreement, agreementsOf, topUpAgreement } from './agreements.ts';
import type { Api } from './api.ts';
import { refuseIfFalse } from './facts.ts';
import { findInList } from './look-up.ts';
import type { Route, Sale } from './sale.ts';
import { priceOfSale, productOf, refuseOtherCurrency } from './sale.ts';

const descriptionLengthMax = 1000;
const invoiceDescriptionLengthMax = 6000;

const Addition = z.object({
  id: Id,
  invoiceDescription: z.string().nullish(),
  extPrice: DecimalText.nullish(),
  cancelledDate: z.string().nullish(),
});
type Addition = z.infer<typeof Addition>;
const Adjustment = z.object({
  id: Id,
  description: z.string().nullish(),
  amount: DecimalText.nullish(),
});
const CatalogItem = z.object({
  recurringFlag: z.boolean().nullish(),
  recurringOneTimeFlag: z.boolean().nullish(),
});

export function createAgreementRoute(api: Api): Route {
  return {
    async find(sale, signal) {
      const { addition, topUp } = await findHalves(api, sale, signal);
      return addition === null ? null : topUp;
    },
    async complete(sale, signal) {
      await refuseIfFalse(api.context, 'adjustment-hours');
      const agreement = await topUpAgreement(api, sale.clientId, signal);
      await refuseOtherCurrency(api, sale, signal);
      const amount = hoursOf(sale);
      const { addition, topUp } = await findHalves(api, sale, signal);
      if (addition === null) await createAddition(api, agreement, sale, signal);
      if (topUp !== null) return topUp;
      const { id } = await createAdjustment(api, agreement, { ...sale, amount }, signal);
      return { remoteId: id, label: agreement.name };
    },
    async inspect(sale, _, signal) {
      const { addition, topUp } = await findHalves(api, sale, signal);
      if (addition === null || topUp === null) return null;
      const price = addition.extPrice ?? null;
      return {
        isVoid: (addition.cancelledDate ?? null) !== null,
        ...(price === null ? {} : { totalMinor: minorFromText(price, sale.currency) }),
      };
    },
  };
}

/**
 * What stands of the sale, on whichever agreement of the client: the one that is topped up may have been
 * replaced since the first try, and the money must not be billed on both.
 */
async function findHalves(
  api: Api,
  sale: Sale,
  signal: AbortSignal,
): Promise<{ addition: Addition | null; topUp: Delivered | null }> {
  let addition: Addition | null = null;
  let topUp: Delivered | null = null;
  for (const agreement of await agreementsOf(api, [sale.clientId], signal)) {
    addition ??= await findAddition(api, agreement, sale, signal);
    topUp ??= await findTopUp(api, agreement, sale, signal);
    if (addition !== null && topUp !== null) break;
  }
  return { addition, topUp };
}

export async function createAddition(
  api: Api,
  agreement: Agreement,
  sale: Sale,
  signal: AbortSignal,
): Promise<{ id: string }> {
  const productId = await productOf(api, sale, signal);
  await refuseRecurring(api, productId, signal);
  const { quantity, price } = priceOfSale(sale);
  const body = {
    product: { id: Number(productId) },
    quantity,
    unitPrice: price,
    billCustomer: 'Billable',
    effectiveDate: `${sale.issuedOn}T00:00:00Z`,
    invoiceDescription: withMarker(sale.title, sale.key, invoiceDescriptionLengthMax),
  };
  return api.post(`/finance/agreements/${agreement.id}/additions`, body, Addition, signal);
}

/** `amount` is hours. */
export async function createAdjustment(
  api: Api,
  agreement: Agreement,
  topUp: { key: string; title: string; issuedOn: string; amount: number },
  signal: AbortSignal,
): Promise<{ id: string }> {
  const body = {
    amount: topUp.amount,
    description: withMarker(topUp.title, topUp.key, descriptionLengthMax),
    effectiveDate: `${topUp.issuedOn}T00:00:00Z`,
  };
  return api.post(`/finance/agreements/${agreement.id}/adjustments`, body, Adjustment, signal);
}

function findAddition(api: Api, agreement: Agreement, sale: Sale, signal: AbortSignal) {
  const path = `/finance/agreements/${agreement.id}/additions`;
  const isWanted = (addition: Addition) => hasMarker(addition.invoiceDescription, sale.key);
  const list = { path, fields: 'id,invoiceDescription,extPrice,cancelledDate' };
  return findInList(api, list, { schema: Addition, isWanted }, signal);
}

async function findTopUp(
  api: Api,
  agreement: Agreement,
  sale: Sale,
  signal: AbortSignal,
): Promise<Delivered | null> {
  const path = `/finance/agreements/${agreement.id}/adjustments`;
  const isWanted = (adjustment: z.infer<typeof Adjustment>) =>
    hasMarker(adjustment.description, sale.key);
  const list = { path, fields: 'id,description' };
  const found = await findInList(api, list, { schema: Adjustment, isWanted }, signal);
  return found === null ? null : { remoteId: found.id, label: agreement.name };
}

/** An addition is billed with every invoice of the agreement, unless its product is a one-time one. */
async function refuseRecurring(api: Api, productId: string, signal: AbortSignal): Promise<void> {
  const path = `/procurement/catalog/${productId}`;
  const fields = 'id,recurringFlag,recurringOneTimeFlag';
  const item = await api.get(path, fields, CatalogItem, signal);
  if (item.recurringFlag !== true || item.recurringOneTimeFlag === true) return;
  throw new KindError('config', `Product ${productId} recurs: it would be billed every cycle.`, {
    fix: 'Sell hours with a product that does not recur, or recurs one time.',
  });
}

/** Hundredths of an hour at the finest, which is what ConnectWise keeps. */
function hoursOf(sale: Sale): number {
  if (sale.seconds === 0) {
    throw new KindError(
      'config',
      `The offer "${sale.offer}" is of money, an agreement's hours are not.`,
      {
        fix: 'Sell blocks of money through a connection with invoiceRoute: invoice or ticket-product.',
      },
    );
  }
  const hundredths = sale.seconds / 36;
  const amount = hundredths / 100;
  const isExact =
    Number.isInteger(hundredths) &&
    secondsFromDecimalText(amount.toFixed(2), 'hours') === sale.seconds;
  if (isExact) return amount;
  throw new KindError('config', `${sale.seconds} s cannot be written as hours with two decimals.`, {
    fix: `Give the offer "${sale.offer}" a size in hundredths of an hour.`,
  });
}
