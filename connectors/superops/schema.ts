/**
 * The fields in use of SuperOps' responses. The vendor publishes no schema; the shapes are those that
 * public clients read. https://developer.superops.com/msp
 */
import { z } from 'zod';
import { DecimalText, Id, known, Label, UtcInstant } from '../http/answers/wire.ts';

const Text = z.string().nullish();

/** SuperOps' JSON type; its long numbers may lack quotes. */
const ClientRef = z.object({ accountId: Id, name: Text });

export const ClientWire = z.object({
  accountId: Id,
  name: z.string().min(1),
});
export type ClientWire = z.infer<typeof ClientWire>;

export const TicketWire = z.object({
  ticketId: Id,
  displayId: Id.nullish(),
  subject: Text,
  ticketType: Text,
  source: Label,
  client: known(ClientRef),
  techGroup: z.object({ groupId: Id.nullish(), name: Text }).nullish(),
  status: z.string().min(1),
  createdTime: UtcInstant,
  updatedTime: UtcInstant,
});
export type TicketWire = z.infer<typeof TicketWire>;

export const ItemWire = z.object({
  itemId: Id,
  /** A timestamp, or a day. */
  billDate: z.string().min(1),
  status: Text,
  serviceItem: z.object({ itemId: Id.nullish(), name: Text, quantityType: Text }).nullish(),
  client: known(ClientRef),
  workItem: known(z.object({ workId: Id, module: z.string() })),
  technician: known(z.object({ userId: Id, name: Text, email: Text })),
  qty: DecimalText,
  updatedTime: UtcInstant,
});
export type ItemWire = z.infer<typeof ItemWire>;

export const WorklogWire = z.object({
  itemId: Id,
  billable: z.boolean().nullish(),
  billDateTime: z.string().nullish(),
});
export type WorklogWire = z.infer<typeof WorklogWire>;

export const InvoiceWire = z.object({
  invoiceId: Id,
  displayId: Id.nullish(),
  client: known(ClientRef),
  invoiceDate: z.string().min(1),
  statusEnum: Text,
  totalAmount: DecimalText.nullish(),
  paymentDate: Text,
  items: z.array(z.object({ details: Text, amount: DecimalText.nullish() })).nullish(),
});
export type InvoiceWire = z.infer<typeof InvoiceWire>;

export const ContractWire = z.object({
  contractId: Id,
  client: known(ClientRef),
  contract: z.unknown(),
  contractStatus: Text,
});

export const NoteWire = z.object({ noteId: Id, content: Text, privacyType: Text });
