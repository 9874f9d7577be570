import { type Client, sellsBlock } from '../../domain/agreements/terms.ts';
import type { Format } from '../../domain/format.ts';
import { type KindBalance, ownLeft } from '../../domain/thresholds/positions.ts';
import { hasRest, isReached, type Position } from '../../domain/thresholds/thresholds.ts';
import type { ReplenishContext } from '../context.ts';
import type { Sale } from '../sale.ts';
import { blockPhrases, monthsPhrase } from './block-phrases.ts';
import { type Notice, rulesOf } from './compose.ts';
import { levelPhrases } from './levels.ts';
import {
  addressedBalance,
  balancePhrase,
  contactPhrase,
  expiryOf,
  leftPhrase,
  runOutPhrase,
  sizePhrase,
  whenPhrase,
} from './phrases.ts';
import { rechargePhrases, refusalPhrase } from './refusals.ts';
import type { OfferValues, TemplateValues } from './templates.ts';

interface ValueOptions {
  key: string;
  /** A message of the recharge that waits for a user. */
  keyToApprove?: string | null;
  format: Format;
  invoiceKeys: readonly string[];
}

/** What the templates of a notice may use, in the form of one reader. */
export function valuesOf(
  { sender, pages }: Pick<ReplenishContext, 'sender' | 'pages'>,
  notice: Notice,
  { key, keyToApprove = null, format, invoiceKeys }: ValueOptions,
): TemplateValues {
  const { client, today, positions, crossings, sales, proposals, refusals, byHand } = notice;
  const offers = proposals.map((sale, index) =>
    offerValues(sale, invoiceKeys[index] ?? null, format),
  );
  return {
    client: client.name,
    ...balanceValues(notice, format),
    thresholds: levelPhrases(crossings, format),
    isExpiryOnly: crossings.length > 0 && crossings.every(({ block }) => block !== null),
    runOut: runOutOf(notice, format),
    offer: offers[0] ?? null,
    offers,
    isInvoiced: sales.length > 0,
    isPaidFirst: client.agreement.activate === 'on-payment',
    nextSale: offers.length + refusals.length > 0 ? null : nextSaleOf(client, positions, format),
    reason: byHand?.reason ?? null,
    isNew: positions.every(isUnused),
    lastWork: lastWorkOf(positions, format),
    expiry: firstExpiry(positions, format),
    noSale: refusals.map((refusal) => refusalPhrase(refusal, format)),
    recharge: rechargePhrases(sales, client.agreement.recharge, { keyToApprove, format }),
    isOrderOpen: refusals.some(({ why }) => why === 'order-open'),
    isUnapproved: keyToApprove !== null,
    isClientTold:
      sales.some(({ isRecharge }) => isRecharge) ||
      rulesOf(notice).some(({ tell }) => tell.includes('client')),
    statement: pages.get(client.id) ?? `prepaid-hours statement "${client.name}"`,
    page: pages.get(client.id) ?? null,
    sender: sender?.name ?? null,
    contact: contactPhrase(sender, format),
    asOf: format.date(today),
    key,
  };
}

function balanceValues({ positions, crossings }: Notice, format: Format) {
  const kinds = ownLeft(positions);
  const total = (of: (kind: KindBalance) => number) => kinds.reduce((sum, one) => sum + of(one), 0);
  const used = total((one) => one.settledSeconds - one.netSeconds);
  const pending = total((one) => one.netSeconds - one.projectedSeconds);
  const projected = leftPhrase(kinds, 'projectedSeconds', format);
  const isProjected =
    crossings.length > 0 && crossings.every(({ rule }) => rule.when.balance === 'projected');
  return {
    hoursLeft: isProjected ? projected : leftPhrase(kinds, 'netSeconds', format),
    settled: leftPhrase(kinds, 'settledSeconds', format),
    projected,
    overage: used > 0 ? format.duration(used) : null,
    pending: pending > 0 ? format.duration(pending) : null,
    balance: balancePhrase(kinds, 'netSeconds', format),
    isOver: kinds.every(({ hasHours, netSeconds }) => hasHours && netSeconds < 0),
    youHave: addressedBalance(kinds, 'netSeconds', format),
    afterPending: pending > 0 ? balancePhrase(kinds, 'projectedSeconds', format) : null,
    isAfterPending: isProjected && pending > 0,
  };
}

function lastWorkOf(positions: readonly Position[], format: Format): string | null {
  const lastWorkedOn = positions.flatMap(({ idle }) => idle?.lastWorkedOn ?? [])[0];
  return lastWorkedOn === undefined ? null : format.date(lastWorkedOn);
}

/** Of the block that expires first. */
function firstExpiry(positions: readonly Position[], format: Format): TemplateValues['expiry'] {
  const ending = positions
    .flatMap(({ blocks }) => blocks)
    .filter((block) => block.isActive && hasRest(block) && block.expiresOn !== null)
    .toSorted((a, b) => ((a.expiresOn ?? '') < (b.expiresOn ?? '') ? -1 : 1));
  if (ending[0] === undefined) return null;
  const [left, on] = expiryOf(ending[0], format);
  return { left, on };
}

/** No block yet, and no time that one would pay for. */
function isUnused({ blocks, balances }: Position): boolean {
  return blocks.length === 0 && balances.overageSeconds === 0;
}

/** Null: unknown, nothing left, or already said by what was reached. */
function runOutOf({ today, runOut, crossings }: Notice, format: Format): string | null {
  const isSaid = crossings.every(({ rule: { when }, block }) => {
    return block !== null || 'runOutWithinDays' in when || 'idleDays' in when;
  });
  if (runOut === null || isSaid || runOut.latestOn === today) return null;
  return runOutPhrase(runOut, format, today);
}

function offerValues(
  { offer, quantity, totalMinor }: Sale,
  invoiceKey: string | null,
  format: Format,
): OfferValues {
  const { name, currency, amountMinor, rateMinor, validForMonths } = offer;
  const hours = sizePhrase(offer, offer.seconds, null, format);
  const { label, what } = blockPhrases(offer, hours, quantity, format);
  // A total that does not divide is invoiced as a single unit.
  const isUnit = quantity === 1 || totalMinor % quantity === 0;
  return {
    name,
    hours,
    rate: amountMinor === null ? format.money(rateMinor, currency) : null,
    total: format.money(totalMinor, currency),
    quantity,
    size: quantity === 1 ? hours : `${quantity} × ${hours}`,
    label: isUnit ? label : `${quantity} × ${label}`,
    what,
    validFor: validForMonths === null ? null : monthsPhrase(validForMonths, format),
    invoice: invoiceKey,
  };
}

/** What will be invoiced without asking once the balance is lower: nobody should sell it twice. */
function nextSaleOf(
  { agreement }: Client,
  positions: readonly Position[],
  format: Format,
): TemplateValues['nextSale'] {
  const position = positions.find(({ workTypes }) => workTypes === null);
  if (position === undefined) return null;
  for (const rule of agreement.replenish) {
    const { when, offer } = rule;
    if (offer === null || !sellsBlock(rule) || offer.workTypes !== null) continue;
    const level = whenPhrase(when, format);
    if (level === null || 'expiresWithinDays' in when || isReached(when, position)) continue;
    const size = sizePhrase(offer, offer.seconds, null, format);
    const { what } = blockPhrases(offer, size, 1, format);
    return { when: level, what };
  }
  return null;
}
