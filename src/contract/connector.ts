/**
 * What a connector is: the whole surface between a vendor's API and the rest of the program.
 * Types only. Everything a vendor calls by a name of its own is translated behind this line.
 *
 * All ids are the vendor's, as text. All moments are `Instant`s, all durations whole seconds,
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

export type { PushKind, PushMessages } from '../domain/records/messages.ts';
export type {
  ClientRow,
  InvoiceLine,
  InvoiceRow,
  NameIds,
  SessionRow,
  SourceId,
  StreamName,
  TicketRow,
  TimeEntryRow,
} from '../domain/records/rows.ts';
export type * from './pull.ts';

// ── Push ────────────────────────────────────────────────────────────────────────────────────────

export interface Delivered {
  /** The vendor's id of what now stands there. */
  remoteId: SourceId;
  /** What people call it, where that differs (`INV-1042`). */
  label?: string;
}

/** What became of a delivered record in the vendor's hands. What the vendor does not show is left out. */
export interface Standing {
  /** A ticket: somebody has closed it. */
  isClosed?: boolean;
  /** An invoice: it no longer counts. */
  isVoid?: boolean;
  isPaid?: boolean;
  /** What an invoice comes to before tax, and in what. */
  totalMinor?: number;
  currency?: string;
  updatedAt?: Instant;
}

/** What is to be taken back. */
export interface Withdrawal extends Delivered {
  /** A sentence for the people who find it closed. */
  reason: string;
}

/** What the vendor shows to be closed, void or gone. */
export interface Withdrawn {
  remoteId: SourceId;
}

/** No write without its find. `find` compares exactly in code; a vendor's filter may be ignored. */
export interface Push<Kind extends PushKind> {
  find(message: PushMessages[Kind], signal: AbortSignal): Promise<Delivered | null>;
  create(message: PushMessages[Kind], signal: AbortSignal): Promise<Delivered>;
  /**
   * How what was delivered stands now, looked up by its id; null: it is not there any more. Without it,
   * `find` tells whether it is there, and nothing else is known.
   */
  inspect?(
    message: PushMessages[Kind],
    remoteId: SourceId,
    signal: AbortSignal,
  ): Promise<Standing | null>;
  /**
   * Takes back what was delivered, saying why, and looks whether it worked. What is withdrawn already,
   * by us or by a person, is left as it is and counts. Null: the vendor does not allow it, so a person
   * must. Absent: there is no way at all.
   */
  withdraw?(
    message: PushMessages[Kind],
    delivered: Withdrawal,
    signal: AbortSignal,
  ): Promise<Withdrawn | null>;
}

export type Pushes = { [Kind in PushKind]?: Push<Kind> };

// ── Check ───────────────────────────────────────────────────────────────────────────────────────

export interface CheckResult {
  /** Stable id: `auth`, `permission.time`, `name.board`, `fact.conditions-external-xref` … */
  id: string;
  status: 'ok' | 'warning' | 'failed';
  /** What was found, naming the thing. */
  detail: string;
  /** What to do; always present unless ok. */
  fix?: string;
  /** Of the error behind a failure, where one is: a vendor that does not answer has refused nothing. */
  kind?: ErrorKind;
  /** A warning of a fact that use will verify: nobody has to act on it, and `check` counts such lines. */
  isUnverified?: true;
}

/** What the connector wants kept between runs: resolved names, discovered hosts, settled facts. */
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
  /** The MSP's zone, for a vendor that shows local times. */
  timezone: ZoneName;
  /** ISO 4217 code, for a vendor whose amounts carry none. */
  currency: string;
  memory: ConnectorMemory;
  log: ConnectorLog;
  /** Knows the secrets of the config and learns those obtained at run time; the transport applies it. */
  redactor: Redactor;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Called once for every HTTP request that leaves, retries included; `isWrite`: it may change something. */
  onRequest(isWrite: boolean): void;
  /** First pause before a request is repeated. Default: 500; tests use less. */
  backoffMs?: number;
}

/** Names that the config may use, as the vendor spells them. */
export type NameKind =
  | 'boards'
  | 'ticketTypes'
  | 'workTypes'
  | 'roles'
  | 'agreements'
  | 'clientFields';

