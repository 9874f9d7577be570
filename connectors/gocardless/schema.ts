/**
 * The fields in use of GoCardless's responses, by the types of its official client (gocardless-nodejs 10.1.2); there is
 * no published schema. Bank accounts are never read.
 */
import { z } from 'zod';
import { Id, known, WireInstant } from '../http/answers/wire.ts';

/** A list: its rows under the name of the resource, and the cursor of the next page. */
export function pageOf(name: string) {
  const page = z.looseObject({
    meta: z.object({ cursors: z.object({ after: z.string().min(1).nullable() }) }),
  });
  return page.transform((wire, ctx) => {
    const rows: unknown = wire[name];
    if (Array.isArray(rows)) return { rows: rows as unknown[], after: wire.meta.cursors.after };
    ctx.addIssue({ code: 'custom', message: `has no list of ${name}` });
    return z.NEVER;
  });
}

/** A single record, under the name of the resource. */
export function inside<T>(name: string, schema: z.ZodType<T>): z.ZodType<T> {
  return z.object({ [name]: schema }).transform((wire) => wire[name] as T);
}

export const Problem = z.object({
  error: z.object({
    errors: known(
      z.array(
        z.object({
          reason: z.string().nullish(),
          links: known(z.object({ conflicting_resource_id: z.string().nullish() })),
        }),
      ),
    ),
  }),
});

const Text = z.string().nullish();

/** Minor units. All currencies of GoCardless have two decimals. */
const Amount = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,15}$/, 'is not a whole number')
      .transform(Number),
  ])
  .pipe(z.int().min(0));

const Currency = z.string().regex(/^[A-Z]{3}$/, 'is not a currency code');

const paymentStatuses = [
  ...(['pending_customer_approval', 'pending_submission', 'submitted', 'confirmed'] as const),
  ...(['paid_out', 'cancelled', 'customer_approval_denied', 'failed', 'charged_back'] as const),
];

const keyedFields = {
  id: Id,
  status: z.enum(paymentStatuses),
  amount: Amount,
  currency: Currency,
  metadata: known(z.record(z.string(), z.string())),
};

/** What a look-up by key needs. */
export const KeyedPayment = z.object(keyedFields);
export type KeyedPayment = z.infer<typeof KeyedPayment>;

export const PaymentWire = z.object({
  ...keyedFields,
  amount_refunded: Amount,
  charge_date: known(z.iso.date()),
  created_at: WireInstant,
  links: z.object({ mandate: Id }),
});
export type PaymentWire = z.infer<typeof PaymentWire>;

const mandateStatuses = [
  ...(['pending_customer_approval', 'pending_submission', 'submitted', 'active'] as const),
  ...(['failed', 'cancelled', 'expired', 'consumed', 'blocked', 'suspended_by_payer'] as const),
];

export const MandateWire = z.object({
  id: Id,
  status: z.enum(mandateStatuses),
  scheme: known(z.string().min(1)),
  reference: Text,
  created_at: known(WireInstant),
  next_possible_charge_date: Text,
  payments_require_approval: z.boolean().nullish(),
  links: z.object({ customer: Id, new_mandate: Text }),
});
export type MandateWire = z.infer<typeof MandateWire>;

export const EventWire = z.object({
  action: Text,
  created_at: known(WireInstant),
  details: known(z.object({ cause: Text, will_attempt_retry: known(z.boolean()) })),
  links: z.object({ payment: known(Id), refund: known(Id), mandate: known(Id) }),
});
export type EventWire = z.infer<typeof EventWire>;

export const RefundWire = z.object({ links: z.object({ payment: known(Id) }) });

export const CustomerWire = z.object({
  id: Id,
  company_name: Text,
  given_name: Text,
  family_name: Text,
  email: Text,
});
export type CustomerWire = z.infer<typeof CustomerWire>;

export const CreditorWire = z.object({
  id: Id,
  name: Text,
  verification_status: Text,
  merchant_responsible_for_notifications: z.boolean().nullish(),
});
export type CreditorWire = z.infer<typeof CreditorWire>;
