import {
  type Client,
  type Offer,
  type RechargeTerms,
  type ReplenishRule,
  sellsBlock,
} from '../domain/agreements/terms.ts';
import { coversKind, type Kind } from '../domain/blocks/kinds.ts';
import { priceOf } from '../domain/money.ts';
import { type Excess, findExcess, type RechargeUsage } from '../domain/recharge/envelope.ts';
import type { Crossing } from '../domain/thresholds/episodes.ts';
import { blocksToBuy, type Position } from '../domain/thresholds/thresholds.ts';
import { addDays, addMonths, type DateText } from '../domain/time.ts';

/** A sale triggered by crossings, or by a user. */
export interface Sale {
  offer: Offer;
  quantity: number;
  seconds: number;
  totalMinor: number;
  /** Whether it is collected without the client. */
  isRecharge: boolean;
}

/** Why nothing, or not enough, is sold. */
export type Refusal =
  | { why: 'order-open'; invoiceKey: string | null; invoice?: string }
  | { why: 'on-hold' }
  | { why: 'agreement-ended' | 'agreement-later' | 'agreement-ends-first'; on: DateText }
  | { why: 'offer-limited'; offer: Offer }
  | { why: 'too-many'; offer: Offer; wanted: number }
  | { why: 'recharge-limit'; excess: Excess; offer: Offer };

interface Decision {
  sales: Sale[];
  refusals: Refusal[];
}

/** A block that is ordered but not usable yet. */
interface OpenOrder {
  workTypes: Kind;
  amountMinor: number | null;
  currency: string;
  /** Absent in messages stored by earlier versions. */
  invoiceKey?: string | null;
  /** The number of the invoice, as far as it is known. */
  invoice?: string | null;
}

interface Draft {
  offer: Offer;
  rule: Pick<ReplenishRule, 'do'>;
  wanted: number;
}

/** What a user sells without a threshold; its actions and readers are as in a rule. */
export interface SaleByHand extends Pick<ReplenishRule, 'do' | 'tell'> {
  offer: Offer;
  quantity: number;
  /** Null: none given. */
  reason: string | null;
  /** Counts the client's sales by hand from 1. */
  number: number;
}

function toSale({ offer, rule }: Draft, quantity: number): Sale {
  const seconds = offer.seconds * quantity;
  const { amountMinor } = offer;
  const totalMinor =
    amountMinor === null ? priceOf(seconds, offer.rateMinor) : amountMinor * quantity;
  return { offer, quantity, seconds, totalMinor, isRecharge: rule.do.includes('recharge') };
}

/** Why something may be sold, as found: thresholds that were reached, or a user's decision. */
export interface Reached {
  /** Absent: thresholds alone. */
  byHand?: SaleByHand;
  positions: readonly Position[];
  crossings: readonly Crossing[];
  orders: readonly OpenOrder[];
  /** Earlier recharges; absent: no rule that was reached recharges. */
  recharges?: RechargeUsage;
}

/** Adds what prevents a sale: open orders, holds, and the agreement's dates. */
export function withOrders(
  positions: readonly Position[],
  crossings: readonly Crossing[],
  known: {
    family: readonly Client[];
    ordered: readonly OpenOrder[];
    isClosed: boolean;
    byHand?: SaleByHand;
  },
): Reached & { unusable: Refusal | null } {
  const orders = known.ordered
    .filter(() => known.isClosed)
    .map(({ workTypes, amountMinor, currency, invoiceKey = null, invoice = null }) => ({
      workTypes,
      amountMinor,
      currency,
      invoiceKey,
      invoice,
    }));
  const { byHand } = known;
  const reached = { positions, crossings, orders, ...(byHand === undefined ? {} : { byHand }) };
  const isHeld = known.isClosed && orders.length === 0;
  return {
    ...reached,
    unusable: isHeld ? { why: 'on-hold' } : findUnusable(known.family, reached),
  };
}

/**
 * Decides at most one sale per kind of hours: the first rule's offer that pays for that kind, large
 * enough for every crossed threshold that sells; none if the hours could not be used, or if it
 * would exceed a limit of recharges.
 */
export function decideSales(
  reached: Reached & { unusable: Refusal | null },
  terms: RechargeTerms | null,
): Decision {
  const { drafts, refusals } = draftSales(reached, sellsBlock);
  if (reached.unusable !== null) {
    if (drafts.length > 0) refusals.push(reached.unusable);
    return { sales: [], refusals: unique(refusals) };
  }
  const sales: Sale[] = [];
  for (const draft of drafts) {
    const sale = toSale(draft, quantityOf(draft));
    const refusal = refuseRecharge(sale, sales, reached.recharges, terms);
    if (refusal === null) sales.push(sale);
    else refusals.push(refusal);
    const { offer, wanted } = draft;
    if (wanted > offer.maxPerSale) refusals.push({ why: 'too-many', offer, wanted });
  }
  return { sales, refusals: unique(refusals) };
}

/** Offers of the crossed thresholds that alert: all that is needed, since people decide on it. */
export function proposeSales(reached: Reached & { unusable: Refusal | null }): Sale[] {
  if (reached.unusable !== null) return [];
  const { drafts } = draftSales(reached, ({ do: actions }) => actions.includes('alert'));
  return drafts.map((draft) => toSale(draft, draft.wanted));
}

