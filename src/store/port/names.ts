import type { NamedKind } from '../../domain/agreements/rule-names.ts';
import type { NameBinding, SeenName } from '../../domain/records/names.ts';
import type { Instant } from '../../domain/time.ts';

/** A name of a vendor's own list; null: the vendor has no id for it. */
export interface ListedThing {
  sourceId: string | null;
  name: string;
}

/** What the vendors' ids are called, learned from every row that is mirrored and from lists. */
export interface NameStore {
  readNames(): Promise<SeenName[]>;
  readBindings(): Promise<NameBinding[]>;
  /** Puts these in the place of all that there are. */
  writeBindings(bindings: readonly NameBinding[]): Promise<void>;
  /** The whole list of a kind: what it lacks is gone. */
  writeListedNames(
    connection: string,
    kind: NamedKind,
    things: readonly ListedThing[],
    at: Instant,
  ): Promise<void>;
  /** Kinds of which a whole list was read. */
  readListedKinds(): Promise<{ connection: string; kind: NamedKind }[]>;
  /** The work types that blocks are limited to. */
  listBlockWorkTypes(): Promise<string[]>;
}
