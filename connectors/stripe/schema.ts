/**
 * The fields in use of Stripe's responses, by its OpenAPI document for API 2023-08-16. Bank details and card
 * numbers are never among them.
 */
import { z } from 'zod';
import { EpochSeconds, Id, known } from '../http/answers/wire.ts';

export const PageWire = z.object({ data: z.array(z.unknown()), has_more: z.boolean() });

export const Problem = z.object({
  error: z.object({ type: z.string().nullish(), code: z.string().nullish() }),
});

const Text = z.string().nullish();

/** An ID, or the object itself where it was expanded. */
const Reference = z.union([Id, z.object({ id: Id }).transform(({ id }) => id)]);

/** In Stripe's own minor units, see money.ts. */
const Amount = z.int().min(0);
const Currency = z
  .string()
  .regex(/^[A-Za-z]{3}$/, 'is not a currency code')
  .transform((code) => code.toUpperCase());

const Metadata = known(z.record(z.string(), z.string()));

const ChargeWire = z.object({
  amount_refunded: Amount,
  disputed: z.boolean(),
  failure_code: Text,
  created: known(EpochSeconds),
  payment_method_details: known(z.object({ type: Text })),
});

const intentStatuses = [
  ...(['requires_payment_method', 'requires_confirmation', 'requires_action'] as const),
  ...(['processing', 'requires_capture', 'canceled', 'succeeded'] as const),
];

const keyedFields = {
  id: Id,
  status: z.enum(intentStatuses),
  amount: Amount,
  currency: Currency,
  metadata: Metadata,
};

/** With its latest charge expanded. */
export const IntentWire = z.object({
  ...keyedFields,
  customer: known(Reference),
  created: EpochSeconds,
  last_payment_error: known(z.object({ code: Text, decline_code: Text })),
  latest_charge: known(ChargeWire),
});
export type IntentWire = z.infer<typeof IntentWire>;

/** What a look-up by key needs. */
export const KeyedIntent = z.object(keyedFields);
export type KeyedIntent = z.infer<typeof KeyedIntent>;

export const DisputeWire = z.object({ status: z.string(), amount: Amount, reason: Text });
export type DisputeWire = z.infer<typeof DisputeWire>;

/** Of the object only what says which payment or customer it concerns: it may be out of date. */
export const EventWire = z.object({
  id: Id,
  type: Text,
  created: known(EpochSeconds),
  data: z.object({
    object: z.object({
      id: known(Id),
      object: Text,
      customer: z.unknown().optional(),
      payment_intent: known(Reference),
    }),
    previous_attributes: z.object({ customer: z.unknown().optional() }).nullish(),
  }),
});
export type EventWire = z.infer<typeof EventWire>;

export const MethodWire = z.object({
  id: Id,
  type: z.string().min(1),
  us_bank_account: known(
    z.object({
      status_details: known(
        z.object({ blocked: known(z.object({ network_code: Text, reason: Text })) }),
      ),
    }),
  ),
  card: known(
    z.object({ exp_month: z.int().min(1).max(12), exp_year: z.int().min(2000).max(9998) }),
  ),
});
export type MethodWire = z.infer<typeof MethodWire>;

export const MandateWire = z.object({
  id: Id,
  status: z.string(),
  type: Text,
  payment_method_details: known(
    z.object({ bacs_debit: known(z.object({ network_status: Text })) }),
  ),
});
export type MandateWire = z.infer<typeof MandateWire>;

export const SetupWire = z.object({
  status: Text,
  payment_method: known(Reference),
  payment_method_types: known(z.array(z.string())),
  /** Expanded. */
  mandate: known(MandateWire),
});
export type SetupWire = z.infer<typeof SetupWire>;

const MandateName = known(z.object({ mandate: Text }));

export const PaidByWire = z.object({
  payment_method: Text,
  payment_method_details: known(
    z.object({ us_bank_account: MandateName, sepa_debit: MandateName, bacs_debit: MandateName }),
  ),
});
export type PaidByWire = z.infer<typeof PaidByWire>;

export const CustomerWire = z.object({
  id: Id,
  deleted: z.boolean().nullish(),
  name: Text,
  email: Text,
  description: Text,
  invoice_settings: known(z.object({ default_payment_method: known(Reference) })),
});
export type CustomerWire = z.infer<typeof CustomerWire>;

export const AccountWire = z.object({
  id: Id,
  country: Text,
  default_currency: Text,
  charges_enabled: z.boolean().nullish(),
  capabilities: known(z.record(z.string(), z.unknown())),
});
export type AccountWire = z.infer<typeof AccountWire>;
