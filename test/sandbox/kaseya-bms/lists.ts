/** Lists: what their filters do, and how they are cut into pages. */
import type { SandboxAnswer, SandboxRequest, TakeFault } from '../server.ts';
import { isFrom } from './clocks.ts';
import { invoiceRow, lineRows, type Row, ticketRow, timeRow } from './rows.ts';
import { type KaseyaBmsState, queues, statuses, types } from './state.ts';

export interface Asked {
  state: KaseyaBmsState;
  request: SandboxRequest;
  takeFault: TakeFault;
}

/** A filter by its name; what this tenant does not know is as if it were not there. */
function filterOf({ state, request }: Asked, name: string): string | null {
  const isIgnored = state.switches.ignores.has(name);
  return isIgnored ? null : request.query.get(`Filter.${name}`);
}

export function listTickets(asked: Asked): SandboxAnswer {
  const { state } = asked;
  cutIn(asked);
  const filter = (name: string) => filterOf(asked, name);
  const from = (ms: number | null, name: string) => isFrom(ms, filter(name), state.switches);
  const accountIds = filter('AccountIds')?.split(',').map(Number) ?? null;
  const title = filter('Title')?.toLowerCase() ?? '';
  const typeName = filter('TicketTypeNames');
  const found = state.tickets.filter(
    (ticket) =>
      (accountIds === null || accountIds.includes(ticket.accountId)) &&
      ticket.title.toLowerCase().includes(title) &&
      (typeName === null || types.find(({ id }) => id === ticket.typeId)?.name === typeName) &&
      (filter('ExcludeCompleted') !== '1' || ticket.completedMs === null) &&
      from(ticket.activityMs, 'LastActivityUpdateFrom') &&
      from(ticket.statusMs, 'LastStatusUpdateFrom') &&
      from(ticket.completedMs, 'CompletedDateFrom'),
  );
  const byChange = found.sort((a, b) => b.activityMs - a.activityMs || b.id - a.id);
  const bad = { LastActivityUpdate: 'yesterday' };
  return page(asked, byChange, (ticket) => ticketRow(state, ticket), bad);
}

export function listTimes(asked: Asked): SandboxAnswer {
  const { state } = asked;
  cutIn(asked);
  const filter = (name: string) => filterOf(asked, name);
  const from = (ms: number | null, name: string) => isFrom(ms, filter(name), state.switches);
  const isApproved = filter('IsApproved');
  const accountId = filter('AccountId');
  const dayFrom = filter('StartDateFrom')?.slice(0, 10) ?? '';
  const dayTo = filter('StartDateTo')?.slice(0, 10) ?? '9999';
  const found = state.times.filter(
    (time) =>
      (accountId === null || time.accountId === Number(accountId)) &&
      (isApproved === null || String(time.isApproved) === isApproved) &&
      time.day >= dayFrom &&
      time.day <= dayTo &&
      from(time.modifiedMs, 'ModifiedOnFrom') &&
      from(time.createdMs, 'CreatedOnFrom'),
  );
  const byChange = found.sort((a, b) => (b.modifiedMs ?? 0) - (a.modifiedMs ?? 0) || b.id - a.id);
  return page(asked, byChange, (time) => timeRow(state, time), { ModifiedOn: 'yesterday' });
}

export function listEmployees(asked: Asked): SandboxAnswer {
  const toRow = ({ id, first, last, email }: KaseyaBmsState['users'][number]) => ({
    Id: id,
    FirstName: first,
    LastName: last,
    EmailAddress: email,
    IsActive: true,
  });
  return page(asked, asked.state.employees, toRow, { Id: null });
}

export function listInvoices(asked: Asked): SandboxAnswer {
  const { state } = asked;
  const created = filterOf(asked, 'CreatedFrom');
  const found = state.invoices.filter(({ createdMs }) =>
    isFrom(createdMs, created, state.switches),
  );
  const bad = { CreatedOn: 'yesterday' };
  return page(asked, found, (invoice) => invoiceRow(state, invoice), bad, false);
}

/** Pages of lines, as the body asks for them. */
export function listInvoiceLines({ state, request }: Asked): SandboxAnswer {
  const body = request.json() as {
    Filter: { ListInvoiceIds: string };
    PageSize?: number;
    PageNumber?: number;
  };
  const ids = body.Filter.ListInvoiceIds.split(',').map(Number);
  const lines = state.invoices.filter(({ id }) => ids.includes(id)).flatMap(lineRows);
  if (state.switches.unpaged) return ok(lines);
  const size = Math.min(body.PageSize ?? 10, state.switches.pageSizeMax);
  const start = ((body.PageNumber ?? 1) - 1) * size;
  return ok(lines.slice(start, start + size));
}

