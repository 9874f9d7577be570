/** Products: the one that a sale is billed by, and those by which Syncro counts hours itself. */

import type { PushMessages } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { type Api, believeRows, type List, type Query } from './api.ts';
import { CategoryWire, ProductWire } from './schema.ts';

/** By name: Syncro itself adds hours by the one category and takes them by the other. */
const prepayCategory = 'Prepay Hours';
const laborCategory = 'Labor';

/** The product that the sale (else the config) names; a line may do without one. */
export async function saleProduct(
  api: Api,
  sale: Pick<PushMessages['invoice'], 'product'>,
  signal: AbortSignal,
): Promise<ProductWire | null> {
  const name = sale.product ?? api.config.billing.product;
  if (name === undefined) return null;
  const found = await productNamed(api, name, signal);
  if (found === null) {
    throw new KindError('config', `Syncro has no product called "${name}".`, {
      fix: 'Write the name as Syncro shows it, or let the token list products.',
    });
  }
  const counting = [prepayCategory, laborCategory].find((category) => isIn(found, category));
  if (counting === undefined) return found;
  throw new KindError(
    'config',
    `Product "${name}" is of the category ${counting}, by which Syncro counts hours itself.`,
    { fix: 'Sell by a product of another category: the hours are counted here.' },
  );
}

async function productNamed(
  api: Api,
  name: string,
  signal: AbortSignal,
): Promise<ProductWire | null> {
  for await (const { rows } of api.pages(productList({ name }), signal)) {
    const found = believeRows('/products', rows, ProductWire).find((row) => row.name === name);
    if (found !== undefined) return found;
  }
  return null;
}

function productList(query: Query): List {
  return { path: '/products', rows: 'products', query, isUncounted: true };
}

/** Products whose sale adds prepaid hours to a customer. */
export function prepayProducts(api: Api, signal: AbortSignal): Promise<ProductWire[]> {
  return productsIn(api, prepayCategory, signal);
}

/** Products that time can be logged by. */
export function laborProducts(api: Api, signal: AbortSignal): Promise<ProductWire[]> {
  return productsIn(api, laborCategory, signal);
}

async function productsIn(api: Api, category: string, signal: AbortSignal): Promise<ProductWire[]> {
  const categories: List = { path: '/products/categories', rows: 'categories', isUncounted: true };
  const found: ProductWire[] = [];
  for await (const page of api.pages(categories, signal)) {
    const ids = believeRows(categories.path, page.rows, CategoryWire)
      .filter(({ name }) => isCalled(name, category))
      .map(({ id }) => id);
    for (const category_id of ids) {
      for await (const { rows } of api.pages(productList({ category_id }), signal)) {
        const products = believeRows('/products', rows, ProductWire);
        found.push(...products.filter((product) => !isElsewhere(product, category)));
      }
    }
  }
  return found;
}

/** A filter by category may be ignored; a product that shows no category is taken for one of it. */
function isElsewhere(product: ProductWire, category: string): boolean {
  return Boolean(product.product_category) && !isIn(product, category);
}

export function isPrepayCategory(name: string | null | undefined): boolean {
  return isCalled(name, prepayCategory);
}

function isIn({ product_category, category_path }: ProductWire, category: string): boolean {
  return [product_category, category_path].some((text) => isCalled(text, category));
}

/** The name alone, or the last of a path such as `Services > Labor`. */
function isCalled(text: string | null | undefined, name: string): boolean {
  const last = (text ?? '').split(/[>/;]/).at(-1) ?? '';
  return last.trim().toLowerCase() === name.toLowerCase();
}
