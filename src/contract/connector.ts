/**
 * The connector contract: the whole interface between a vendor's API and the rest of the program.
 * Types only. Vendor terms are translated into ours behind it.
 *
 * All IDs are the vendor's, as text. All timestamps are `Instant`s, all durations whole seconds,
 * all money whole minor units.
 */
import type { ZodType } from 'zod';
import type { ErrorKind } from '../domain/errors.ts';
import type { PushKind, PushMessages } from '../domain/records/messages.ts';
import type { ClientRow, SourceId, StreamName } from '../domain/records/rows.ts';
import type { Redactor } from '../domain/redaction.ts';
import type { Instant } from '../domain/time.ts';
import type { ZoneName } from '../domain/zone.ts';
import type { Pulls } from './pull.ts';
import type { Webhook } from './webhook.ts';

export type { PushKind, PushMessages } from '../domain/records/messages.ts';
export type {
  ClientRow,
  InvoiceLine,
  InvoiceRow,
  MandateRow,
  NameIds,
  PaymentRow,
  SessionRow,
  SourceId,
  StreamName,
  TicketRow,
  TimeEntryRow,
} from '../domain/records/rows.ts';
export type * from './pull.ts';
export type * from './webhook.ts';

// ── Push ────────────────────────────────────────────────────────────────────────────────────────

export interface Delivered {
  /** The vendor's ID of the record that was written. */
  remoteId: SourceId;
  /** Its display number, if different (`INV-1042`). */
  label?: string;
}

/**
 * The current state of a delivered record at the vendor. Fields that the vendor does not report are
 * left out.
 */
export interface RemoteState {
  /** A ticket: whether it is closed. */
  isClosed?: boolean;
  /** An invoice: whether it is void. */
  isVoid?: boolean;
  isPaid?: boolean;
  /** An invoice's total before tax, and its currency. */
  totalMinor?: number;
  currency?: string;
  updatedAt?: Instant;
}

/** A record to withdraw. */
export interface Withdrawal extends Delivered {
  /** A sentence for users who find it closed. */
  reason: string;
}

/** The record as closed, void or deleted according to the vendor. */
export interface Withdrawn {
  remoteId: SourceId;
}

/** Every write has a find. `find` compares exactly in code: a vendor may ignore a filter. */
export interface PushOf<Message> {
  find(message: Message, signal: AbortSignal): Promise<Delivered | null>;
  create(message: Message, signal: AbortSignal): Promise<Delivered>;
  /**
   * Keys of those messages that certainly do not exist, looked up together: `create` may use what
   * was read for a minute. The others are looked up by `find`. Absent: the vendor's search takes one.
   */
  findMissing?(messages: readonly Message[], signal: AbortSignal): Promise<ReadonlySet<string>>;
  /**
   * The current state of a delivered record, read by its ID; null: it no longer exists. Without
   * this function, `find` only shows whether it exists.
   */
  inspect?(message: Message, remoteId: SourceId, signal: AbortSignal): Promise<RemoteState | null>;
  /**
   * Withdraws a delivered record, gives the reason, and verifies the result. A record that is
   * already withdrawn, by us or by a user, is left as is and counts. Null: the vendor does not
   * allow it, so it must be done by hand. Absent: not supported at all.
   */
  withdraw?(
    message: Message,
    delivered: Withdrawal,
    signal: AbortSignal,
  ): Promise<Withdrawn | null>;
  /** The API cannot withdraw it: `withdraw` only looks whether people have. */
  isWithdrawnByHand?: true;
}

export type Push<Kind extends PushKind> = PushOf<PushMessages[Kind]>;

export type Pushes = { [Kind in PushKind]?: Push<Kind> };

// ── Check ───────────────────────────────────────────────────────────────────────────────────────

export interface CheckResult {
  /** Stable id: `auth`, `permission.time`, `name.board`, `fact.conditions-external-xref` … */
  id: string;
  status: 'ok' | 'warning' | 'failed';
  /** What was found, with the name of the thing. */
  detail: string;
  /** What to do; always present unless ok. */
  fix?: string;
  /**
   * The kind of the error behind a failure, if any: a vendor that does not respond has not refused
   * us.
   */
  kind?: ErrorKind;
  /** A warning of a fact that use will verify: nobody has to act on it, and `check` counts such lines. */
  isUnverified?: true;
}

/** What the connector keeps between runs: resolved names, discovered hosts, verified facts. */
export interface ConnectorMemory {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
}

export interface ConnectorLog {
  debug(message: string, detail?: Record<string, unknown>): void;
  info(message: string, detail?: Record<string, unknown>): void;
  warn(message: string, detail?: Record<string, unknown>): void;
}

export interface ConnectorContext {
  /** The connection's name in the config file, for messages. */
  connection: string;
  /** The MSP's time zone, for a vendor that reports local times. */
  timezone: ZoneName;
  /** ISO 4217 code, for a vendor whose amounts have no currency. */
  currency: string;
  memory: ConnectorMemory;
  log: ConnectorLog;
  /** Knows the config's secrets and learns those obtained at run time; applied by the transport. */
  redactor: Redactor;
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Called once for every HTTP request sent, including retries; `isWrite`: it may change something.
   */
  onRequest(isWrite: boolean): void;
  /** First pause before a request is retried. Default: 500; tests use less. */
  backoffMs?: number;
}