function unique(refusals: readonly Refusal[]): Refusal[] {
  const seen = new Map(refusals.map((refusal) => [JSON.stringify(refusal), refusal]));
  return [...seen.values()];
}

/** A client has one recharge in flight at a time, and none that exceeds a limit. */
function refuseRecharge(
  { isRecharge, totalMinor, offer }: Sale,
  others: readonly Sale[],
  usage: RechargeUsage | undefined,
  terms: RechargeTerms | null,
): Refusal | null {
  if (!isRecharge || usage === undefined || terms === null) return null;
  if (usage.isInFlight || others.some((other) => other.isRecharge))
    return { why: 'order-open', invoiceKey: null };
  const excess = findExcess(totalMinor, usage, terms);
  return excess === null ? null : { why: 'recharge-limit', excess, offer };
}

function quantityOf({ offer, wanted }: Draft): number {
  return Math.min(wanted, offer.maxPerSale);
}

function draftSales(
  { crossings, orders, byHand }: Reached,
  isWanted: (rule: Pick<ReplenishRule, 'do'>) => boolean,
): { drafts: Draft[]; refusals: Refusal[] } {
  const drafts: Draft[] = [];
  const limited: { rule: ReplenishRule; offer: Offer; kind: Kind }[] = [];
  const refusals: Refusal[] = [];
  if (byHand !== undefined && isWanted(byHand)) {
    const { offer, quantity } = byHand;
    const order = findOrder(orders, offer, offer.workTypes);
    if (order === null) drafts.push({ offer, rule: byHand, wanted: quantity });
    else refusals.push(order);
  }
  for (const { rule, position } of crossings) {
    const { offer } = rule;
    if (offer === null || !isWanted(rule)) continue;
    const kind = position.workTypes;
    const paysFor = (one: OpenOrder) => isSameUnit(one, offer) && coversKind(one.workTypes, kind);
    const order = findOrder(orders, offer, kind);
    if (order !== null) {
      refusals.push(order);
      continue;
    }
    const draft = drafts.find((one) => paysFor(one.offer));
    if (draft !== undefined) {
      draft.wanted = Math.max(draft.wanted, blocksToBuy(rule.when, position, draft.offer));
    } else if (paysFor(offer)) {
      drafts.push({ offer, rule, wanted: blocksToBuy(rule.when, position, offer) });
    } else limited.push({ rule, offer, kind });
  }
  for (const { rule, offer, kind } of limited) {
    const isSold = (draft: Draft) =>
      draft.rule === rule ||
      (isSameUnit(draft.offer, offer) && coversKind(draft.offer.workTypes, kind));
    if (drafts.some(isSold)) continue;
    refusals.push({ why: 'offer-limited', offer });
  }
  return { drafts, refusals };
}

/** An open order whose block would pay for this kind of hours. */
function findOrder(orders: readonly OpenOrder[], offer: Offer, kind: Kind): Refusal | null {
  const open = orders.find((one) => isSameUnit(one, offer) && coversKind(one.workTypes, kind));
  if (open === undefined) return null;
  const { invoiceKey = null, invoice } = open;
  return { why: 'order-open', invoiceKey, ...(invoice && { invoice }) };
}

/** Hours, or money of one currency. */
function isSameUnit(one: Omit<OpenOrder, 'workTypes'>, other: Omit<OpenOrder, 'workTypes'>) {
  if (one.amountMinor === null || other.amountMinor === null) {
    return one.amountMinor === other.amountMinor;
  }
  return one.currency === other.currency;
}

/** How long hours are assumed to last if the client's usage is unknown. */
const usualDays = 30;

/**
 * Null: the hours can be used. They cannot before the agreement starts, after its last day, or if
 * it ends before the hours are used up (by the client's usage) or expire. `family` are the clients
 * whose work they would pay for.
 */
function findUnusable(family: readonly Client[], reached: Reached): Refusal | null {
  const [draft] = draftSales(reached, sellsBlock).drafts;
  const [position] = reached.positions;
  if (draft === undefined || position === undefined) return null;
  const { today } = position;
  const [from, until] = datesOf(family);
  if (from !== null && today < from) return { why: 'agreement-later', on: from };
  if (until === null) return null;
  if (today > until) return { why: 'agreement-ended', on: until };
  const { offer, seconds } = toSale(draft, quantityOf(draft));
  const used = position.forecast('projected', seconds)?.runOutOn ?? addDays(today, usualDays);
  const { validForMonths } = offer;
  const expires = validForMonths === null ? used : addDays(addMonths(today, validForMonths), -1);
  const lastUse = expires < used ? expires : used;
  return lastUse > until ? { why: 'agreement-ends-first', on: until } : null;
}

/** From the earliest first day of their agreements to the latest last day; null: no limit. */
function datesOf(family: readonly Client[]): [from: DateText | null, until: DateText | null] {
  const days = (key: 'from' | 'until') => family.map(({ agreement }) => agreement[key]);
  const last = (dates: readonly (DateText | null)[], isLatest: boolean): DateText | null => {
    if (dates.includes(null)) return null;
    return dates.toSorted().at(isLatest ? -1 : 0) ?? null;
  };
  return [last(days('from'), false), last(days('until'), true)];
}
