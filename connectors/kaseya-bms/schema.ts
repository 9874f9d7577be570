/**
 * What the connector reads of the rows of BMS, and no more; keys are lower-case (see `casing.ts`).
 * https://api.bms.kaseya.com/swagger/index.html
 */
import { z } from 'zod';
import { DecimalText, Id } from '../http/wire.ts';

const Text = z.string().nullish();
const Flag = z.boolean();

/** A number of something else; 0 stands for none, as a missing one does. */
export const Ref = Id.nullish().transform((id) => (id == null || id === '0' ? null : id));

export const AccountWire = z.object({ id: Id, name: z.string().min(1), isactive: Flag.nullish() });
export type AccountWire = z.infer<typeof AccountWire>;

export const TicketWire = z.object({
  id: Id,
  ticketnumber: Text,
  title: Text,
  accountid: Ref,
  queueid: Ref,
  queuename: Text,
  typeid: Id.nullish(),
  typename: Text,
  sourceid: Id.nullish(),
  statusid: Id.nullish(),
  statusname: Text,
  contractid: Id.nullish(),
  contractname: Text,
  completeddate: Text,
  reopeneddate: Text,
  lastactivityupdate: Text,
  laststatusupdate: Text,
  modifiedon: Text,
  createdon: Text,
});
export type TicketWire = z.infer<typeof TicketWire>;

export const TimeWire = z.object({
  id: Id,
  ticketid: Ref,
  accountid: Ref,
  userid: Ref,
  firstname: Text,
  lastname: Text,
  worktypeid: Id.nullish(),
  worktype: Text,
  roleid: Id.nullish(),
  role: Text,
  timespent: DecimalText,
  overtimespent: DecimalText.nullish(),
  isbillable: Flag.nullish(),
  isapproved: Flag.nullish(),
  startdate: z.string(),
  starttime: Text,
  endtime: Text,
  notes: Text,
  createdon: Text,
  modifiedon: Text,
});
export type TimeWire = z.infer<typeof TimeWire>;

export const InvoiceWire = z.object({
  id: Id,
  invoicenumber: Text,
  accountid: Ref,
  statusname: Text,
  grandtotal: DecimalText.nullish(),
  paidamount: DecimalText.nullish(),
  paymentdue: DecimalText.nullish(),
  invoicedate: Text,
  createdon: Text,
  modifiedon: Text,
});
export type InvoiceWire = z.infer<typeof InvoiceWire>;

export const InvoiceLineWire = z.object({
  invoiceid: Id,
  name: Text,
  description: Text,
  qty: DecimalText.nullish(),
  totalprice: DecimalText.nullish(),
});
export type InvoiceLineWire = z.infer<typeof InvoiceLineWire>;

export const NoteWire = z.object({ id: Id, details: Text, isinternal: Flag.nullish() });
export type NoteWire = z.infer<typeof NoteWire>;

/** What is looked at, and what a PUT sends back with it. */
export const ChargeWire = z.object({
  id: Id,
  productindexid: z.int().nullish(),
  chargename: Text,
  description: Text,
  statusid: z.int().nullish(),
  pricinglevelid: z.int().nullish(),
  quantity: DecimalText.nullish(),
  price: DecimalText.nullish(),
  amount: DecimalText.nullish(),
  isbillable: Flag,
  isbilled: Flag,
  isposted: Flag,
  datepurchased: Text,
});
export type ChargeWire = z.infer<typeof ChargeWire>;

export const FieldWire = z.object({ customfieldid: Id, name: Text, data: Text });
export type FieldWire = z.infer<typeof FieldWire>;

/** An entry of a look-up list: queues, statuses, priorities, locations. */
export const NamedWire = z.object({
  id: z.int(),
  name: Text,
  isactive: Flag.nullish(),
  ismain: Flag.nullish(),
});
export type NamedWire = z.infer<typeof NamedWire>;

export const UserWire = z.object({
  timestamp: Text,
  olsontimezonename: Text,
  currencycode: Text,
});
