/**
 * The shapes that Atera answers with, as far as they are used, by its OpenAPI document
 * (https://app.atera.com/apidocs). It declares nothing as required; essential fields are required
 * here.
 */
import { z } from 'zod';
import { DecimalText, Id, Label } from '../http/answers/wire.ts';

export const PageWire = z
  .object({ items: z.array(z.unknown()).nullable(), totalItemCount: z.int().min(0) })
  .transform(({ items, totalItemCount }) => ({ rows: items ?? [], count: totalItemCount }));

export const AccountWire = z.object({
  CompanyName: z.string().nullish(),
  TimeZoneName: z.string().nullish(),
});

export const CustomerWire = z.object({ CustomerID: Id, CustomerName: z.string().min(1) });
export type CustomerWire = z.infer<typeof CustomerWire>;

export const TicketWire = z.object({
  TicketID: Id,
  TicketNumber: z.string().nullish(),
  TicketTitle: z.string().nullish(),
  TicketStatus: z.string().min(1),
  TicketType: z.string().nullish(),
  TicketSource: Label,
  CustomerID: Id,
  ContractID: Id.nullish(),
  TicketCreatedDate: z.string().nullish(),
  TicketResolvedDate: z.string().nullish(),
});
export type TicketWire = z.infer<typeof TicketWire>;

/** The fields needed to search by key and to read its state. */
export const TicketStanding = TicketWire.pick({
  TicketID: true,
  TicketTitle: true,
  TicketStatus: true,
  TicketCreatedDate: true,
  CustomerID: true,
});
export type TicketStanding = z.infer<typeof TicketStanding>;

/**
 * `Billiable` is the vendor's spelling; both are read, since were it spelt right one day, all time would else
 * pass for billable.
 */
export const WorkHoursWire = z.object({
  WorkHoursID: Id,
  TicketID: Id,
  CustomerID: Id,
  StartWorkHour: z.string(),
  EndWorkHour: z.string(),
  TechnicianContactID: Id.nullish(),
  TechnicianFullName: z.string().nullish(),
  TechnicianEmail: z.string().nullish(),
  Billiable: z.boolean().nullish(),
  Billable: z.boolean().nullish(),
  OnCustomerSite: z.boolean().nullish(),
});
export type WorkHoursWire = z.infer<typeof WorkHoursWire>;

export const ContractWire = z.object({
  ContractID: Id,
  CustomerID: Id,
  CustomerName: z.string().nullish(),
  ContractName: z.string().nullish(),
  ContractType: z.string(),
  Active: z.boolean(),
  BlockHoursContract: z.object({ HoursIncluded: DecimalText.nullish() }).nullish(),
  BlockMoneyContract: z.object({ Amount: DecimalText.nullish() }).nullish(),
});
export type ContractWire = z.infer<typeof ContractWire>;

export const ContactWire = z.object({ EndUserID: Id, CustomerID: Id });

/** A comment has no id of its own. */
export const CommentWire = z.object({
  Comment: z.string().nullish(),
  CommentHtml: z.string().nullish(),
  IsInternal: z.boolean(),
});
export type CommentWire = z.infer<typeof CommentWire>;

export const FieldWire = z.object({ Name: z.string(), Target: z.string() });

export const FieldValueWire = z.object({
  FieldName: z.string().nullish(),
  ValueAsString: z.string().nullish(),
  ValueAsDecimal: DecimalText.nullish(),
});
export type FieldValueWire = z.infer<typeof FieldValueWire>;

export const ActionWire = z.object({ ActionID: Id.nullish() });
