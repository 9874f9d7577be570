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
  /** The streams that page, with their request's path in the sandbox; `filters`: for one list read by several. */
  pageStreams: readonly {
    stream: StreamName;
    path: RegExp;
    filters?: number;
    /** It comes whole, so that there is no paging to turn in a circle. */
    isWhole?: true;
  }[];
  /** Needed by a vendor that pushes `balance-field`. */
  balanceField?: string;
  /** What an invoice of this vendor needs beside the usual, such as its product. */
  invoice?: Partial<PushMessages['invoice']>;
  /** An invoice that takes a payment, with what else that needs. */
  payment?: Partial<PushMessages['invoice-payment']>;
  /** What a charge of this provider needs, such as the currency of its mandates. */
  recharge?: Partial<PushMessages['recharge']>;
  /** Of a payment provider, which has no tickets and no time. */
  payments?: PaymentBench;
  /** Of a vendor that has sessions and no time: adds n of the first client that ended now; answers with their IDs. */
  addSessions?(count: number): Promise<readonly string[]>;
  /** Default: `UTC`. */
  timezone?: string;
}

/** What happens at a payment provider besides what is sent to it. */
export interface PaymentBench {
  /** Adds n charges of the first client, and a mandate of its own for each, all changed now. */
  add(count: number): Promise<readonly { paymentId: string; mandateId: string }[]>;
  /** A charge that is not collected yet, of the client at this place in `clientIds`. */
  submit(charge: { client: number; amountMinor: number }): Promise<string>;
  succeed(paymentId: string): Promise<void>;
  fail(paymentId: string, why: 'funds' | 'account'): Promise<void>;
  /** Takes so much of it back: refunded, returned, or disputed and lost. */
  reverse(paymentId: string, amountMinor: number): Promise<void>;
  /** The bank, the payer or a user ends it for good. */
  endMandate(mandateId: string): Promise<void>;
  /** From now on the provider remembers no key of an earlier request. */
  forgetKeys(): void;
  /** The next charge is declined as it is made; absent: the provider never declines at once. */
  declineNext?(): void;
}

/** For a vendor without tickets: nothing may ask for work there. */
export const withoutTickets: Pick<ContractBench, 'addWork' | 'putWork' | 'noteTicketId'> = {
  addWork: () => Promise.reject(new Error('This vendor has no time.')),
  putWork: () => Promise.reject(new Error('This vendor has no tickets.')),
  noteTicketId: '',
};

export function hasTime({ vendor: { pulls } }: ContractSubject): boolean {
  return pulls.includes('timeEntries') || pulls.includes('ticketTime');
}

/** The IDs of what was added, by stream. */
export type Added = Partial<Record<StreamName, string>> & { seconds?: number };

/** Rows of the first client, changed now: tickets with time, sessions, or charges with mandates. */
export async function addRows(bench: ContractBench, count: number): Promise<readonly Added[]> {
  if (bench.payments !== undefined) {
    const added = await bench.payments.add(count);
    return added.map(({ paymentId, mandateId }) => ({ payments: paymentId, mandates: mandateId }));
  }
  if (bench.addSessions !== undefined) {
    return (await bench.addSessions(count)).map((id) => ({ sessions: id }));
  }
  const work = await bench.addWork(count);
  return work.map(({ ticketId, entryId, seconds }) => {
    return { tickets: ticketId, timeEntries: entryId, seconds };
  });
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
