import type { Kind } from '../../domain/blocks/kinds.ts';
import { hoursText } from '../../domain/duration.ts';
import { type Format, languageOf } from '../../domain/format.ts';
import { textFromMinor } from '../../domain/money.ts';
import type { Crossing } from '../../domain/thresholds/episodes.ts';
import type { KindBalance } from '../../domain/thresholds/positions.ts';
import { type HeldBlock, sizeInUse } from '../../domain/thresholds/thresholds.ts';
import type { Refusal } from '../sale.ts';

/** The threshold reached, as text, with the kind of hours if limited. */
export function levelPhrase(crossing: Crossing, format: Format): string {
  const phrase = unlimitedPhrase(crossing, format);
  // The run-out is forecast for all kinds together.
  return 'runOutWithinDays' in crossing.rule.when
    ? phrase
    : ofKind(phrase, crossing.position.workTypes);
}

function unlimitedPhrase({ rule, block, position }: Crossing, format: Format): string {
  const { when } = rule;
  const words = phrases[languageOf(format.locale)];
  if ('secondsLeft' in when) return words.hours(format.duration(when.secondsLeft));
  if ('minorLeft' in when) {
    return words.hours(format.money(when.minorLeft, when.currency));
  }
  if ('percentLeft' in when) {
    return words.percent(when.percentLeft, format.duration(sizeInUse(position)));
  }
  if ('runOutWithinDays' in when) {
    const runOut = position.forecast(when.balance);
    const earliest = format.date(runOut?.earliestOn ?? position.today);
    const latest = runOut?.latestOn ? format.date(runOut.latestOn) : null;
    const between = earliest === latest ? words.on(earliest) : words.between(earliest, latest);
    return `${words.runOut(when.runOutWithinDays)} (${between})`;
  }
  return block === null ? '' : words.expiry(...expiryOf(block, format));
}

function expiryOf(block: HeldBlock, format: Format): [left: string, endsOn: string] {
  const endsOn = block.expiresOn === null ? '' : format.date(block.expiresOn);
  const { remainingSeconds, remainingMinor, currency } = block;
  const left =
    remainingMinor === null
      ? format.duration(remainingSeconds)
      : format.money(remainingMinor, currency);
  return [left, endsOn];
}

type Figure = 'settledSeconds' | 'netSeconds' | 'projectedSeconds';

/** Each kind of hours, and money, separately: they are never added up. */
export function leftPhrase(kinds: readonly KindBalance[], figure: Figure, format: Format): string {
  const parts = kinds.flatMap(({ workTypes, hasHours, moneyLeft, ...left }) => {
    const money = [...moneyLeft].map(([currency, minor]) => format.money(minor, currency));
    const hours = hasHours ? [format.duration(left[figure])] : [];
    return [...hours, ...money].map((text) => ofKind(text, workTypes));
  });
  return format.list(parts);
}

/**
 * The text for the balance field, and a single figure: hours for any work, or the kind with the
 * fewest.
 */
export function fieldTexts(kinds: readonly KindBalance[]): { hoursText: string; figure?: string } {
  const text = fieldText(kinds);
  const hours = kinds.filter(({ hasHours }) => hasHours);
  const shown = hours.find(({ workTypes }) => workTypes === null) ?? hours[0];
  const figure = shown === undefined ? text : hoursText(shown.netSeconds);
  return figure === text ? { hoursText: text } : { hoursText: text, figure };
}

/** `12.50`; with several kinds, or money: `0.50 (Remote), 20.00, 350.00 EUR`. */
function fieldText(kinds: readonly KindBalance[]): string {
  const hours = kinds.filter(({ hasHours }) => hasHours);
  const money = kinds.flatMap(({ workTypes, moneyLeft }) =>
    [...moneyLeft].map(([currency, minor]) =>
      ofKind(`${textFromMinor(minor, currency)} ${currency}`, workTypes),
    ),
  );
  const texts = hours.map(({ netSeconds, workTypes }) => ofKind(hoursText(netSeconds), workTypes));
  return [...texts, ...money].join(', ') || hoursText(0);
}

