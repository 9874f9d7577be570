/**
 * The auditor's view of recharges: what was decided, what people allowed, and what became of each invoice in
 * the PSA. What must hold once all is quiet is in `settled-recharges.ts`.
 */

import type { Books, MessageRow, RechargeRow } from './books.ts';
import { Charges } from './charges.ts';
import {
  type Attempts,
  attemptsFor,
  collectedMinor,
  declinesIn,
  type Provider,
} from './provider.ts';
import type { Psa, PsaInvoice, PsaState } from './psa.ts';
import { checkAutopay, checkLimits } from './recharge-limits.ts';
import { announcedMinor, countNotes, eventOf, notesOn } from './recharge-notes.ts';
import type { PaymentCounts, SeenRecharge } from './seen-recharge.ts';
import type { RechargePlan, Terms } from './terms.ts';
import { Violation } from './violation.ts';

const unusualTimes = 2;

export class Recharges {
  readonly all = new Map<string, SeenRecharge>();
  readonly #psa: Psa | undefined;
  /** The largest price that was collected of each client when all was last quiet. */
  readonly #largest = new Map<string, number>();
  /** Clients whose hours were withdrawn, until a person resumes their sales. */
  readonly #held = new Set<string>();
  readonly #paid = new Map<string, boolean>();
  readonly #returned = new Map<string, number>();

  readonly provider: Provider | null;
  readonly #charges = new Charges();

  constructor(systems: readonly Psa[], provider: Provider | null) {
    this.provider = provider;
    this.#psa = systems.find(({ name }) => name === 'psa');
  }

