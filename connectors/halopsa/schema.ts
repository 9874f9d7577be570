/**
 * What the connector reads of Halo's answers, and no more. The vendor's text describes requests only, so
 * the shapes are those of its models and of public clients. https://halopsa.com/apidoc/
 */
import { z } from 'zod';
import { DecimalText, Id, UtcInstant } from '../http/answers/wire.ts';

/** Where and as which tenant a token is requested. */
export const AuthInfo = z.object({
  auth_url: z.string().min(1),
  tenant_id: z.string().nullish(),
});

export const Token = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
});

/** Halo writes "no date" as one of long ago. */
const RealMoment = UtcInstant.transform((instant) => (instant < '1980' ? null : instant)).nullish();

/** A reference to nothing is 0 or below. */
const Reference = Id.transform((id) => (/^(?:0|-\d+)$/.test(id) ? null : id)).nullish();

export const ClientWire = z.object({
  id: Id,
  name: z.string().min(1),
  inactive: z.boolean().nullish(),
});
export type ClientWire = z.infer<typeof ClientWire>;

/** Halo leaves keys that hold null out of its rows: an open ticket has neither flag nor date of closing. */
export const TicketWire = z.object({
  id: Id,
  client_id: Id.nullish(),
  summary: z.string().nullish(),
  status_id: Id.nullish(),
  status_name: z.string().nullish(),
  tickettype_id: Reference,
  tickettype_name: z.string().nullish(),
  team: z.string().nullish(),
  team_id: Reference,
  hasbeenclosed: z.boolean().nullish(),
  dateclosed: RealMoment,
  /** Builds of 2024 do not show it. */
  last_update: RealMoment,
  lastactiondate: RealMoment,
  dateoccurred: RealMoment,
  merged_into_id: Reference,
  timetaken: DecimalText.nullish(),
});
export type TicketWire = z.infer<typeof TicketWire>;

/** A ticket by itself, as far as its list row does not tell. */
export const TicketDetail = z.object({
  id: Id,
  client_id: Id.nullish(),
  deleted: z.boolean().nullish(),
  timetaken: DecimalText.nullish(),
  last_update: RealMoment,
  lastactiondate: RealMoment,
});

/** An id of an action means something on its ticket alone. */
export const ActionWire = z.object({
  id: Id,
  ticket_id: Id,
  datetime: RealMoment,
  actiondatecreated: RealMoment,
  last_updated: RealMoment,
  who_agentid: Id.nullish(),
  actionby_agent_id: Id.nullish(),
  actionarrivaldate: RealMoment,
  actioncompletiondate: RealMoment,
  /** Null on notes that hold no time. */
  timetaken: DecimalText.nullish(),
  timetakenadjusted: DecimalText.nullish(),
  nonbilltime: DecimalText.nullish(),
  traveltime: DecimalText.nullish(),
  actionprepayhours: DecimalText.nullish(),
  chargerate: Id.nullish(),
  actisbillable: z.boolean().nullish(),
  actreviewed: z.boolean().nullish(),
  action_contract_id: Reference,
  action_contract_ref: z.string().nullish(),
  note: z.string().nullish(),
  hiddenfromuser: z.boolean().nullish(),
});
export type ActionWire = z.infer<typeof ActionWire>;

export const InvoiceWire = z.object({
  id: Id,
  client_id: Id.nullish(),
  invoicenumber: z.string().nullish(),
  reference: z.string().nullish(),
  currency_code_name: z.string().nullish(),
  invoice_date: z.string().nullish(),
  /** Some invoices were never modified. */
  last_modified: RealMoment,
  date_created: RealMoment,
  total: DecimalText.nullish(),
  tax_total: DecimalText.nullish(),
  amountpaid: DecimalText.nullish(),
  amountdue: DecimalText.nullish(),
  datepaid: RealMoment,
  voided: z.boolean().nullish(),
});
export type InvoiceWire = z.infer<typeof InvoiceWire>;

/** A field as it came, all of it. */
export const CustomField = z.object({
  id: z.int(),
  name: z.string(),
  label: z.string().nullish(),
  value: z.unknown().optional(),
});
export type CustomField = z.infer<typeof CustomField>;

/** One client, with what its list row does not show. */
export const ClientDetail = ClientWire.extend({
  main_site_id: Reference,
  currencyisocode: z.string().nullish(),
  customfields: z.array(CustomField).nullish(),
  prepaybalance: DecimalText.nullish(),
  prepayrecurringhours: DecimalText.nullish(),
  autotopupthreshhold: DecimalText.nullish(),
  autotopupbyamount: DecimalText.nullish(),
  autotopuptoamount: DecimalText.nullish(),
});
export type ClientDetail = z.infer<typeof ClientDetail>;

/** A contract, as far as it may hold pre-pay of its own. */
export const ContractWire = z.object({
  id: Id,
  client_id: Id.nullish(),
  ref: z.string().nullish(),
  allowprepay: z.boolean().nullish(),
  contract_prepaybalance: DecimalText.nullish(),
});

/** A name with its number: teams, ticket types, agents, charge types, items. */
export const Named = z.object({ id: Id, name: z.string() });
export type Named = z.infer<typeof Named>;

export const PrepayWire = z.object({
  id: Id,
  client_id: Id.nullish(),
  description: z.string().nullish(),
  hours: DecimalText.nullish(),
});
export type PrepayWire = z.infer<typeof PrepayWire>;
