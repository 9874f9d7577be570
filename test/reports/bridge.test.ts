import { expect, test } from '@jest/globals';
import { addMonths } from '../../src/domain/time.ts';
import { buildBridge, type ClientBridge } from '../../src/reports/bridge/bridge.ts';
import type { FlatTerms } from '../../src/reports/bridge/offers.ts';
import { proposalToHtml } from '../../src/reports/bridge/proposal.ts';
import type { ClientWork, WorkCharge, WorkHistory } from '../../src/reports/leaks/work-history.ts';
import { agreement, client, closed, entry, facts } from './report-bench.ts';

const hour = 3600;
const derived: FlatTerms = { priceMinor: null, includedSeconds: null, costPerHourMinor: null };

/** One charge a month from January 2026 on, of so many hours, paid by one block at 100.00. */
function historyOf(
  hours: readonly number[],
  change: Partial<ClientWork['client']> = {},
): WorkHistory {
  const subject = client(change);
  const charges = new Map<string, WorkCharge>();
  const entries: ClientWork['current']['entries'] = [];
  hours.forEach((one, index) => {
    const workedOn = addMonths('2026-01-05', index);
    const seconds = one * hour;
    entries.push({ ...entryOf(workedOn), seconds });
    if (one === 0) return;
    const worked = entry({ seconds, workedOn, startedAt: `${workedOn}T10:00:00.000Z` });
    const made = facts([worked], subject.agreement);
    const slices = [{ blockId: 'b', seconds: made.seconds, paidLaterOn: null }];
    charges.set(workedOn, { facts: made, workedOn, slices });
  });
  const block = {
    ...{ id: 'b', rateMinor: 10_000, isMoney: false, currency: 'EUR', purchasedOn: '2026-01-01' },
    ...{ expiresOn: null, priority: 0, workTypes: null, expiredSeconds: 0 },
  };
  const nothing = { entries: [], charges: new Map(), blocks: [block], differences: [] };
  const current = { ...nothing, entries, charges };
  return {
    ...{ asOf: '2027-01-20T10:00:00.000Z', mode: 'live', withoutClient: [] },
    clients: [{ client: subject, startOn: '2026-01-01', current, past: nothing }],
  };
}

function entryOf(workedOn: string): ClientWork['current']['entries'][number] {
  return {
    ...{ connection: 'psa', id: workedOn, ticketId: null, ticket: null, summary: null },
    ...{ clientName: null, technician: 'Ada', workType: null, workedOn, isTimed: true },
    ...{ startedAt: `${workedOn}T10:00:00.000Z`, seconds: 0, billedSeconds: null },
    ...{ isBillable: true, state: 'charged', reason: 'covered', chargeId: null, isDeleted: false },
  };
}

function bridgeOf(history: WorkHistory, terms: FlatTerms = derived): ClientBridge {
  const [found] = buildBridge(history, null, () => terms).clients;
  if (found === undefined) throw new Error('no client');
  return found;
}

const year = [8, 9, 10, 10, 11, 12, 8, 9, 10, 10, 11, 12];

test('a regular year is a candidate; few months, months without work and wide spreads are not', () => {
  expect(bridgeOf(historyOf(year))).toMatchObject({
    verdict: 'candidate',
    spread: { min: 8 * hour, median: 10 * hour, max: 12 * hour },
    calculatedMonths: 0,
    reactivePercent: null,
  });
  expect(bridgeOf(historyOf(year)).months).toHaveLength(12);
  const late = { ...historyOf(year), asOf: '2026-05-20T10:00:00.000Z' };
  expect(bridgeOf(late).verdict).toBe('few-months');
  expect(bridgeOf(historyOf([8, 8, 0, 8, 8, 8, 8, 8, 8, 8, 8, 8])).verdict).toBe('irregular');
  expect(bridgeOf(historyOf([1, 20, 1, 20, 1, 20, 1, 20, 1, 20, 1, 20])).verdict).toBe(
    'wide-spread',
  );
});

