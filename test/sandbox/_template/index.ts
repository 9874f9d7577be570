/**
 * Plain Desk as its documents describe it: written from them and never from the connector, or both
 * would share one mistake.
 */
import {
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
  type TakeFault,
} from '../server.ts';

interface Row {
  id: number;
  updatedAt: string;
  [field: string]: unknown;
}

export class PlainDeskState {
  readonly clients: Row[] = [];
  readonly tickets: Row[] = [];
  readonly time: Row[] = [];
  readonly notes: { id: number; ticketId: number; text: string; isPublic: boolean }[] = [];
  readonly invoices: Row[] = [];
  #lastId = 0;

  addClient(name: string): number {
    return this.#add(this.clients, { name });
  }

  addTicket(clientId: number, subject: string): number {
    return this.#add(this.tickets, { clientId, subject, status: 'Open', closedAt: null });
  }

  addTime(ticketId: number, time: { startedAt: string; seconds: number; billable: boolean }) {
    const { startedAt, seconds, billable } = time;
    const clientId = this.tickets.find(({ id }) => id === ticketId)?.clientId;
    const technician = { id: 7, name: 'Ann Roy' };
    const fields = { ticketId, clientId, technician, startedAt, hours: seconds / 3600, billable };
    return this.#add(this.time, { ...fields, workType: 'Remote' });
  }

  closeTicket(ticketId: number): void {
    const at = new Date().toISOString();
    const ticket = this.tickets.find(({ id }) => id === ticketId);
    Object.assign(ticket ?? {}, { status: 'Closed', closedAt: at, updatedAt: at });
  }

  addInvoice(invoice: Record<string, unknown>, net: number): number {
    const [number, money] = [`INV-${this.invoices.length + 1}`, { net, total: net }];
    return this.#add(this.invoices, { ...invoice, number, ...money, status: 'open' });
  }

  addNote(ticketId: number, text: string, isPublic: boolean): number {
    this.#lastId += 1;
    this.notes.push({ id: this.#lastId, ticketId, text, isPublic });
    return this.#lastId;
  }

  #add(table: Row[], fields: Record<string, unknown>): number {
    this.#lastId += 1;
    table.push({ id: this.#lastId, updatedAt: new Date().toISOString(), ...fields });
    return this.#lastId;
  }
}

export interface PlainDeskSandbox extends SandboxServer {
  state: PlainDeskState;
  /** Settings that reach it. */
  settings: { baseUrl: string; token: string };
}

export async function startPlainDeskSandbox(): Promise<PlainDeskSandbox> {
  const state = new PlainDeskState();
  const token = 'sandbox-token';
  const server = await startSandboxServer((request, takeFault) => {
    if (request.headers.authorization !== `Bearer ${token}`) return { status: 401 };
    return request.method === 'POST' ? write(state, request) : list(state, request, takeFault);
  });
  return { ...server, state, settings: { baseUrl: server.baseUrl, token } };
}

function write(state: PlainDeskState, request: SandboxRequest): SandboxAnswer {
  const body = request.json() as Record<string, unknown>;
  if (request.path === '/tickets') {
    const id = state.addTicket(Number(body.clientId), String(body.subject));
    return { status: 201, json: { id } };
  }
  if (request.path === '/invoices') {
    const { lines, clientId, reference, currency, issuedOn } = body;
    const sold = lines as { quantity: number; unitPrice: number }[];
    const net = sold.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
    const invoice = { clientId: Number(clientId), reference, currency, issuedOn };
    return { status: 201, json: { id: state.addInvoice(invoice, net) } };
  }
  const ticketId = Number(/^\/tickets\/(\d+)\/notes$/.exec(request.path)?.[1]);
  if (!state.tickets.some(({ id }) => id === ticketId)) return { status: 404 };
  const id = state.addNote(ticketId, String(body.text), body.isPublic === true);
  return { status: 201, json: { id } };
}

function list(state: PlainDeskState, request: SandboxRequest, takeFault: TakeFault): SandboxAnswer {
  const [, owner, id, what] = request.path.split('/');
  // The search minds a few letters only: what it finds may be another key's.
  const search = (request.query.get('search') ?? '').slice(0, 4);
  if (what === 'notes') {
    const notes = state.notes.filter((note) => note.ticketId === Number(id));
    return pageOf(
      notes.filter(({ text }) => text.includes(search)),
      request,
      takeFault,
    );
  }
  if (owner === 'clients' && what === 'invoices') {
    const invoices = state.invoices.filter(({ clientId }) => clientId === Number(id));
    return pageOf(invoices, request, takeFault);
  }
  if (owner === 'clients' && what === 'tickets') {
    const tickets = state.tickets.filter(({ clientId }) => clientId === Number(id));
    return pageOf(tickets, request, takeFault);
  }
  const tables = new Map(
    Object.entries({
      clients: state.clients,
      tickets: state.tickets,
      time: state.time,
      invoices: state.invoices,
    }),
  );
  const table = tables.get(owner ?? '');
  if (table === undefined) return { status: 404 };
  const since = request.query.get('since') ?? '';
  return pageOf(
    table.filter((row) => row.updatedAt >= since),
    request,
    takeFault,
  );
}

/** At most 100 rows, oldest first; the cursor is how many came before. */
function pageOf(rows: object[], request: SandboxRequest, takeFault: TakeFault): SandboxAnswer {
  const size = Math.min(100, Number(request.query.get('size') ?? 100));
  const start = Number(request.query.get('cursor') ?? 0);
  const page = (shown: object[], next: string | null): SandboxAnswer => ({
    status: 200,
    json: { rows: shown, next },
  });
  if (takeFault('page-loop')) return page(rows.slice(0, size), '0');
  const isRepeat = start > 0 && takeFault('duplicate-page');
  const shown = isRepeat ? rows.slice(start - size, start) : rows.slice(start, start + size);
  if (shown.length > 0 && takeFault('bad-row')) shown[0] = { ...shown[0], updatedAt: 'yesterday' };
  const end = start + (isRepeat ? 0 : size);
  // After a repeated page the same rows are still to come, under another cursor.
  return page(shown, end < rows.length ? (isRepeat ? `${start}.0` : String(end)) : null);
}
