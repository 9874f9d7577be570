/** Payments and cancellations, with keys that name what they made. */
import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { missing, refused } from './lists.ts';
import { paymentRow } from './rows.ts';
import type { GoCardlessState } from './state.ts';

/** The ID that each key made. */
export type Keys = Map<string, string>;

export function write(state: GoCardlessState, keys: Keys, request: SandboxRequest): SandboxAnswer {
  const [, resource, id, , act] = request.path.split('/');
  if (request.method !== 'POST' || resource !== 'payments') return missing();
  if (id === undefined) return createOnce(state, keys, request);
  const payment = state.payments.get(id);
  if (payment === undefined || act !== 'cancel') return missing();
  if (!payment.status.startsWith('pending_')) {
    const message = `This payment cannot be cancelled, it is ${payment.status}`;
    return refused(422, 'invalid_state', { reason: 'cancellation_failed', message });
  }
  state.cancel(id);
  return { status: 200, json: { payments: paymentRow(payment) } };
}

function createOnce(state: GoCardlessState, keys: Keys, request: SandboxRequest): SandboxAnswer {
  const key = request.headers['idempotency-key'] ?? '';
  const made = keys.get(key);
  if (made !== undefined) {
    return refused(409, 'invalid_state', {
      reason: 'idempotent_creation_conflict',
      message: 'A resource has already been created with this idempotency key',
      links: { conflicting_resource_id: made },
    });
  }
  const answer = create(state, request.json());
  if ('made' in answer) {
    if (key !== '') keys.set(key, answer.made);
    return { status: 201, json: { payments: paymentRow(state.payment(answer.made)) } };
  }
  return answer;
}

const known = [
  ...['amount', 'currency', 'description', 'metadata', 'links', 'retry_if_possible'],
  ...['charge_date', 'app_fee', 'faster_ach', 'reference', 'psu_interaction_type'],
];

const currencies: Readonly<Record<string, string>> = {
  ach: 'USD',
  bacs: 'GBP',
  becs: 'AUD',
  sepa_core: 'EUR',
};

function create(state: GoCardlessState, body: unknown): SandboxAnswer | { made: string } {
  const { payments: sent } = body as { payments?: Record<string, unknown> };
  const invalid = (field: string, message: string): SandboxAnswer =>
    refused(422, 'validation_failed', { reason: 'invalid', field, message });
  if (sent === undefined) return invalid('payments', 'is missing');
  const unknown = Object.keys(sent).find((name) => !known.includes(name));
  if (unknown !== undefined) return invalid(unknown, 'is not known');
  const { amount, currency, metadata = {}, links, description, retry_if_possible } = sent;
  if (!Number.isInteger(amount) || Number(amount) < 1) return invalid('amount', 'is not an amount');
  if (!isMetadata(metadata)) return invalid('metadata', 'has too many or too long keys or values');
  if (sent.reference !== undefined) {
    return invalid('reference', 'Custom payment references are not enabled');
  }
  const { mandate: mandateId } = links as { mandate: string };
  const mandate = state.mandates.get(mandateId);
  if (mandate === undefined) return invalid('links.mandate', 'Mandate not found');
  if (!/^(?:active|submitted|pending_submission)$/.test(mandate.status)) {
    const message = 'Mandate is failed, cancelled or expired';
    return refused(422, 'invalid_state', { reason: 'mandate_is_inactive', message });
  }
  const only = currencies[mandate.scheme];
  if (only === undefined || currency !== only)
    return invalid('currency', `must be ${only} for ${mandate.scheme}`);
  const payment = state.addPayment({
    mandate: mandateId,
    amount: Number(amount),
    currency: only,
    description: typeof description === 'string' ? description : null,
    metadata: metadata as Record<string, string>,
    mayRetry: retry_if_possible === true,
  });
  return { made: payment.id };
}

function isMetadata(metadata: unknown): boolean {
  const entries = Object.entries(metadata as object);
  return (
    entries.length <= 3 &&
    entries.every(
      ([key, value]) => key.length <= 50 && typeof value === 'string' && value.length <= 500,
    )
  );
}
