/**
 * The API's responses. Only fields in use are listed; an optional one is `nullish`: missing or null
 * means "not known".
 */
import { z } from 'zod';
import { DecimalText, Id, WireInstant } from '../http/answers/wire.ts';

/** A page of any list: "next" is the cursor of the following page. Its rows are parsed one by one. */
export const PageWire = z.object({ rows: z.array(z.unknown()), next: z.string().nullable() });

export const ClientWire = z.object({ id: Id, name: z.string() });

export const TicketWire = z.object({
  id: Id,
  clientId: Id.nullish(),
  subject: z.string().nullish(),
  status: z.string().nullish(),
  closedAt: WireInstant.nullish(),
  updatedAt: WireInstant,
});
export type TicketWire = z.infer<typeof TicketWire>;

export const TimeWire = z.object({
  id: Id,
  ticketId: Id,
  clientId: Id.nullish(),
  technician: z.object({ id: Id, name: z.string() }).nullish(),
  startedAt: WireInstant,
  hours: DecimalText,
  workType: z.string().nullish(),
  billable: z.boolean().nullish(),
  updatedAt: WireInstant,
});
export type TimeWire = z.infer<typeof TimeWire>;

export const InvoiceWire = z.object({
  id: Id,
  number: z.string(),
  clientId: Id,
  reference: z.string().nullish(),
  currency: z.string().length(3),
  issuedOn: z.iso.date().nullish(),
  net: DecimalText,
  total: DecimalText,
  status: z.enum(['open', 'paid', 'void']),
  updatedAt: WireInstant,
});
export type InvoiceWire = z.infer<typeof InvoiceWire>;

export const NoteWire = z.object({ id: Id, text: z.string() });

export const MadeWire = z.object({ id: Id });