export function listAccounts(asked: Asked): SandboxAnswer {
  const ids = asked.request.query.getAll('Filter.Ids').map(Number);
  const withInactive = asked.request.query.get('Filter.WithInactiveAccounts') === 'true';
  const found = asked.state.accounts.filter(
    ({ id, isActive }) => (ids.length === 0 || ids.includes(id)) && (isActive || withInactive),
  );
  const toRow = (account: { id: number; name: string; isActive: boolean }) => ({
    Id: account.id,
    Name: account.name,
    IsActive: account.isActive,
  });
  return page(asked, found, toRow, { Name: null }, false);
}

export function listContracts(asked: Asked): SandboxAnswer {
  const { accounts, contracts } = asked.state;
  const toRow = (contract: (typeof contracts)[number]) => ({
    Id: contract.id,
    ContractName: contract.name,
    AccountName: accounts.find(({ id }) => id === contract.accountId)?.name ?? null,
    ContractType: contract.type,
    Status: contract.status,
  });
  return page(asked, contracts, toRow, { Id: null });
}

export function listProducts(asked: Asked): SandboxAnswer {
  const wanted = filterOf(asked, 'ProductName')?.toLowerCase() ?? '';
  const found = asked.state.products.filter(({ name }) => name.toLowerCase().includes(wanted));
  const toRow = ({ id, name }: { id: number; name: string }) => ({
    Id: `${id}-0`,
    ProductIndexId: id,
    ProductName: name,
  });
  return page(asked, found, toRow, { ProductIndexId: null });
}

export function listCharges(asked: Asked, ticketId: number): SandboxAnswer {
  const found = asked.state.charges.filter((charge) => charge.ticketId === ticketId);
  const toRow = ({ id, isBilled, isPosted, fields }: (typeof found)[number]) => ({
    Id: id,
    LogType: 2,
    Notes: null,
    IsApproved: false,
    InReview: false,
    Amount: Number(fields.Quantity) * Number(fields.Price),
    IsBilled: isBilled,
    IsPosted: isPosted,
  });
  return page(asked, found, toRow, { Id: null });
}

export function listNotes(asked: Asked, ticketId: number): SandboxAnswer {
  const found = asked.state.notes.filter((note) => note.ticketId === ticketId);
  const toRow = ({ id, details, isInternal }: (typeof found)[number]) => ({
    Id: id,
    Details: details,
    IsInternal: isInternal,
  });
  return page(asked, found, toRow, { Id: null }, false);
}

export const lookups: Readonly<Record<string, (state: KaseyaBmsState) => Row[]>> = {
  queues: () => queues.map(({ id, name }) => ({ Id: id, Name: name, IsActive: true })),
  statuses: () => statuses.map(({ id, name }) => ({ Id: id, Name: name, IsActive: true })),
  priorities: () => [
    { Id: 1, Name: 'High', IsDefault: false },
    { Id: 2, Name: 'Medium', IsDefault: true },
  ],
  worktypes: ({ workTypes }) =>
    workTypes.map(({ id, name }) => ({ Id: id, Name: name, IsDefault: false, IsActive: true })),
  roles: () => [{ Id: 4, Name: 'Engineer', IsDefault: true }],
};

export function ok(result: unknown): SandboxAnswer {
  return { status: 200, json: { Success: true, Result: result } };
}

function cutIn({ state, request }: Asked): void {
  state.switches.beforePage?.(Number(request.query.get('PageNumber') ?? 1), request.path);
}

/** Only what is shown is made into rows: of 10,000 entries that is a hundredth. */
function page<Item extends { id: number }>(
  { state, request, takeFault }: Asked,
  all: readonly Item[],
  toRow: (item: Item) => Row,
  badFields: Row,
  isCounted = true,
): SandboxAnswer {
  const { query } = request;
  const size = Math.min(Number(query.get('PageSize') ?? 50), state.switches.pageSizeMax);
  const isWhole = state.switches.unpaged && !isCounted;
  const pageNo = isWhole || takeFault('page-loop') ? 1 : Number(query.get('PageNumber') ?? 1);
  const start = (pageNo - 1) * size;
  // What was moved back by a row that came in between is shown once more.
  const repeated = start > 0 && takeFault('duplicate-page') ? 1 : 0;
  const shown = all.slice(0, Math.max(0, all.length - state.switches.hiddenRows));
  const rows = shown.slice(start - repeated, start + size).map(toRow);
  const first = rows[0];
  if (first !== undefined && takeFault('bad-row')) rows[0] = { ...first, ...badFields };
  const counted = isCounted ? { TotalRecords: all.length } : {};
  return { status: 200, json: { Success: true, Result: rows, ...counted } };
}
