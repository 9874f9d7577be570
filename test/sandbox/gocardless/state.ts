/**
 * A GoCardless organisation by its documentation and the types of its official client: debits that are submitted and
 * confirmed days later, on a clock that tests may advance, with late failures, charge-backs and refunds.
 */
import { dayMs, PassingDays } from '../days.ts';

export type Scheme = 'ach' | 'bacs' | 'sepa_core' | 'becs' | 'faster_payments' | 'pay_to';

/** What becomes of payments of a mandate. */
export interface Behaviour {
  /** After it was submitted, a day after it was created. Default: 3. */
  confirmsAfterDays?: number;
  /** Fails with this cause instead. */
  failsWith?: string;
  /** The bank says so only after it was confirmed. */
  failsLate?: { afterDays: number; cause: string };
  chargedBack?: { afterDays: number; cause: string };
}

export interface Customer {
  id: string;
  name: string;
  createdMs: number;
  isRemoved: boolean;
}

export interface Mandate {
  id: string;
  customer: string;
  scheme: string;
  status: string;
  createdMs: number;
  newMandate: string | null;
  needsApproval: boolean;
  behaviour: Behaviour;
}

export interface Payment {
  id: string;
  mandate: Mandate;
  amount: number;
  refunded: number;
  currency: string;
  description: string | null;
  metadata: Record<string, string>;
  status: string;
  mayRetry: boolean;
  createdMs: number;
  chargeDate: string | null;
}

export interface Refund {
  id: string;
  payment: string;
  amount: number;
  createdMs: number;
}

export interface GoCardlessEvent {
  id: string;
  type: 'payments' | 'refunds' | 'mandates';
  action: string;
  createdMs: number;
  links: Record<string, string>;
  details: Record<string, unknown>;
}

export class GoCardlessState extends PassingDays {
  readonly customers = new Map<string, Customer>();
  readonly mandates = new Map<string, Mandate>();
  readonly payments = new Map<string, Payment>();
  readonly refunds = new Map<string, Refund>();
  readonly events: GoCardlessEvent[] = [];
  #lastId = 0;

  addCustomer(name: string): string {
    const id = this.#id('CU');
    this.customers.set(id, { id, name, createdMs: this.now(), isRemoved: false });
    return id;
  }

  addMandate(
    customer: string,
    scheme: Scheme,
    options: { status?: string; needsApproval?: boolean; behaviour?: Behaviour } = {},
  ): string {
    const { status = 'active', needsApproval = false, behaviour = {} } = options;
    const id = this.#id('MD');
    this.mandates.set(id, {
      id,
      customer,
      scheme,
      status,
      createdMs: this.now(),
      newMandate: null,
      needsApproval,
      behaviour,
    });
    this.#emitMandate(id, 'created', 'mandate_created', 'api');
    if (status === 'active') this.#emitMandate(id, 'active', 'mandate_activated', 'gocardless');
    return id;
  }

  /** `status`: `active`, `cancelled`, `expired`, `blocked`, … */
  moveMandate(id: string, status: string, cause = `mandate_${status}`): void {
    this.mandate(id).status = status;
    this.#emitMandate(id, status, cause, 'bank');
    const isEnded = !/^(?:active|submitted|pending)/.test(status);
    const held = [...this.payments.values()].filter(
      (payment) => payment.mandate.id === id && payment.status.startsWith('pending_'),
    );
    if (isEnded) for (const payment of held) this.cancel(payment.id, cause);
  }