/** A name with the vendor's id, by which it is known again once it is renamed; null: it has none. */
export interface ListedName {
  sourceId: SourceId | null;
  name: string;
}

/** A kind that the vendor keeps no list of is left out: then nothing can be said about its names. */
export type NameLists = Partial<
  Record<Exclude<NameKind, 'clientFields'>, readonly ListedName[]>
> & {
  clientFields?: readonly string[];
};

export interface Connector {
  /** How long what was just written may be missing from this vendor's searches. Default: 90 seconds. */
  searchLagSeconds?: number;
  /**
   * The lightest calls that prove credentials, permissions and every name the config refers to.
   * Throws nothing a person can mend: that is a failed result. Resolved ids go to memory.
   */
  check(clientIds: readonly SourceId[], signal: AbortSignal): Promise<CheckResult[]>;
  /**
   * Settles by writing what reading cannot: writes to the named test client, reads back, removes.
   * Every answer is stored in memory, and a step whose fact is "not so" refuses to run.
   */
  probe?(clientId: SourceId, signal: AbortSignal): Promise<CheckResult[]>;
  /** All names of the kinds that the vendor lists, for `check` to compare the config's with. */
  listNames?(clientIds: readonly SourceId[], signal: AbortSignal): Promise<NameLists>;
  /** All clients of the account, for an admin who looks for an id, and to find one that was re-created. */
  listClients?(signal: AbortSignal): Promise<readonly ClientRow[]>;
  /** For `check`: throws `config` where no sale could name this product. */
  proveProduct?(name: string, signal: AbortSignal): Promise<void>;
  pull: Pulls;
  push: Pushes;
}

/** What `pulls` and `pushes` leave open, in a few words, for the table of vendors. */
export interface VendorTable {
  /** Whether time comes with its approval; then `isApproved` is never null on a ticket's time. */
  approval: boolean;
  /** Whether time comes with hours to bill beside those worked; absent: it does not. */
  billedTime?: true;
  /** How deleted time is noticed; null: it is not. */
  deletions: string | null;
  /** What a sale becomes: `invoice`, `ticket charge`; null: nothing is pushed. */
  sale: string | null;
  /** What is done about hours that the vendor itself counts down; null: it has none. */
  ownBlocks: string | null;
}

/** What a connector relies on and the vendor's documents leave open. */
export interface Fact {
  /** What is relied on, as a sentence. */
  claim: string;
  /** What is done, or no longer done, where it is false. */
  otherwise: string;
  /** Whether a step refuses to run then. */
  isNeeded: boolean;
  verifiedBy: 'reading' | 'writing';
}

/**
 * What a connector was held against: the vendor's published schema, recorded answers, a real server in CI, a live
 * tenant.
 */
export type Evidence = 'schema' | 'recorded' | 'real server' | 'live tenant';

/** One vendor, as the registry lists it. `Config` is the vendor's own part of a connection. */
export interface VendorModule<Config = unknown> {
  /** Equals the folder's name and the config's `vendor:`. */
  id: string;
  /** What people call the product. */
  title: string;
  /**
   * The connection's settings beside `vendor`. A secret is a string with
   * `.meta({ secret: true })`; every field has a `.describe()` text, which becomes documentation.
   */
  config: ZodType<Config>;
  pulls: readonly (StreamName | 'ticketTime' | 'present' | 'blocks')[];
  pushes: readonly PushKind[];
  table: VendorTable;
  /** By id; the README's table of them is generated. */
  facts: Readonly<Record<string, Fact>>;
  /** What this connector was held against. */
  evidence: readonly Evidence[];
  /**
   * Whether the invoices that it makes come back in the `invoices` stream with our key and their
   * paid state; absent: they do.
   */
  showsPayment?(config: Config): boolean;
  /** Whether a sale that names no product would be refused, for want of one in the settings; absent: never. */
  needsProduct?(config: Config): boolean;
  /**
   * What of the settings decides how rows are read, such as the statuses that count as closed. Where it
   * changes, everything is read again; where that of time does, each ticket's time too.
   */
  readsBy?(config: Config): { tickets?: unknown; time?: unknown };
  create(config: Config, context: ConnectorContext): Connector;
}