function ofKind(text: string, workTypes: Kind): string {
  return workTypes === null ? text : `${text} (${workTypes.join(', ')})`;
}

/** Why nothing, or not enough, was sold. */
export function refusalPhrase(refusal: Refusal, format: Format): string {
  const words = refusals[languageOf(format.locale)];
  if (refusal.why === 'order-open') return words.orderOpen;
  if (refusal.why === 'on-hold') return words.onHold;
  if (refusal.why === 'offer-limited') {
    const { name, workTypes } = refusal.offer;
    return words.offerLimited(name, (workTypes ?? []).join(', '));
  }
  if (refusal.why === 'too-many') {
    const { name, maxPerSale } = refusal.offer;
    return words.tooMany(refusal.wanted, name, maxPerSale);
  }
  return words[refusal.why](format.date(refusal.on));
}

const phrases = {
  en: {
    hours: (left: string) => `${left} or less`,
    percent: (percent: number, size: string) =>
      `${percent} % or less of ${size} (the blocks with hours left, or the last one bought)`,
    expiry: (left: string, endsOn: string) => `${left} unused, expiring on ${endsOn}`,
    runOut: (days: number) => `expected to run out within ${count(days, 'day', 'days')}`,
    on: (day: string) => `on ${day}`,
    between: (from: string, to: string | null) =>
      to === null ? `from ${from}` : `between ${from} and ${to}`,
  },
  fr: {
    hours: (left: string) => `${left} ou moins`,
    percent: (percent: number, size: string) =>
      `${percent} % ou moins de ${size} (les forfaits non épuisés, sinon le dernier acheté)`,
    expiry: (left: string, endsOn: string) => `${left} à utiliser au plus tard le ${endsOn}`,
    runOut: (days: number) => `épuisement prévu d’ici ${count(days, 'jour', 'jours')}`,
    on: (day: string) => `le ${day}`,
    between: (from: string, to: string | null) =>
      to === null ? `à partir du ${from}` : `entre le ${from} et le ${to}`,
  },
};

const refusals = {
  en: {
    orderOpen: 'No new sale: an earlier order is still open.',
    onHold:
      'No sale: automatic sales to this client are on hold (to resume: prepaid-hours block resume).',
    'agreement-ended': (on: string) => `No sale: the agreement ended on ${on}.`,
    'agreement-later': (on: string) => `No sale: the agreement does not start until ${on}.`,
    'agreement-ends-first': (on: string) =>
      `No sale: the agreement ends on ${on}, before these hours could be used up.`,
    offerLimited: (offer: string, workTypes: string) =>
      `No sale: the offer "${offer}" pays for ${workTypes} only.`,
    tooMany: (wanted: number, offer: string, most: number) =>
      `${wanted} × "${offer}" would be needed, but a sale is limited to ${most}: agree on the rest with the client.`,
  },
  fr: {
    orderOpen: 'Pas de nouvelle vente : une commande est déjà en cours.',
    onHold:
      'Pas de vente : les ventes automatiques à ce client sont suspendues jusqu’à leur reprise (prepaid-hours block resume).',
    'agreement-ended': (on: string) => `Pas de vente : le contrat a pris fin le ${on}.`,
    'agreement-later': (on: string) => `Pas de vente : le contrat ne commence que le ${on}.`,
    'agreement-ends-first': (on: string) =>
      `Pas de vente : le contrat prend fin le ${on}, avant que ces heures puissent être utilisées.`,
    offerLimited: (offer: string, workTypes: string) =>
      `Pas de vente : l’offre « ${offer} » ne couvre que ${workTypes}.`,
    tooMany: (wanted: number, offer: string, most: number) =>
      `Il faudrait ${wanted} × « ${offer} », or une vente en compte ${most} au plus : convenez du reste avec le client.`,
  },
};

function count(days: number, one: string, many: string): string {
  return `${days} ${days === 1 ? one : many}`;
}
