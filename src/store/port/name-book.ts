import { bindNames, createNameBook, type NameBook } from '../../domain/names.ts';
import { collectReferences } from '../../domain/rule-names.ts';
import type { Client } from '../../domain/terms.ts';
import type { NameStore } from './names.ts';

/** By which names the rules know the vendors' things, as far as is known; writes nothing. */
export async function readNameBook(
  store: NameStore,
  clients: readonly Client[],
): Promise<NameBook> {
  const references = collectReferences(clients, await store.listBlockWorkTypes());
  const names = await store.readNames();
  const bindings = bindNames(references, names, await store.readBindings());
  return createNameBook(references, names, bindings);
}
