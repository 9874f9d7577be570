/** Maps Stripe's records to ours. Pure: no requests and no memory. */
import type { MandateRow, PaymentRow, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import {
  addDays,
  addMonths,
  type DateText,
  dateInZone,
  type Instant,
} from '../../src/domain/time.ts';
import type { ZoneName } from '../../src/domain/zone.ts';
import { fromStripeAmount } from './money.ts';
import type { DisputeWire, IntentWire, MandateWire, MethodWire } from './schema.ts';

/** Metadata of our own charges. */
export const keyField = 'prepaid_hours_key';
export const invoiceField = 'prepaid_hours_invoice';

/** What the intent itself does not show. */
interface Around {
  disputes: readonly DisputeWire[];
  /** From its event, if that is still listed. */
  succeededAt: Instant | null;
  updatedAt: Instant;
  zone: ZoneName;
}

export function fromIntent(wire: IntentWire, around: Around): PaymentRow {
  const { id, customer, amount, currency, metadata, created } = wire;
  const status = statusOf(wire);
  const lost = around.disputes.filter(isLost);
  const reversedMinor = status === 'succeeded' ? reversedOf(wire, lost) : 0;
  const failureCode = status === 'failed' ? failureCodeOf(wire) : null;
  const reversal = lost[0]?.reason ?? (reversedMinor > 0 ? 'refunded' : null);
  return {
    sourceId: id,
    reference: metadata?.[keyField] ?? null,
    clientId: customer,
    status,
    amountMinor: fromStripeAmount(amount, currency),
    currency,
    reversedMinor,
    reason: failureCode ?? reversal,
    failure: status === 'failed' ? failureOf(failureCode) : null,
    createdAt: created,
    settledOn: status === 'succeeded' ? settledOn(wire, around) : null,
    updatedAt: around.updatedAt,
  };
}

function statusOf({ status, last_payment_error }: IntentWire): PaymentRow['status'] {
  if (status === 'succeeded') return 'succeeded';
  if (status === 'canceled') return 'cancelled';
  const isFailed = status === 'requires_payment_method' && last_payment_error !== null;
  return isFailed ? 'failed' : 'submitted';
}

/** The money of an inquiry (`warning_…`) stays with us; that of any other dispute is withdrawn until it is won. */
function isLost({ status }: DisputeWire): boolean {
  return status !== 'won' && status !== 'prevented' && !status.startsWith('warning_');
}

function reversedOf(wire: IntentWire, lost: readonly DisputeWire[]): number {
  if (wire.latest_charge === null) {
    throw new KindError('contract', `${wire.id}, latest_charge: a payment that succeeded has none`);
  }
  const disputed = lost.reduce((sum, dispute) => sum + dispute.amount, 0);
  const reversed = Math.min(wire.amount, wire.latest_charge.amount_refunded + disputed);
  return fromStripeAmount(reversed, wire.currency);
}

/** A card succeeds as it is charged; when a debit did is only in its event. */
function settledOn({ latest_charge }: IntentWire, { succeededAt, zone }: Around): DateText | null {
  const isCard = latest_charge?.payment_method_details?.type === 'card';
  const at = succeededAt ?? (isCard ? (latest_charge?.created ?? null) : null);
  return at === null ? null : dateInZone(at, zone);
}

/** https://docs.stripe.com/declines/codes and the failure codes of each kind of direct debit. */
const codes: Readonly<Record<'funds' | 'account', readonly string[]>> = {
  funds: [
    ...['insufficient_funds', 'withdrawal_count_limit_exceeded', 'card_velocity_exceeded'],
    ...['processing_error', 'issuer_not_available', 'try_again_later', 'reenter_transaction'],
  ],
  account: [
    ...['account_closed', 'no_account', 'invalid_account_number', 'bank_account_closed'],
    ...['bank_account_frozen', 'bank_account_restricted', 'bank_account_unusable'],
    ...['bank_account_invalid_details', 'payment_method_bank_account_blocked'],
    ...['bank_account_unverified', 'sepa_unsupported_account', 'expired_payment_method'],
    ...['debit_not_authorized', 'authorization_revoked', 'debit_authorization_not_match'],
    ...['payment_intent_mandate_invalid', 'debit_disputed', 'recipient_deceased'],
    ...['branch_does_not_exist', 'bank_ownership_changed', 'incorrect_account_holder_name'],
    ...['expired_card', 'lost_card', 'stolen_card', 'pickup_card', 'restricted_card'],
    ...['card_not_supported', 'invalid_account', 'invalid_number', 'authentication_required'],
    ...['stop_payment_order', 'revocation_of_authorization', 'revocation_of_all_authorizations'],
  ],
};

/** The most telling of the codes: `card_declined` says less than `insufficient_funds`. */
function failureCodeOf({ last_payment_error: error, latest_charge }: IntentWire): string | null {
  const given = [error?.decline_code, error?.code, latest_charge?.failure_code];
  const all = given.flatMap((code) => code || []);
  return all.find((code) => failureOf(code) !== 'other') ?? all[0] ?? null;
}

function failureOf(code: string | null): NonNullable<PaymentRow['failure']> {
  if (code === null) return 'other';
  return codes.funds.includes(code) ? 'funds' : codes.account.includes(code) ? 'account' : 'other';
}

/** What we charge, with the currency of those that have only one. */
const schemes: Readonly<Record<string, { currency: string | null; capability: string }>> = {
  us_bank_account: { currency: 'USD', capability: 'us_bank_account_ach_payments' },
  sepa_debit: { currency: 'EUR', capability: 'sepa_debit_payments' },
  bacs_debit: { currency: 'GBP', capability: 'bacs_debit_payments' },
  card: { currency: null, capability: 'card_payments' },
};

export function schemeOf(type: string) {
  return Object.hasOwn(schemes, type) ? (schemes[type] ?? null) : null;
}

export const schemeNames = Object.keys(schemes);

/** Whether it is charged by a mandate, which may be cancelled. */
export function isDebit({ type }: Pick<MethodWire, 'type'>): boolean {
  return type !== 'card' && schemeOf(type) !== null;
}

type State = Pick<MandateRow, 'status' | 'detail' | 'expiresOn'>;

/** `mandate`: null if Stripe does not show it, so that its state is not known. */
export function fromMethod(
  wire: MethodWire,
  mandate: MandateWire | null,
  { clientId, today, now }: { clientId: SourceId; today: DateText; now: Instant },
): MandateRow {
  const state = cardState(wire, today) ?? blockedState(wire) ?? mandateState(mandate);
  return withState(wire.id, wire.type, state, clientId, now);
}

export function withState(
  sourceId: SourceId,
  scheme: string,
  state: State,
  clientId: SourceId,
  updatedAt: Instant,
): MandateRow {
  return { sourceId, clientId, scheme, ...state, updatedAt };
}

export function ended(detail: string): State {
  return { status: 'ended', detail, expiresOn: null };
}

function cardState({ card }: MethodWire, today: DateText): State | null {
  if (card === null) return null;
  const month = `${card.exp_year}-${String(card.exp_month).padStart(2, '0')}`;
  const expiresOn = addDays(addMonths(`${month}-01`, 1), -1);
  if (today > expiresOn) return { ...ended(`expired ${month}`), expiresOn };
  return { status: 'usable', detail: `expires ${month}`, expiresOn };
}

function blockedState({ us_bank_account }: MethodWire): State | null {
  const blocked = us_bank_account?.status_details?.blocked ?? null;
  if (blocked === null) return null;
  const code = blocked.network_code == null ? '' : ` (${blocked.network_code})`;
  return ended(`${blocked.reason ?? 'blocked by Stripe'}${code}`);
}

function mandateState(mandate: MandateWire | null): State {
  const usable = { status: 'usable', detail: null, expiresOn: null } as const;
  if (mandate === null) return usable;
  const network = mandate.payment_method_details?.bacs_debit?.network_status;
  if (network === 'refused' || network === 'revoked') return ended(`mandate ${network}`);
  if (mandate.status === 'inactive') return ended('mandate inactive');
  if (mandate.type === 'single_use') return ended('mandate for a single payment');
  return mandate.status === 'pending' ? { ...usable, status: 'pending' } : usable;
}
