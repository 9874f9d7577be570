import type { Instant } from '../../domain/time.ts';

export interface ClientStore {
  /**
   * Gives every configured client its lasting id: the one that any of its vendor ids already has,
   * else a new one made from the name. Returns the ids in the order asked.
   * Throws `config` when two of a client's vendor ids belong to different known clients, or when two
   * configured clients claim the same one and the last known name does not tell whose it is.
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
