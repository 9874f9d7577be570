/**
 * The fields in use of Syncro's responses. The vendor documents examples and few
 * schemas. https://api-docs.syncromsp.com/
 */
import { z } from 'zod';
import { DecimalText, Id, known, WireInstant } from '../http/answers/wire.ts';

/** IDs are numbers, and go into URLs. */
export const NumberId = Id.refine((id) => /^\d+$/.test(id), { message: 'is not a number' });

const Text = z.string().nullish();
const Names = z.array(z.string());
const Flag = z.boolean().nullish();

/** An empty object is sent as `[]`. */
function named<T>(value: z.ZodType<T>) {
  return z.union([
    z.record(z.string(), value),
    z.tuple([]).transform((): Record<string, T> => ({})),
  ]);
}

/** `prepay_hours` is not documented; accounts with prepaid hours have been seen to have it. */
export const CustomerWire = z.object({
  id: NumberId,
  business_then_name: Text,
  fullname: Text,
  disabled: Flag,
  properties: named(z.unknown()).nullish(),
  prepay_hours: DecimalText.nullish(),
  updated_at: WireInstant,
});
export type CustomerWire = z.infer<typeof CustomerWire>;
export const CustomerDetail = z
  .object({ customer: CustomerWire })
  .transform(({ customer }) => customer);

export const TicketWire = z.object({
  id: NumberId,
  number: Id.nullish(),
  customer_id: NumberId,
  subject: Text,
  status: z.string().min(1),
  problem_type: Text,
  ticket_type_id: NumberId.nullish(),
  ticket_type_name: Text,
  contract_id: NumberId.nullish(),
  contract_name: Text,
  created_at: known(WireInstant),
  updated_at: WireInstant,
  resolved_at: known(WireInstant),
});
export type TicketWire = z.infer<typeof TicketWire>;

export const KeyedTicket = z.object({
  id: NumberId,
  number: Id,
  customer_id: NumberId,
  tag_list: Names.nullish(),
});
export type KeyedTicket = z.infer<typeof KeyedTicket>;

const OneTicket = KeyedTicket.extend({
  status: z.string(),
  updated_at: WireInstant,
  ticket_timers: z.array(z.unknown()),
});
export const TicketDetail = z.object({ ticket: OneTicket }).transform(({ ticket }) => ticket);

/** Time on a ticket; a running timer has no end. */
export const TimerWire = z.object({
  id: NumberId,
  ticket_id: NumberId,
  user_id: known(NumberId),
  start_time: WireInstant,
  end_time: known(WireInstant),
  /** Seconds, also as text or with a fraction. */
  active_duration: DecimalText.nullish(),
  billable: Flag,
  notes: Text,
  product_id: NumberId.nullish(),
  created_at: known(WireInstant),
  updated_at: known(WireInstant),
});
export type TimerWire = z.infer<typeof TimerWire>;

export const CommentWire = z.object({ id: NumberId, body: Text, hidden: Flag });

export const InvoiceWire = z.object({
  id: NumberId,
  number: Id.nullish(),
  customer_id: NumberId,
  date: Text,
  subtotal: DecimalText.nullish(),
  total: DecimalText.nullish(),
  is_paid: Flag,
  note: Text,
  updated_at: WireInstant,
});
export type InvoiceWire = z.infer<typeof InvoiceWire>;

export const InvoiceLine = z.object({
  item: Text,
  name: Text,
  product_id: NumberId.nullish(),
  product_category: Text,
  quantity: DecimalText.nullish(),
  price: DecimalText.nullish(),
});
export type InvoiceLine = z.infer<typeof InvoiceLine>;

const OneInvoice = InvoiceWire.extend({
  customer_id: NumberId.nullish(),
  customer: z.object({ id: NumberId }).nullish(),
  line_items: z.array(InvoiceLine).nullish(),
});

/** A single invoice may give its customer in either way, and may be wrapped or bare. */
export const InvoiceDetail = z.union([
  z.object({ invoice: OneInvoice }).transform(({ invoice }) => invoice),
  OneInvoice,
]);
export type InvoiceDetail = z.infer<typeof InvoiceDetail>;

export const ProductWire = z.object({
  id: NumberId,
  name: z.string().min(1),
  taxable: Flag,
  product_category: Text,
  category_path: Text,
});
export type ProductWire = z.infer<typeof ProductWire>;

export const ProductDetail = z.object({ product: ProductWire });

export const CategoryWire = z.object({ id: NumberId, name: z.string() });

export const ContractWire = z.object({ customer_id: NumberId, name: Text });

/** A recurring invoice. */
export const ScheduleWire = z.object({
  id: NumberId,
  customer_id: NumberId,
  name: Text,
  paused: Flag,
  lines: z.array(InvoiceLine).nullish(),
});
export type ScheduleWire = z.infer<typeof ScheduleWire>;

export const Me = z.object({
  user_name: z.string(),
  subdomain: z.string(),
  permissions: named(named(z.boolean())).nullish(),
});

/** `[[1, "Joe Doe"]]` */
const User = z.tuple([NumberId, z.string()]).rest(z.unknown());
export const Users = z.object({ users: z.array(User) });

const FieldName = z.object({ id: NumberId.nullish(), name: z.string() });

export const Settings = z.object({
  customers: z.object({ customer_fields: z.array(FieldName).nullish() }).nullish(),
  ticket: z.object({ problem_types: Names, priorities: Names.nullish() }),
});

export const TicketSettings = z.object({
  ticket_status_list: Names,
  ticket_types: z.array(FieldName).nullish(),
});
