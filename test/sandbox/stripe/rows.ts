/** Records as the API shows them in version 2023-08-16. */
import type { Customer, Dispute, Intent, Mandate, Method, Setup, StripeEvent } from './state.ts';

const livemode = false;

export function customerRow({ id, name, created, isDeleted, defaultMethod }: Customer): object {
  if (isDeleted) return { id, object: 'customer', deleted: true };
  return {
    id,
    object: 'customer',
    address: null,
    balance: 0,
    created,
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: 'AAAA',
    invoice_settings: {
      custom_fields: null,
      default_payment_method: defaultMethod,
      footer: null,
      rendering_options: null,
    },
    livemode,
    metadata: {},
    name,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}

const billing_details = { address: null, email: null, name: null, phone: null };

export function methodRow({ id, type, customer, created, blocked, expires }: Method): object {
  const details: Record<string, object> = {
    us_bank_account: {
      account_holder_type: 'company',
      account_type: 'checking',
      bank_name: 'STRIPE TEST BANK',
      financial_connections_account: null,
      fingerprint: 'fp',
      last4: '6789',
      networks: { preferred: 'ach', supported: ['ach'] },
      routing_number: '110000000',
      status_details: blocked === null ? {} : { blocked },
    },
    sepa_debit: {
      bank_code: '37040044',
      branch_code: '',
      country: 'DE',
      fingerprint: 'fp',
      generated_from: { charge: null, setup_attempt: null },
      last4: '3000',
    },
    bacs_debit: { fingerprint: 'fp', last4: '2345', sort_code: '10-88-00' },
    card: {
      brand: 'visa',
      checks: null,
      country: 'US',
      exp_month: expires.month,
      exp_year: expires.year,
      fingerprint: 'fp',
      funding: 'credit',
      generated_from: null,
      last4: '4242',
      networks: { available: ['visa'], preferred: null },
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    link: { email: null },
  };
  return {
    id,
    object: 'payment_method',
    billing_details,
    created,
    customer,
    livemode,
    metadata: {},
    type,
    [type]: details[type],
  };
}

export function mandateRow({ id, method, scheme, status, type }: Mandate): object {
  const url = 'https://hooks.stripe.com/mandate';
  const details: Record<string, object> = {
    us_bank_account: {},
    sepa_debit: { reference: `REF-${id}`, url },
    bacs_debit: {
      network_status: status === 'inactive' ? 'revoked' : 'accepted',
      reference: `REF-${id}`,
      url,
    },
  };
  return {
    id,
    object: 'mandate',
    customer_acceptance: {
      accepted_at: 1_767_225_600,
      online: { ip_address: '203.0.113.1', user_agent: 'sandbox' },
      type: 'online',
    },
    livemode,
    payment_method: method,
    payment_method_details: { type: scheme, [scheme]: details[scheme] },
    status,
    type,
    ...(type === 'multi_use' ? { multi_use: {} } : {}),
  };
}

export function setupRow(setup: Setup, isMandateShown = false): object {
  const { id, customer, method, scheme, mandate, status, created } = setup;
  const shown = mandate !== null && isMandateShown ? mandateRow(mandate) : (mandate?.id ?? null);
  return {
    id,
    object: 'setup_intent',
    application: null,
    cancellation_reason: null,
    client_secret: null,
    created,
    customer,
    description: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode,
    mandate: shown,
    metadata: {},
    next_action: null,
    payment_method: method,
    payment_method_options: {},
    payment_method_types: [scheme],
    single_use_mandate: null,
    status,
    usage: 'off_session',
  };
}

/** `mandate`: of a SEPA or Bacs debit; that of an ACH debit is not shown in this version. */
export function chargeRow(intent: Intent, mandate: string | null = null): object {
  const { charge, customer, amount, currency, method } = intent;
  const card = { brand: 'visa', exp_month: method.expires.month, exp_year: method.expires.year };
  const details: Record<string, object> = {
    us_bank_account: { last4: '6789' },
    sepa_debit: { last4: '3000', mandate },
    bacs_debit: { last4: '2345', mandate },
    card: { ...card, last4: '4242' },
  };
  return {
    id: charge.id,
    object: 'charge',
    amount,
    amount_captured: charge.status === 'failed' ? 0 : amount,
    amount_refunded: charge.refunded,
    balance_transaction: null,
    billing_details,
    captured: charge.status !== 'failed',
    created: charge.created,
    currency,
    customer,
    description: intent.description,
    disputed: charge.isDisputed,
    failure_code: charge.failureCode,
    failure_message: charge.failureCode === null ? null : 'The payment failed.',
    livemode,
    metadata: intent.metadata,
    paid: charge.status === 'succeeded',
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: { type: method.type, [method.type]: details[method.type] },
    refunded: charge.refunded >= amount,
    status: charge.status,
  };
}

export function intentRow(intent: Intent, isChargeShown = false, mandate: string | null = null) {
  const { id, customer, amount, currency, method, status, error, created } = intent;
  const last_payment_error =
    error === null
      ? null
      : {
          ...error,
          charge: intent.charge.id,
          message: 'The payment failed.',
          payment_method: methodRow(method),
          type: 'card_error',
        };
  return {
    id,
    object: 'payment_intent',
    amount,
    amount_capturable: 0,
    amount_received: status === 'succeeded' ? amount : 0,
    canceled_at: intent.canceledAt,
    cancellation_reason: status === 'canceled' ? 'abandoned' : null,
    capture_method: 'automatic',
    client_secret: null,
    confirmation_method: 'automatic',
    created,
    currency,
    customer,
    description: intent.description,
    invoice: null,
    last_payment_error,
    latest_charge: isChargeShown ? chargeRow(intent, mandate) : intent.charge.id,
    livemode,
    metadata: intent.metadata,
    next_action: null,
    payment_method: status === 'requires_payment_method' ? null : method.id,
    payment_method_options: {},
    payment_method_types: [method.type],
    processing: null,
    status,
  };
}

interface Refund {
  id: string;
  amount: number;
  intent: Intent;
  created: number;
}

export function refundRow({ id, amount, intent, created }: Refund): object {
  return {
    id,
    object: 'refund',
    amount,
    charge: intent.charge.id,
    created,
    currency: intent.currency,
    failure_reason: 'lost_or_stolen_card',
    metadata: {},
    payment_intent: intent.id,
    reason: null,
    status: 'failed',
  };
}

export function disputeRow({ id, intent, amount, reason, status, created }: Dispute): object {
  return {
    id,
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: intent.charge.id,
    created,
    currency: intent.currency,
    evidence: {},
    evidence_details: { due_by: null, has_evidence: false, past_due: false, submission_count: 0 },
    is_charge_refundable: false,
    livemode,
    metadata: {},
    payment_intent: intent.id,
    reason,
    status,
  };
}

export function eventRow({ id, type, created, object, previous }: StripeEvent): object {
  return {
    id,
    object: 'event',
    api_version: '2023-08-16',
    created,
    data: { object, ...(previous && { previous_attributes: previous }) },
    livemode,
    pending_webhooks: 0,
    request: { id: null, idempotency_key: null },
    type,
  };
}
