import { KindError } from '../../../domain/errors.ts';
import { isProductNeeded } from '../../../service/setup/draft.ts';
import { faultOfProduct, type NewOffer, readOffer } from '../../../service/setup/offer.ts';
import {
  guessProduct,
  type ListedProduct,
  matchProducts,
  rankProducts,
  readProducts,
  withNames,
} from '../../../service/setup/products.ts';
import type { Connected } from './ask-terms.ts';
import type { Asker } from './asker.ts';
import type { InitFlags } from './flags.ts';

interface Selling {
  products: readonly ListedProduct[];
  /** Whether there is room for a question of its own; else it is typed, or guessed, and reviewed. */
  asksProduct: boolean;
}

/** The block that clients buy, with a product that the PSA knows. */
export async function askOffer(
  connected: Connected,
  flags: InitFlags,
  asker: Asker | null,
  selling: Selling,
): Promise<NewOffer> {
  const { currency } = connected.place;
  const given = flags.offer === undefined ? null : readOffer(flags.offer, currency);
  const wanted = flags.product ?? given?.product ?? null;
  if (asker === null) return proveOffer(connected, given, wanted);
  for (let offer = given; ; offer = null) {
    offer ??= await askOfferText(asker, connected, selling);
    const named = flags.product ?? offer.product;
    const product = await chooseProduct(connected, asker, { ...offer, product: named }, selling);
    const fault = await faultOfProduct(
      connected.connector,
      connected.draft,
      product,
      connected.signal,
    );
    if (fault === null) return { ...offer, product };
    tell(asker, fault);
    if (selling.products.length === 0) continue;
    return {
      ...offer,
      product: await askProduct(connected, asker, { ...offer, product }, selling.products),
    };
  }
}

/** Without a terminal: a fault is thrown, with the names that there are. */
async function proveOffer(
  { connector, draft, place, signal }: Connected,
  offer: NewOffer | null,
  product: string | null,
): Promise<NewOffer> {
  if (offer === null) throw wrongOffer(place.currency);
  const fault = await faultOfProduct(connector, draft, product, signal);
  if (fault === null) return { ...offer, product };
  const { products } = await readProducts(connector, signal);
  throw withNames(fault, product ?? '', rankProducts(products, offer.hours));
}

/** By its typed name or a part of it; else picked, or guessed where no question is left for it. */
async function chooseProduct(
  connected: Connected,
  asker: Asker,
  offer: NewOffer,
  { products, asksProduct }: Selling,
): Promise<string | null> {
  if (products.length === 0) return offer.product;
  if (offer.product !== null) {
    const [only, ...others] = matchProducts(products, offer.product);
    return only !== undefined && others.length === 0 ? only.name : offer.product;
  }
  if (asksProduct) return askProduct(connected, asker, offer, products);
  const guess = guessProduct(products, offer.hours);
  if (guess !== null || !isProductNeeded(connected.draft)) return guess?.name ?? null;
  return askProduct(connected, asker, offer, products);
}

/** Picks one of the PSA’s until it can be sold. */
export async function askProduct(
  { connector, draft, signal }: Connected,
  asker: Asker,
  { hours, product }: Pick<NewOffer, 'hours' | 'product'>,
  products: readonly ListedProduct[],
): Promise<string | null> {
  const ranked = rankProducts(matchesFirst(products, product), hours);
  const none = { value: '', label: 'None: the line of the invoice has only a text' };
  const choices = ranked.map(({ name, description = '' }) => ({
    value: name,
    label: description === '' || description === name ? name : `${name} · ${description}`,
  }));
  const initial = guessProduct(products, hours)?.name;
  for (;;) {
    const picked = await asker.pick({
      message: `Which product of the PSA is the block of ${hours} hours?`,
      choices: isProductNeeded(draft) ? choices : [none, ...choices],
      ...(initial === undefined ? {} : { initial }),
    });
    const chosen = picked === '' ? null : picked;
    const fault = await faultOfProduct(connector, draft, chosen, signal);
    if (fault === null) return chosen;
    tell(asker, fault);
  }
}

function matchesFirst(
  products: readonly ListedProduct[],
  typed: string | null,
): readonly ListedProduct[] {
  const matches = typed === null ? [] : matchProducts(products, typed);
  return [...new Set([...matches, ...products])];
}

function tell(asker: Asker, { message, fix = '' }: KindError): void {
  asker.say(`${message}\n${fix}`.trim());
}

function wrongOffer(currency: string): KindError {
  return new KindError('config', '--offer is not a number of hours and the price of one.', {
    fix: `For 10 hours at 120.00 ${currency} an hour: --offer 10@120`,
  });
}

async function askOfferText(
  asker: Asker,
  { place: { currency }, draft }: Connected,
  { products, asksProduct }: Selling,
): Promise<NewOffer> {
  // A product that is needed and cannot be guessed has to be typed: there is no question left for it.
  const isTyped = !asksProduct && products.length > 0 && isProductNeeded(draft);
  const text = await asker.text({
    message: `The block that you sell: hours@price of one hour in ${currency}${asksProduct ? '' : ', and its product in the PSA'}`,
    placeholder: asksProduct ? '10@120' : '10@120 BLOCK-10',
    faultOf: (typed) => {
      const offer = readOffer(typed, currency);
      if (offer === null) return 'For example 10@120, or 10@120 BLOCK-10';
      if (!isTyped || offer.product !== null || guessProduct(products, offer.hours)) return null;
      const names = rankProducts(products, offer.hours).map(({ name }) => name);
      return `With its product, for example: ${typed.trim()} ${names[0]}. The PSA has ${names.slice(0, 5).join(', ')}${names.length > 5 ? ' …' : ''}`;
    },
  });
  const offer = readOffer(text, currency);
  if (offer === null) throw wrongOffer(currency);
  return offer;
}
