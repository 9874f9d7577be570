/** What a vendor's test brings along for the contract suite. */
import type {
  Connector,
  PushKind,
  PushMessages,
  StreamName,
  VendorModule,
} from '../../src/contract/connector.ts';
import type { Instant } from '../../src/domain/time.ts';
import type { SandboxServer } from '../sandbox/server.ts';
import { createTestContext, type TestContext } from '../support/connector-context.ts';

export interface ContractSubject {
  vendor: VendorModule;
  /** What reading costs at the vendor's best. */
  requests: {
    /** Rows on a full page. */
    pageSize: number;
    /** How many of the vendor's lists make up a stream, where it is more than one. */
    lists?: Partial<Record<StreamName, number>>;
    /** Requests before the very first row: a token, names, statuses. */
    setup: number;
  };
  /** Fields without which a row cannot be understood; those with a list's name are meant in that list alone. */
  essential: readonly string[];
  /** A fresh bench for each test. */
  start(): Promise<ContractBench>;
}

export interface WorkItem {
  /** Its place in `clientIds`. */
  client: number;
  summary: string;
  startedAt: Instant;
  /** A multiple of three minutes: what whole minutes and two decimals of an hour both hold. */
  seconds: number;
  isBillable: boolean;
}

export interface ContractBench {
  sandbox: SandboxServer;
  /** Valid settings for `vendor.config`. */
  settings: unknown;
  /** The same with a wrong password. */
  wrongSecretSettings: unknown;
  /** At least two clients with a ticket each, on which there is no time. */
  clientIds: readonly string[];
  /** Adds n tickets of the first client with one time entry each, changed now. */
  addWork(
    count: number,
  ): Promise<readonly { ticketId: string; entryId: string; seconds: number }[]>;
  /**
   * A closed ticket with one time entry, all changed now, though the work may lie in the past; where the
   * vendor records no time of work but that of logging, it was logged when it ended.
   */
  putWork(work: WorkItem): Promise<{ ticketId: string; entryId: string }>;
  /** Takes a time entry away for good, as a technician would; absent: the vendor does not let them. */
  removeTime?(entryId: string): Promise<void>;
  /** How many objects with this key exist on the vendor's side, read from the sandbox's state. */
  countPushed(kind: PushKind, key: string): number;
  /** An existing ticket of the first client, for notes. */
  noteTicketId: string;
  /** Rows on a page of the streams below; a small one keeps the tests quick. */
  pageSize: number;
  /** The streams that page, with their request's path in the sandbox. */
  pageStreams: readonly { stream: StreamName; path: RegExp }[];
  /** Needed by a vendor that pushes `balance-field`. */
  balanceField?: string;
  /** What an invoice of this vendor needs beside the usual, such as its product. */
  invoice?: Partial<PushMessages['invoice']>;
  /** Default: `UTC`. */
  timezone?: string;
}

export interface Opened {
  bench: ContractBench;
  connector: Connector;
  context: TestContext;
}

export function openConnector(
  subject: ContractSubject,
  bench: ContractBench,
  settings: unknown = bench.settings,
): Opened {
  const context = createTestContext({ timezone: bench.timezone ?? 'UTC' });
  const config = subject.vendor.config.parse(settings);
  return { bench, context, connector: subject.vendor.create(config, context) };
}
