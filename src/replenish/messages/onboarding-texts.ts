/** The alert to the MSP when a block for onboarding has ended. */
import type { Client, Offer } from '../../domain/agreements/terms.ts';
import { type Format, formatIn, languageOf } from '../../domain/format.ts';
import type { DateText } from '../../domain/time.ts';
import type { BlockBalance, OnboardingUse } from '../../store/port.ts';
import type { ReplenishContext } from '../context.ts';
import { monthsPhrase } from './block-phrases.ts';
import { inProse, sizePhrase } from './phrases.ts';

export type OnboardingEnd =
  | { why: 'used-up' }
  /** On the day of the last charge. */
  | { why: 'done'; on: DateText }
  | { why: 'expired'; on: DateText };

interface Ended {
  block: BlockBalance;
  use: OnboardingUse;
  end: OnboardingEnd;
}

export function composeOnboarding(
  context: Pick<ReplenishContext, 'agreements' | 'locale' | 'durations'>,
  client: Client,
  { block, use, end }: Ended,
): { subject: string; body: string } {
  const format = inProse(formatIn(context));
  const words = { en, fr }[languageOf(context.locale)];
  const next = block.onboarding?.followedBy ?? '';
  const agreement = context.agreements.get(next);
  const offer = agreement?.replenish.flatMap((rule) => rule.offer ?? [])[0] ?? null;
  const day = 'on' in end ? format.date(end.on) : '';
  const { firstWorkedOn: first, lastWorkedOn: last } = use;
  const period = first === null || last === null ? null : format.days(first, last);
  const lines = [
    words.toDo(next),
    words.why[end.why](day),
    '',
    period === null
      ? words.unused(sizePhrase(block, block.seconds, null, format))
      : words.used(usedOf(block, use, format), period),
    offer === null ? words.noTerms(next) : words.terms(next, offerText(offer, format, words)),
    '',
    ...(client.agreement.name === next ? [] : [words.change(next, client.name)]),
    ...(offer === null ? [] : [words.sell(client.name, offer.name)]),
  ];
  const subject = words.subject(client.name, words.state[end.why], next);
  return { subject, body: lines.join('\n').trimEnd() };
}

/** `9 h 30 of 10 h`; of money, the hours that it paid for. */
function usedOf(block: BlockBalance, { usedSeconds }: OnboardingUse, format: Format): Used {
  return {
    used: format.duration(usedSeconds),
    size: sizePhrase(block, block.seconds, null, format),
  };
}

interface Used {
  used: string;
  size: string;
}

function offerText(
  { seconds, amountMinor, rateMinor, currency, validForMonths }: Offer,
  format: Format,
  words: Texts,
): string {
  const size =
    amountMinor === null
      ? words.rate(format.duration(seconds), format.money(rateMinor, currency))
      : format.money(amountMinor, currency);
  return validForMonths === null ? size : words.valid(size, monthsPhrase(validForMonths, format));
}

const en = {
  subject: (client: string, state: string, next: string) =>
    `Prepaid hours – ${client}: onboarding ${state}, propose "${next}"`,
  state: { 'used-up': 'hours used up', done: 'done', expired: 'hours expired' },
  toDo: (next: string) =>
    `To do: agree with the client on what was to follow, agreement "${next}".`,
  why: {
    'used-up': () => 'The block for onboarding is used up.',
    done: (day: string) =>
      `Nothing was charged on the block for onboarding after ${day}, and all of its tickets are closed.`,
    expired: (day: string) => `The block for onboarding expired on ${day}.`,
  },
  used: ({ used, size }: Used, period: string) => `Used: ${used} of ${size}, ${period}.`,
  unused: (size: string) => `Used: nothing of ${size}.`,
  terms: (next: string, offer: string) => `Agreement "${next}": ${offer}.`,
  noTerms: (next: string) => `Agreement "${next}" has no rule with an offer.`,
  rate: (size: string, rate: string) => `blocks of ${size} at ${rate} an hour before tax`,
  valid: (size: string, months: string) => `${size}, valid for ${months}`,
  change: (next: string, client: string) =>
    `To carry on, set \`agreement: ${next}\` for ${client} in the config.`,
  sell: (client: string, offer: string) =>
    `To sell the first block: prepaid-hours sell "${client}" --offer ${offer}`,
};

type Texts = typeof en;

const fr: Texts = {
  subject: (client, state, next) => `Heures prépayées – ${client} : ${state}, proposer « ${next} »`,
  state: {
    'used-up': 'forfait de mise en route épuisé',
    done: 'mise en route terminée',
    expired: 'forfait de mise en route expiré',
  },
  toDo: (next) => `À faire : convenir avec le client de la suite prévue, le contrat « ${next} ».`,
  why: {
    'used-up': () => 'Le forfait de mise en route est épuisé.',
    done: (day) =>
      `Rien n’a été décompté du forfait de mise en route après le ${day}, et tous ses tickets sont clos.`,
    expired: (day) => `Le forfait de mise en route a expiré le ${day}.`,
  },
  used: ({ used, size }, period) => `Temps passé : ${used} sur ${size}, ${period}.`,
  unused: (size) => `Temps passé : aucun sur ${size}.`,
  terms: (next, offer) => `Contrat « ${next} » : ${offer}.`,
  noTerms: (next) => `Le contrat « ${next} » n’a aucune règle avec une offre.`,
  rate: (size, rate) => `forfaits de ${size} à ${rate} HT de l’heure`,
  valid: (size, months) => `${size}, valables ${months}`,
  change: (next, client) =>
    `Pour continuer, indiquez \`agreement: ${next}\` pour ${client} dans la configuration.`,
  sell: (client, offer) =>
    `Pour vendre le premier forfait : prepaid-hours sell "${client}" --offer ${offer}`,
};
