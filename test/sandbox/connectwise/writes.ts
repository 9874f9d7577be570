/** What POST, PATCH and DELETE do, with the refusals that the vendor's schema texts announce. */
import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { invalid } from './listing.ts';
import { type Fields, referenceTo } from './records.ts';
import type { Place } from './resources.ts';
import { type ConnectwiseState, customValues, fromValues } from './state.ts';

type Body = { [field: string]: unknown };

/** The new row, or a refusal. */
type Created = Fields | SandboxAnswer;

export function create(state: ConnectwiseState, place: Place, request: SandboxRequest): Created {
  const body = request.json() as Body;
  const parentId = place.parentId ?? 0;
  switch (place.pattern) {
    case '/service/tickets':
      return createTicket(state, body);
    case '/service/tickets/{id}/notes':
      return createNote(state, parentId, body);
    case '/finance/invoices':
      return createInvoice(state, body);
    case '/procurement/products':
      return createProduct(state, body);
    case '/system/callbacks':
      return createCallback(state, body);
    default:
      return { status: 405, json: { code: 'MethodNotAllowed', message: 'Not to be written.' } };
  }
}

export function isRefusal(created: Created): created is SandboxAnswer {
  return !('_info' in created);
}

function createTicket(state: ConnectwiseState, body: Body): Created {
  const { tables } = state;
  const summary = String(body.summary ?? '');
  if (summary === '') return invalid('The summary field is required.', 'summary');
  if (summary.length > 100) return invalid('summary exceeds 100 characters', 'summary');
  if (String(body.externalXRef ?? '').length > 100) {
    return invalid('externalXRef exceeds 100 characters', 'externalXRef');
  }
  const company = tables.companies.rows.get(idOf(body.company));
  if (company === undefined) return invalid('The company field is required.', 'company');
  const boards = tables.boards.list();
  const wanted = body.board as Body | undefined;
  const board = boards.find((row) => row.id === wanted?.id || row.name === wanted?.name);
  const chosen = wanted === undefined ? boards[0] : board;
  if (chosen === undefined) return invalid('board/id is not a board', 'board');
  const statuses = tables.boardStatuses.list((row) => idOf(row.board) === chosen.id);
  const statusId = idOf(body.status);
  const status = statusId === 0 ? statuses[0] : statuses.find((row) => row.id === statusId);
  if (status === undefined) return invalid('status/id does not belong to the board', 'status');
  const types = tables.boardTypes.list((row) => idOf(row.board) === chosen.id);
  const typeId = idOf(body.type);
  const type = types.find((row) => row.id === typeId);
  if (typeId !== 0 && type === undefined) return invalid('type/id is not on the board', 'type');
  const row = tables.tickets.add({
    summary,
    recordType: 'ServiceTicket',
    board: referenceTo(chosen, 'name'),
    status: referenceTo(status, 'name'),
    company: referenceTo(company, 'identifier', 'name'),
    type: type === undefined ? undefined : referenceTo(type, 'name'),
    externalXRef: body.externalXRef,
    closedFlag: status.closedStatus === true,
    actualHours: 0,
  });
  const first = { processNotifications: false, ticketId: row.id };
  if (typeof body.initialInternalAnalysis === 'string') {
    const text = body.initialInternalAnalysis;
    tables.notes.add({ ...first, text, internalAnalysisFlag: true, detailDescriptionFlag: false });
  }
  if (typeof body.initialDescription === 'string') {
    const text = body.initialDescription;
    tables.notes.add({ ...first, text, internalAnalysisFlag: false, detailDescriptionFlag: true });
  }
  return row;
}

function createNote(state: ConnectwiseState, ticketId: number, body: Body): Created {
  const { tables, switches } = state;
  if (!tables.tickets.rows.has(ticketId)) return notFound('Ticket', ticketId);
  if (String(body.text ?? '') === '') return invalid('The text field is required.', 'text');
  const flags = ['detailDescriptionFlag', 'internalAnalysisFlag', 'resolutionFlag'];
  if (!flags.some((flag) => body[flag] === true)) {
    return invalid('At least one of the note flags must be true.', 'detailDescriptionFlag');
  }
  const kept = switches.keepsNoteFlags
    ? body
    : { ...body, detailDescriptionFlag: true, internalAnalysisFlag: false };
  const { processNotifications: _, ...fields } = kept;
  const note = tables.notes.add({ ...fields, ticketId });
  tables.tickets.change(ticketId, {});
  return note;
}

function createCallback({ tables }: ConnectwiseState, body: Body): Created {
  const { url, type, level, objectId, description = '' } = body;
  if (![url, type, level].every((field) => typeof field === 'string') || objectId !== 1) {
    return invalid('url, type, level and objectId are required.');
  }
  if (String(description).length > 100) return invalid('description exceeds 100 characters');
  return tables.callbacks.add({ ...body, inactiveFlag: false });
}

