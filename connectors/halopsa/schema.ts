/** The fields in use, by Halo's request models (https://halopsa.com/apidoc/) and public clients. */
import { z } from 'zod';
import { DecimalText, Id, Label, optional, UtcInstant } from '../http/answers/wire.ts';

/** Halo writes "no date" as a date long ago. */
export const RealTime = UtcInstant.transform((instant) => (instant < '1980' ? null : instant));

/** A reference of 0 or below means none. */
export function isNone(id: string): boolean {
  return /^(?:0|-\d+)$/.test(id);
}
export const Reference = Id.transform((id) => (isNone(id) ? null : id));

/** `0`, `0.0`, or not shown. */
export function isZero(decimal: string | null | undefined): boolean {
  return /^-?0*(?:\.0*)?$/.test(decimal ?? '');
}

export const ClientWire = z.object({
  id: Id,
  name: z.string().min(1),
  inactive: z.boolean().nullish(),
});
export type ClientWire = z.infer<typeof ClientWire>;

/** Halo omits null keys: an open ticket has neither a closed flag nor a closing date. */
export const TicketWire = z.object({
  id: Id,
  ...optional(Id, 'client_id', 'status_id'),
  ...optional(Label, 'source', 'scomalertid', 'orionalert'),
  ...optional(z.string(), 'summary', 'status_name', 'tickettype_name', 'team'),
  ...optional(z.string(), 'third_party_id_string'),
  ...optional(Reference, 'tickettype_id', 'team_id', 'merged_into_id'),
  // `last_update` is missing in builds of 2024.
  ...optional(RealTime, 'dateclosed', 'last_update', 'lastactiondate', 'dateoccurred'),
  ...optional(DecimalText, 'timetaken'),
  // `deleted` is shown by a single ticket only.
  ...optional(z.boolean(), 'hasbeenclosed', 'deleted'),
});
export type TicketWire = z.infer<typeof TicketWire>;

/** Those without `timetaken` are notes. */
export const ActionWire = z.object({
  id: Id,
  ticket_id: Id,
  ...optional(RealTime, 'datetime', 'actiondatecreated', 'last_updated'),
  ...optional(RealTime, 'actionarrivaldate', 'actioncompletiondate'),
  ...optional(Id, 'who_agentid', 'actionby_agent_id', 'chargerate'),
  ...optional(DecimalText, 'timetaken', 'timetakenadjusted', 'nonbilltime', 'traveltime'),
  ...optional(DecimalText, 'actionprepayhours'),
  ...optional(z.boolean(), 'actisbillable', 'actreviewed', 'hiddenfromuser'),
  ...optional(Reference, 'action_contract_id'),
  ...optional(z.string(), 'action_contract_ref', 'note'),
});
export type ActionWire = z.infer<typeof ActionWire>;

/** Action IDs restart on each ticket, so the ID includes the ticket. */
export function actionId(action: Pick<ActionWire, 'id' | 'ticket_id'>): string {
  return `${action.ticket_id}-${action.id}`;
}

/** What a look-up by key needs. */
export const KeyedInvoice = z.object({
  id: Id,
  ...optional(Id, 'client_id'),
  ...optional(z.string(), 'invoicenumber', 'reference'),
  ...optional(DecimalText, 'total', 'tax_total'),
});
export type KeyedInvoice = z.infer<typeof KeyedInvoice>;

export const InvoiceWire = KeyedInvoice.extend({
  ...optional(z.string(), 'currency_code_name', 'invoice_date'),
  // Some invoices were never modified.
  ...optional(RealTime, 'last_modified', 'date_created', 'datepaid'),
  ...optional(DecimalText, 'amountpaid', 'amountdue'),
  ...optional(z.boolean(), 'voided'),
});
export type InvoiceWire = z.infer<typeof InvoiceWire>;

/** A complete field, as received. */
export const CustomField = z.object({
  id: z.int(),
  name: z.string(),
  label: z.string().nullish(),
  value: z.unknown().optional(),
});
export type CustomField = z.infer<typeof CustomField>;

/** A single client: fields that its list row lacks. */
export const ClientDetail = ClientWire.extend({
  ...optional(Reference, 'main_site_id'),
  currencyisocode: z.string().nullish(),
  customfields: z.array(CustomField).nullish(),
  ...optional(DecimalText, 'prepaybalance', 'prepayrecurringhours'),
  ...optional(DecimalText, 'autotopupbyamount', 'autotopuptoamount'),
});
export type ClientDetail = z.infer<typeof ClientDetail>;

/** A contract that may have its own pre-pay. */
export const ContractWire = z.object({
  id: Id,
  client_id: Id.nullish(),
  ref: z.string().nullish(),
  allowprepay: z.boolean().nullish(),
  contract_prepaybalance: DecimalText.nullish(),
});

/** A name with its ID: teams, ticket types, agents, charge types, items. */
export const Named = z.object({ id: Id, name: z.string(), email: z.string().nullish() });
