import {
  type Agreement,
  type Client,
  type Offer,
  type RechargeTerms,
  type ReplenishRule,
  sellsBlock,
  type UsageAlarm,
} from '../../domain/agreements/terms.ts';
import { formatDuration } from '../../domain/duration.ts';
import { priceOf, textFromMinor } from '../../domain/money.ts';
import { keyedBy, type Terms } from './keyed.ts';
import { days, money, seconds, type Term } from './quantities.ts';

/** Of a client whose work another's blocks pay for: it is agreed with that one. */
export const noSaleTerms: Terms = {
  ...{ offers: null, rates: null, levels: null, usable: null },
  ...{ recharge: null, overage: null, rollover: null },
};

/** What a client that pays for its own blocks has agreed about buying and losing them. */
export function saleTerms({ agreement, currency, openingBlocks }: Client): Terms {
  const { replenish, alarms = [], overage, rollover, rates } = agreement;
  const offers = new Map(
    replenish.flatMap(({ offer }) => (offer === null ? [] : [[offer.name, offer]])),
  );
  const sales = replenish.filter(sellsBlock);
  const isSold = ({ name }: Offer) => sales.some(({ offer }) => offer?.name === name);
  const isExpiring =
    [...offers.values()].some(({ validForMonths }) => validForMonths !== null) ||
    openingBlocks.some(({ expiresOn }) => expiresOn !== null);
  return {
    offers: keyedBy(
      [...offers.values()].map((offer) => [offerKey(offer), offerTerms(offer, isSold(offer))]),
    ),
    rates: rates && {
      hour: money(rates.rateMinor, rates.currency),
      workTypes: keyedBy(
        rates.workTypes.map((one) => [one.workType, money(one.rateMinor, rates.currency)]),
      ),
    },
    levels: keyedBy([
      ...replenish.map((rule) => [levelKey(rule), levelTerms(rule)] as const),
      ...alarms.map((alarm) => [alarmKey(alarm), alarmTerms(alarm)] as const),
    ]),
    usable: offers.size === 0 ? null : agreement.activate,
    recharge: sales.some((rule) => rule.do.includes('recharge'))
      ? rechargeTerms(agreement.recharge, currency)
      : null,
    overage: overageTerms(overage),
    rollover: isExpiring ? rolloverTerms(rollover) : null,
  };
}

/** By what the document calls it: its size, and what it is limited to. */
function offerKey({ seconds: size, amountMinor, currency, workTypes }: Offer): string {
  const name =
    amountMinor === null
      ? formatDuration(size)
      : `${textFromMinor(amountMinor, currency)} ${currency}`;
  return workTypes === null ? name : `${name} for ${workTypes.join(', ')}`;
}

function sizeOf({ seconds: size, amountMinor, currency }: Offer): Term {
  return amountMinor === null ? seconds(size) : money(amountMinor, currency);
}

function offerTerms(offer: Offer, isSold: boolean): Terms {
  const { amountMinor, rateMinor, currency, validForMonths, workTypes, maxPerSale } = offer;
  return {
    size: sizeOf(offer),
    rate: amountMinor === null ? money(rateMinor, currency) : null,
    price: money(amountMinor ?? priceOf(offer.seconds, rateMinor), currency),
    valid: validForMonths === null ? null : { unit: 'month', value: validForMonths },
    onlyFor: workTypes && [...workTypes],
    mostPerSale: isSold ? maxPerSale : null,
  };
}

function levelKey({ when }: ReplenishRule): string {
  const projected = when.balance === 'projected' ? ' (open work counted)' : '';
  if ('secondsLeft' in when) return `${formatDuration(when.secondsLeft)} left${projected}`;
  if ('minorLeft' in when) {
    return `${textFromMinor(when.minorLeft, when.currency)} ${when.currency} left${projected}`;
  }
  if ('percentLeft' in when) return `${when.percentLeft} % left${projected}`;
  if ('expiresWithinDays' in when) return `${when.expiresWithinDays} days before expiry`;
  if ('idleDays' in when) return `${when.idleDays} days without work`;
  return `${when.runOutWithinDays} days before the hours run out${projected}`;
}

function levelTerms(rule: ReplenishRule): Terms {
  const { when, offer, tell } = rule;
  const level: Terms =
    'secondsLeft' in when
      ? { left: seconds(when.secondsLeft) }
      : 'minorLeft' in when
        ? { left: money(when.minorLeft, when.currency) }
        : 'percentLeft' in when
          ? { left: { unit: 'percent', value: when.percentLeft } }
          : 'expiresWithinDays' in when
            ? { expires: days(when.expiresWithinDays) }
            : 'idleDays' in when
              ? { idle: days(when.idleDays) }
              : { runsOut: days(when.runOutWithinDays) };
  const action = ['recharge', 'invoice'].find((one) => rule.do.some((name) => name === one));
  return {
    ...level,
    openWork: when.balance === 'projected' && !('expires' in level),
    sale: action ?? (offer === null ? null : 'propose'),
    block: offer && { size: sizeOf(offer), onlyFor: offer.workTypes && [...offer.workTypes] },
    // A recharge is announced to the client, whoever hears of the level.
    tellClient: tell.includes('client') || action === 'recharge',
    tellProvider: tell.includes('msp'),
  };
}

function alarmKey(alarm: UsageAlarm): string {
  return 'usedSeconds' in alarm
    ? `${formatDuration(alarm.usedSeconds)} worked within ${formatDuration(alarm.withinSeconds)}`
    : `${formatDuration(alarm.ticketSeconds)} worked on one ticket`;
}

function alarmTerms(alarm: UsageAlarm): Terms {
  const level: Terms =
    'usedSeconds' in alarm
      ? { worked: seconds(alarm.usedSeconds), within: seconds(alarm.withinSeconds) }
      : { onTicket: seconds(alarm.ticketSeconds) };
  return {
    ...level,
    ...{ openWork: false, sale: null, block: null },
    tellClient: alarm.tell.includes('client'),
    tellProvider: alarm.tell.includes('msp'),
  };
}

/** Direct debit schemes by currency; another is collected as the client's mandate says. */
const schemes: Readonly<Record<string, string>> = {
  EUR: 'sepa',
  USD: 'ach',
  GBP: 'bacs',
  CAD: 'pad',
};

function rechargeTerms(recharge: RechargeTerms | null, currency: string): Term {
  if (recharge === null) return null;
  const { collect, noticeDays, chaseAfterDays, autopayUpToMinor, limits } = recharge;
  const limit = (minor: number | null) => (minor === null ? null : money(minor, currency));
  const isPsa = collect === 'psa';
  return {
    through: isPsa ? 'invoices' : (schemes[currency] ?? 'mandate'),
    notice: isPsa ? null : days(noticeDays),
    unpaidAfter: isPsa ? days(chaseAfterDays) : null,
    invoicesUpTo: limit(autopayUpToMinor),
    perCharge: limit(limits.chargeMinor),
    perDay: limit(limits.dayMinor),
    perMonth: limit(limits.monthMinor),
  };
}

function overageTerms(overage: Agreement['overage']): Term {
  if (typeof overage === 'string') return overage;
  const { rateMinor, currency, when, daysAfter } = overage;
  return {
    rate: money(rateMinor, currency),
    invoiced: when,
    after: when === 'monthly' ? days(daysAfter) : null,
  };
}

function rolloverTerms(rollover: Agreement['rollover']): Term {
  if (rollover === null) return 'none';
  const { seconds: most, validForMonths } = rollover;
  return {
    most: most === null ? null : seconds(most),
    valid: validForMonths === null ? null : { unit: 'month', value: validForMonths },
  };
}
