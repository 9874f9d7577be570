import type { Language } from '../domain/format.ts';
import type { ContractConfig, ContractTerms, StatedClosings, Wording } from './loaded.ts';
import { type Calendar, holidayPlace } from './schema/business-hours.ts';
import type { ClientContract } from './schema/contract-schema.ts';
import type { ConfigFile } from './schema/schema.ts';

/** The notice that most service agreements state. */
const usualNoticeDays = 30;

/** What only the written agreement says, per client. */
export function buildContract({ contract, clients, businessHours }: ConfigFile): ContractConfig {
  const { registration = [], reviewedOn = null, ...terms } = contract ?? {};
  return {
    registration,
    reviewedOn,
    clients: new Map(
      clients.map((client) => [client.name, toTerms({ ...terms, ...client.contract })]),
    ),
    closings: new Map(
      Object.entries(businessHours).map(([name, calendar]) => [name, toClosings(calendar)]),
    ),
  };
}

function toTerms(terms: ClientContract): ContractTerms {
  const { legal = [], noticeDays = usualNoticeDays, extraClauses = [] } = terms;
  const { refunds, travel, law, jurisdiction } = terms;
  return {
    legal,
    noticeDays,
    refunds: toWording(refunds),
    travel: toWording(travel),
    law: toWording(law),
    jurisdiction: toWording(jurisdiction),
    extraClauses: extraClauses.map(({ title, text }) => ({
      title: inBoth(title),
      text: inBoth(text),
    })),
  };
}

type Written = string | Record<Language, string>;

function toWording(written: Written | undefined): Wording | null {
  return written === undefined ? null : inBoth(written);
}

function inBoth(written: Written): Wording {
  return typeof written === 'string' ? { en: written, fr: written } : written;
}

function toClosings({ places, closedDays }: Calendar): StatedClosings {
  return { places: places.map(holidayPlace), days: closedDays };
}
