/** What POST, PUT and DELETE do, with the refusals that come as 200. */
import type { SandboxAnswer } from '../server.ts';
import { type Asked, ok } from './lists.ts';
import { chargeRow, type Row, ticketRow } from './rows.ts';
import {
  accountsModule,
  fieldNames,
  priorities,
  queues,
  statuses,
  type Ticket,
  types,
} from './state.ts';

/** As BMS refuses: with a good status. */
export function refuse(Code: number, Message: string): SandboxAnswer {
  const refusal = { Code, Message, Details: null, StackStrace: null, SubErrors: [] };
  return { status: 200, json: { Success: false, Error: refusal } };
}

const requiredOfTicket = [
  ...['Title', 'Details', 'AccountId', 'LocationId', 'StatusId', 'PriorityId'],
  ...['TypeId', 'SourceId', 'OpenDate'],
];

function missing(body: Row, names: readonly string[]): SandboxAnswer | null {
  const name = names.find((one) => body[one] === undefined || body[one] === null);
  return name === undefined ? null : refuse(0, `The ${name} field is required.`);
}

export function postTicket({ state, request }: Asked): SandboxAnswer {
  const body = request.json() as Row;
  const isKnown = (list: readonly { id: number }[], id: unknown) =>
    list.some((one) => one.id === id);
  const lacking = missing(body, requiredOfTicket);
  if (lacking !== null) return lacking;
  if (!isKnown(state.accounts, body.AccountId)) return refuse(0, 'Account not found.');
  if (body.LocationId !== Number(body.AccountId) + 50_000) return refuse(0, 'Invalid LocationId.');
  for (const [list, name] of [
    [statuses, 'StatusId'],
    [priorities, 'PriorityId'],
    [types, 'TypeId'],
    [queues, 'QueueId'],
  ] as const) {
    if (!isKnown(list, body[name])) return refuse(0, `Invalid ${name}.`);
  }
  const title = String(body.Title);
  const id = state.addTicket({
    accountId: Number(body.AccountId),
    title: state.switches.keepsTitle ? title : title.slice(0, 12),
    details: String(body.Details),
    queueId: Number(body.QueueId),
    statusId: Number(body.StatusId),
    priorityId: Number(body.PriorityId),
    typeId: Number(body.TypeId),
    sourceId: Number(body.SourceId),
  });
  return ok(ticketDetail(state.ticket(id), state));
}

export function ticketDetail(ticket: Ticket, state: Asked['state']): Row {
  return { ...ticketRow(state, ticket), HasPostedEntries: false, IsReadOnly: false };
}

export function resolveTicket({ state, request }: Asked, ticket: Ticket): SandboxAnswer {
  const body = request.json() as Row;
  const status = statuses.find(({ id }) => id === body.StatusId);
  if (missing(body, ['Comment']) !== null || status === undefined) {
    return refuse(0, 'The Comment and StatusId fields are required.');
  }
  state.setStatus(ticket.id, status.name);
  const details = String(body.Comment);
  const isInternal = body.IsInternal === true;
  state.notes.push({ id: state.nextId(), ticketId: ticket.id, details, isInternal });
  return ok(ticketDetail(ticket, state));
}

export function postNote({ state, request }: Asked, ticket: Ticket): SandboxAnswer {
  const body = request.json() as Row;
  const lacking = missing(body, ['Details', 'IsInternal', 'TypeId', 'NoteDate']);
  if (lacking !== null) return lacking;
  const isInternal = state.switches.keepsAudience ? body.IsInternal === true : false;
  const note = {
    id: state.nextId(),
    ticketId: ticket.id,
    details: String(body.Details),
    isInternal,
  };
  state.notes.push(note);
  ticket.activityMs = state.now();
  return ok({ Id: note.id, Details: note.details, IsInternal: isInternal, TypeId: body.TypeId });
}

export function postCharge({ state, request }: Asked, ticket: Ticket): SandboxAnswer {
  const body = request.json() as Row;
  if (!state.products.some(({ id }) => id === body.ProductIndexId)) {
    return refuse(0, 'The ProductIndexId field is required.');
  }
  const { keepsDescription, ownPrice } = state.switches;
  const fields = {
    ...body,
    Description: keepsDescription ? body.Description : null,
    Price: ownPrice ?? body.Price,
  };
  const charge = { id: state.nextId(), ticketId: ticket.id, fields };
  state.charges.push({ ...charge, isBilled: false, isPosted: false });
  return ok([chargeRow(state, { ...charge, isBilled: false, isPosted: false })]);
}

export function onCharge({ state, request }: Asked, id: number): SandboxAnswer {
  const charge = state.charges.find((one) => one.id === id);
  if (charge === undefined) return refuse(0, 'The charge was not found.');
  if (request.method === 'GET') return ok(chargeRow(state, charge));
  if (charge.isPosted) return refuse(0, 'A posted charge cannot be changed.');
  if (request.method === 'DELETE') {
    state.charges = state.charges.filter((one) => one !== charge);
    return ok(true);
  }
  charge.fields = { ...charge.fields, ...(request.json() as Row) };
  return ok(chargeRow(state, charge));
}

export function putField({ state, request }: Asked, path: readonly number[]): SandboxAnswer {
  const [moduleId, accountId, fieldId] = path;
  const account = state.accounts.find(({ id }) => id === accountId);
  const field = fieldNames.find(({ id }) => id === fieldId);
  if (account === undefined || field === undefined) return refuse(0, 'Custom field not found.');
  const { Value } = request.json() as { Value: string };
  account.fields.set(field.id, Value);
  const ModuleName = moduleId === accountsModule ? 'CRM Accounts' : 'Tickets';
  const named = { CustomFieldId: field.id, CustomFieldName: field.name, ModuleId: moduleId };
  return ok({ Id: field.id + 1000, Value, EntityId: accountId, ModuleName, ...named });
}
