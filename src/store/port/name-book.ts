import { collectReferences } from '../../domain/agreements/rule-names.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { bindNames, createNameBook, type NameBook } from '../../domain/records/names.ts';
import type { NameStore } from './names.ts';

/** Maps the vendors' things to their names in the rules, as far as known; writes nothing. */
export async function readNameBook(
  store: NameStore,
  clients: readonly Client[],
): Promise<NameBook> {
  const references = collectReferences(clients, await store.listBlockWorkTypes());
  const names = await store.readNames();
  const bindings = bindNames(references, names, await store.readBindings());
  return createNameBook(references, names, bindings);
}
