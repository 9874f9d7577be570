/** What the simulation asks of a PSA: what people do in it, and its own state for the auditor. */
import type { Connector, ConnectorContext } from '../../src/contract/connector.ts';

/** `changedMs` is when it was last changed, `stampMs` when the PSA says that it was: late rows differ. */
interface Changed {
  stampMs: number;
  changedMs: number;
}

export interface PsaTicket extends Changed {
  id: string;
  client: string;
  isClosed: boolean;
  mergedInto: string | null;
}

export interface PsaEntry extends Changed {
  id: string;
  ticketId: string;
  startMs: number;
  seconds: number;
  workType: string;
}

export interface PsaInvoice extends Changed {
  id: string;
  client: string;
  key: string | null;
  totalMinor: number;
  paidMinor: number;
  isPaid: boolean;
  isVoid: boolean;
}

export interface PsaAlert {
  id: string;
  client: string;
  key: string;
  subject: string;
}

export interface PsaNote {
  ticketId: string;
  key: string;
  body: string;
  atMs: number;
}

export interface PsaState {
  tickets: readonly PsaTicket[];
  entries: readonly PsaEntry[];
  invoices: readonly PsaInvoice[];
  alerts: readonly PsaAlert[];
  notes: readonly PsaNote[];
  /** The balance that technicians see, by client. */
  fields: ReadonlyMap<string, string>;
}

export interface NewEntry {
  ticketId: string;
  startMs: number;
  seconds: number;
  workType: string;
  /** By how much the row is stamped earlier than it appears. */
  lateMs: number;
}

export interface Psa {
  /** The connection's name. */
  readonly name: string;
  /** Ids of the two configured clients there, and of one that is in no config. */
  readonly clients: readonly string[];
  openTicket(client: string): string;
  close(ticketId: string): void;
  reopen(ticketId: string): void;
  merge(ticketId: string, into: string): void;
  moveTicket(ticketId: string, client: string): void;
  log(entry: NewEntry): void;
  edit(entryId: string, change: { seconds: number; startMs: number; workType: string }): void;
  remove(entryId: string): void;
  /** What has been collected of it from now on: the total, a part, or nothing after a bounce. */
  collect(invoiceId: string, paidMinor: number): void;
  void(invoiceId: string): void;
  state(): PsaState;
  connect(context: ConnectorContext): Connector;
}

/** The one that survived; null where the ticket is not there. */
export function rootOf(tickets: readonly PsaTicket[], id: string): PsaTicket | null {
  let ticket = tickets.find((one) => one.id === id) ?? null;
  while (ticket !== null && ticket.mergedInto !== null) {
    const into: string = ticket.mergedInto;
    ticket = tickets.find((one) => one.id === into) ?? null;
  }
  return ticket;
}
