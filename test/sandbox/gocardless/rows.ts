/** Records as the API shows them. */

import { dayMs } from '../days.ts';
import {
  type Customer,
  dateOf,
  type GoCardlessEvent,
  type Mandate,
  type Payment,
  type Refund,
} from './state.ts';

const timeOf = (ms: number): string => new Date(ms).toISOString();

export function customerRow({ id, name, createdMs }: Customer): object {
  return {
    id,
    created_at: timeOf(createdMs),
    email: 'billing@example.com',
    given_name: null,
    family_name: null,
    company_name: name,
    address_line1: '1 Main Street',
    address_line2: null,
    address_line3: null,
    city: 'Springfield',
    region: null,
    postal_code: '12345',
    country_code: 'US',
    language: 'en',
    swedish_identity_number: null,
    danish_identity_number: null,
    phone_number: null,
    metadata: {},
  };
}

export function mandateRow(mandate: Mandate, nowMs: number): object {
  const { id, customer, scheme, status, createdMs, newMandate, needsApproval } = mandate;
  const isCharged = /^(?:active|submitted|pending_submission)$/.test(status);
  return {
    id,
    created_at: timeOf(createdMs),
    reference: `REF-${id}`,
    status,
    scheme,
    next_possible_charge_date: isCharged ? dateOf(nowMs + 2 * dayMs) : null,
    payments_require_approval: needsApproval,
    metadata: {},
    links: {
      customer_bank_account: `BA${id.slice(2)}`,
      creditor: 'CR000001',
      customer,
      ...(newMandate !== null && { new_mandate: newMandate }),
    },
    consent_parameters: null,
    verified_at: null,
    funds_settlement: 'managed',
  };
}

export function paymentRow(payment: Payment): object {
  const { id, mandate, amount, refunded, currency, status, createdMs } = payment;
  return {
    id,
    created_at: timeOf(createdMs),
    charge_date: payment.chargeDate,
    amount,
    description: payment.description,
    currency,
    status,
    amount_refunded: refunded,
    reference: null,
    metadata: payment.metadata,
    fx: {
      fx_currency: currency,
      fx_amount: null,
      exchange_rate: null,
      estimated_exchange_rate: null,
    },
    links: { mandate: mandate.id, creditor: 'CR000001' },
    retry_if_possible: payment.mayRetry,
    scheme: mandate.scheme,
  };
}

export function refundRow({ id, payment, amount, createdMs }: Refund): object {
  return {
    id,
    created_at: timeOf(createdMs),
    amount,
    currency: 'EUR',
    reference: null,
    status: 'created',
    metadata: {},
    links: { payment },
  };
}

export function eventRow({ id, type, action, createdMs, links, details }: GoCardlessEvent): object {
  return {
    id,
    created_at: timeOf(createdMs),
    resource_type: type,
    action,
    links,
    details,
    metadata: {},
    resource_metadata: {},
  };
}

export const creditorRow = {
  id: 'CR000001',
  created_at: '2025-01-01T00:00:00.000Z',
  name: 'Seine IT',
  address_line1: '1 Quai',
  address_line2: null,
  address_line3: null,
  city: 'Paris',
  region: null,
  postal_code: '75001',
  country_code: 'FR',
  logo_url: null,
  verification_status: 'successful',
  can_create_refunds: true,
  merchant_responsible_for_notifications: false,
  links: {},
};
