/**
 * The shapes that RT answers with, as far as they are used. Numbers may come as text, `pages` as 0.0.
 * https://docs.bestpractical.com/rt/5.0.3/RT/REST2.html
 */
import { z } from 'zod';
import { Id, WireInstant } from '../http/answers/wire.ts';

export const Version = z.object({ Version: z.string().min(1) });

/** A page of a collection. `total` is null where RT filters by rights after it has cut the page. */
export const Collection = z.object({
  total: z.int().nullable(),
  per_page: z.int(),
  items: z.array(z.unknown()),
});
export type Collection = z.infer<typeof Collection>;

/** RT leaves out a list that has nothing in it, or sends an empty text. */
function listOf<T>(item: z.ZodType<T>) {
  return z
    .union([z.array(item), z.literal('')])
    .nullish()
    .transform((list): T[] => (Array.isArray(list) ? list : []));
}

const FieldValue = z.object({ name: z.string(), values: z.array(z.unknown()) });

/** A ticket as far as a search by key needs it. */
export const FoundItem = z.object({
  id: Id,
  Subject: z.string().nullish(),
  CustomFields: listOf(FieldValue),
});
export type FoundItem = z.infer<typeof FoundItem>;

export const TicketItem = FoundItem.extend({
  Status: z.string().min(1),
  /** The ticket that this one was merged into; its own id where it was not. */
  EffectiveId: Id.nullish(),
  LastUpdated: WireInstant,
  Resolved: WireInstant.nullish(),
  Queue: z.object({ id: Id, Name: z.string().nullish() }),
  Requestor: listOf(z.object({ Organization: z.string().nullish() })),
});
export type TicketItem = z.infer<typeof TicketItem>;

/** A transaction that took time. `TimeTaken` is whole minutes, negative where time was taken off. */
export const TimeItem = z.object({
  id: Id,
  ObjectId: Id,
  Creator: z.object({ id: z.string().min(1), EmailAddress: z.string().nullish() }).nullish(),
  Created: WireInstant,
  TimeTaken: z.union([z.int(), z.string().regex(/^-?\d+$/, 'is not a number of minutes')]),
});
export type TimeItem = z.infer<typeof TimeItem>;

export const QueueItem = z.object({ id: Id, Name: z.string().min(1), LastUpdated: WireInstant });
export type QueueItem = z.infer<typeof QueueItem>;

export const UserItem = z.object({ id: Id, Organization: z.string().nullish() });
export type UserItem = z.infer<typeof UserItem>;

export const FieldItem = z.object({ id: Id, Name: z.string(), LookupType: z.string() });
export type FieldItem = z.infer<typeof FieldItem>;

export const Field = z.object({ id: Id, Type: z.string(), Values: listOf(z.string()) });

const Links = listOf(z.object({ ref: z.string().nullish() }));

export const Queue = z.object({
  id: Id,
  Name: z.string(),
  Disabled: z.union([z.int(), z.string()]).nullish(),
  TicketCustomFields: listOf(z.object({ name: z.string().nullish() })),
  /** `create` is among them where the user may create tickets. */
  _hyperlinks: Links,
});
export type Queue = z.infer<typeof Queue>;

/** `comment`, `correspond` and `lifecycle` are among the links where the user may do that. */
export const Ticket = FoundItem.extend({ Status: z.string(), _hyperlinks: Links });
export type Ticket = z.infer<typeof Ticket>;

export const SumItem = z.object({ id: Id, TimeTaken: z.coerce.number() });

export const NewestItem = z.object({ id: Id, LastUpdated: WireInstant });

export const WorkedItem = z.object({
  id: Id,
  TimeWorked: z.coerce.number().nullish(),
  Queue: z.object({ id: Id, Name: z.string().nullish() }).nullish(),
});
export type WorkedItem = z.infer<typeof WorkedItem>;

export const IdItem = z.object({ id: Id });
export type IdItem = z.infer<typeof IdItem>;

export const AttachmentItem = z.object({
  id: Id,
  TransactionId: Id,
  Content: z.string().nullish(),
});
export type AttachmentItem = z.infer<typeof AttachmentItem>;

/** What RT says it did, one sentence each. */
export const Messages = z.array(z.string());
