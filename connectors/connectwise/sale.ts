/** What all routes of a sale share: its product, its price, its currency. */
import { z } from 'zod';
import type { Delivered, PushMessages, Standing } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { minorFromText, textFromMinor } from '../../src/domain/money.ts';
import { addDays } from '../../src/domain/time.ts';
import { DecimalText, Id } from '../http/wire.ts';
import type { Api } from './api.ts';
import { companyNumbers } from './conditions.ts';
import { findByKey, type Search, settleFilter } from './look-up.ts';
import { idOfName } from './names.ts';

export type Sale = PushMessages['invoice'];

/** A way for a sale to become an invoice. */
export interface Route {
  /** Delivered when the whole sale stands. */
  find(sale: Sale, signal: AbortSignal): Promise<Delivered | null>;
  /** Writes the halves that do not stand yet. */
  complete(sale: Sale, signal: AbortSignal): Promise<Delivered>;
  /** What became of it; null: it is there no more. */
  inspect(sale: Sale, remoteId: string, signal: AbortSignal): Promise<Standing | null>;
}

const AnyId = z.object({ id: Id }).nullish();

export const ProductLine = z.object({
  id: Id,
  integrationXRef: z.string().nullish(),
  extPrice: DecimalText.nullish(),
  invoice: AnyId,
  ticket: AnyId,
});
export type ProductLine = z.infer<typeof ProductLine>;

/** The id of the product that the sale (else the config) names. */
export async function productOf(api: Api, sale: Sale, signal: AbortSignal): Promise<string> {
  const name = sale.product ?? api.config.billing.product;
  if (name !== undefined) return idOfName(api, 'product', name, signal);
  throw new KindError('config', `The offer "${sale.offer}" names no product to sell.`, {
    fix: 'Name one as the offer’s product, or as billing.product of the connection.',
  });
}

/** Quantity and unit price that make exactly the total. */
export function priceOfSale(sale: Sale): { quantity: number; price: number } {
  const isEven = sale.quantity > 0 && sale.totalMinor % sale.quantity === 0;
  const quantity = isEven ? sale.quantity : 1;
  const price = Number(textFromMinor(sale.totalMinor / quantity, sale.currency));
  return { quantity, price };
}

const Company = z.object({ currency: z.object({ currencyCode: z.string().nullish() }).nullish() });

/** Throws `config` when ConnectWise would bill the client in another currency than the offer's. */
export async function refuseOtherCurrency(
  api: Api,
  sale: Sale,
  signal: AbortSignal,
): Promise<void> {
  const path = `/company/companies/${companyNumbers([sale.clientId])[0]}`;
  const { currency } = await api.get(path, 'id,currency', Company, signal);
  const billed = currency?.currencyCode ?? sale.currency;
  if (billed === sale.currency) return;
  throw new KindError(
    'config',
    `Company ${sale.clientId} is billed in ${billed}, but the offer "${sale.offer}" is in ${sale.currency}.`,
    { fix: 'Sell this client an offer in its own currency.' },
  );
}

export async function findProductLine(
  api: Api,
  sale: Sale,
  signal: AbortSignal,
): Promise<ProductLine | null> {
  return findByKey(api, searchForLine(api, sale), signal);
}

/** Writes the product line with a link to its invoice or ticket, and reads back what became of it. */
export async function createProductLine(
  api: Api,
  sale: Sale,
  link: { invoice: { id: number } } | { ticket: { id: number } },
  signal: AbortSignal,
): Promise<ProductLine> {
  const body = {
    catalogItem: { id: Number(await productOf(api, sale, signal)) },
    ...priceOfSale(sale),
    ...link,
    billableOption: 'Billable',
    customerDescription: sale.title,
    integrationXRef: sale.key,
    // The offer's price was agreed with the client; a schedule of ConnectWise must not change it.
    ignorePricingSchedulesFlag: true,
  };
  const created = await api.post('/procurement/products', body, z.object({ id: Id }), signal);
  await settleFilter(api, searchForLine(api, sale), signal);
  const path = `/procurement/products/${created.id}`;
  return api.get(path, lineFields, ProductLine, signal);
}

/** Throws when the line that stands is not worth what was sold. */
export function refuseOtherPrice(line: ProductLine, sale: Sale): void {
  const text = line.extPrice ?? null;
  if (text === null || minorFromText(text, sale.currency) === sale.totalMinor) return;
  const wanted = textFromMinor(sale.totalMinor, sale.currency);
  throw new KindError('rejected', `Product ${line.id} comes to ${text} instead of ${wanted}.`, {
    fix: 'Correct its price in ConnectWise (pricing rules may have changed it), then retry.',
  });
}

const lineFields = 'id,integrationXRef,extPrice,invoice,ticket';

function searchForLine(api: Api, sale: Sale): Search<ProductLine> {
  const zone = api.config.naiveDateTimes ? '' : 'Z';
  // No line of this sale is older than the sale; two days more cover any zone.
  const since = `${addDays(sale.issuedOn, -2)}T00:00:00${zone}`;
  return {
    path: '/procurement/products',
    fields: lineFields,
    schema: ProductLine,
    keyField: 'integrationXRef',
    key: sale.key,
    fact: 'conditions-integration-xref',
    otherwise: `lastUpdated>=[${since}]`,
    isWanted: (line) => line.integrationXRef === sale.key,
  };
}
