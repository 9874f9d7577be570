/**
 * The fields in use of ConnectWise's rows: exactly the fields of a schema are requested, in its order.
 * https://developer.connectwise.com/Products/ConnectWise_PSA/REST
 */
import { z } from 'zod';
import { DecimalText, Id, UtcInstant } from '../http/answers/wire.ts';

export const Text = z.string().nullish();
export const Flag = z.boolean().nullish();
/** Some servers leave out the zone, and mean UTC. */
const Timestamp = UtcInstant.nullish();
export const Decimal = DecimalText.nullish();
export const AnyId = z.object({ id: Id }).nullish();
export const Reference = z.object({ id: Id, name: Text }).nullish();

/** The parameter `fields` for rows of this schema. */
export function fieldsOf(schema: z.ZodObject): { fields: string } {
  return { fields: Object.keys(schema.shape).join(',') };
}

/** Missing where the API member's security role is limited. */
const Info = z.object({ lastUpdated: Timestamp, dateEntered: Timestamp }).nullish();

export const CompanyWire = z.object({ id: Id, name: z.string(), _info: Info });
export type CompanyWire = z.infer<typeof CompanyWire>;

export const ProjectTicketWire = z.object({
  id: Id,
  summary: Text,
  board: Reference,
  status: Reference,
  company: AnyId,
  type: Reference,
  agreement: Reference,
  source: Reference.catch(null),
  closedFlag: Flag,
  closedDate: Timestamp.catch(null),
  _info: Info,
});
export const TicketWire = ProjectTicketWire.extend({ recordType: Text, mergedParentTicket: AnyId });
export type TicketWire = z.infer<typeof TicketWire>;

export const TimeEntryWire = z.object({
  id: Id,
  company: AnyId,
  chargeToType: Text,
  chargeToId: Id.nullish(),
  ticket: AnyId,
  member: z.object({ id: Id, identifier: Text, name: Text }).nullish(),
  workType: Reference,
  workRole: Reference,
  agreement: Reference,
  timeStart: UtcInstant,
  timeEnd: Timestamp,
  hoursDeduct: Decimal,
  actualHours: DecimalText,
  hoursBilled: Decimal,
  billableOption: Text,
  status: Text,
  notes: Text,
  _info: Info,
});
export type TimeEntryWire = z.infer<typeof TimeEntryWire>;

export const MemberWire = z.object({ id: Id, primaryEmail: Text, officeEmail: Text });

export const InvoiceWire = z.object({
  id: Id,
  invoiceNumber: Text,
  type: Text,
  status: z.object({ name: Text, isClosed: Flag }).nullish(),
  company: AnyId,
  reference: Text,
  date: Text,
  subtotal: Decimal,
  total: Decimal,
  balance: Decimal,
  payments: Decimal,
  credits: Decimal,
  currency: z.object({ currencyCode: Text }).nullish(),
  _info: Info,
});
export type InvoiceWire = z.infer<typeof InvoiceWire>;

/** A product line; its product goes by its identifier, as an offer names it. */
export const InvoiceLineWire = z.object({
  id: Id,
  invoice: AnyId,
  catalogItem: z.object({ identifier: Text }).nullish(),
  quantity: Decimal,
  extPrice: Decimal,
});
export type InvoiceLineWire = z.infer<typeof InvoiceLineWire>;

/** Of a company; sent back complete and unchanged. */
export const CustomField = z
  .looseObject({ id: z.int(), caption: z.string(), type: Text, value: z.unknown().optional() })
  .transform((wire) => {
    const { id, caption: name, type, value } = wire;
    return { id, name, type, value, wire };
  });
export type CustomField = z.infer<typeof CustomField>;