function createInvoice(state: ConnectwiseState, body: Body): Created {
  const reference = String(body.reference ?? '');
  if (typeof body.type !== 'string') return invalid('The type field is required.', 'type');
  if (reference.length > 50) return invalid('reference exceeds 50 characters', 'reference');
  const company = idOf(body.company);
  if (!state.tables.companies.rows.has(company)) {
    return invalid('The company field is required.', 'company');
  }
  const id = state.addInvoice({
    company,
    type: body.type,
    ...(reference === '' ? {} : { reference }),
    ...(typeof body.date === 'string' ? { date: body.date } : {}),
    ...(typeof body.topComment === 'string' ? { topComment: body.topComment } : {}),
  });
  return state.tables.invoices.get(id);
}

function createProduct(state: ConnectwiseState, body: Body): Created {
  const { tables, switches } = state;
  const catalogItem = idOf(body.catalogItem);
  if (!tables.catalog.rows.has(catalogItem)) {
    return invalid('The catalogItem field is required.', 'catalogItem');
  }
  if (typeof body.billableOption !== 'string') {
    return invalid('The billableOption field is required.', 'billableOption');
  }
  const links = switches.linksProducts
    ? { invoice: idOf(body.invoice), ticket: idOf(body.ticket) }
    : { invoice: 0, ticket: 0 };
  if (links.invoice !== 0 && !tables.invoices.rows.has(links.invoice)) {
    return notFound('Invoice', links.invoice);
  }
  if (links.ticket !== 0 && !tables.tickets.rows.has(links.ticket)) {
    return notFound('Ticket', links.ticket);
  }
  const company = idOf(body.company);
  const id = state.addProduct({
    catalogItem,
    quantity: Number(body.quantity ?? 1),
    ...(body.price === undefined ? {} : { price: Number(body.price) }),
    ...(links.invoice === 0 ? {} : { invoice: links.invoice }),
    ...(links.ticket === 0 ? {} : { ticket: links.ticket }),
    ...(company === 0 ? {} : { company }),
    ...texts(body, 'integrationXRef', 'customerDescription'),
  });
  return tables.products.get(id);
}

/** A JSON array of operations; a path into an object (`status`) is accepted and changes nothing. */
export function patch(state: ConnectwiseState, place: Place, request: SandboxRequest): Created {
  const { table } = place.resource;
  const id = place.id ?? 0;
  const operations = request.json();
  if (!Array.isArray(operations)) return invalid('A PATCH body is an array of operations.');
  for (const operation of operations as { op: string; path: string; value: unknown }[]) {
    if (operation.op !== 'replace') return invalid(`op ${operation.op} is not supported here`);
    const field = operation.path.replace(/^\//, '');
    if (field === 'customFields') replaceCustomFields(state, id, operation.value);
    else if (field === 'status/id' && table === state.tables.tickets) {
      const refusal = setStatus(state, id, Number(operation.value));
      if (refusal !== null) return refusal;
    } else if (typeof table.get(id)[field] !== 'object') {
      table.change(id, { [field]: operation.value });
    }
  }
  return table.change(id, {});
}

function setStatus(state: ConnectwiseState, id: number, statusId: number): SandboxAnswer | null {
  const { tickets, boardStatuses } = state.tables;
  const boardId = idOf(tickets.get(id).board);
  const status = boardStatuses.list((row) => row.id === statusId && idOf(row.board) === boardId)[0];
  if (status === undefined) return invalid('status/id does not belong to the board', 'status');
  if (!state.switches.setsStatus) return null;
  tickets.change(id, {
    status: referenceTo(status, 'name'),
    closedFlag: status.closedStatus === true,
  });
  return null;
}

/** Fields that the array does not carry lose their value, as users report. */
function replaceCustomFields(state: ConnectwiseState, companyId: number, value: unknown): void {
  const carried = (value as { id: number; value?: unknown }[])
    .filter((field) => field.value !== undefined && field.value !== null)
    .map((field): [number, unknown] => [field.id, field.value]);
  const before = state.switches.mergesCustomFields ? customValues(state.tables, companyId) : [];
  const values = new Map([...before, ...carried]);
  state.tables.companies.change(companyId, { customFields: fromValues(values) });
}

export function remove(state: ConnectwiseState, place: Place): SandboxAnswer {
  const id = place.id ?? 0;
  const { products, tickets, notes } = state.tables;
  const { table } = place.resource;
  if (table === tickets) {
    for (const note of notes.list((row) => row.ticketId === id)) notes.rows.delete(note.id);
  }
  if (table === products) state.deleteProduct(id);
  else table.remove(id);
  return { status: 204 };
}

export function notFound(what: string, id: number): SandboxAnswer {
  return {
    status: 404,
    json: { code: 'NotFound', message: `${what} ${id} not found`, errors: [] },
  };
}

function idOf(reference: unknown): number {
  return Number((reference as { id?: unknown } | undefined)?.id ?? 0);
}

function texts<Name extends string>(body: Body, ...names: Name[]): { [K in Name]?: string } {
  const found: { [K in Name]?: string } = {};
  for (const name of names) if (typeof body[name] === 'string') found[name] = body[name];
  return found;
}
