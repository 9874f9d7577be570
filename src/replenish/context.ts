import type { Sender } from '../config/loaded.ts';
import type { Agreement, Client, Offer } from '../domain/agreements/terms.ts';
import type { Durations, Locale } from '../domain/format.ts';
import type { Instant } from '../domain/time.ts';
import type { Store } from '../store/port.ts';
import type { MessageTemplates } from './messages/templates.ts';

/** What a replenish run works with. */
export interface ReplenishContext {
  store: Store;
  clients: readonly Client[];
  mode: 'observe' | 'live';
  /** The config's offers, by name. */
  offers: ReadonlyMap<string, Offer>;
  /** The config's agreements, by name. */
  agreements: ReadonlyMap<string, Agreement>;
  /** What to do with blocks sold by hand in the PSA. */
  blocksSoldByHand: 'propose' | 'book';
  /** How the MSP reads, for its own tickets. */
  locale: Locale;
  durations: Durations;
  /** Whom clients may ask; null: the config names nobody. */
  sender: Sender | null;
  /** Addresses of the clients' published pages, by client. */
  pages: ReadonlyMap<string, string>;
  /** Connections that take a payment on an invoice. */
  bookable: ReadonlySet<string>;
  /** Connections that take a note on a ticket. */
  notable: ReadonlySet<string>;
  balanceField: { connection: string; field: string } | null;
  templates: MessageTemplates;
  runId: string;
  /** Timestamp of this database's first run, which distinguishes its messages from another's. */
  firstRunAt: Instant;
  at: Instant;
  signal: AbortSignal;
}

export interface ReplenishOutcome {
  /** Clients checked. */
  rows: number;
  /** Clients with decisions. */
  changed: number;
  /** Ledger entries appended. */
  posted: number;
  /** Push messages written. */
  messages: number;
}
