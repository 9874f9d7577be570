/** Rows as the vendor's document has them. */
import { momentText, spanText } from './clocks.ts';
import {
  type Charge,
  fieldNames,
  type Invoice,
  type KaseyaBmsState,
  priorities,
  queues,
  roles,
  statuses,
  type Ticket,
  type Time,
  types,
} from './state.ts';

export type Row = Record<string, unknown>;

function nameOf(list: readonly { id: number; name: string }[], id: number | null): string | null {
  return list.find((one) => one.id === id)?.name ?? null;
}

export function ticketRow(state: KaseyaBmsState, ticket: Ticket): Row {
  const at = (ms: number | null) => momentText(ms, state.switches);
  const contract = state.contracts.find(({ id }) => id === ticket.contractId);
  return {
    Id: ticket.id,
    CreatedOn: at(ticket.createdMs),
    ModifiedOn: at(ticket.activityMs),
    TicketNumber: `T${ticket.id}-0326`,
    Title: ticket.title,
    Details: ticket.details,
    AccountId: ticket.accountId,
    AccountName: nameOf(state.accounts, ticket.accountId),
    LocationId: ticket.accountId + 50_000,
    QueueId: ticket.queueId,
    QueueName: nameOf(queues, ticket.queueId),
    StatusId: ticket.statusId,
    StatusName: nameOf(statuses, ticket.statusId),
    PriorityId: ticket.priorityId,
    PriorityName: nameOf(priorities, ticket.priorityId),
    TypeId: ticket.typeId,
    TypeName: nameOf(types, ticket.typeId),
    SourceId: ticket.sourceId,
    ContractId: ticket.contractId,
    ContractName: contract?.name ?? null,
    OpenDate: at(ticket.createdMs),
    CompletedDate: at(ticket.completedMs),
    ReOpenedDate: at(ticket.reopenedMs),
    LastActivityUpdate: at(ticket.activityMs),
    LastStatusUpdate: at(ticket.statusMs),
    IsScheduled: 0,
  };
}

export function timeRow(state: KaseyaBmsState, time: Time): Row {
  const { switches } = state;
  const at = (ms: number | null) => momentText(ms, switches);
  const user = state.users.find(({ id }) => id === time.userId);
  return {
    Id: time.id,
    CreatedOn: at(time.createdMs),
    ModifiedOn: at(time.modifiedMs),
    Timespent: switches.minutes ? time.hours * 60 : time.hours,
    OverTimeSpent: time.overtime,
    TicketId: time.ticketId,
    UserId: time.userId,
    FirstName: user?.first ?? null,
    LastName: user?.last ?? null,
    RoleId: 4,
    Role: nameOf(roles, 4),
    WorkTypeId: time.workTypeId,
    WorkType: nameOf(state.workTypes, time.workTypeId),
    Notes: time.notes,
    InternalNotes: 'Not for the client.',
    AccountId: time.accountId,
    AccountName: nameOf(state.accounts, time.accountId),
    IsPosted: false,
    IsApproved: time.isApproved,
    IsBilled: false,
    IsBillable: time.isBillable,
    StartDate: `${time.day}T00:00:00${switches.timestamps === 'mark' ? 'Z' : ''}`,
    StartTime: spanText(time.day, time.start, switches),
    EndTime: spanText(time.day, time.end, switches),
  };
}

export function invoiceRow(state: KaseyaBmsState, invoice: Invoice): Row {
  const at = momentText(invoice.createdMs, state.switches);
  return {
    Id: invoice.id,
    InvoiceNumber: `INV-${invoice.id}`,
    StatusName: invoice.status,
    AccountId: invoice.accountId,
    AccountName: nameOf(state.accounts, invoice.accountId),
    TotalPrice: invoice.total,
    GrandTotal: invoice.total,
    PaidAmount: invoice.paid,
    PaymentDue: invoice.total - invoice.paid,
    InvoiceDate: at,
    CreatedOn: at,
    ModifiedOn: at,
  };
}

export function lineRows(invoice: Invoice): Row[] {
  return invoice.lines.map((line, index) => ({
    Id: invoice.id * 10 + index,
    InvoiceId: invoice.id,
    Name: line.name,
    Description: line.description,
    Qty: line.quantity,
    TotalPrice: line.total,
    ContractId: 0,
  }));
}

export function chargeRow(state: KaseyaBmsState, charge: Charge): Row {
  const { fields, id, ticketId, isBilled, isPosted } = charge;
  const product = state.products.find((one) => one.id === fields.ProductIndexId);
  return {
    Id: id,
    RecordId: ticketId,
    ModuleId: 2,
    ProductIndexId: fields.ProductIndexId,
    ProductName: product?.name ?? null,
    ChargeName: fields.ChargeName,
    Description: fields.Description,
    StatusId: 1,
    Quantity: fields.Quantity,
    Price: state.switches.hidesPrices ? null : fields.Price,
    Amount: state.switches.hidesPrices
      ? null
      : Math.round(Number(fields.Quantity) * Number(fields.Price) * 100) / 100,
    IsBillable: fields.IsBillable,
    IsBilled: isBilled,
    IsPosted: isPosted,
    DatePurchased: fields.DatePurchased,
  };
}

export function fieldRows(fields: ReadonlyMap<number, string>): Row[] {
  return fieldNames.map(({ id, name }) => ({
    Id: id + 1000,
    Name: name,
    Data: fields.get(id) ?? null,
    SettingsId: 0,
    CustomFieldType: 1,
    CustomFieldId: id,
  }));
}
