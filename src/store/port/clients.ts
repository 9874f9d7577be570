import type { Instant } from '../../domain/time.ts';

export interface ClientStore {
  /**
   * Assigns every configured client its permanent ID: the one that any of its vendor IDs already
   * has, or a new one made from the name. Returns the IDs in the given order. Throws `config` if
   * two of a client's vendor IDs belong to different known clients, or if two configured clients
   * claim the same one and the last known name does not decide it.
   */
  assignClientIds(
    clients: readonly {
      name: string;
      sourceIds: ReadonlyMap<string, string>;
      formerIds: ReadonlyMap<string, string>;
      /** The client whose blocks pay; null: its own. */
      paidBy: { name: string } | null;
    }[],
    at: Instant,
  ): Promise<string[]>;
}
