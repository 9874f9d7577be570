/** The sandbox of a real PSA, over HTTP, with the real connector. */
import { connectwise } from '../../connectors/connectwise/index.ts';
import type { Connector, ConnectorContext } from '../../src/contract/connector.ts';
import {
  type ConnectwiseSandbox,
  type ConnectwiseState,
  startConnectwiseSandbox,
} from '../sandbox/connectwise/index.ts';
import type { Fields } from '../sandbox/connectwise/records.ts';
import { companyAnswer } from '../sandbox/connectwise/state.ts';
import type { NewEntry, Psa, PsaEntry, PsaState } from './psa.ts';

const pageSize = 4;

export class HttpPsa implements Psa {
  readonly name = 'psa';
  readonly sandbox: ConnectwiseSandbox;
  readonly clients: readonly string[];
  readonly #now: () => number;
  readonly #board: number;
  readonly #member: number;
  readonly #workTypes: ReadonlyMap<string, number>;
  /** When rows appeared that are stamped earlier. */
  readonly #appearedMs = new Map<string, number>();

  private constructor(sandbox: ConnectwiseSandbox, now: () => number) {
    const { state } = sandbox;
    this.sandbox = sandbox;
    this.#now = now;
    this.clients = ['Dupont', 'Martin', 'Stranger'].map((name) =>
      String(state.addCompany({ name })),
    );
    this.#board = state.addBoard({ name: 'Help Desk' });
    this.#member = state.addMember({ name: 'Ann Roy' });
    this.#workTypes = new Map(
      ['Remote', 'On-site', 'Travel'].map((name) => [name, state.addWorkType({ name })]),
    );
    state.addCustomField({ caption: 'Prepaid hours left' });
  }

  static async start(now: () => number): Promise<HttpPsa> {
    return new HttpPsa(await startConnectwiseSandbox({ now }), now);
  }

  get #state(): ConnectwiseState {
    return this.sandbox.state;
  }

  openTicket(client: string): string {
    const board = this.#board;
    const ticket = { company: Number(client), board, summary: 'Work', at: this.#at() };
    return String(this.#state.addTicket(ticket));
  }

  close(id: string): void {
    this.#state.closeTicket(Number(id), this.#at());
  }

  reopen(id: string): void {
    this.#state.reopenTicket(Number(id), this.#at());
  }

  merge(id: string, into: string): void {
    this.#state.mergeTicket(Number(id), Number(into), this.#at());
  }

  /** Its time would stay with the company that it was entered for: nobody does that here. */
  moveTicket(): void {}

  log({ ticketId, lateMs, ...work }: NewEntry): void {
    const at = this.#at(lateMs);
    const time = { ticket: Number(ticketId), member: this.#member, ...this.#timeOf(work), at };
    this.#appearedMs.set(String(this.#state.addTime(time)), this.#now());
  }

  edit(id: string, change: Pick<PsaEntry, 'seconds' | 'startMs' | 'workType'>): void {
    this.#state.editTime(Number(id), this.#timeOf(change), this.#at());
    this.#appearedMs.set(id, this.#now());
  }

  remove(id: string): void {
    this.#state.deleteTime(Number(id));
  }

  collect(id: string, paidMinor: number): void {
    const before = this.state().invoices.find((invoice) => invoice.id === id)?.paidMinor ?? 0;
    this.#state.payInvoice(Number(id), (paidMinor - before) / 100, this.#at());
  }

  void(id: string): void {
    this.#state.closeInvoice(Number(id), 'Void', this.#at());
  }

  #at(lateMs = 0): string {
    return new Date(this.#now() - lateMs).toISOString();
  }

  #timeOf({ seconds, startMs, workType }: Pick<PsaEntry, 'seconds' | 'startMs' | 'workType'>) {
    const hours = (seconds / 3600).toFixed(2);
    const start = new Date(startMs).toISOString();
    return { hours, start, workType: this.#workTypes.get(workType) ?? 0 };
  }

  state(): PsaState {
    const { tables } = this.#state;
    const all = tables.tickets.list();
    const alerts = all.filter(({ externalXRef }) => externalXRef !== undefined);
    return {
      tickets: all.filter((row) => !alerts.includes(row)).map(toTicket),
      entries: tables.timeEntries.list().map((row) => toEntry(row, this.#appearedMs)),
      invoices: tables.invoices.list().map(toInvoice),
      alerts: alerts.map((row) => ({
        id: String(row.id),
        client: idOf(row.company),
        key: String(row.externalXRef),
        subject: String(row.summary),
      })),
      notes: tables.notes
        .list(({ detailDescriptionFlag }) => detailDescriptionFlag === true)
        .map(({ ticketId, text }) => ({
          ticketId: String(ticketId),
          key: /ph:note:[\w.:-]+/.exec(String(text))?.[0] ?? String(text),
          body: String(text),
          atMs: 0,
        })),
      fields: new Map(
        tables.companies
          .list()
          .map((row) => [String(row.id), balanceIn(companyAnswer(tables, row))]),
      ),
    };
  }

  connect(context: ConnectorContext): Connector {
    const settings = { ...this.sandbox.config, pageSize };
    // Answers of requests side by side come in no fixed order, and a seed is to be played again.
    return { ...connectwise.create(connectwise.config.parse(settings), context), places: 1 };
  }
}

function idOf(reference: unknown): string {
  return String((reference as Fields).id);
}

function stampOf(row: Fields): number {
  return Date.parse(row._info?.lastUpdated ?? '');
}

function toTicket(row: Fields) {
  const { mergedParentTicket } = row;
  const stampMs = stampOf(row);
  return {
    id: String(row.id),
    client: idOf(row.company),
    isClosed: row.closedFlag === true,
    mergedInto: mergedParentTicket === undefined ? null : idOf(mergedParentTicket),
    stampMs,
    changedMs: stampMs,
  };
}

function toEntry(row: Fields, appearedMs: ReadonlyMap<string, number>): PsaEntry {
  const id = String(row.id);
  const stampMs = stampOf(row);
  return {
    id,
    ticketId: idOf(row.ticket),
    startMs: Date.parse(String(row.timeStart)),
    seconds: Math.round(Number(row.actualHours) * 3600),
    workType: String((row.workType as Fields).name),
    stampMs,
    changedMs: appearedMs.get(id) ?? stampMs,
  };
}

function toInvoice(row: Fields) {
  const stampMs = stampOf(row);
  return {
    id: String(row.id),
    client: idOf(row.company),
    key: String(row.reference),
    totalMinor: Math.round(Number(row.total) * 100),
    paidMinor: Math.round(Number(row.payments) * 100),
    isPaid: Number(row.total) > 0 && Number(row.balance) <= 0,
    isVoid: (row.status as Fields).name === 'Void',
    stampMs,
    changedMs: stampMs,
  };
}

function balanceIn({ customFields }: Fields): string {
  return String((customFields as Fields[])[0]?.value ?? '');
}
