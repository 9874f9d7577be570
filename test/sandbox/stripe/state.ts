/**
 * A Stripe account as its documentation describes it: debits that settle days later, on a clock that tests may
 * advance, with returns, disputes and refunds.
 */
import { dayMs, PassingDays } from '../days.ts';
import {
  chargeRow,
  customerRow,
  disputeRow,
  intentRow,
  mandateRow,
  methodRow,
  refundRow,
  setupRow,
} from './rows.ts';

export type Scheme = 'us_bank_account' | 'sepa_debit' | 'bacs_debit' | 'card';

/** What becomes of charges with a payment method. */
export interface Behaviour {
  /** Refused as it is charged, with this decline code. */
  declines?: string;
  /** The issuer asks the payer to authenticate. */
  requiresAction?: true;
  /** Default: 4 for a debit, 0 for a card. */
  settlesAfterDays?: number;
  /** Fails instead of succeeding. */
  failsWith?: string;
  disputed?: { afterDays: number; reason: string };
}

export interface Customer {
  id: string;
  name: string;
  created: number;
  isDeleted: boolean;
  defaultMethod: string | null;
}

export interface Method {
  id: string;
  type: string;
  customer: string | null;
  created: number;
  blocked: { network_code: string; reason: string } | null;
  expires: { month: number; year: number };
  behaviour: Behaviour;
}

export interface Mandate {
  id: string;
  method: string;
  scheme: string;
  status: 'active' | 'inactive' | 'pending';
  type: 'multi_use' | 'single_use';
}

export interface Setup {
  id: string;
  customer: string;
  method: string;
  scheme: string;
  mandate: Mandate | null;
  status: 'succeeded' | 'requires_action' | 'canceled';
  created: number;
}

export interface Intent {
  id: string;
  customer: string | null;
  method: Method;
  amount: number;
  currency: string;
  description: string | null;
  metadata: Record<string, string>;
  status: 'processing' | 'succeeded' | 'requires_payment_method' | 'canceled';
  error: { code: string; decline_code?: string } | null;
  charge: Charge;
  created: number;
  canceledAt: number | null;
}

export interface Charge {
  id: string;
  created: number;
  status: 'pending' | 'succeeded' | 'failed';
  failureCode: string | null;
  refunded: number;
  isDisputed: boolean;
}

export interface Dispute {
  id: string;
  intent: Intent;
  amount: number;
  reason: string;
  status: string;
  created: number;
}

export interface StripeEvent {
  id: string;
  type: string;
  created: number;
  object: object;
  previous?: object;
}

export interface NewIntent {
  customer: string | null;
  method: Method;
  amount: number;
  currency: string;
  description?: string | null;
  metadata?: Record<string, string>;
}

export class StripeState extends PassingDays {
  readonly customers = new Map<string, Customer>();
  readonly methods = new Map<string, Method>();
  readonly mandates = new Map<string, Mandate>();
  readonly setups: Setup[] = [];
  readonly intents = new Map<string, Intent>();
  readonly disputes: Dispute[] = [];
  readonly events: StripeEvent[] = [];
  #lastId = 0;

  addCustomer(name: string): string {
    const id = this.#id('cus');
    const created = this.#seconds();
    this.customers.set(id, { id, name, created, isDeleted: false, defaultMethod: null });
    return id;
  }

  deleteCustomer(id: string): void {
    const customer = this.customer(id);
    customer.isDeleted = true;
    for (const method of this.methodsOf(id)) method.customer = null;
    this.#emit('customer.deleted', customerRow(customer));
  }

  setDefault(customerId: string, methodId: string | null): void {
    const customer = this.customer(customerId);
    customer.defaultMethod = methodId;
    this.#emit('customer.updated', customerRow(customer));
  }