test('a flat price is compared for both sides, with the best months and where they meet', () => {
  const terms = { priceMinor: 90_000, includedSeconds: null, costPerHourMinor: 5000 };
  const [offer, ...others] = bridgeOf(historyOf(year), terms).offers;
  expect(others).toEqual([]);
  expect(offer).toMatchObject({
    origin: 'given',
    nowMinor: 1_200_000,
    flatMinor: 1_080_000,
    nowRateMinor: 10_000,
    flatRateMinor: 9000,
    nowMarginMinor: 600_000,
    flatMarginMinor: 480_000,
    bestForClient: { month: '2026-06', minor: 30_000 },
    bestForMsp: { month: '2026-01', minor: 10_000 },
    breakEvenSeconds: 9 * hour,
    breakEvenMinor: 100_000,
  });
});

test('hours beyond those included cost the average price, and may leave nothing to meet', () => {
  const terms = { priceMinor: 100_000, includedSeconds: 9 * hour, costPerHourMinor: null };
  const [offer] = bridgeOf(historyOf(year), terms).offers;
  // One, one, two and three hours beyond, twice each: 1+1+2+3 = 7 hours, twice.
  expect(offer).toMatchObject({ flatMinor: 1_200_000 + 14 * 10_000, breakEvenSeconds: null });
});

test('without a price, the median, the average and the upper quartile of a month are tried', () => {
  const offers = bridgeOf(historyOf([8, 8, 8, 8, 8, 8, 8, 10, 10, 10, 10, 12])).offers;
  expect(offers.map(({ origin, priceMinor }) => [origin, priceMinor])).toEqual([
    ['median', 80_000],
    ['mean', 90_000],
    ['upper-quartile', 100_000],
  ]);
  for (const { breakEvenMinor } of offers) expect(breakEvenMinor).toBe(90_000);
});

test('the share after hours is known where the agreement has business hours', () => {
  expect(bridgeOf(historyOf(year)).afterHoursPercent).toBeNull();
  const { agreement } = client();
  const always = { workType: null, role: null, outside: closed, factorThousandths: 2000 };
  const outside = historyOf(year, { agreement: { ...agreement, multipliers: [always] } });
  expect(bridgeOf(outside).afterHoursPercent).toBe(100);
});

test.each(['en', 'fr'] as const)(
  'the proposal (%s) says both prices, their source and the next step',
  (locale) => {
    const terms = { priceMinor: 90_000, includedSeconds: null, costPerHourMinor: 5000 };
    const html = proposalToHtml(bridgeOf(historyOf(year), terms), {
      reader: { locale, durations: 'clock', timezone: 'Europe/Paris' },
      sender: null,
      at: '2027-01-20T10:00:00.000Z',
      startOn: '2026-01-01',
    });
    const text = html.replace(/<style>[\s\S]*<\/style>|<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    const said = {
      en: [
        '€900.00 a month',
        '€12,000.00 €10,800.00',
        'saved you €1,200.00',
        'Your need is regular',
      ],
      fr: [
        '900,00 € par mois',
        '12 000,00 € 10 800,00 €',
        'économiser 1 200,00 €',
        'Vos besoins sont réguliers',
      ],
    };
    for (const words of said[locale]) expect(text).toContain(words);
    // What the MSP's hours cost is nobody's business.
    expect(text).not.toMatch(/50[.,]00|margin|marge/i);
    expect(text).not.toMatch(/undefined|null|NaN/);
  },
);

test('the share of reactive work is shown once the class of all work is known', () => {
  const none = { workTypes: [], ticketSources: [], ticketTypes: [], boards: [] };
  const reactive = (workType: string, boards: string[] = []) => {
    const proactive = { ...none, workTypes: [workType], boards };
    return bridgeOf(historyOf(year, { agreement: agreement({ proactive }) })).reactivePercent;
  };
  expect([reactive('Maintenance'), reactive('remote')]).toEqual([100, 0]);
  const history = historyOf(year, {
    agreement: agreement({ proactive: { ...none, boards: ['NOC'] } }),
  });
  expect(bridgeOf(history).reactivePercent).toBe(100);
  // Charged before the rules: a board might have decided.
  const [charge] = history.clients[0]?.current.charges.values() ?? [];
  for (const part of charge?.facts.parts ?? []) delete part.classes;
  expect(bridgeOf(history).reactivePercent).toBeNull();
});
