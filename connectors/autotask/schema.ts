/**
 * The fields in use of Autotask's rows: exactly the fields of a schema are requested with
 * `includeFields`. https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/_EntitiesOverview.htm
 */
import { z } from 'zod';
import { DecimalText, Id, Label, optional, WireInstant } from '../http/answers/wire.ts';

/** Some are just days, such as a payment date. */
const Timestamp = z
  .string()
  .transform((text) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text))
  .pipe(WireInstant);

export const CompanyWire = z.object({ id: Id, companyName: z.string() });
export type CompanyWire = z.infer<typeof CompanyWire>;

export const TicketWire = z.object({
  id: Id,
  status: Id,
  ...optional(z.string(), 'ticketNumber', 'title'),
  ...optional(Id, 'companyID', 'queueID', 'ticketType', 'contractID'),
  ...optional(Label, 'source', 'monitorID', 'rmmAlertID'),
  ...optional(Timestamp, 'completedDate', 'createDate'),
  ...optional(Timestamp, 'lastActivityDate', 'lastTrackedModificationDateTime'),
});
export type TicketWire = z.infer<typeof TicketWire>;

/** `dateWorked` is a day; its time of day is meaningless. */
export const TimeEntryWire = z.object({
  id: Id,
  hoursWorked: DecimalText,
  ...optional(DecimalText, 'hoursToBill'),
  ...optional(Id, 'ticketID', 'taskID', 'resourceID', 'roleID', 'billingCodeID', 'contractID'),
  ...optional(Timestamp, 'startDateTime', 'endDateTime', 'createDateTime', 'lastModifiedDateTime'),
  ...optional(Timestamp, 'billingApprovalDateTime'),
  ...optional(z.int(), 'billingApprovalLevelMostRecent'),
  ...optional(z.string(), 'dateWorked', 'summaryNotes'),
  ...optional(z.boolean(), 'isNonBillable'),
});
export type TimeEntryWire = z.infer<typeof TimeEntryWire>;

export const InvoiceWire = z.object({
  id: Id,
  ...optional(z.string(), 'invoiceNumber'),
  ...optional(Id, 'companyID'),
  ...optional(DecimalText, 'invoiceTotal'),
  ...optional(Timestamp, 'invoiceDateTime', 'createDateTime', 'paidDate', 'voidedDate'),
  ...optional(z.boolean(), 'isVoided'),
});
export type InvoiceWire = z.infer<typeof InvoiceWire>;

export const ContractWire = z.object({
  id: Id,
  contractName: z.string(),
  ...optional(Id, 'companyID', 'contractType', 'status'),
  ...optional(z.string(), 'endDate'),
});

export const ChargeWire = z.object({
  id: Id,
  contractID: Id,
  ...optional(z.string(), 'internalPurchaseOrderNumber'),
  ...optional(DecimalText, 'billableAmount'),
});
export type ChargeWire = z.infer<typeof ChargeWire>;

export const BlockWire = z.object({
  id: Id,
  contractID: Id,
  ...optional(z.string(), 'invoiceNumber'),
  ...optional(DecimalText, 'hours', 'hoursApproved'),
});
export type BlockWire = z.infer<typeof BlockWire>;

/** A cleared field may come back as null or as an empty text. */
const Value = z.unknown().transform((value) => (value === '' ? null : value));
const Fields = z.array(z.object({ name: z.string(), value: Value }));
export const UserDefinedFields = z.object({ userDefinedFields: Fields.nullish() });

const PicklistValue = z.object({ value: Id, label: z.string(), isActive: z.boolean().nullish() });

/** One entry of `entityInformation/fields`. */
export const FieldInfo = z.object({
  name: z.string(),
  picklistValues: z.array(PicklistValue).nullish(),
});
