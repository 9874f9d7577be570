import type { VendorModule } from '../contract/connector.ts';
import type { Agreement, Client, Offer } from '../domain/agreements/terms.ts';
import type { Durations, Language, Locale } from '../domain/format.ts';
import type { TechnicianRule } from '../domain/sessions/technicians.ts';
import type { DateText } from '../domain/time.ts';
import type { ZoneName } from '../domain/zone.ts';

/** A valid config file, with every reference resolved. */
export interface LoadedConfig {
  /** Absolute path of the file, for messages. */
  file: string;
  mode: 'observe' | 'live';
  timezone: ZoneName;
  locale: Locale;
  durations: Durations;
  currency: string;
  /** Who the statements come from; null: they name nobody. */
  sender: Sender | null;
  /** Absolute path of the SQLite file. */
  store: string;
  /** The least that the first pull goes back. */
  historyMonths: number;
  blocksSoldByHand: 'propose' | 'book';
  balanceField: { connection: string; field: string } | null;
  connections: ReadonlyMap<string, ConfiguredConnection>;
  schedule: Schedule;
  /** Null: no backups are made. `folder` is an absolute path. */
  backup: { cron: string; folder: string; keep: number } | null;
  /** Null: no pages are published. `folder` is an absolute path; `url`: null: not known. */
  publish: { cron: string; folder: string; url: string | null } | null;
  sweep: { days: number; percentMax: number };
  reconcile: { days: number };
  /** Null: no status page. */
  web: WebSettings | null;
  /** Null: nobody is notified. */
  notify: NotifySettings | null;
  /** For journals of revenue; null: none can be written. */
  accounting: Accounting | null;
  contract: ContractConfig;
  offers: ReadonlyMap<string, Offer>;
  agreements: ReadonlyMap<string, Agreement>;
  clients: readonly ConfiguredClient[];
  /** Who is who in several systems. */
  technicians: readonly TechnicianRule[];
  /** Absolute paths of folders with `en/` and `fr/` message templates; the first that has one counts. */
  templates: readonly string[];
  /** The values of all secrets, to be redacted from the log. Never printed. */
  secrets: readonly string[];
}

export interface ConfiguredConnection {
  name: string;
  vendor: VendorModule;
  /** Parsed by `vendor.config`; opaque to everything but the vendor. */
  settings: unknown;
}

/** Accounts of the MSP's books, by name or code. */
export interface Accounting {
  deferredRevenue: string;
  revenue: string;
  breakage: string;
  /** Absent: invoices of blocks are booked as deferred revenue by themselves. */
  receivable?: string | undefined;
  refunds: string;
  adjustments: string;
  /** The name of the rate without tax. */
  taxRate: string;
  perClient: boolean;
  trackingCategory: string;
}

interface NotifySettings {
  webhook: string | null;
  ping: string | null;
  /** Whom tickets about the service are opened under. */
  client: { connection: string; sourceId: string } | null;
  after: number;
}

interface WebSettings {
  host: string;
  port: number;
  token: string;
  /** Its public address, without a slash at the end; null: not known. */
  url: string | null;
}

/** The MSP, as its clients know it. */
export interface Sender {
  name: string;
  /** Postal address, line by line. */
  address: readonly string[];
  email: string | null;
  phone: string | null;
  website: string | null;
  /** A `data:` URI. */
  logo: string | null;
}

/** What only the written agreement says. */
export interface ContractConfig {
  /** The MSP's legal form, numbers …, line by line. */
  registration: readonly string[];
  /** When the MSP's counsel approved the document; null: not yet. */
  reviewedOn: DateText | null;
  /** By name of the client. */
  clients: ReadonlyMap<string, ContractTerms>;
  /** By name of the business hours. */
  closings: ReadonlyMap<string, StatedClosings>;
}

export type Wording = Readonly<Record<Language, string>>;

/** Null: the document has no such clause, or a line to fill in by hand. */
export interface ContractTerms {
  legal: readonly string[];
  noticeDays: number;
  refunds: Wording | null;
  travel: Wording | null;
  law: Wording | null;
  jurisdiction: Wording | null;
  extraClauses: readonly { title: Wording; text: Wording }[];
}

/** Why a day is outside business hours, as a document names it. */
export interface StatedClosings {
  places: readonly { country: string; area: string | null }[];
  days: readonly { from: DateText; to: DateText }[];
}

/** A client before the store has assigned its permanent ID. */
export interface ConfiguredClient extends Omit<Client, 'id' | 'paidBy'> {
  paidBy: { name: string } | null;
}

/** Cron expressions (five or six fields) in the configured zone. */
interface Schedule {
  pull: string;
  debit: string;
  replenish: string;
  push: string;
  sweep: string;
  reconcile: string;
}
