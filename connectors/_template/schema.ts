/**
 * What the API answers, in its own words. Only fields that are used are named; one that a row can be
 * understood without is `nullish`: left out or null, it means "not known".
 */
import { z } from 'zod';
import { DecimalText, Id, WireInstant } from '../http/wire.ts';

/** A page of any list: "next" is the cursor of the page after it. */
export function pageOf<Row>(row: z.ZodType<Row>) {
  return z.object({ rows: z.array(row), next: z.string().nullable() });
}

/** A page whose rows are believed one by one, so that a bad one does not hold up the others. */
export const PageWire = pageOf(z.unknown());

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

export const NoteWire = z.object({ id: Id, text: z.string() });

export const MadeWire = z.object({ id: Id });