  /** By GoCardless: the old one is cancelled and names the new one. */
  replaceMandate(id: string): string {
    const old = this.mandate(id);
    const next = this.addMandate(old.customer, old.scheme as Scheme, { behaviour: old.behaviour });
    Object.assign(old, { status: 'cancelled', newMandate: next });
    this.#emit(
      'mandates',
      'replaced',
      { mandate: id, new_mandate: next },
      {
        origin: 'gocardless',
        cause: 'scheme_identifier_changed',
      },
    );
    return next;
  }

  addPayment(wanted: {
    mandate: string;
    amount: number;
    currency: string;
    description?: string | null;
    metadata?: Record<string, string>;
    mayRetry?: boolean;
  }): Payment {
    const mandate = this.mandate(wanted.mandate);
    const payment: Payment = {
      description: null,
      metadata: {},
      mayRetry: false,
      ...wanted,
      id: this.#id('PM'),
      mandate,
      refunded: 0,
      status: mandate.needsApproval ? 'pending_customer_approval' : 'pending_submission',
      createdMs: this.now(),
      chargeDate: dateOf(this.now() + 2 * dayMs),
    };
    this.payments.set(payment.id, payment);
    this.#move(payment, payment.status, 'created', 'payment_created', 'api');
    if (!mandate.needsApproval) this.#submitLater(payment, this.now());
    return payment;
  }

  submit(id: string, atMs = this.now()): void {
    this.#move(this.payment(id), 'submitted', 'submitted', 'payment_submitted', 'gocardless', atMs);
  }

  confirm(id: string, atMs = this.now()): void {
    const payment = this.payment(id);
    this.#move(payment, 'confirmed', 'confirmed', 'payment_confirmed', 'gocardless', atMs);
    const { failsLate, chargedBack } = payment.mandate.behaviour;
    this.#later(atMs, 2, (at) => {
      if (payment.status === 'confirmed') this.payOut(id, at);
    });
    if (failsLate)
      this.#later(atMs, failsLate.afterDays, (at) => this.fail(id, failsLate.cause, at));
    if (chargedBack) {
      this.#later(atMs, chargedBack.afterDays, (at) => this.chargeBack(id, chargedBack.cause, at));
    }
  }

  payOut(id: string, atMs = this.now()): void {
    this.#move(this.payment(id), 'paid_out', 'paid_out', 'payment_paid_out', 'gocardless', atMs);
  }

  fail(id: string, cause: string, atMs = this.now()): void {
    const payment = this.payment(id);
    const will_attempt_retry = payment.mayRetry;
    payment.status = 'failed';
    this.#emitPayment(id, 'failed', { origin: 'bank', cause, will_attempt_retry }, atMs);
    if (!will_attempt_retry) return;
    payment.mayRetry = false;
    this.#later(atMs, 3, (at) => this.retry(id, at));
  }

  /** By GoCardless, or by somebody in its dashboard. */
  retry(id: string, atMs = this.now()): void {
    const payment = this.payment(id);
    payment.chargeDate = dateOf(atMs + 2 * dayMs);
    const cause = 'payment_autoretried';
    this.#move(payment, 'pending_submission', 'resubmission_requested', cause, 'gocardless', atMs);
    this.#submitLater(payment, atMs);
  }

  chargeBack(id: string, cause: string, atMs = this.now()): void {
    this.#move(this.payment(id), 'charged_back', 'charged_back', cause, 'bank', atMs);
  }

  cancelChargeBack(id: string): void {
    this.#move(this.payment(id), 'paid_out', 'chargeback_cancelled', 'payment_confirmed', 'bank');
  }

  cancel(id: string, cause = 'payment_cancelled'): void {
    this.#move(this.payment(id), 'cancelled', 'cancelled', cause, 'api');
  }

  denyApproval(id: string): void {
    const status = 'customer_approval_denied';
    this.#move(this.payment(id), status, status, status, 'customer');
  }

  /** `isLinked`: its event names the payment, too. */
  refund(id: string, amount: number, isLinked = false): string {
    this.payment(id).refunded += amount;
    const refund = { id: this.#id('RF'), payment: id, amount, createdMs: this.now() };
    this.refunds.set(refund.id, refund);
    this.#emitRefund(refund, 'created', 'payment_refunded', isLinked);
    return refund.id;
  }

  /** The client's bank refuses it: the money comes back. */
  failRefund(refundId: string): void {
    const refund = found(this.refunds.get(refundId), refundId);
    this.payment(refund.payment).refunded -= refund.amount;
    this.#emitRefund(refund, 'failed', 'refund_failed', false);
  }

  customer(id: string): Customer {
    return found(this.customers.get(id), id);
  }

  mandate(id: string): Mandate {
    return found(this.mandates.get(id), id);
  }

  payment(id: string): Payment {
    return found(this.payments.get(id), id);
  }

  #submitLater(payment: Payment, fromMs: number): void {
    this.#later(fromMs, 1, (atMs) => {
      if (payment.status !== 'pending_submission') return;
      this.submit(payment.id, atMs);
      const { confirmsAfterDays = 3, failsWith } = payment.mandate.behaviour;
      this.#later(atMs, confirmsAfterDays, (at) => {
        if (payment.status !== 'submitted') return;
        if (failsWith === undefined) this.confirm(payment.id, at);
        else this.fail(payment.id, failsWith, at);
      });
    });
  }

  #later(fromMs: number, days: number, run: (atMs: number) => void): void {
    this.runAt(fromMs + days * dayMs, run);
  }

  #move(
    payment: Payment,
    status: string,
    action: string,
    cause: string,
    origin: string,
    atMs = this.now(),
  ): void {
    payment.status = status;
    this.#emitPayment(payment.id, action, { origin, cause }, atMs);
  }

  #emitPayment(payment: string, action: string, details: object, atMs: number): void {
    this.#emit('payments', action, { payment }, details, atMs);
  }

  #emitMandate(mandate: string, action: string, cause: string, origin: string): void {
    this.#emit('mandates', action, { mandate }, { origin, cause });
  }

  #emitRefund(refund: Refund, action: string, cause: string, isLinked: boolean): void {
    const links = { refund: refund.id, ...(isLinked && { payment: refund.payment }) };
    this.#emit('refunds', action, links, { origin: 'api', cause });
  }

  #emit(
    type: GoCardlessEvent['type'],
    action: string,
    links: Record<string, string>,
    details: object,
    createdMs = this.now(),
  ): void {
    const id = this.#id('EV');
    const described = { ...details, description: 'As it was reported.' };
    this.events.push({ id, type, action, createdMs, links, details: described });
  }

  #id(prefix: string): string {
    this.#lastId += 1;
    return `${prefix}${String(this.#lastId).padStart(6, '0')}`;
  }
}

export function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function found<T>(row: T | undefined, id: string): T {
  if (row === undefined) throw new Error(`The sandbox has no ${id}.`);
  return row;
}
