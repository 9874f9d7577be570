import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { VendorModule } from '../../src/contract/connector.ts';
import { fakePsa } from './fake-vendors.ts';
import { configText, faultsOf, key, loadText } from './load-text.ts';

const whole = `
mode: live
timezone: Europe/Paris
locale: fr
currency: EUR
store: ./data/hours.db
pushTo: psa
history: 18
balanceField: { connection: psa, field: Prepaid hours left }
connections:
  psa:
    vendor: fake-psa
    baseUrl: https://psa.example/\${TENANT}
    clientKey: \${PSA_KEY}
    alerts: { board: Billing }
  rmm: { vendor: fake-rmm, region: eu }
schedule: { pull: "*/5 * * * *" }
offers:
  ten: { hours: 10, rate: 120.00, product: 4711 }
  twenty: { hours: 20, rate: 110.10, validFor: 12 months, workTypes: [On-site] }
businessHours:
  office: { mon-fri: "08:00-12:00, 13:30-18:00", sat: "9:00-12:00", holidays: FR }
agreements:
  standard:
    applies: { boards: [Help Desk] }
    rounding: { per: day, increment: 30m, grace: 5m }
    workTypes: { covered: [Remote], excluded: [Travel], minimums: { On-site: 2h } }
    roles: { excluded: [Trainee] }
    from: 2026-01-01
    until: 2027-12-31
    technicians: { excluded: [Trainee] }
    multipliers:
      - { outside: office, factor: 2 }
      - { workType: On-site, factor: 1.25 }
    rollover: { hours: 2, validFor: 3 months }
    replenish:
      - { when: { hoursLeft: 2 }, do: [alert, invoice], offer: ten, tell: [msp, client] }
clients:
  - name: Dupont Plomberie
    ids: { psa: 1234, rmm: 17 }
    agreement: standard
    openingBlocks:
      - { hours: 6.5, rate: 120.00, purchasedOn: 2026-09-01, expiresOn: 2027-08-31 }
      - { hours: 1.1, rate: 99.9, purchasedOn: 2026-08-15, priority: -1, workTypes: [Remote] }
  - name: Cabinet Martin
    ids: { psa: "00x" }
    agreement: standard
    locale: en
    timezone: America/Montreal
    startOn: 2026-10-01
    overrides:
      overage: { invoice: { rate: 150.5, when: monthly } }
      rounding: { per: entry }
      replenish: [{ when: { hoursLeft: 0.5, balance: projected }, do: [alert] }]
`;

