/**
 * What the connector reads of ConnectWise's rows, and no more. Each `…Fields` list is what is asked
 * for with `fields=`, so it must name every field that its schema has.
 * https://developer.connectwise.com/Products/ConnectWise_PSA/REST
 */
import { z } from 'zod';
import { DecimalText, Id } from '../http/wire.ts';

/** `_info` is missing where the API member's security role is limited. */
const Row = z.object({
  id: Id,
  _info: z
    .object({ lastUpdated: z.string().nullish(), dateEntered: z.string().nullish() })
    .nullish(),
});

const Reference = z.object({ id: Id, name: z.string().nullish() });
export type Reference = z.infer<typeof Reference>;
const AnyId = z.object({ id: Id });

export const CompanyWire = Row.extend({ name: z.string() });
export type CompanyWire = z.infer<typeof CompanyWire>;
export const companyFields = 'id,name,_info';

export const TicketWire = Row.extend({
  summary: z.string().nullish(),
  recordType: z.string().nullish(),
  board: Reference.nullish(),
  status: Reference.nullish(),
  company: AnyId.nullish(),
  type: Reference.nullish(),
  agreement: Reference.nullish(),
  closedFlag: z.boolean().nullish(),
  closedDate: z.string().nullish(),
  mergedParentTicket: AnyId.nullish(),
});
export type TicketWire = z.infer<typeof TicketWire>;
export const projectTicketFields =
  'id,summary,board,status,company,type,agreement,closedFlag,closedDate,_info';
export const serviceTicketFields = `${projectTicketFields},recordType,mergedParentTicket`;

export const TimeEntryWire = Row.extend({
  company: AnyId.nullish(),
  chargeToType: z.string().nullish(),
  chargeToId: Id.nullish(),
  ticket: AnyId.nullish(),
  member: z
    .object({ id: Id, identifier: z.string().nullish(), name: z.string().nullish() })
    .nullish(),
  workType: Reference.nullish(),
  workRole: Reference.nullish(),
  agreement: Reference.nullish(),
  timeStart: z.string(),
  timeEnd: z.string().nullish(),
  hoursDeduct: DecimalText.nullish(),
  actualHours: DecimalText,
  hoursBilled: DecimalText.nullish(),
  billableOption: z.string().nullish(),
  status: z.string().nullish(),
  notes: z.string().nullish(),
});
export type TimeEntryWire = z.infer<typeof TimeEntryWire>;
export const timeEntryFields =
  'id,company,chargeToType,chargeToId,ticket,member,workType,workRole,agreement,timeStart,timeEnd,' +
  'hoursDeduct,actualHours,hoursBilled,billableOption,status,notes,_info';

export const InvoiceWire = Row.extend({
  invoiceNumber: z.string().nullish(),
  type: z.string().nullish(),
  status: z.object({ name: z.string().nullish(), isClosed: z.boolean().nullish() }).nullish(),
  company: AnyId.nullish(),
  reference: z.string().nullish(),
  date: z.string().nullish(),
  subtotal: DecimalText.nullish(),
  total: DecimalText.nullish(),
  balance: DecimalText.nullish(),
  payments: DecimalText.nullish(),
  credits: DecimalText.nullish(),
  currency: z.object({ currencyCode: z.string().nullish() }).nullish(),
});
export type InvoiceWire = z.infer<typeof InvoiceWire>;
export const invoiceFields =
  'id,invoiceNumber,type,status,company,reference,date,subtotal,total,balance,payments,credits,' +
  'currency,_info';

/** A product line; its product goes by its identifier, as an offer names it. */
export const InvoiceLineWire = z.object({
  id: Id,
  invoice: AnyId.nullish(),
  catalogItem: z.object({ identifier: z.string().nullish() }).nullish(),
  quantity: DecimalText.nullish(),
  extPrice: DecimalText.nullish(),
});
export type InvoiceLineWire = z.infer<typeof InvoiceLineWire>;
export const invoiceLineFields = 'id,invoice,catalogItem,quantity,extPrice';

/** Of a company. It goes back as it came, all of it. */
export const CustomField = z
  .looseObject({
    id: z.int(),
    caption: z.string(),
    type: z.string().nullish(),
    value: z.unknown().optional(),
  })
  .transform((wire) => {
    const { id, caption, type, value } = wire;
    return { id, name: caption, type, value, wire };
  });
export type CustomField = z.infer<typeof CustomField>;
