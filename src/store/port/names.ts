import { collectReferences, type NamedKind } from '../../domain/agreements/rule-names.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import {
  bindNames,
  createNameBook,
  type NameBinding,
  type NameBook,
  type SeenName,
} from '../../domain/records/names.ts';
import type { Instant } from '../../domain/time.ts';

/** A name from a vendor's list; null: the vendor has no ID for it. */
export interface ListedThing {
  sourceId: string | null;
  name: string;
}

/** The names of the vendors' IDs, learned from every mirrored row and from lists. */
export interface NameStore {
  readNames(): Promise<SeenName[]>;
  readBindings(): Promise<NameBinding[]>;
  /** Replaces all existing ones. */
  writeBindings(bindings: readonly NameBinding[]): Promise<void>;
  /** The complete list of a kind: what is missing was deleted. */
  writeListedNames(
    connection: string,
    kind: NamedKind,
    things: readonly ListedThing[],
    at: Instant,
  ): Promise<void>;
  /** Kinds with a complete list. */
  readListedKinds(): Promise<{ connection: string; kind: NamedKind }[]>;
  /** Work types that blocks are limited to. */
  listBlockWorkTypes(): Promise<string[]>;
}

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
