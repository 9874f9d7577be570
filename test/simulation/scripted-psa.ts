/** A PSA in memory behind the connector contract, with faults at every call. */
import type { Connector, ConnectorContext, Presence, Pull } from '../../src/contract/connector.ts';
import type { Place, VendorFault } from './faults.ts';
import type { NewEntry, Psa, PsaEntry, PsaInvoice, PsaState, PsaTicket } from './psa.ts';
import { pullOf, refuse, type Vendor } from './scripted-pull.ts';
import { pushesInto, type Written } from './scripted-push.ts';
import {
  chunksOf,
  type Row,
  toClientRow,
  toEntryRow,
  toInvoiceRow,
  toTicketRow,
} from './scripted-rows.ts';

export interface ScriptedOptions extends Vendor {
  name: string;
  /** No two systems use the same ids. */
  firstId: number;
  /** Whether time is shown only ticket by ticket; else in a list, with ids for the sweep. */
  isTimePerTicket: boolean;
}

export class ScriptedPsa implements Psa {
  readonly name: string;
  readonly clients = ['1', '2', '9'];
  readonly #options: ScriptedOptions;
  readonly #tickets = new Map<string, PsaTicket>();
  readonly #entries = new Map<string, PsaEntry>();
  readonly #written: Written = {
    invoices: [],
    alerts: [],
    notes: [],
    fields: new Map(),
    times: new Map(),
  };
  #lastId: number;
  /** What is written to it is numbered apart: tickets and time bear the same ids whatever was written. */
  #lastWritten = 0;

  constructor(options: ScriptedOptions) {
    this.name = options.name;
    this.#options = options;
    this.#lastId = options.firstId;
  }

  // ── What people do ────────────────────────────────────────────────────────────────────────────

  openTicket(client: string): string {
    const id = this.#newId();
    this.#tickets.set(id, { id, client, isClosed: false, mergedInto: null, ...this.#stamp() });
    return id;
  }

  close(id: string): void {
    this.#changeTicket(id, { isClosed: true });
  }

  reopen(id: string): void {
    this.#changeTicket(id, { isClosed: false });
  }

  merge(id: string, mergedInto: string): void {
    this.#changeTicket(id, { isClosed: true, mergedInto });
  }

  moveTicket(id: string, client: string): void {
    this.#changeTicket(id, { client });
  }

  log({ lateMs, ...entry }: NewEntry): void {
    const id = this.#newId();
    this.#entries.set(id, { id, ...entry, ...this.#stamp(lateMs) });
    this.#touch(entry.ticketId, lateMs);
  }

  edit(id: string, change: Pick<PsaEntry, 'seconds' | 'startMs' | 'workType'>): void {
    const entry = known(this.#entries, id);
    this.#entries.set(id, { ...entry, ...change, ...this.#stamp() });
    this.#touch(entry.ticketId, 0);
  }

  remove(id: string): void {
    const { ticketId } = known(this.#entries, id);
    this.#entries.delete(id);
    this.#touch(ticketId, 0);
  }

  collect(id: string, paidMinor: number): void {
    const invoice = this.#written.invoices.find((one) => one.id === id);
    this.#changeInvoice(id, { paidMinor, isPaid: paidMinor === invoice?.totalMinor });
  }

  void(id: string): void {
    this.#changeInvoice(id, { isVoid: true });
  }

  state(): PsaState {
    return {
      tickets: [...this.#tickets.values()],
      entries: [...this.#entries.values()],
      ...this.#written,
    };
  }

  /** Where time is read ticket by ticket, a ticket shows that its time changed. */
  #touch(ticketId: string, lateMs: number): void {
    if (this.#options.isTimePerTicket) this.#changeTicket(ticketId, {}, lateMs);
  }

  #changeTicket(id: string, change: Partial<PsaTicket>, lateMs = 0): void {
    const ticket = known(this.#tickets, id);
    const stamp = this.#stamp(lateMs);
    // However late it appears, a change is never stamped earlier than the one before it.
    const stampMs = Math.max(stamp.stampMs, ticket.stampMs + 1000);
    this.#tickets.set(id, { ...ticket, ...change, ...stamp, stampMs });
  }

  #changeInvoice(id: string, change: Partial<PsaInvoice>): void {
    const { invoices } = this.#written;
    const index = invoices.findIndex((invoice) => invoice.id === id);
    const invoice = invoices[index];
    if (invoice !== undefined) invoices[index] = { ...invoice, ...change, ...this.#stamp() };
  }

  #stamp(lateMs = 0): { stampMs: number; changedMs: number } {
    const changedMs = this.#options.now();
    return { stampMs: changedMs - lateMs, changedMs };
  }

  #newId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  // ── The connector ─────────────────────────────────────────────────────────────────────────────

  connect(context: ConnectorContext): Connector {
    const rows = this.#rows();
    const ticketTime = (ids: readonly string[]) => this.#ticketTime(context, ids);
    return {
      places: 2,
      check: async () => [],
      pull: {
        clients: this.#pull(context, rows.clients),
        tickets: this.#pull(context, rows.tickets),
        invoices: this.#pull(context, rows.invoices),
        ...(this.#options.isTimePerTicket
          ? { ticketTime }
          : {
              timeEntries: this.#pull(context, rows.timeEntries),
              present: this.#presence(context),
            }),
      },
      push: pushesInto(this.#written, {
        now: () => this.#options.now(),
        find: () => void this.#refuse(context, 'find'),
        create: () => {
          context.onRequest(true);
          return this.#options.faults.strike('create');
        },
        newId: () => {
          this.#lastWritten += 1;
          return `w${this.#lastWritten}`;
        },
        stamp: () => this.#stamp(),
      }),
    };
  }

  #rows() {
    return {
      clients: () => ['1', '2'].map((id) => toClientRow(id)),
      tickets: () => [...this.#tickets.values()].map(toTicketRow),
      timeEntries: () => this.#entryRows(),
      invoices: () => this.#written.invoices.map(toInvoiceRow),
    };
  }

  #entryRows(): ReturnType<typeof toEntryRow>[] {
    return [...this.#entries.values()].map((entry) => toEntryRow(entry, this.name));
  }

  #refuse(context: ConnectorContext, place: Place): VendorFault | null {
    return refuse(this.#options, context, place);
  }

  #pull<R extends Row>(context: ConnectorContext, rows: () => R[]): Pull<R> {
    return pullOf(this.#options, context, rows);
  }

  async *#ticketTime(context: ConnectorContext, ticketIds: readonly string[]) {
    for (const ids of chunksOf(ticketIds, this.#options.pageSize)) {
      const fault = this.#refuse(context, 'page');
      const entries = [...this.#entries.values()].filter(({ ticketId }) => ids.includes(ticketId));
      const page = {
        ticketIds: ids,
        rows: entries.map((entry) => toEntryRow(entry, this.name)),
        rejected: [],
      };
      yield page;
      if (fault === 'duplicate-page') yield page;
    }
  }

  #presence(context: ConnectorContext): Presence {
    const psa = this;
    const within = ({ from, to }: { from: string; to: string }) =>
      this.#entryRows().filter(({ startedAt }) => {
        return startedAt >= from && startedAt < to;
      });
    return {
      async *ids(request) {
        const fault = psa.#refuse(context, 'present');
        const ids = within(request).map(({ sourceId }) => sourceId);
        const shown = fault === 'hidden-rows' ? ids.slice(0, -1) : ids;
        for (const page of chunksOf(shown, 20)) {
          yield page;
          if (fault === 'duplicate-page') yield page;
        }
      },
      count: async (request) => within(request).length,
    };
  }
}

function known<R>(rows: ReadonlyMap<string, R>, id: string): R {
  const row = rows.get(id);
  if (row === undefined) throw new Error(`the PSA has no row ${id}`);
  return row;
}