  get state(): PsaState {
    if (this.#psa === undefined) throw new Error('there is no psa');
    return this.#psa.state();
  }

  invoiceOf({ invoiceKey }: SeenRecharge): PsaInvoice | undefined {
    return this.state.invoices.find(({ key }) => key === invoiceKey);
  }

  attemptsOf(recharge: SeenRecharge): Attempts {
    return attemptsFor(this.provider, this.invoiceOf(recharge)?.id);
  }

  /** What the PSA's collector or the provider has of it. */
  paidMinorOf(recharge: SeenRecharge): number {
    if (recharge.isCharged) return collectedMinor(this.attemptsOf(recharge));
    return this.invoiceOf(recharge)?.paidMinor ?? 0;
  }

  isPaid(recharge: SeenRecharge): boolean {
    const invoice = this.invoiceOf(recharge);
    return invoice !== undefined && this.paidMinorOf(recharge) === invoice.totalMinor;
  }

  /** The provider is asked for it: nobody pays it in the PSA. */
  isCharged({ key }: PsaInvoice): boolean {
    return this.all.get(key ?? '')?.isCharged ?? false;
  }

  isHeld(clientId: string): boolean {
    return this.#held.has(clientId);
  }

  /** The client has the hours: once invoiced, or once paid; what was collected or declined depends on the payment. */
  isUsable(recharge: SeenRecharge, { activate }: Pick<Terms, 'activate'>): boolean {
    const invoice = this.invoiceOf(recharge);
    if (invoice === undefined || invoice.isVoid) return false;
    const { collected, failed, returned } = countNotes(this.state, recharge.ticketKey);
    const isUntouched = collected + failed + returned === 0;
    return this.isPaid(recharge) || (activate === 'on-invoice' && isUntouched);
  }

  // ── What people do ────────────────────────────────────────────────────────────────────────────

  /** After anything was done in the PSA or at the provider. */
  followPayments(): void {
    for (const invoice of this.state.invoices) {
      const { key, client } = invoice;
      if (key === null) continue;
      const recharge = this.all.get(key);
      const isPaid = recharge === undefined ? invoice.isPaid : this.isPaid(recharge);
      const wasPaid = this.#paid.get(key) ?? false;
      this.#paid.set(key, isPaid);
      if (wasPaid && !isPaid) this.#returned.set(client, (this.#returned.get(client) ?? 0) + 1);
      if (recharge === undefined || wasPaid === isPaid) continue;
      if (isPaid) recharge.timesPaid += 1;
      else recharge.timesReturned += 1;
    }
  }

  /** How often hours of a client, by its id in the PSA, can have been withdrawn for want of a payment. */
  timesUnpaidOf(client: string): number {
    const own = [...this.all.values()].filter((one) => this.invoiceOf(one)?.client === client);
    const declines = own.map((recharge) => declinesIn(this.attemptsOf(recharge)).final);
    return declines.reduce((sum, final) => sum + final, this.#returned.get(client) ?? 0);
  }

  approve(invoiceKey: string, priceMinor: number): void {
    const recharge = this.all.get(invoiceKey);
    if (recharge === undefined) return;
    recharge.approvedMinor = priceMinor;
    recharge.isDoubtful = false;
  }

  cancel(invoiceKey: string): void {
    const recharge = this.all.get(invoiceKey);
    if (recharge !== undefined) recharge.isCancelled = true;
  }

  resume(clientId: string, terms: Terms): void {
    this.#held.delete(clientId);
    for (const recharge of this.all.values()) {
      if (recharge.clientId !== clientId) continue;
      recharge.wasUsable = this.isUsable(recharge, terms);
      recharge.finalResumed = declinesIn(this.attemptsOf(recharge)).final;
      recharge.timesResumed += 1;
    }
  }

  // ── What the product does ─────────────────────────────────────────────────────────────────────

  /** After something was committed. */
  look(books: Books, terms: Terms): void {
    if (terms.recharge === null) return;
    const rows = books.recharges();
    for (const row of rows) {
      if (!this.all.has(row.invoiceKey)) this.#admit(row, rows, terms.recharge);
    }
    for (const { rates } of this.all.values()) rates.add(terms.rateMinor);
    this.#checkApproved();
    this.#charges.look(this, terms.recharge);
  }

  #admit(row: RechargeRow, rows: readonly RechargeRow[], plan: RechargePlan): void {
    const { clientId, blockId, invoiceKey, ticketKey, priceMinor, issuedOn } = row;
    this.#checkFree(clientId, rows);
    const counted = rows.filter(
      ({ invoiceKey: key }) => this.all.has(key) && !this.#isUncounted(key),
    );
    checkLimits(row, counted, plan);
    checkAutopay(row, plan);
    const isAsked = isUnusual(priceMinor, this.#largestPaid(clientId));
    this.all.set(invoiceKey, {
      ...{ clientId, blockId, invoiceKey, ticketKey, decidedOn: issuedOn },
      decidedMinor: priceMinor,
      approvedMinor: isAsked ? null : priceMinor,
      isDoubtful: !isAsked && isUnusual(priceMinor, this.#largest.get(clientId) ?? null),
      wasAsked: isAsked,
      rates: new Set(),
      isCancelled: false,
      isCharged: plan.collect !== 'psa',
      ...{ finalResumed: 0, timesResumed: 0 },
      ...{ timesPaid: 0, timesReturned: 0 },
      ...{ sentOn: null, wasPaid: false, wasUsable: false },
      ...{ collectedLeast: 0, returnedLeast: 0, overdueLeast: 0 },
    });
  }

  /** Whether nothing can come of it any more, by the PSA and the people. */
  #isOver(invoiceKey: string): boolean {
    const recharge = this.all.get(invoiceKey);
    if (recharge === undefined || recharge.isCancelled) return true;
    return this.invoiceOf(recharge)?.isVoid ?? false;
  }

  /** What was declined moved no money. */
  #isUncounted(invoiceKey: string): boolean {
    const recharge = this.all.get(invoiceKey);
    if (recharge === undefined || this.#isOver(invoiceKey)) return true;
    const { charges, rejected } = this.attemptsOf(recharge);
    return charges.at(-1)?.status === 'failed' || rejected.length > 0;
  }

  #checkFree(clientId: string, rows: readonly RechargeRow[]): void {
    if (this.#held.has(clientId)) {
      throw new Violation('no sale on hold', `${clientId} is on hold, and more is recharged`);
    }
    const others = rows.filter((row) => row.clientId === clientId && this.all.has(row.invoiceKey));
    const open = others.find(({ invoiceKey }) => {
      return !this.#isOver(invoiceKey) && this.all.get(invoiceKey)?.timesPaid === 0;
    });
    if (open === undefined) return;
    throw new Violation('one in flight', `${open.invoiceKey} is, and ${clientId} has a second one`);
  }

  /** The largest of the client's that was ever collected; null: none was. */
  #largestPaid(clientId: string): number | null {
    const paid = [...this.all.values()].filter((one) => one.clientId === clientId && one.timesPaid);
    const prices = paid.map((recharge) => this.invoiceOf(recharge)?.totalMinor ?? 0);
    return prices.length === 0 ? null : Math.max(...prices);
  }

