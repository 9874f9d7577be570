/** Rows as Atera shows them: zone-less timestamps in UTC, work hours by the account's clock. */
import type { Account } from './lists.ts';
import type {
  AteraState,
  CommentState,
  ContractState,
  TicketState,
  WorkHoursState,
} from './state.ts';
import { wallText } from './state.ts';

type Row = Record<string, unknown>;

function utc(ms: number | null): string | null {
  return ms === null ? null : `${wallText(ms, 'UTC')}Z`;
}

export function customerRow(id: number, customer: { name: string; changedMs: number }): Row {
  const { name: CustomerName, changedMs } = customer;
  return { CustomerID: id, CustomerName, LastModified: utc(changedMs), Domain: null };
}

export function ticketRow(state: AteraState, ticket: TicketState): Row {
  return {
    TicketID: ticket.id,
    TicketNumber: `T${ticket.id}`,
    TicketTitle: ticket.title,
    TicketStatus: ticket.status,
    TicketType: ticket.type,
    TicketSource: ticket.source ?? null,
    TicketPriority: ticket.priority,
    CustomerID: ticket.customerId,
    CustomerName: state.customers.get(ticket.customerId)?.name ?? null,
    ContractID: ticket.contractId,
    EndUserID: ticket.contactId,
    TicketCreatedDate: utc(ticket.createdMs),
    TicketResolvedDate: utc(ticket.resolvedMs),
  };
}

function recordRow({ state, showsUtc }: Account, entry: WorkHoursState): Row {
  const name = state.technicians.get(entry.technicianId) ?? null;
  return {
    WorkHoursID: entry.id,
    TicketID: entry.ticketId,
    StartWorkHour: showsUtc ? wallText(entry.startMs, 'UTC') : entry.startText,
    EndWorkHour: showsUtc ? wallText(entry.endMs, 'UTC') : entry.endText,
    TechnicianContactID: entry.technicianId,
    TechnicianFullName: name,
    TechnicianEmail: name === null ? null : `${name.split(' ')[0]?.toLowerCase()}@msp.test`,
    Billiable: entry.isBillable,
    OnCustomerSite: entry.isOnSite,
    Description: entry.description,
    RateID: null,
    RateAmount: null,
  };
}

export function workHoursRow(account: Account, entry: WorkHoursState): Row {
  const ticket = account.state.requireTicket(entry.ticketId);
  const { customerId: CustomerID, contactId: EndUserID } = ticket;
  return { ...recordRow(account, entry), CustomerID, EndUserID };
}

export function commentRow(state: AteraState, comment: CommentState): Row {
  const { text, technicianId, endUserId, isInternal } = comment;
  const [FirstName = null, LastName = null] =
    state.technicians.get(technicianId ?? 0)?.split(' ') ?? [];
  return {
    Date: utc(comment.atMs),
    Comment: text,
    CommentHtml: `<p>${text.replaceAll('<', '&lt;').replaceAll('\n', '<br>')}</p>`,
    EndUserID: endUserId,
    TechnicianContactID: technicianId,
    Email: null,
    FirstName,
    LastName,
    IsInternal: isInternal,
  };
}

export function contractRow(state: AteraState, contract: ContractState): Row {
  const { id, customerId, name, type, isActive, size } = contract;
  const rate = { RateID: 1, Amount: 120.5, Description: null, SKU: null, Category: null };
  const terms = { CommitRollover: false, BillingPeriod: 'Monthly' };
  const hours = { HoursIncluded: size, PricePerHour: rate, OverageRate: rate, ...terms };
  return {
    ContractID: id,
    CustomerID: customerId,
    CustomerName: state.customers.get(customerId)?.name ?? null,
    ContractName: name,
    ContractType: type,
    Active: isActive,
    Default: false,
    Taxable: true,
    ...(type === 'BlockHours' ? { BlockHoursContract: hours } : {}),
    ...(type === 'BlockMoney' ? { BlockMoneyContract: { Amount: size, ...terms } } : {}),
  };
}
