import { isQuantity, type Term } from './quantities.ts';

export type Terms = { [name: string]: Term };

/** Whether it is terms by name, and no figure or list. */
export function isGroup(term: Term): term is Terms {
  const isObject = typeof term === 'object' && term !== null;
  return isObject && !Array.isArray(term) && !isQuantity(term);
}

/** By name, so that a change can name what it is of; null if there is none. A repeated name is numbered. */
export function keyedBy(entries: readonly (readonly [name: string, value: Term])[]): Terms | null {
  if (entries.length === 0) return null;
  const terms: Terms = {};
  for (const [name, value] of entries) {
    let key = name;
    for (let count = 2; key in terms; count += 1) key = `${name} (${count})`;
    terms[key] = value;
  }
  return terms;
}
