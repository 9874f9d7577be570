import type { Client, Locale, Offer } from '../domain/agreements/terms.ts';
import type { Instant } from '../domain/time.ts';
import type { Store } from '../store/port.ts';
import type { MessageTemplates } from './messages/templates.ts';

/** What a replenish run works with. */
export interface ReplenishContext {
  store: Store;
  clients: readonly Client[];
  mode: 'observe' | 'live';
  /** Those of the config, by name. */
  offers: ReadonlyMap<string, Offer>;
  /** What becomes of blocks that somebody sold in the PSA. */
  blocksSoldByHand: 'propose' | 'book';
  /** The MSP's own language, for its own tickets. */
  locale: Locale;
  balanceField: { connection: string; field: string } | null;
  templates: MessageTemplates;
  runId: string;
  /** Moment of this database's first run: what tells its messages from those of another. */
  firstRunAt: Instant;
  at: Instant;
  signal: AbortSignal;
}

export interface ReplenishOutcome {
  /** Clients looked at. */
  rows: number;
  /** Clients for whom something was decided. */
  changed: number;
  /** Ledger entries appended. */
  posted: number;
  /** Push messages written. */
  messages: number;
}
