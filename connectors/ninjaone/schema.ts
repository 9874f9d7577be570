/**
 * The answers of NinjaOne, only the fields that are used.
 * https://app.ninjarmm.com/apidocs/ (every regional host has the same page)
 */
import { z } from 'zod';
import { describeError } from '../../src/domain/errors.ts';
import { secondsOf } from '../http/answers/exact.ts';
import { DecimalText, EpochMs, EpochSeconds, Id, Label, optional } from '../http/answers/wire.ts';

const Text = z.string();

/** A page or list whose rows are parsed one by one. */
export const AnyRows = z.array(z.unknown());

export const Organization = z.object({ id: Id, name: z.string().min(1) });
export type Organization = z.infer<typeof Organization>;

export const Device = z.object({
  id: Id,
  organizationId: Id,
  ...optional(Text, 'displayName', 'systemName'),
});

export const Technician = z.object({
  id: Id,
  ...optional(Text, 'uid', 'firstName', 'lastName', 'email'),
});

export const Status = z.object({
  statusId: Id,
  name: z.string().nullish(),
  displayName: z.string().min(1),
  /** The built-in status that a custom one inherits from. */
  parentId: Id.nullish(),
});
export type Status = z.infer<typeof Status>;

export const TicketForm = z.object({ id: Id, name: z.string() });

export const Board = z.object({ id: Id, name: z.string() });

export const BoardRun = z.object({
  data: AnyRows,
  metadata: z.object({
    lastCursorId: Id.nullish(),
    allColumns: z.array(z.string()).nullish(),
    /** The order that was really used. */
    sortBy: z
      .array(z.object({ field: z.string().nullish(), direction: z.string().nullish() }))
      .nullish(),
  }),
});
export type BoardRun = z.infer<typeof BoardRun>;

const RowStatus = z
  .object({ displayName: z.string().min(1).nullish(), statusId: Id.nullish() })
  .refine(({ displayName, statusId }) => displayName != null || statusId != null, {
    message: 'has neither a name nor a number',
  });

/**
 * A ticket as a board shows it: the organization by name, the subject as `summary`. What is not among the
 * board's columns is left out.
 */
export const BoardRow = z.object({
  id: Id,
  summary: z.string().nullish(),
  status: RowStatus.nullish(),
  organization: z.string().nullish(),
  lastUpdated: EpochSeconds,
  solvedTime: EpochSeconds.nullish(),
  source: Label,
  /** Seconds. Only a hint that saves requests, so anything but a whole number counts as absent. */
  totalTimeTracked: z.int().nullish().catch(null),
});
export type BoardRow = z.infer<typeof BoardRow>;
export type RowStatus = z.infer<typeof RowStatus>;

/** A board row as far as finding a ticket of ours needs it: an odd field must not hide the ticket. */
export const FoundRow = z.object({
  id: Id,
  summary: z.string().nullish().catch(null),
  lastUpdated: EpochSeconds.nullish().catch(null),
});

export const Ticket = z.object({
  id: Id,
  clientId: Id.nullish(),
  status: z.object({ statusId: Id.nullish() }).nullish(),
  tags: z.array(z.string()).nullish(),
  deleted: z.boolean().nullish(),
  subject: z.string().nullish(),
  /** What an update must bring along. */
  version: z.int().nullish(),
  ticketFormId: Id.nullish(),
  requesterUid: z.string().nullish(),
});
export type Ticket = z.infer<typeof Ticket>;

/** Whole seconds; older builds write numbers as text, and with decimals. */
const Seconds = DecimalText.transform((text, ctx) => {
  try {
    return secondsOf(text, 'seconds');
  } catch (error) {
    ctx.addIssue({ code: 'custom', message: describeError(error) });
    return z.NEVER;
  }
});

const HoursPart = z.object({
  timeTracked: Seconds.nullish(),
  billing: z.enum(['BILLABLE', 'NOT_BILLABLE', 'NO_CHARGE']).nullish(),
  agreement: z.object({ name: z.string().nullish() }).nullish(),
});
export type HoursPart = z.infer<typeof HoursPart>;

/**
 * Builds of 2022 name the author by the uid alone. `timeTracked` in seconds, at the top or only in
 * `ticketTimeEntry`; `createTime` in epoch seconds, `startDate` in epoch milliseconds.
 */
export const LogEntry = z.object({
  id: Id,
  type: z.string().nullish(),
  appUserContactId: Id.nullish(),
  ...optional(Text, 'appUserContactUid', 'appUserContactType', 'body'),
  publicEntry: z.boolean().nullish(),
  createTime: EpochSeconds.nullish(),
  timeTracked: Seconds.nullish(),
  ticketTimeEntry: HoursPart.extend({
    startDate: EpochMs.nullish(),
    remote: z.boolean().nullish(),
    inHours: HoursPart.nullish(),
    offHours: HoursPart.nullish(),
  }).nullish(),
});
export type LogEntry = z.infer<typeof LogEntry>;

/** A log entry as far as finding a note of ours needs it. */
export const FoundEntry = z.object({ id: Id, body: z.string().nullish().catch(null) });

export const ActivityPage = z.object({ activities: AnyRows });

export const Activity = z.object({
  id: Id,
  activityTime: EpochSeconds,
  statusCode: z.string().nullish(),
  ...optional(Id, 'deviceId', 'userId'),
});
export type Activity = z.infer<typeof Activity>;

export const CustomFields = z.record(z.string(), z.unknown());

/** What is remembered of a technician and a device, in our words. */
export const KnownTechnician = z.object({
  id: z.string(),
  uid: z.string().nullable(),
  name: z.string(),
  email: z.string().nullish(),
});
export type KnownTechnician = z.infer<typeof KnownTechnician>;

/** Who worked, as far as known. */
export type Worker = Pick<KnownTechnician, 'id' | 'name' | 'email'>;

export const KnownDevice = z.object({
  id: z.string(),
  organizationId: z.string(),
  name: z.string().nullable(),
});
export type KnownDevice = z.infer<typeof KnownDevice>;