  /** `via`: what names its mandate. */
  addMethod(
    customer: string,
    type: Scheme | 'link',
    options: { behaviour?: Behaviour; expires?: Method['expires']; via?: 'setup' | 'charge' } = {},
  ): string {
    const id = this.#id('pm');
    const { behaviour = {}, expires = { month: 12, year: 2031 }, via = 'setup' } = options;
    const created = this.#seconds();
    const method: Method = { id, type, customer, created, blocked: null, expires, behaviour };
    this.methods.set(id, method);
    const isDebit = type !== 'card' && type !== 'link';
    const mandate = isDebit ? this.#addMandate(method) : null;
    if (via === 'setup') this.#addSetup(customer, method, mandate, 'succeeded');
    this.#emit('payment_method.attached', methodRow(method));
    return id;
  }

  /** A bank account whose microdeposits are not confirmed. */
  addPendingSetup(customer: string): Setup {
    const id = this.#id('pm');
    const created = this.#seconds();
    const expires = { month: 1, year: 2031 };
    const method = { id, type: 'us_bank_account', customer: null, created, blocked: null };
    const stored: Method = { ...method, expires, behaviour: {} };
    this.methods.set(id, stored);
    return this.#addSetup(customer, stored, null, 'requires_action');
  }

  confirmSetup(setup: Setup): void {
    const method = this.method(setup.method);
    method.customer = setup.customer;
    Object.assign(setup, { status: 'succeeded', mandate: this.#addMandate(method) });
    this.#emit('setup_intent.succeeded', setupRow(setup));
    this.#emit('payment_method.attached', methodRow(method));
  }

  detach(methodId: string): void {
    const method = this.method(methodId);
    const { customer } = method;
    method.customer = null;
    this.#emit('payment_method.detached', methodRow(method), { customer });
  }

  block(methodId: string, reason: string, network_code: string): void {
    const method = this.method(methodId);
    method.blocked = { reason, network_code };
    this.#emit('payment_method.updated', methodRow(method));
  }

  cancelMandate(methodId: string): void {
    const mandate = this.mandateOf(methodId);
    if (mandate === null) throw new Error(`${methodId} has no mandate.`);
    mandate.status = 'inactive';
    this.#emit('mandate.updated', mandateRow(mandate));
  }

  mandateOf(methodId: string): Mandate | null {
    return [...this.mandates.values()].find(({ method }) => method === methodId) ?? null;
  }

  methodsOf(customer: string): Method[] {
    return [...this.methods.values()].filter((method) => method.customer === customer);
  }

  /** Charges it: at once, or on the days by which its method settles. */
  addIntent(wanted: NewIntent): Intent {
    const { method } = wanted;
    const created = this.#seconds();
    const charge: Charge = {
      id: this.#id('ch'),
      created,
      status: 'pending',
      failureCode: null,
      refunded: 0,
      isDisputed: false,
    };
    const intent: Intent = {
      description: null,
      metadata: {},
      ...wanted,
      id: this.#id('pi'),
      status: 'processing',
      error: null,
      charge,
      created,
      canceledAt: null,
    };
    this.intents.set(intent.id, intent);
    this.#emit('payment_intent.created', intentRow(intent));
    const { declines, requiresAction, settlesAfterDays, failsWith } = method.behaviour;
    const days = settlesAfterDays ?? (method.type === 'card' ? 0 : 4);
    const decline = declines ?? (requiresAction && 'authentication_required');
    if (decline !== undefined) this.fail(intent.id, decline);
    else if (days === 0) this.#settle(intent, failsWith, this.now());
    else {
      this.#emit('payment_intent.processing', intentRow(intent));
      const run = (atMs: number): void => this.#settle(intent, failsWith, atMs);
      this.runAt(this.now() + days * dayMs, run);
    }
    return intent;
  }

  succeed(id: string, atMs = this.now()): void {
    const intent = this.intent(id);
    intent.status = 'succeeded';
    intent.charge.status = 'succeeded';
    this.#emit('payment_intent.succeeded', intentRow(intent), undefined, atMs);
    const { disputed } = intent.method.behaviour;
    if (disputed === undefined) return;
    const run = (at: number): void =>
      void this.dispute(id, intent.amount, disputed.reason, 'lost', at);
    this.runAt(atMs + disputed.afterDays * dayMs, run);
  }

  fail(id: string, code: string, atMs = this.now()): void {
    const intent = this.intent(id);
    intent.status = 'requires_payment_method';
    const isCard = intent.method.type === 'card' && code !== 'authentication_required';
    intent.error = isCard ? { code: 'card_declined', decline_code: code } : { code };
    Object.assign(intent.charge, { status: 'failed', failureCode: code });
    this.#emit('payment_intent.payment_failed', intentRow(intent), undefined, atMs);
  }

  cancel(id: string): void {
    const intent = this.intent(id);
    intent.status = 'canceled';
    intent.canceledAt = this.#seconds();
    this.#emit('payment_intent.canceled', intentRow(intent));
  }

  refund(id: string, amount: number): void {
    const intent = this.intent(id);
    intent.charge.refunded += amount;
    this.#emit('charge.refunded', chargeRow(intent));
  }

  /** The client's bank refuses the refund. */
  failRefund(id: string, amount: number): void {
    const intent = this.intent(id);
    intent.charge.refunded -= amount;
    const refund = { id: this.#id('re'), amount, intent, created: this.#seconds() };
    this.#emit('charge.refund.updated', refundRow(refund));
  }

  dispute(
    id: string,
    amount: number,
    reason: string,
    status = 'needs_response',
    atMs = this.now(),
  ): Dispute {
    const intent = this.intent(id);
    intent.charge.isDisputed = true;
    const created = Math.floor(atMs / 1000);
    const dispute = { id: this.#id('dp'), intent, amount, reason, status, created };
    this.disputes.push(dispute);
    this.#emit('charge.dispute.created', disputeRow(dispute), undefined, atMs);
    return dispute;
  }

  closeDispute(dispute: Dispute, status: string): void {
    dispute.status = status;
    this.#emit('charge.dispute.closed', disputeRow(dispute));
  }

  customer(id: string): Customer {
    return found(this.customers.get(id), id);
  }

  method(id: string): Method {
    return found(this.methods.get(id), id);
  }

  intent(id: string): Intent {
    return found(this.intents.get(id), id);
  }

  #settle(intent: Intent, failsWith: string | undefined, atMs: number): void {
    if (intent.status !== 'processing') return;
    if (failsWith === undefined) this.succeed(intent.id, atMs);
    else this.fail(intent.id, failsWith, atMs);
  }

  #addMandate(method: Method): Mandate {
    const id = this.#id('mandate');
    const kind = { status: 'active', type: 'multi_use' } as const;
    const mandate: Mandate = { id, method: method.id, scheme: method.type, ...kind };
    this.mandates.set(id, mandate);
    return mandate;
  }

  #addSetup(
    customer: string,
    method: Method,
    mandate: Mandate | null,
    status: Setup['status'],
  ): Setup {
    const created = this.#seconds();
    const setup: Setup = {
      id: this.#id('seti'),
      customer,
      method: method.id,
      scheme: method.type,
      mandate,
      status,
      created,
    };
    this.setups.push(setup);
    this.#emit(`setup_intent.${status}`, setupRow(setup));
    return setup;
  }

  #emit(type: string, row: object, previous?: object, atMs = this.now()): void {
    const id = this.#id('evt');
    const created = Math.floor(atMs / 1000);
    const object = structuredClone(row);
    this.events.push({ id, type, created, object, ...(previous && { previous }) });
  }

  #id(prefix: string): string {
    this.#lastId += 1;
    return `${prefix}_${String(this.#lastId).padStart(6, '0')}`;
  }

  #seconds(): number {
    return Math.floor(this.now() / 1000);
  }
}

function found<T>(row: T | undefined, id: string): T {
  if (row === undefined) throw new Error(`The sandbox has no ${id}.`);
  return row;
}