describe('a whole file', () => {
  const config = loadText(whole, { env: { PSA_KEY: key, TENANT: 'acme' } });
  const [dupont, martin] = config.clients;

  test('gives the general settings', () => {
    expect(config).toMatchObject({
      mode: 'live',
      locale: 'fr',
      currency: 'EUR',
      historyMonths: 18,
    });
    expect(config.balanceField).toEqual({ connection: 'psa', field: 'Prepaid hours left' });
    expect(config.schedule).toEqual({
      pull: '*/5 * * * *',
      debit: '2-59/10 * * * *',
      replenish: '4-59/10 * * * *',
      sweep: '15 3 * * *',
      reconcile: '30 3 * * *',
      push: '*/2 * * * *',
    });
    expect(config.backup).toBeNull();
    expect(config.publish).toBeNull();
    expect(config.store).toBe(join(config.file, '../../data/hours.db'));
  });

  test('gives each vendor its own settings, with the values of references', () => {
    expect(config.connections.get('psa')?.settings).toEqual({
      baseUrl: 'https://psa.example/acme',
      clientKey: key,
      retries: 3,
      sellsBy: 'text',
      alerts: { board: 'Billing' },
    });
    expect(config.connections.get('rmm')?.vendor.title).toBe('Fake RMM');
    expect(config.secrets).toEqual([key]);
  });

  test('reads hours and money exactly from the text', () => {
    expect(config.offers.get('ten')).toEqual({
      name: 'ten',
      seconds: 36_000,
      amountMinor: null,
      rateMinor: 12_000,
      currency: 'EUR',
      validForMonths: null,
      workTypes: null,
      product: '4711',
      productUnit: 'block',
      maxPerSale: 10,
    });
    expect(config.offers.get('twenty')).toMatchObject({
      rateMinor: 11_010,
      validForMonths: 12,
      workTypes: ['On-site'],
    });
    expect(dupont?.openingBlocks.map(({ workTypes }) => workTypes)).toEqual([null, ['Remote']]);
    expect(
      dupont?.openingBlocks.map((block) => [block.seconds, block.rateMinor, block.priority]),
    ).toEqual([
      [23_400, 12_000, 0],
      [3960, 9990, -1],
    ]);
  });

  test('resolves the terms of an agreement', () => {
    const standard = config.agreements.get('standard');
    expect(standard?.applies).toEqual({
      boards: ['Help Desk'],
      ticketTypes: null,
      agreements: null,
    });
    expect(standard?.rounding).toEqual({
      per: 'day',
      incrementSeconds: 1800,
      minimumSeconds: 0,
      graceSeconds: 300,
    });
    expect(standard?.excludedTechnicians).toEqual(['Trainee']);
    expect(standard).toMatchObject({
      workTypes: { covered: ['Remote'], excluded: ['Travel'] },
      workTypeMinimums: [{ workType: 'On-site', seconds: 7200 }],
      roles: { covered: [], excluded: ['Trainee'] },
      rollover: { seconds: 7200, validForMonths: 3 },
      from: '2026-01-01',
      until: '2027-12-31',
    });
    expect(
      standard?.multipliers.map((one) => [one.outside?.name, one.workType, one.factorThousandths]),
    ).toEqual([
      ['office', null, 2000],
      [undefined, 'On-site', 1250],
    ]);
    expect(standard?.replenish[0]).toMatchObject({
      when: { balance: 'settled', secondsLeft: 7200 },
      offer: { name: 'ten' },
      tell: ['msp', 'client'],
    });
  });

  test('gives each client its own or the general values', () => {
    expect(dupont).toMatchObject({
      locale: 'fr',
      durations: 'clock',
      timezone: 'Europe/Paris',
      pushTo: 'psa',
      startOn: '2026-08-15',
    });
    expect([...(dupont?.sourceIds ?? [])]).toEqual([
      ['psa', '1234'],
      ['rmm', '17'],
    ]);
    expect(martin).toMatchObject({
      locale: 'en',
      timezone: 'America/Montreal',
      startOn: '2026-10-01',
    });
    expect(martin?.sourceIds.get('psa')).toBe('00x');
  });

  test('lays overrides over the agreement, group by group', () => {
    expect(martin?.agreement.rounding).toMatchObject({
      per: 'entry',
      incrementSeconds: 1800,
      graceSeconds: 300,
    });
    expect(martin?.agreement.workTypes.excluded).toEqual(['Travel']);
    expect(martin?.agreement.replenish).toEqual([
      {
        when: { balance: 'projected', secondsLeft: 1800 },
        do: ['alert'],
        offer: null,
        tell: ['msp'],
      },
    ]);
    expect(dupont?.agreement.rounding.per).toBe('day');
  });

  test('takes calendars with their public holidays', () => {
    const office = dupont?.agreement.multipliers[0]?.outside;
    expect(office?.week[0]).toEqual([
      { fromMinute: 480, toMinute: 720 },
      { fromMinute: 810, toMinute: 1080 },
    ]);
    expect(office?.week[6]).toEqual([]);
    expect(office?.isHoliday('2026-07-14')).toBe(true);
    expect(office?.isHoliday('2026-07-15')).toBe(false);
  });
});

test('durations are decimal in en-US and by the clock elsewhere, unless the file says', () => {
  const config = (values: Record<string, string>) => loadText(configText(values));
  expect(config({ locale: 'en-US' })).toMatchObject({ locale: 'en-US', durations: 'decimal' });
  expect(config({ locale: 'en-GB' }).durations).toBe('clock');
  expect(config({ locale: 'fr', durations: 'decimal' }).durations).toBe('decimal');
  expect(config({ locale: 'en-US', durations: 'clock' }).durations).toBe('clock');
});

