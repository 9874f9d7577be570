/**
 * What the connector reads of Autotask's rows, and no more. Each `…Fields` list is what is asked for
 * with `includeFields`, so it must name every field that its schema has.
 * https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/Entities/_EntitiesOverview.htm
 */
import { z } from 'zod';
import { DecimalText, Id } from '../http/wire.ts';

const Moment = z.string().nullish();

export const CompanyWire = z.object({ id: Id, companyName: z.string() });
export const companyFields = ['id', 'companyName'];

export const TicketWire = z.object({
  id: Id,
  ticketNumber: z.string().nullish(),
  companyID: Id.nullish(),
  title: z.string().nullish(),
  queueID: Id.nullish(),
  ticketType: Id.nullish(),
  contractID: Id.nullish(),
  status: Id,
  completedDate: Moment,
  lastActivityDate: Moment,
  lastTrackedModificationDateTime: Moment,
  createDate: Moment,
});
export type TicketWire = z.infer<typeof TicketWire>;
export const ticketFields = Object.keys(TicketWire.shape);

export const TimeEntryWire = z.object({
  id: Id,
  ticketID: Id.nullish(),
  taskID: Id.nullish(),
  resourceID: Id.nullish(),
  roleID: Id.nullish(),
  billingCodeID: Id.nullish(),
  contractID: Id.nullish(),
  dateWorked: Moment,
  startDateTime: Moment,
  endDateTime: Moment,
  hoursWorked: DecimalText,
  hoursToBill: DecimalText.nullish(),
  isNonBillable: z.boolean().nullish(),
  billingApprovalDateTime: Moment,
  billingApprovalLevelMostRecent: z.int().nullish(),
  createDateTime: Moment,
  lastModifiedDateTime: Moment,
  summaryNotes: z.string().nullish(),
});
export type TimeEntryWire = z.infer<typeof TimeEntryWire>;
export const timeEntryFields = Object.keys(TimeEntryWire.shape);

export const InvoiceWire = z.object({
  id: Id,
  invoiceNumber: z.string().nullish(),
  companyID: Id.nullish(),
  invoiceTotal: DecimalText.nullish(),
  invoiceDateTime: Moment,
  createDateTime: Moment,
  paidDate: Moment,
  isVoided: z.boolean().nullish(),
  voidedDate: Moment,
});
export type InvoiceWire = z.infer<typeof InvoiceWire>;
export const invoiceFields = Object.keys(InvoiceWire.shape);

export const ContractWire = z.object({
  id: Id,
  companyID: Id.nullish(),
  contractName: z.string(),
  contractType: Id.nullish(),
  status: Id.nullish(),
  endDate: Moment,
});
export type ContractWire = z.infer<typeof ContractWire>;
export const contractFields = Object.keys(ContractWire.shape);

export const ChargeWire = z.object({
  id: Id,
  contractID: Id,
  internalPurchaseOrderNumber: z.string().nullish(),
  billableAmount: DecimalText.nullish(),
});
export type ChargeWire = z.infer<typeof ChargeWire>;
export const chargeFields = Object.keys(ChargeWire.shape);

export const BlockWire = z.object({
  id: Id,
  contractID: Id,
  invoiceNumber: z.string().nullish(),
  hours: DecimalText.nullish(),
  hoursApproved: DecimalText.nullish(),
});
export type BlockWire = z.infer<typeof BlockWire>;
export const blockFields = Object.keys(BlockWire.shape);

export const UserDefinedFields = z.object({
  userDefinedFields: z.array(z.object({ name: z.string(), value: z.unknown() })).nullish(),
});

/** One entry of `entityInformation/fields`. */
export const FieldInfo = z.object({
  name: z.string(),
  isRequired: z.boolean().nullish(),
  picklistValues: z
    .array(z.object({ value: Id, label: z.string(), isActive: z.boolean().nullish() }))
    .nullish(),
});
export type FieldInfo = z.infer<typeof FieldInfo>;