  /** Nothing is in the PSA, for the MSP to collect or the client to read, at a price that nobody allowed. */
  #checkApproved(): void {
    const { state } = this;
    for (const recharge of this.all.values()) {
      const { approvedMinor, invoiceKey, ticketKey } = recharge;
      const allowed = approvedMinor ?? -1;
      const asked = state.invoices.filter(({ key }) => key === invoiceKey);
      const announced = notesOn(state, ticketKey).filter((note) => eventOf(note) === 'announced');
      const prices = [
        ...asked.map(({ totalMinor }) => totalMinor),
        ...announced.map(announcedMinor),
      ];
      const above = prices.find((minor) => minor > allowed);
      if (above === undefined) continue;
      const detail = `${invoiceKey} at ${above}, approved up to ${approvedMinor}`;
      throw new Violation('approved first', detail);
    }
  }

  // ── Once all is quiet ─────────────────────────────────────────────────────────────────────────

  /** Whether it may wait for a person, at the price that it has now. */
  #mayWait({ approvedMinor, isDoubtful }: SeenRecharge, priceMinor: number): boolean {
    return isDoubtful || priceMinor > (approvedMinor ?? -1);
  }

  /** Why a message is not in the PSA; null: it has to be. */
  statusOf(message: MessageRow, books: Books): 'pending' | 'cancelled' | 'dead' | null {
    const { key, kind, afterKey, status } = message;
    if (kind === 'recharge') return status === 'dead' && this.#isRejected(key) ? 'dead' : null;
    const row = books.recharges().find((one) => {
      return one.invoiceKey === key || (one.ticketKey === afterKey && kind === 'ticket-note');
    });
    const recharge = this.all.get(row?.invoiceKey ?? '');
    if (row === undefined || recharge === undefined || status === 'delivered') return null;
    const mayWait = this.#mayWait(recharge, row.priceMinor);
    if (!recharge.isCancelled) return mayWait && status === 'pending' ? 'pending' : null;
    return kind === 'invoice' || mayWait ? 'cancelled' : null;
  }

  #isRejected(chargeKey: string): boolean {
    const { rejected = [], charges = [] } = this.provider ?? {};
    const has = (all: readonly { key: string }[]) => all.some(({ key }) => key === chargeKey);
    return has(rejected) && !has(charges);
  }

  /** Remembers what was settled; from then on the product must know it. */
  noteSettled(recharge: SeenRecharge, terms: Terms): void {
    const invoice = this.invoiceOf(recharge);
    const isUsable = this.isUsable(recharge, terms);
    const { final } = declinesIn(this.attemptsOf(recharge));
    const isDeclined = final > recharge.finalResumed;
    if (isDeclined || (recharge.wasUsable && !isUsable)) this.#held.add(recharge.clientId);
    recharge.wasUsable = isUsable;
    recharge.wasPaid = this.isPaid(recharge);
    if (!recharge.wasPaid) return;
    const before = this.#largest.get(recharge.clientId) ?? 0;
    this.#largest.set(recharge.clientId, Math.max(before, invoice?.totalMinor ?? 0));
  }

  count(): PaymentCounts {
    const all = [...this.all.values()];
    const told = all.map(({ ticketKey }) => countNotes(this.state, ticketKey));
    return {
      requested: all.length,
      collected: told.reduce((sum, { collected }) => sum + collected, 0),
      returned: told.reduce((sum, { returned }) => sum + returned, 0),
      ended: all.filter(({ invoiceKey }) => this.#isOver(invoiceKey)).length,
      unapproved: all.filter(({ wasAsked }) => wasAsked).length,
      charged: this.provider?.charges.length ?? 0,
      declined: told.reduce((sum, { failed, retry }) => sum + failed + retry, 0),
    };
  }
}

function isUnusual(priceMinor: number, largestMinor: number | null): boolean {
  return largestMinor === null || priceMinor > unusualTimes * largestMinor;
}
