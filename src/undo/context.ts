import type { Client } from '../domain/agreements/terms.ts';
import type { Instant } from '../domain/time.ts';
import type { RunRow, Store } from '../store/port.ts';

/** What an undo works with. */
export interface UndoContext {
  store: Store;
  clients: readonly Client[];
  /** The run to undo. */
  run: RunRow;
  /** The undo's own run. */
  undoRunId: string;
  at: Instant;
  /** Since when the rules of the last debit apply; null: there was no debit yet. */
  rulesSince: Instant | null;
}
