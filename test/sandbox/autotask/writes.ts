/** What POST, PATCH and DELETE do, with the refusals that the vendor answers as 500. */
import type { SandboxAnswer } from '../server.ts';
import { type Entity, fieldsOf, picklists, requiredOnCreate } from './models.ts';
import { QueryError } from './query.ts';
import type { State } from './state.ts';

type Body = Record<string, unknown>;

/** Only these ways of writing exist; the others have a parent in their path, or do not exist at all. */
const children: { [path: string]: { entity: Entity; parent: Entity; field: string } } = {
  'Tickets/Notes': { entity: 'TicketNotes', parent: 'Tickets', field: 'ticketID' },
  'Contracts/Charges': { entity: 'ContractCharges', parent: 'Contracts', field: 'contractID' },
  'Contracts/Blocks': { entity: 'ContractBlocks', parent: 'Contracts', field: 'contractID' },
};

export function createTicket(state: State, body: Body): SandboxAnswer {
  refuseUnknown('Tickets', body);
  if (state.find('Companies', Number(body.companyID)) === undefined) {
    throw new QueryError('The companyID does not exist.');
  }
  const { companyID, title, userDefinedFields, externalID, ...rest } = body;
  const id = state.addTicket({ company: Number(companyID), title: String(title) });
  const own = state.switches.keepsTicketKey ? { externalID } : {};
  state.change('Tickets', id, { ...rest, ...own });
  if (state.switches.keepsTicketKey) writeFields(state, 'Tickets', id, userDefinedFields);
  return { status: 200, json: { itemId: id } };
}

export function createChild(
  state: State,
  parent: string,
  id: number,
  child: string,
  body: Body,
): SandboxAnswer | null {
  const kind = children[`${parent}/${child}`];
  if (kind === undefined) return null;
  if (state.find(kind.parent, id) === undefined) {
    throw new QueryError(`The ${kind.field} does not exist.`);
  }
  if (body[kind.field] !== id) throw new QueryError(`${kind.field} must be that of the path.`);
  refuseUnknown(kind.entity, body);
  const made = state.add(kind.entity, { ...body, ...defaultsOf(state, kind.entity, body) });
  if (kind.entity === 'TicketNotes') {
    state.change('Tickets', id, { lastActivityDate: state.timestamp() });
  }
  return { status: 200, json: { itemId: made } };
}

function defaultsOf(state: State, entity: Entity, body: Body): Body {
  const at = state.timestamp();
  if (entity === 'TicketNotes') {
    const publish = state.switches.keepsNotePublish ? body.publish : 1;
    return { createDateTime: at, lastActivityDate: at, publish };
  }
  if (entity === 'ContractBlocks') return { hoursApproved: 0 };
  const code = state.find('BillingCodes', Number(body.billingCodeID));
  if (code === undefined) throw new QueryError('A productID or billingCodeID is required.');
  const amount = Number(body.unitQuantity) * Number(body.unitPrice);
  return {
    isBilled: false,
    createDate: at,
    billableAmount: Math.round(amount * 100) / 100,
    ...(state.switches.keepsChargeKey ? {} : { internalPurchaseOrderNumber: null }),
  };
}

export function patch(state: State, entity: Entity, body: Body): SandboxAnswer {
  const { id, userDefinedFields, ...fields } = body;
  if (state.find(entity, Number(id)) === undefined) throw new QueryError('The id does not exist.');
  refuseUnknown(entity, body, false);
  state.change(entity, Number(id), fields);
  if (Number(fields.status) === 5 && entity === 'Tickets') state.closeTicket(Number(id));
  writeFields(state, entity, Number(id), userDefinedFields);
  return { status: 200, json: { itemId: Number(id) } };
}

function writeFields(state: State, entity: Entity, id: number, fields: unknown): void {
  if (!Array.isArray(fields)) return;
  const written = fields as { name: string; value: unknown }[];
  const row = state.get(entity, id);
  const before = (row.userDefinedFields ?? []) as { name: string; value: unknown }[];
  for (const { name } of written) {
    if (!before.some((field) => field.name === name)) {
      throw new QueryError(`The user-defined field ${name} does not exist.`);
    }
  }
  row.userDefinedFields = before.map(({ name, value }) => {
    const change = written.find((field) => field.name === name);
    const kept = state.switches.mergesFields ? value : null;
    return { name, value: change === undefined ? kept : change.value };
  });
}

export function removeCharge(state: State, contractId: number, id: number): SandboxAnswer {
  const charge = state.find('ContractCharges', id);
  if (charge?.contractID !== contractId) throw new QueryError('The charge does not exist.');
  if (charge.isBilled === true) throw new QueryError('A billed charge cannot be deleted.');
  state.remove('ContractCharges', id);
  return { status: 200, json: { itemId: id } };
}

function refuseUnknown(entity: Entity, body: Body, isNew = true): void {
  const known = fieldsOf(entity);
  for (const field of Object.keys(body)) {
    if (!known.includes(field)) throw new QueryError(`Invalid field ${field} of ${entity}.`);
  }
  for (const field of isNew ? (requiredOnCreate[entity] ?? []) : []) {
    if (body[field] === undefined) throw new QueryError(`Missing Required Field: ${field}.`);
  }
  for (const [field, values] of Object.entries(picklists[entity] ?? {})) {
    const value = body[field];
    if (value !== undefined && !values.some(([known]) => known === value)) {
      throw new QueryError(`${field} is not valid: ${String(value)}.`);
    }
  }
}
