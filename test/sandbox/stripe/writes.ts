/** Charges and cancellations, with idempotency keys that are kept for a day. */
import { type FormValue, formFields } from '../../support/form-fields.ts';
import { dayMs } from '../days.ts';
import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { missing, refused } from './lists.ts';
import { intentRow } from './rows.ts';
import type { Intent, Method, StripeState } from './state.ts';

interface StoredAnswer {
  request: string;
  answer: SandboxAnswer;
  atMs: number;
}

export class Keys {
  readonly stored = new Map<string, StoredAnswer>();
  /** Their first request is still under way. */
  readonly inUse = new Set<string>();
  /** So many writes break after they began: that answer is stored, too. */
  breaking = 0;
}

export function write(state: StripeState, keys: Keys, request: SandboxRequest): SandboxAnswer {
  const key = request.headers['idempotency-key'] ?? null;
  if (key === null) return execute(state, request);
  if (keys.inUse.has(key)) {
    const code = 'idempotency_key_in_use';
    return refused(409, { type: 'idempotency_error', code, message: 'The key is in use.' });
  }
  const before = keys.stored.get(key);
  // In whichever order the parameters come.
  const parameters = [...new URLSearchParams(request.body)].sort(([a], [b]) => (a < b ? -1 : 1));
  const sent = JSON.stringify([request.path, parameters]);
  if (before !== undefined && state.now() - before.atMs < dayMs) {
    if (before.request === sent) {
      return { ...before.answer, headers: { 'idempotent-replayed': 'true' } };
    }
    const message = 'Keys can only be used with the parameters that they were first used with.';
    return refused(400, { type: 'idempotency_error', message });
  }
  const answer = keys.breaking > 0 ? breakOnce(keys) : execute(state, request);
  const isRefusedEarly = answer.status === 400 || answer.status === 404;
  if (!isRefusedEarly) keys.stored.set(key, { request: sent, answer, atMs: state.now() });
  return answer;
}

function breakOnce(keys: Keys): SandboxAnswer {
  keys.breaking -= 1;
  return refused(500, { type: 'api_error', message: 'Something went wrong.' });
}

function execute(state: StripeState, request: SandboxRequest): SandboxAnswer {
  const [, , kind, id, act] = request.path.split('/');
  if (kind !== 'payment_intents') return refused(404, { message: 'Unrecognized URL.' });
  if (id === undefined) return createIntent(state, formFields(request.body));
  const intent = state.intents.get(id);
  if (intent === undefined) return missing('payment_intent', id);
  return act === 'cancel' ? cancel(state, intent) : refused(404, { message: 'Unrecognized URL.' });
}

function cancel(state: StripeState, intent: Intent): SandboxAnswer {
  if (intent.status !== 'requires_payment_method') {
    return refused(400, {
      code: 'payment_intent_unexpected_state',
      message: `You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`,
    });
  }
  state.cancel(intent.id);
  return { status: 200, json: intentRow(intent) };
}

function createIntent(state: StripeState, form: { [name: string]: FormValue }): SandboxAnswer {
  const text = (name: string): string => String(form[name] ?? '');
  const [amount, currency, customer] = [Number(text('amount')), text('currency'), text('customer')];
  if (!state.customers.has(customer)) return missing('customer', customer, 400);
  const method = state.methods.get(text('payment_method'));
  if (method?.customer !== customer) return missing('payment_method', text('payment_method'), 400);
  const fault =
    faultOf(form) ?? faultOfAmount(amount, currency) ?? faultOfMethod(state, method, currency);
  if (fault !== null) return refused(400, fault);
  const metadata = (form.metadata ?? {}) as Record<string, string>;
  const description = text('description') || null;
  const intent = state.addIntent({ customer, method, amount, currency, description, metadata });
  if (intent.error === null) return { status: 200, json: intentRow(intent) };
  const payment_intent = intentRow(intent);
  const message = 'The payment method was declined.';
  return refused(402, { type: 'card_error', ...intent.error, message, payment_intent });
}

type Fault = { code?: string; message: string };

function faultOf(form: { [name: string]: FormValue }): Fault | null {
  if (form.off_session === 'true' && form.confirm !== 'true') {
    return { message: 'off_session can only be used with confirm.' };
  }
  const types = Object.values(form.payment_method_types ?? {});
  if (types.length > 0) return null;
  return { message: 'payment_method_types is missing.' };
}

const zeroDecimals = ['jpy', 'krw', 'clp', 'xof'];
const threeDecimals = ['bhd', 'jod', 'kwd', 'omr', 'tnd'];

function faultOfAmount(amount: number, currency: string): Fault | null {
  if (!Number.isInteger(amount) || amount < 1) return { message: 'Invalid positive integer' };
  if (amount < (zeroDecimals.includes(currency) ? 1 : 50)) {
    return { code: 'amount_too_small', message: 'Amount must be at least 0.50.' };
  }
  if (threeDecimals.includes(currency) && amount % 10 !== 0) {
    return { code: 'invalid_charge_amount', message: 'The last digit must be 0.' };
  }
  return currency === 'isk' && amount % 100 !== 0
    ? { message: 'Currency ISK must be evenly divisible by 100.' }
    : null;
}

const onlyCurrency: Readonly<Record<string, string>> = {
  us_bank_account: 'usd',
  sepa_debit: 'eur',
  bacs_debit: 'gbp',
};

function faultOfMethod(state: StripeState, method: Method, currency: string): Fault | null {
  const only = onlyCurrency[method.type] ?? currency;
  if (only !== currency) return { message: `${method.type} only supports ${only}.` };
  if (method.blocked !== null) {
    return { code: 'payment_method_bank_account_blocked', message: 'The account is blocked.' };
  }
  if (state.mandateOf(method.id)?.status !== 'inactive') return null;
  return { code: 'payment_intent_mandate_invalid', message: 'The mandate is not active.' };
}
