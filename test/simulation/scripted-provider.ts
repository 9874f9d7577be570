/** A payment provider in memory. Like Stripe, it knows a repeated key for a while only: then it charges again. */
import type {
  Connector,
  ConnectorContext,
  MandateRow,
  PaymentRow,
  PushMessages,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { errorKindOf } from './faults.ts';
import type { Provider, ProviderCharge, RejectedCharge } from './provider.ts';
import { pullOf, refuse, type Vendor } from './scripted-pull.ts';
import { isDone } from './scripted-push.ts';

/** 24 hours at Stripe; a history has no time for them between two attempts. */
const keysKnownMs = 5 * 60_000;

interface Charge extends ProviderCharge {
  customer: string;
  stampMs: number;
}

export class ScriptedProvider implements Provider {
  readonly name = 'pay';
  /** Of the two configured clients. */
  readonly customers = ['cus_1', 'cus_2'];
  readonly charges: Charge[] = [];
  readonly rejected: RejectedCharge[] = [];
  readonly #vendor: Vendor;

  constructor(vendor: Vendor) {
    this.#vendor = vendor;
  }

  // ── What banks do ─────────────────────────────────────────────────────────────────────────────

  /** A charge under way is collected, or declined; a collected one is returned. */
  settle(a: number, b: number): void {
    const outcomes = ['ok', 'ok', 'ok', 'ok', 'ok', 'funds', 'funds', 'account', 'other'] as const;
    const outcome = outcomes[b % outcomes.length] ?? 'ok';
    this.#change(a, ({ status }) => status === 'submitted', {
      status: outcome === 'ok' ? 'succeeded' : 'failed',
      failure: outcome === 'ok' ? null : outcome,
    });
  }

  giveBack(a: number): void {
    const isKept = ({ status, reversedMinor }: Charge) => status === 'succeeded' && !reversedMinor;
    const charge = this.#pick(a, isKept);
    this.#change(a, isKept, { reversedMinor: charge?.amountMinor ?? 0 });
  }

  #pick(a: number, isSuited: (charge: Charge) => boolean): Charge | undefined {
    const suited = this.charges.filter(isSuited);
    // A retry may have written one after another: which it is must not depend on that.
    suited.sort((one, other) => (rankOf(one) < rankOf(other) ? -1 : 1));
    return suited[a % Math.max(1, suited.length)];
  }

  #change(a: number, isSuited: (charge: Charge) => boolean, change: Partial<Charge>): void {
    const charge = this.#pick(a, isSuited);
    if (charge === undefined) return;
    const place = this.charges.indexOf(charge);
    this.charges[place] = { ...charge, ...change, stampMs: this.#vendor.now() };
  }

  // ── The connector ─────────────────────────────────────────────────────────────────────────────

  connect(context: ConnectorContext): Connector {
    const vendor = this.#vendor;
    return {
      check: async () => [],
      pull: {
        payments: pullOf(vendor, context, () => this.charges.map(toPaymentRow)),
        mandates: pullOf(vendor, context, () => this.customers.map(toMandateRow)),
      },
      push: {
        recharge: {
          find: async ({ key }) => {
            refuse(vendor, context, 'find');
            const found = this.charges.find((charge) => charge.key === key);
            return found === undefined ? null : { remoteId: found.id };
          },
          create: async (message) => {
            context.onRequest(true);
            return this.#create(message);
          },
        },
      },
    };
  }

  #create(message: PushMessages['recharge']): { remoteId: string } {
    const fault = this.#vendor.faults.strike('create');
    const { key, invoice } = message;
    const createdMs = this.#vendor.now();
    if (fault === 'rejected-write') this.rejected.push({ key, invoice, createdMs });
    const remoteId = isDone(fault) ? this.#charge(message) : '';
    const kind = fault === 'html' ? 'unknown-outcome' : fault && errorKindOf[fault];
    if (kind) throw new KindError(kind, `The provider failed: ${fault}.`);
    return { remoteId };
  }

  #charge({ key, clientId, invoice, amountMinor }: PushMessages['recharge']): string {
    const nowMs = this.#vendor.now();
    const known = this.charges.find(
      (charge) => charge.key === key && nowMs - charge.createdMs < keysKnownMs,
    );
    if (known !== undefined) return known.id;
    const id = `ch${this.charges.length + 1}`;
    this.charges.push({
      ...{ id, key, invoice, amountMinor, customer: clientId },
      ...{ reversedMinor: 0, status: 'submitted', failure: null },
      ...{ createdMs: nowMs, stampMs: nowMs },
    });
    return id;
  }
}

function rankOf({ customer, amountMinor, id }: Charge): string {
  return `${customer} ${String(amountMinor).padStart(9, '0')} ${id.padStart(9, '0')}`;
}

function toPaymentRow(charge: Charge): PaymentRow {
  const { id, key, customer, amountMinor, reversedMinor, status, failure, createdMs } = charge;
  const updatedAt = new Date(charge.stampMs).toISOString();
  return {
    sourceId: id,
    reference: key,
    clientId: customer,
    status,
    amountMinor,
    currency: 'EUR',
    reversedMinor,
    reason: failure,
    failure,
    createdAt: new Date(createdMs).toISOString(),
    settledOn: status === 'succeeded' ? updatedAt.slice(0, 10) : null,
    updatedAt,
  };
}

function toMandateRow(customer: string): MandateRow {
  return {
    sourceId: `mandate-${customer}`,
    clientId: customer,
    scheme: 'sepa_debit',
    status: 'usable',
    detail: null,
    expiresOn: null,
    updatedAt: '9999-12-31T00:00:00.000Z',
  };
}
