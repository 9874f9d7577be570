import type { Client } from '../../domain/agreements/terms.ts';
import { isKindError } from '../../domain/errors.ts';
import type { CheckLine, CheckTarget } from './check-line.ts';

/**
 * Checks every product that a sale through this connection would use, once each. Otherwise a wrong
 * one would only be found by the first invoice.
 */
export async function checkProducts(target: CheckTarget): Promise<CheckLine[]> {
  const { connection, connector, signal } = target;
  if (connector.proveProduct === undefined) return [];
  const lines: CheckLine[] = [];
  for (const [product, places] of productsSold(target)) {
    const where = [...places].join(', ');
    const line = { connection, id: `name.product.${product}` } as const;
    try {
      await connector.proveProduct(product, signal);
      lines.push({ ...line, status: 'ok', detail: `"${product}", of ${where}, can be sold.` });
    } catch (error) {
      if (!isKindError(error)) throw error;
      const detail = `${error.message} It is the product of ${where}.`;
      const fix = error.fix ?? 'Run `prepaid-hours check` again once the PSA answers.';
      lines.push({ ...line, status: 'failed', detail, fix, kind: error.kind });
    }
  }
  return lines;
}

/**
 * The products and where the config uses them. With one PSA, an offer in no rule may still be sold
 * by hand.
 */
function productsSold({ clients, config, connection }: CheckTarget): Map<string, Set<string>> {
  const products = new Map<string, Set<string>>();
  const add = (product: string | null, where: string) => {
    if (product === null) return;
    products.set(product, (products.get(product) ?? new Set()).add(where));
  };
  const isAlone = clients.every(({ pushTo }) => pushTo === connection);
  const ours = clients.filter(({ pushTo }) => pushTo === connection);
  const offers = isAlone && ours.length > 0 ? [...config.offers.values()] : ours.flatMap(offersOf);
  for (const { name, product } of offers) add(product, `the offer "${name}"`);
  for (const { name, agreement } of ours) {
    const { overage } = agreement;
    if (typeof overage !== 'string') add(overage.product, `the overage rate of "${name}"`);
  }
  return products;
}

function offersOf({ agreement }: Client) {
  return agreement.replenish.flatMap(({ offer }) => (offer === null ? [] : [offer]));
}
