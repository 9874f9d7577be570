import { suggestion } from '../../config/nearest.ts';
import type { Connector, ListedProduct } from '../../contract/connector.ts';
import { isKindError, KindError } from '../../domain/errors.ts';

export type { ListedProduct } from '../../contract/connector.ts';

interface OfferedProducts {
  /** Each name once, in order of names; empty: the PSA lists none. */
  products: ListedProduct[];
  /** Why they could not be read; null: they were, or cannot be. */
  problem: string | null;
}

/** What the PSA sells. The list may be long, so it is only read if one has to be chosen. */
export async function readProducts(
  connector: Connector,
  signal: AbortSignal,
): Promise<OfferedProducts> {
  try {
    const listed = (await connector.listProducts?.(signal)) ?? [];
    const byName = new Map(listed.map((product) => [product.name, product]));
    const products = [...byName.values()].sort((a, b) =>
      a.name.localeCompare(b.name, 'en', { numeric: true }),
    );
    return { products, problem: null };
  } catch (error) {
    if (!isKindError(error, 'permission', 'rejected', 'contract', 'config')) throw error;
    return { products: [], problem: error.message };
  }
}

const soundsLikeBlock = /block|bundle|hour|prepaid|pre-paid|retainer|forfait|heure|carnet/i;

/** Those that sound like a block of so many hours first; the rest keeps its order. */
export function rankProducts(
  products: readonly ListedProduct[],
  hours: string,
): readonly ListedProduct[] {
  return products.toSorted((a, b) => likeness(b, hours) - likeness(a, hours));
}

/** The one that sounds most like a block of so many hours; null: none does. */
export function guessProduct(
  products: readonly ListedProduct[],
  hours: string,
): ListedProduct | null {
  const [first] = rankProducts(products, hours);
  return first !== undefined && likeness(first, hours) >= 2 ? first : null;
}

function likeness({ name, description = '' }: ListedProduct, hours: string): number {
  const text = `${name} ${description}`;
  const numbers: string[] = text.match(/\d+(?:\.\d+)?/g) ?? [];
  return (soundsLikeBlock.test(text) ? 2 : 0) + (numbers.includes(hours) ? 1 : 0);
}

/** Those that a typed text may mean: the one of that name, else all that contain it. */
export function matchProducts(
  products: readonly ListedProduct[],
  typed: string,
): readonly ListedProduct[] {
  const wanted = typed.toLowerCase();
  const exact = products.filter(({ name }) => name === typed);
  if (exact.length > 0) return exact;
  const alike = products.filter(({ name }) => name.toLowerCase() === wanted);
  if (alike.length > 0) return alike;
  return products.filter(({ name, description = '' }) =>
    `${name} ${description}`.toLowerCase().includes(wanted),
  );
}

const namedMax = 20;

/** The same fault with names to choose from, where the PSA lists any. */
export function withNames(
  fault: KindError,
  typed: string,
  products: readonly ListedProduct[],
): KindError {
  if (products.length === 0 || products.some(({ name }) => name === typed)) return fault;
  const names = products.map(({ name }) => name);
  const hint = suggestion(typed, names.slice(0, namedMax), 'products');
  return new KindError(fault.kind, fault.message, { fix: `${fault.fix ?? ''} ${hint}`.trim() });
}
