/**
 * The auditor's view of recharges: what was decided, what people allowed, and what became of each invoice in
 * the PSA. What must hold once all is quiet is in `settled-recharges.ts`.
 */
import type { Books, MessageRow, RechargeRow } from './books.ts';
import type { Psa, PsaInvoice, PsaState } from './psa.ts';
import { announcedMinor, countNotes, eventOf, notesOn } from './recharge-notes.ts';
import type { RechargePlan, Terms } from './terms.ts';
import { Violation } from './violation.ts';

export interface SeenRecharge {
  clientId: string;
  blockId: string;
  invoiceKey: string;
  ticketKey: string;
  decidedOn: string;
  decidedMinor: number;
  /** The highest price that may be charged; null: nothing leaves before a person approves it. */
  approvedMinor: number | null;
  /** It was paid and came back before the product can have seen it: then a person may be asked, or not. */
  isDoubtful: boolean;
  wasAsked: boolean;
  /** Of an hour, since it was decided: where another would exceed a limit, it keeps its own. */
  rates: Set<number>;
  isCancelled: boolean;
  /** In the PSA, by whoever collects. */
  timesPaid: number;
  timesReturned: number;
  /** As last settled. */
  sentOn: string | null;
  wasPaid: boolean;
  wasUsable: boolean;
  collectedLeast: number;
  returnedLeast: number;
  overdueLeast: number;
}

export interface PaymentCounts {
  requested: number;
  collected: number;
  returned: number;
  ended: number;
  unapproved: number;
}

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

  constructor(systems: readonly Psa[]) {
    this.#psa = systems.find(({ name }) => name === 'psa');
  }

  get state(): PsaState {
    if (this.#psa === undefined) throw new Error('there is no psa');
    return this.#psa.state();
  }

  invoiceOf({ invoiceKey }: SeenRecharge): PsaInvoice | undefined {
    return this.state.invoices.find(({ key }) => key === invoiceKey);
  }

  /** The client has the hours: once invoiced, or once paid; what was collected depends on the payment. */
  isUsable(recharge: SeenRecharge, { activate }: Pick<Terms, 'activate'>): boolean {
    const invoice = this.invoiceOf(recharge);
    if (invoice === undefined || invoice.isVoid) return false;
    const { collected } = countNotes(this.state, recharge.ticketKey);
    return invoice.isPaid || (activate === 'on-invoice' && collected === 0);
  }

  // ── What people do ────────────────────────────────────────────────────────────────────────────

  /** After anything was done in the PSA. */
  followPayments(): void {
    for (const { key, client, isPaid } of this.state.invoices) {
      if (key === null) continue;
      const wasPaid = this.#paid.get(key) ?? false;
      this.#paid.set(key, isPaid);
      if (wasPaid && !isPaid) this.#returned.set(client, this.timesReturnedOf(client) + 1);
      const recharge = this.all.get(key);
      if (recharge === undefined || wasPaid === isPaid) continue;
      if (isPaid) recharge.timesPaid += 1;
      else recharge.timesReturned += 1;
    }
  }

  /** All invoices of a client, by its id in the PSA. */
  timesReturnedOf(client: string): number {
    return this.#returned.get(client) ?? 0;
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
      if (recharge.clientId === clientId) recharge.wasUsable = this.isUsable(recharge, terms);
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
  }

  #admit(row: RechargeRow, rows: readonly RechargeRow[], plan: RechargePlan): void {
    const { clientId, blockId, invoiceKey, ticketKey, priceMinor, issuedOn } = row;
    this.#checkFree(clientId, rows);
    this.#checkLimits(row, rows, plan);
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

  #checkLimits(row: RechargeRow, rows: readonly RechargeRow[], plan: RechargePlan): void {
    const { clientId, issuedOn, priceMinor } = row;
    const others = rows.filter(
      (other) => this.all.has(other.invoiceKey) && !this.#isOver(other.invoiceKey),
    );
    const sumOf = (isCounted: (other: RechargeRow) => boolean) =>
      others.filter(isCounted).reduce((sum, other) => sum + other.priceMinor, priceMinor);
    const isOwn = (other: RechargeRow) => other.clientId === clientId;
    const isToday = (other: RechargeRow) => other.issuedOn === issuedOn;
    const isThisMonth = (other: RechargeRow) => other.issuedOn.slice(0, 7) === issuedOn.slice(0, 7);
    const { limits, limitsOfAll } = plan;
    const sums: [string, number, number | null][] = [
      ['a recharge', priceMinor, limits.chargeMinor],
      ['a day', sumOf((other) => isOwn(other) && isToday(other)), limits.dayMinor],
      ['a month', sumOf((other) => isOwn(other) && isThisMonth(other)), limits.monthMinor],
      ['a day of all', sumOf(isToday), limitsOfAll.dayMinor],
      ['a month of all', sumOf(isThisMonth), limitsOfAll.monthMinor],
    ];
    for (const [what, minor, limit] of sums) {
      if (limit === null || minor <= limit) continue;
      throw new Violation('within limits', `${clientId}: ${minor} exceeds ${limit} ${what}`);
    }
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
  statusOf(message: MessageRow, books: Books): 'pending' | 'cancelled' | null {
    const { key, kind, afterKey, status } = message;
    const row = books.recharges().find((one) => {
      return one.invoiceKey === key || (one.ticketKey === afterKey && kind === 'ticket-note');
    });
    const recharge = this.all.get(row?.invoiceKey ?? '');
    if (row === undefined || recharge === undefined || status === 'delivered') return null;
    const mayWait = this.#mayWait(recharge, row.priceMinor);
    if (!recharge.isCancelled) return mayWait && status === 'pending' ? 'pending' : null;
    return kind === 'invoice' || mayWait ? 'cancelled' : null;
  }

  /** Remembers what was settled; from then on the product must know it. */
  noteSettled(recharge: SeenRecharge, terms: Terms): void {
    const invoice = this.invoiceOf(recharge);
    const isUsable = this.isUsable(recharge, terms);
    if (recharge.wasUsable && !isUsable) this.#held.add(recharge.clientId);
    recharge.wasUsable = isUsable;
    recharge.wasPaid = invoice?.isPaid ?? false;
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
    };
  }
}

function isUnusual(priceMinor: number, largestMinor: number | null): boolean {
  return largestMinor === null || priceMinor > unusualTimes * largestMinor;
}

/** The MSP is told where the collector leaves an invoice alone, and only there. */
function checkAutopay(
  { invoiceKey, priceMinor, alertBody }: RechargeRow,
  plan: RechargePlan,
): void {
  const isAbove = priceMinor > (plan.autopayUpToMinor ?? Number.POSITIVE_INFINITY);
  if (isAbove === /so it is not collected automatically/.test(alertBody)) return;
  const detail = `${invoiceKey} at ${priceMinor}: the alert is wrong about the collector's limit`;
  throw new Violation('told once', detail);
}
