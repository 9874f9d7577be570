import type { ContractTerms, LoadedConfig } from '../../config/loaded.ts';
import { type Agreement, type Client, payerOf } from '../../domain/agreements/terms.ts';
import { languageOf } from '../../domain/format.ts';
import { dataProtectionIn } from './data-protection.ts';
import { keyedBy, type Terms } from './keyed.ts';
import { date, days, seconds, type Term } from './quantities.ts';
import { noSaleTerms, saleTerms } from './sale-terms.ts';

/** What agreements are made from. */
export interface AgreementSource {
  config: Pick<LoadedConfig, 'sender' | 'contract' | 'publish'>;
  /** All configured clients: some may share the blocks. */
  clients: readonly Client[];
}

/**
 * Everything that the written agreement of a client states and that comes from the config. A term that
 * the client does not have is null, and the document has no sentence for it. Names of entries of the
 * file (of an offer, of business hours) are left out: renaming one changes nothing that was agreed.
 */
export function toAgreedTerms(source: AgreementSource, client: Client): Terms {
  const { config, clients } = source;
  const contract = config.contract.clients.get(client.name);
  if (contract === undefined) throw new Error(`The config has no contract for ${client.name}.`);
  const { agreement } = client;
  return {
    provider: config.sender && {
      name: config.sender.name,
      address: [...config.sender.address],
      registration: [...config.contract.registration],
      email: config.sender.email,
    },
    client: { name: client.name, details: [...contract.legal] },
    duration: {
      from: agreement.from === null ? null : date(agreement.from),
      until: agreement.until === null ? null : date(agreement.until),
      notice: days(contract.noticeDays),
    },
    work: workTerms(agreement),
    debited: {
      when: agreement.debitWhen,
      time: agreement.timeFrom,
      withoutTicket: agreement.withoutTicket,
    },
    rounding: {
      per: agreement.rounding.per,
      increment: seconds(agreement.rounding.incrementSeconds),
      minimum: secondsOrNull(agreement.rounding.minimumSeconds),
      grace: secondsOrNull(agreement.rounding.graceSeconds),
    },
    multipliers: multiplierTerms(config, client),
    stacked: agreement.multipliers.length > 1 ? agreement.stackMultipliers : null,
    travel: travelTerms(agreement, contract.travel?.[languageOf(client.locale)] ?? null),
    sharing: sharingTerms(client, clients),
    ...(client.paidBy === null ? saleTerms(client) : noSaleTerms),
    page: config.publish !== null,
    dataProtection: dataProtectionIn(client.timezone),
    ...textTerms(contract, client),
  };
}

/** Null for zero, which means no rule. */
function secondsOrNull(value: number): Term {
  return value === 0 ? null : seconds(value);
}

function listOrNull(names: readonly string[] | null): Term {
  return names === null || names.length === 0 ? null : [...names];
}

function workTerms({ applies, workTypes, workTypeMinimums, roles }: Agreement): Terms {
  const isListed = workTypes.covered.length + workTypes.excluded.length > 0;
  return {
    boards: listOrNull(applies.boards),
    ticketTypes: listOrNull(applies.ticketTypes),
    agreements: listOrNull(applies.agreements),
    covered: listOrNull(workTypes.covered),
    excluded: listOrNull(workTypes.excluded),
    unlisted: isListed || workTypes.unlisted === 'excluded' ? workTypes.unlisted : null,
    minimums: keyedBy(workTypeMinimums.map((one) => [one.workType, seconds(one.seconds)])),
    roles: listOrNull(roles.covered),
    rolesExcluded: listOrNull(roles.excluded),
  };
}

function multiplierTerms({ contract }: AgreementSource['config'], client: Client): Term {
  return keyedBy(
    client.agreement.multipliers.map(({ workType, role, outside, factorThousandths }) => {
      const factor: Term = { unit: 'factor', value: factorThousandths };
      if (workType !== null) return [`work type ${workType}`, { factor, workType }];
      if (role !== null) return [`role ${role}`, { factor, role }];
      const { week = [], specialDays = new Map(), timezone, name = '' } = outside ?? {};
      const closings = contract.closings.get(name) ?? { places: [], days: [] };
      const terms: Terms = {
        factor,
        hours: { unit: 'week', value: week.map(rangesOf) },
        timezone: timezone ?? client.timezone,
        holidays: closings.places.map(({ country, area }) => ({
          unit: 'place',
          value: [country, area],
        })),
        closed: closings.days.map(({ from, to }) => ({ unit: 'dates', value: [from, to] })),
        special: [...specialDays].map(([day, ranges]) => ({
          day: date(day),
          hours: { unit: 'hours', value: [rangesOf(ranges)] },
        })),
      };
      return ['outside hours', terms];
    }),
  );
}

function rangesOf(ranges: readonly { fromMinute: number; toMinute: number }[]): [number, number][] {
  return ranges.map(({ fromMinute, toMinute }) => [fromMinute, toMinute]);
}

/** The names under which PSAs and their users list travel. */
const travelNames = /travel|trip|drive|driving|mileage|déplacement|deplacement|trajet/i;

/** The MSP's own sentences, else what the work types say. */
function travelTerms({ workTypes, multipliers }: Agreement, own: string | null): Term {
  if (own !== null) return own;
  const named = (names: readonly string[]) => names.filter((name) => travelNames.test(name));
  const [excluded, covered] = [named(workTypes.excluded), named(workTypes.covered)];
  if (excluded.length + covered.length === 0) return null;
  const isHigher = multipliers.some(({ workType }) => covered.includes(workType ?? ''));
  return { excluded: listOrNull(excluded), covered: listOrNull(covered), isHigher };
}

/** Null: the client's blocks are its own, and pay for nobody else. */
function sharingTerms(client: Client, clients: readonly Client[]): Term {
  const shareOf = ({ share }: Client): Term => {
    if (share === null) return null;
    return 'percent' in share ? { unit: 'percent', value: share.percent } : seconds(share.seconds);
  };
  if (client.paidBy !== null) {
    return { paidBy: client.paidBy.name, share: shareOf(client), paysFor: null };
  }
  const others = clients.filter((one) => one !== client && payerOf(one).id === client.id);
  if (others.length === 0) return null;
  return {
    paidBy: null,
    share: shareOf(client),
    paysFor: keyedBy(others.map((one) => [one.name, { share: shareOf(one) }])),
  };
}

function textTerms(contract: ContractTerms, { locale }: Client): Terms {
  const language = languageOf(locale);
  return {
    refunds: contract.refunds?.[language] ?? null,
    law: contract.law?.[language] ?? null,
    jurisdiction: contract.jurisdiction?.[language] ?? null,
    extra: keyedBy(
      contract.extraClauses.map(({ title, text }) => [title[language], text[language]]),
    ),
  };
}
