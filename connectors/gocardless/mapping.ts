/** Maps GoCardless's records to ours. Pure: no requests and no memory. */
import type { MandateRow, PaymentRow, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import type { Instant } from '../../src/domain/time.ts';
import type { EventWire, MandateWire, PaymentWire } from './schema.ts';

/** Metadata of our own charges; GoCardless keeps three keys at most. */
export const keyField = 'prepaid_hours_key';
export const invoiceField = 'prepaid_hours_invoice';

/** What the payment itself does not show. */
interface Around {
  clientId: SourceId;
  /** Its events in any order; only needed where `needsHistory` says so. */
  history: readonly EventWire[];
  updatedAt: Instant;
}

export function fromPayment(wire: PaymentWire, around: Around): PaymentRow {
  const { id, amount, currency, metadata, charge_date, created_at } = wire;
  const history = around.history.toSorted((a, b) => compare(b.created_at, a.created_at));
  const status = statusOf(wire, history);
  const isTakenBack = wire.status === 'charged_back' || wire.status === 'failed';
  const lostMinor = isTakenBack ? amount : Math.min(wire.amount_refunded, amount);
  const reversedMinor = status === 'succeeded' ? lostMinor : 0;
  const reason = needsHistory(wire) && status !== 'submitted' ? reasonOf(wire, history) : null;
  return {
    sourceId: id,
    reference: metadata?.[keyField] ?? null,
    clientId: around.clientId,
    status,
    amountMinor: amount,
    currency,
    reversedMinor,
    reason: reason ?? (reversedMinor > 0 ? 'refunded' : null),
    failure: status === 'failed' ? failureOf(reason) : null,
    createdAt: created_at,
    settledOn: status === 'succeeded' ? charge_date : null,
    updatedAt: around.updatedAt,
  };
}

function compare(a: Instant | null, b: Instant | null): number {
  return (a ?? '') < (b ?? '') ? -1 : (a ?? '') > (b ?? '') ? 1 : 0;
}

/** Whether its events say more: why it ended, and whether it had been confirmed before. */
export function needsHistory({ status }: Pick<PaymentWire, 'status'>): boolean {
  return endedStatuses.includes(status);
}

const endedStatuses = ['failed', 'charged_back', 'cancelled', 'customer_approval_denied'];

/** `history`: newest first. */
function statusOf({ status }: PaymentWire, history: readonly EventWire[]): PaymentRow['status'] {
  if (status === 'confirmed' || status === 'paid_out' || status === 'charged_back') {
    return 'succeeded';
  }
  if (status === 'cancelled' || status === 'customer_approval_denied') return 'cancelled';
  if (status !== 'failed') return 'submitted';
  // A bank that reports late takes back what was confirmed.
  if (history.some(({ action }) => action === 'confirmed' || action === 'paid_out')) {
    return 'succeeded';
  }
  const failure = history.find(({ action }) => action === 'failed');
  return failure?.details?.will_attempt_retry === true ? 'submitted' : 'failed';
}

/** The cause, which is the same for all schemes and banks; the bank's own code is not. */
function reasonOf({ status }: PaymentWire, history: readonly EventWire[]): string {
  return history.find(({ action }) => action === status)?.details?.cause || status;
}

/** https://developer.gocardless.com/api-reference/#event-types-payment: an open list. */
const causes: Readonly<Record<'funds' | 'account', readonly string[]>> = {
  funds: ['insufficient_funds', 'refer_to_payer', 'daily_payment_limit_reached'],
  account: [
    ...['bank_account_closed', 'invalid_bank_details', 'direct_debit_not_enabled'],
    ...['account_blocked_for_any_financial_transaction', 'payer_deceased'],
    ...['mandate_cancelled', 'mandate_expired', 'mandate_suspended_by_payer'],
    ...['authorisation_disputed', 'return_on_odfi_request', 'payment_stopped'],
  ],
};

function failureOf(cause: string | null): NonNullable<PaymentRow['failure']> {
  const known = (['funds', 'account'] as const).find((kind) => causes[kind].includes(cause ?? ''));
  return known ?? 'other';
}

/** Direct debits that we charge, each in one currency. */
const currencies: Readonly<Record<string, string>> = {
  ach: 'USD',
  autogiro: 'SEK',
  bacs: 'GBP',
  becs: 'AUD',
  becs_nz: 'NZD',
  betalingsservice: 'DKK',
  pad: 'CAD',
  sepa_core: 'EUR',
};

/** Payments that the payer consents to within limits of amount and time. */
const otherSchemes = ['faster_payments', 'pay_to'];

/** Null: not charged. Throws `contract` for a scheme that is not known. */
export function currencyOf(scheme: string | null): string | null {
  if (scheme === null) return null;
  if (Object.hasOwn(currencies, scheme)) return currencies[scheme] ?? null;
  if (otherSchemes.includes(scheme)) return null;
  throw new KindError('contract', `scheme: "${scheme}" is not known to this program.`);
}

/** None for a scheme that we do not charge. */
export function fromMandate(wire: MandateWire, updatedAt: Instant): MandateRow[] {
  const { id, scheme, links } = wire;
  if (scheme === null || currencyOf(scheme) === null) return [];
  const row = { sourceId: id, clientId: links.customer, scheme, expiresOn: null, updatedAt };
  if (isUsable(wire)) return [{ ...row, status: 'usable', detail: null }];
  if (wire.status === 'pending_customer_approval') {
    return [{ ...row, status: 'pending', detail: 'not approved by the payer' }];
  }
  const why = wire.status.replaceAll('_', ' ');
  const detail = links.new_mandate ? `replaced by ${links.new_mandate}` : why;
  return [{ ...row, status: 'ended', detail }];
}

/** GoCardless holds the payments of a mandate that is not active yet. */
export function isUsable({ status }: Pick<MandateWire, 'status'>): boolean {
  return status === 'active' || isNew({ status });
}

export function isNew({ status }: Pick<MandateWire, 'status'>): boolean {
  return status === 'pending_submission' || status === 'submitted';
}