/** Kinds of names that the config may use, spelt as at the vendor. */
export type NameKind =
  | 'boards'
  | 'ticketTypes'
  | 'workTypes'
  | 'roles'
  | 'agreements'
  | 'clientFields';

/** A name with the vendor's ID, by which it is recognized after a rename; null: it has none. */
export interface ListedName {
  sourceId: SourceId | null;
  name: string;
}

/** A kind without a list at the vendor is left out: its names cannot be checked. */
export type NameLists = Partial<
  Record<Exclude<NameKind, 'clientFields'>, readonly ListedName[]>
> & {
  clientFields?: readonly string[];
};

/** A product of the vendor's catalogue that a sale could name. */
export interface ListedProduct {
  /** As the config names it. */
  name: string;
  /** What it is, where the name alone may not say it. */
  description?: string;
}

export interface Connector {
  /** How many messages may be sent at the same time. Default: 1. */
  places?: number;
  /** How long a new record may be missing from this vendor's searches. Default: 90 seconds. */
  searchLagSeconds?: number;
  /**
   * The lightest calls that verify credentials, permissions and every name used in the config. A
   * problem that an admin can fix is a failed result, not an exception. Resolved IDs go to memory.
   */
  check(clientIds: readonly SourceId[], signal: AbortSignal): Promise<CheckResult[]>;
  /**
   * Verifies by writing what reading cannot: writes to the test client, reads back, removes. Every
   * result is stored in memory, and a step whose fact is false refuses to run. `product`: of an offer, for the test sale.
   */
  probe?(clientId: SourceId, signal: AbortSignal, product?: string | null): Promise<CheckResult[]>;
  /** All names of the kinds that the vendor lists, for `check` to compare with the config. */
  listNames?(clientIds: readonly SourceId[], signal: AbortSignal): Promise<NameLists>;
  /** All clients of the account, for an admin looking up an ID, and to find a re-created client. */
  listClients?(signal: AbortSignal): Promise<readonly ClientRow[]>;
  /** All products that a sale could name, for an admin to choose from; a name may come twice. */
  listProducts?(signal: AbortSignal): Promise<readonly ListedProduct[]>;
  /** For `check`: throws `config` if no sale could use this product. */
  proveProduct?(name: string, signal: AbortSignal): Promise<void>;
  pull: Pulls;
  push: Pushes;
  /** Absent: this vendor sends none that can be proved to come from it. */
  webhook?: Webhook;
}

/** What `pulls` and `pushes` do not show, in a few words, for the vendor table. */
interface VendorTable {
  /** Whether time has an approval state; then `isApproved` is never null on a ticket's time. */
  approval: boolean;
  /** Whether time has billable hours besides worked hours; absent: it does not. */
  billedTime?: true;
  /** How deleted time is detected; null: it is not. */
  deletions: string | null;
  /** What a sale becomes: `invoice`, `ticket charge`; null: nothing is pushed. */
  sale: string | null;
  /** How the vendor's native blocks of hours are handled; null: it has none. */
  ownBlocks: string | null;
}

/** Vendor behaviour that a connector relies on and that is undocumented. */
export interface Fact {
  /** The assumption, as a sentence. */
  claim: string;
  /** What changes if it is false. */
  otherwise: string;
  /** Whether a step refuses to run then. */
  isNeeded: boolean;
  verifiedBy: 'reading' | 'writing';
}

/**
 * What a connector was tested against: the vendor's published schema, its own client library,
 * recorded responses, a real server in CI, a live tenant.
 */
export type Evidence = 'schema' | 'official client' | 'recorded' | 'real server' | 'live tenant';

/** One vendor, as the registry lists it. `Config` is the vendor's own part of a connection. */
export interface VendorModule<Config = unknown> {
  /** Equals the folder's name and the config's `vendor:`. */
  id: string;
  /** The product's name. */
  title: string;
  /**
   * The connection's settings, besides `vendor`. A secret is a string with `.meta({ secret: true
   * })`; every field has a `.describe()` text, which becomes documentation.
   */
  config: ZodType<Config>;
  pulls: readonly (StreamName | 'ticketTime' | 'present' | 'blocks')[];
  pushes: readonly PushKind[];
  table: VendorTable;
  /** By ID; the README's table of them is generated. */
  facts: Readonly<Record<string, Fact>>;
  /** What this connector was held against. */
  evidence: readonly Evidence[];
  /**
   * Whether the invoices that it creates appear in the `invoices` stream with our key and their
   * paid state; absent: they do.
   */
  showsPayment?(config: Config): boolean;
  /**
   * Whether a sale without a product would be rejected because the settings have none; absent:
   * never.
   */
  needsProduct?(config: Config): boolean;
  /**
   * The settings that decide how rows are interpreted, such as the statuses that count as closed.
   * When they change, everything is read again; if those of time change, each ticket's time too.
   */
  readsBy?(config: Config): { tickets?: unknown; time?: unknown };
  create(config: Config, context: ConnectorContext): Connector;
}