describe('the least file', () => {
  const config = loadText(configText());

  test('observes, rounds tickets to quarters of an hour and pushes to its only connection', () => {
    expect(config).toMatchObject({
      mode: 'observe',
      locale: 'en',
      historyMonths: 12,
      balanceField: null,
    });
    expect(config.store).toBe(join(config.file, '../../data/prepaid-hours.db'));
    expect(config.clients[0]).toMatchObject({ pushTo: 'psa', startOn: null, openingBlocks: [] });
    expect(config.clients[0]?.agreement).toMatchObject({
      debitWhen: 'ticket-closed',
      withoutTicket: 'debit',
      rounding: { per: 'ticket', incrementSeconds: 900, minimumSeconds: 0, graceSeconds: 0 },
      workTypes: { covered: [], excluded: [], unlisted: 'covered' },
      workTypeMinimums: [],
      roles: { covered: [], excluded: [] },
      from: null,
      until: null,
      stackMultipliers: false,
      overage: 'carry',
      rollover: null,
      activate: 'on-invoice',
    });
  });

  test('uses the templates that came with the program, or those beside the file', () => {
    const builtIn = join(import.meta.dirname, '../../config/templates');
    expect(config.templates).toEqual([builtIn]);
    const files = { 'config/templates/en/alert-ticket.eta': 'subject: x\n\nx' };
    const own = loadText(configText(), { files });
    expect(own.templates).toEqual([join(own.file, '../templates'), builtIn]);
  });

  test('has no fault', () => {
    expect(faultsOf(configText())).toEqual([]);
  });

  test('may repeat a part by an alias', () => {
    const clients = `
  - { name: A, ids: { psa: 1 }, agreement: standard, openingBlocks: &blocks [{ hours: 1, rate: 1, purchasedOn: 2026-01-01 }] }
  - { name: B, ids: { psa: 2 }, agreement: standard, openingBlocks: *blocks }`;
    expect(loadText(configText({ clients })).clients[1]?.openingBlocks[0]?.seconds).toBe(3600);
  });
});

test.each([
  ['hoursLeft: 2', { secondsLeft: 7200 }],
  ['percentLeft: 20', { percentLeft: 20 }],
  ['expiresWithinDays: 30', { expiresWithinDays: 30 }],
  ['runOutWithinDays: 7', { runOutWithinDays: 7 }],
])('a threshold may be %s', (written, level) => {
  const agreements = `\n  standard: { replenish: [{ when: { ${written} }, do: [alert] }] }`;
  const { replenish } = loadText(configText({ agreements })).clients[0]?.agreement ?? {};
  expect(replenish?.[0]?.when).toEqual({ balance: 'settled', ...level });
});

test('rules about hours worked are alarms, and no levels of what is left', () => {
  const agreements = `
  standard:
    replenish:
      - { when: { usedHours: 5, withinHours: 24 }, do: [alert] }
      - { when: { hoursLeft: 2 }, do: [alert] }
      - { when: { ticketHours: 6.5 }, do: [alert], tell: [msp, client] }`;
  const { replenish, alarms } = loadText(configText({ agreements })).clients[0]?.agreement ?? {};
  expect(replenish).toHaveLength(1);
  expect(alarms).toEqual([
    { usedSeconds: 18_000, withinSeconds: 86_400, tell: ['msp'] },
    { ticketSeconds: 23_400, tell: ['msp', 'client'] },
  ]);
});

test('a recharge has the limits of the agreement, and those of all only in their currency', () => {
  const agreements = `
  standard:
    recharge: { collect: psa, autopayUpTo: 3000, chaseAfterDays: 5, perCharge: 2400, perMonth: 5000.50 }
    replenish: [ { when: { hoursLeft: 2 }, do: [recharge], offer: ten } ]`;
  const offers =
    '{ ten: { hours: 10, rate: 120.00 }, dollars: { hours: 10, rate: 100, currency: USD } }';
  const clients = `
  - { name: Dupont, ids: { psa: 1 }, agreement: standard }
  - name: Smith
    ids: { psa: 2 }
    agreement: standard
    currency: USD
    overrides:
      recharge: { collect: psa, autopayUpTo: 2500, perCharge: 2000, perDay: 1000, perMonth: 4000 }
      replenish: [ { when: { hoursLeft: 2 }, do: [recharge], offer: dollars } ]`;
  const recharge = '{ perDay: 10000, perMonth: 50000 }';
  const vendors = [{ ...fakePsa, pulls: [...fakePsa.pulls, 'invoices'] } as VendorModule];
  const { clients: built } = loadText(configText({ agreements, offers, clients, recharge }), {
    vendors,
  });
  expect(built.map(({ agreement }) => agreement.recharge)).toEqual([
    {
      collect: 'psa',
      autopayUpToMinor: 300_000,
      noticeDays: 14,
      chaseAfterDays: 5,
      limits: { chargeMinor: 240_000, dayMinor: null, monthMinor: 500_050 },
      limitsOfAll: { chargeMinor: null, dayMinor: 1_000_000, monthMinor: 5_000_000 },
    },
    {
      collect: 'psa',
      autopayUpToMinor: 250_000,
      noticeDays: 14,
      chaseAfterDays: 5,
      limits: { chargeMinor: 200_000, dayMinor: 100_000, monthMinor: 400_000 },
      limitsOfAll: { chargeMinor: null, dayMinor: null, monthMinor: null },
    },
  ]);
});
