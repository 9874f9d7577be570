import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../src/config/fault.ts';
import { loadConfig } from '../../src/config/load.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { fakeVendors } from './fake-vendors.ts';
import { configText, faultsOf, loadText } from './load-text.ts';

/** What is wrong with the least file once these sections are in it, without positions. */
function messagesOf(sections: Record<string, string>): string[] {
  return faultsOf(configText(sections)).map((fault) => fault.replace(/^\d+:\d+: /, ''));
}

const twoConnections = `
  psa: { vendor: fake-psa, baseUrl: "https://psa.example", clientKey: "\${PSA_KEY}" }
  rmm: { vendor: fake-rmm, region: eu }`;

describe('faults of the whole file', () => {
  test('come all at once, in the order of the file, with line and column', () => {
    const text = `mode: liv
timezone: Europe/Pari
currency: EUR
pushTo: pza
connections:
  psa: { vendor: fake-psa, baseUrl: "https://psa.example", clientKey: "\${PSA_KEI}" }
agreements:
  standard:
    aplies: { boards: [Help Desk] }
    rounding: { increment: 15 }
clients:
  - name: Dupont
    ids: { psa: 1, rm: 2 }
    movedOn: { pas: 2026-03-01 }
    agrement: standard
`;
    expect(faultsOf(text)).toEqual([
      '1:7: "liv" is not a valid value for mode; did you mean "live"? (observe, live)',
      '2:11: "Europe/Pari" is not a valid time zone; use an IANA name such as Europe/Paris',
      '4:9: there is no connection "pza"; did you mean "psa"?',
      '6:71: PSA_KEI is not set; set PSA_KEI in the environment or in .env, or set PSA_KEI_FILE to the path of a file that holds the value',
      '9:5: unknown key "aplies"; did you mean "applies"?',
      '10:28: "15" is not a valid duration; write, for example, 15m, 1h30m or 0',
      '12:5: "agreement" is missing; add it: One of `agreements`',
      '13:20: there is no connection "rm"; connections: psa',
      '14:16: the client has no ID in "pas"; its connections: psa, rm',
      '15:5: unknown key "agrement"; did you mean "agreement"?',
    ]);
  });

  test('of hours worked point at what must go', () => {
    const rule = '{ when: { ticketHours: 6, balance: projected }, do: [alert], offer: ten }';
    const agreements = `\n  standard:\n    replenish:\n      - ${rule}`;
    const offers = '\n  ten: { hours: 10, rate: 120 }';
    const lines = configText({ agreements, offers }).split('\n');
    const line = lines.findIndex((text) => text.includes(rule)) + 1;
    const column = (word: string) => (lines[line - 1] ?? '').indexOf(word) + 1;
    expect(
      faultsOf(configText({ agreements, offers })).map((fault) => fault.split(': ')[0]),
    ).toEqual([`${line}:${column('balance')}`, `${line}:${column('offer')}`]);
  });

  test('are one error of kind config that shows file:line:column', () => {
    let thrown: unknown;
    try {
      loadText(configText({ mode: 'liv' }));
    } catch (error) {
      thrown = error;
    }
    expect(isKindError(thrown, 'config')).toBe(true);
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(String(thrown)).toMatch(
      /config\/connector\.yaml:9:7: "liv" is not a valid value for mode;/,
    );
  });

  test('say how to get a file where there is none', () => {
    const options = { env: {}, vendors: fakeVendors, isCron: () => true };
    expect(() => loadConfig({ ...options, file: '/nowhere/connector.yaml' })).toThrow(
      /^\/nowhere\/connector\.yaml:1:1: the file does not exist; `prepaid-hours init` writes one/,
    );
    expect(faultsOf(' \n')[0]).toMatch(/^1:1: the file is empty; `prepaid-hours init`/);
  });
});

describe('YAML', () => {
  test.each([
    ['an open bracket', 'mode: [live\ntimezone: x', /not valid YAML/],
    [
      'a tab',
      'schedule:\n\tpull: x',
      /^2:1: not valid YAML: a tab is used for indentation; use spaces/,
    ],
    ['an open quote', 'mode: "live', /a closing quote, bracket, colon or comma is missing/],
    ['two documents', 'mode: live\n---\nmode: live', /a second document starts here/],
    ['an alias without anchor', 'mode: *live', /this alias has no anchor before it/],
    ['a list at the top', '- mode', /^1:1: this must be a group of keys, but this is a list/],
    [
      'an alias of itself',
      'clients: &all [*all]',
      /this alias contains itself; write out the value/,
    ],
  ])('%s is a fault in our words', (_, text, expected) => {
    expect(faultsOf(text).some((fault) => expected.test(fault))).toBe(true);
  });

  test('the second of two equal keys is a fault, beside all the others', () => {
    expect(faultsOf(`${configText({ mode: 'live', locale: 'de' })}mode: observe\n`)).toEqual([
      '10:9: "de" is not a valid value for locale; one of: en, en-US, en-GB, fr',
      '11:1: "mode" is a duplicate; keep one of the two',
    ]);
  });
});

describe('what this version does not do yet is refused as such', () => {
  test.each([
    [
      'store',
      { store: 'mysql://db/hours' },
      'must be an SQLite file such as ./data/prepaid-hours.db, or the address of a PostgreSQL database',
    ],
    [
      'daysToExpiry',
      { agreements: '\n  standard: { replenish: [{ when: { daysToExpiry: 20 }, do: [alert] }] }' },
      '"daysToExpiry" is not supported in this version; remove it',
    ],
  ])('%s', (_, sections: Record<string, string>, expected) => {
    expect(messagesOf(sections)).toContainEqual(expect.stringContaining(expected));
  });
});

describe('single values', () => {
  test.each([
    [
      'currency',
      { currency: 'EURO' },
      '"EURO" is not an ISO 4217 currency; use a code such as EUR',
    ],
    [
      'history',
      { history: '1 year' },
      '"1 year" is not a number of months; write, for example, 12 months',
    ],
    [
      'cron',
      { schedule: '{ pull: "*/10" }' },
      '"*/10" is not a valid cron expression; use minute hour day month weekday, such as "*/10 * * * *"',
    ],
    [
      'cron of the publishing',
      { schedule: '{ publish: hourly }' },
      '"hourly" is not a valid cron expression; use minute hour day month weekday, such as "*/10 * * * *"',
    ],
    [
      'address of the pages',
      { publish: '{ folder: pages, url: hours.example.com }' },
      'not a web address; start it with https://',
    ],
    [
      'cron of the backup',
      { schedule: '{ backup: { cron: daily } }' },
      '"daily" is not a valid cron expression; use minute hour day month weekday, such as "*/10 * * * *"',
    ],
    [
      'vendor',
      { connections: '\n  psa: { vendor: fake-pza }' },
      'unknown vendor "fake-pza"; did you mean "fake-psa"?',
    ],
    [
      'hours',
      { offers: '\n  ten: { hours: 10.0001, rate: 1 }' },
      '10.0001 hours is not a whole number of seconds; use at most two decimals',
    ],
    [
      'no hours',
      { offers: '\n  ten: { hours: 0, rate: 1 }' },
      'hours must be above 0; write, for example, 10 or 6.5',
    ],
    [
      'rate',
      { offers: '\n  ten: { hours: 10, rate: 5 EUR }' },
      '"5 EUR" is not a valid amount; write a number such as 120.00, without a currency',
    ],
    [
      'coins',
      { offers: '\n  ten: { hours: 10, rate: 0.5, currency: JPY }' },
      "0.5 has more decimals than JPY allows, or is too large; round it to the currency's smallest unit",
    ],
    [
      'factor',
      { agreements: '\n  standard: { multipliers: [{ role: Senior, factor: 1.2345 }] }' },
      '"1.2345" is not a valid factor; use a number above 0 with at most 3 decimals, such as 1.5',
    ],
    [
      'multiplier',
      { agreements: '\n  standard: { multipliers: [{ role: A, workType: B, factor: 2 }] }' },
      'a multiplier needs exactly one of workType, role, outside; use one entry for each',
    ],
    [
      'two levels',
      {
        agreements:
          '\n  standard: { replenish: [{ when: { hoursLeft: 2, percentLeft: 20 }, do: [alert] }] }',
      },
      'a threshold needs exactly one of hoursLeft, amountLeft, percentLeft, expiresWithinDays, runOutWithinDays, idleDays, usedHours, ticketHours; use one rule for each',
    ],
    [
      'no level',
      {
        agreements: '\n  standard: { replenish: [{ when: { balance: projected }, do: [alert] }] }',
      },
      'a threshold needs exactly one of hoursLeft, amountLeft, percentLeft, expiresWithinDays, runOutWithinDays, idleDays, usedHours, ticketHours; use one rule for each',
    ],
    [
      'per cent',
      { agreements: '\n  standard: { replenish: [{ when: { percentLeft: 100 }, do: [alert] }] }' },
      '"100" is not a whole number of per cent; use one from 1 to 99',
    ],
    [
      'days',
      {
        agreements:
          '\n  standard: { replenish: [{ when: { runOutWithinDays: 0.5 }, do: [alert] }] }',
      },
      '"0.5" is not a whole number of days; use one from 1 to 365',
    ],
    [
      'a purpose alone',
      { offers: '\n  ten: { hours: 10, rate: 120, purpose: onboarding }' },
      'purpose needs followedBy; add it, such as followedBy: standard',
    ],
    [
      'a purpose followed by no agreement',
      { offers: '\n  ten: { hours: 10, rate: 120, purpose: onboarding, followedBy: standart }' },
      'there is no agreement "standart"; did you mean "standard"?',
    ],
    [
      'what follows without a purpose',
      { offers: '\n  ten: { hours: 10, rate: 120, followedBy: standard }' },
      'followedBy needs purpose; add it, such as purpose: onboarding',
    ],
    [
      'idle hours that sell',
      {
        agreements:
          '\n  standard: { replenish: [{ when: { idleDays: 60 }, do: [alert, invoice], offer: ten }] }',
        offers: '\n  ten: { hours: 10, rate: 120 }',
      },
      'a client with idle hours has enough of them; use do: [alert]',
    ],
    [
      'idle hours with an offer',
      {
        agreements:
          '\n  standard: { replenish: [{ when: { idleDays: 60 }, do: [alert], offer: ten }] }',
        offers: '\n  ten: { hours: 10, rate: 120 }',
      },
      'idle hours propose work, not a sale; remove the offer',
    ],
    [
      'hours worked without a window',
      { agreements: '\n  standard: { replenish: [{ when: { usedHours: 5 }, do: [alert] }] }' },
      'usedHours and withinHours belong together: { usedHours: 5, withinHours: 24 }',
    ],
    [
      'a window of something else',
      {
        agreements:
          '\n  standard: { replenish: [{ when: { hoursLeft: 5, withinHours: 24 }, do: [alert] }] }',
      },
      'usedHours and withinHours belong together: { usedHours: 5, withinHours: 24 }',
    ],
    [
      'hours worked that sell',
      {
        agreements:
          '\n  standard: { replenish: [{ when: { ticketHours: 6 }, do: [alert, invoice], offer: ten }] }',
        offers: '\n  ten: { hours: 10, rate: 120 }',
      },
      'hours worked sell nothing, only hours left do; use do: [alert]',
    ],
    [
      'hours worked with an offer',
      {
        agreements:
          '\n  standard: { replenish: [{ when: { ticketHours: 6 }, do: [alert], offer: ten }] }',
        offers: '\n  ten: { hours: 10, rate: 120 }',
      },
      'an alert about hours worked proposes no sale; remove the offer',
    ],
    [
      'hours worked of a balance',
      {
        agreements:
          '\n  standard: { replenish: [{ when: { usedHours: 5, withinHours: 24, balance: projected }, do: [alert] }] }',
      },
      'hours worked count whether or not they are debited; remove balance',
    ],
    [
      'grace',
      { agreements: '\n  standard: { rounding: { grace: 15m } }' },
      'grace must be shorter than the increment, or nothing would round up',
    ],
    [
      'name',
      { offers: '\n  "ten hours": { hours: 10, rate: 1 }' },
      '"ten hours" is not a valid name; use letters, digits, - and _, at most 40',
    ],
    [
      'type',
      { offers: '[ten]' },
      'offers must be a group of keys, but this is a list; write "key: value", indented, below it',
    ],
    [
      'stray reference',
      { store: `\${DATA}/hours.db` },
      `\${NAME} is only substituted inside connections, web and notify; write the value itself here`,
    ],
    [
      'a block of hours and money',
      { offers: '\n  mixed: { hours: 10, rate: 120, amount: 900 }' },
      'a block needs either hours and a rate, or an amount',
    ],
    [
      'a block of nothing',
      { offers: '\n  none: { hours: 10 }' },
      'a block needs either hours and a rate, or an amount',
    ],
    ['no money', { offers: '\n  none: { amount: 0.00 }' }, 'a money block needs an amount above 0'],
    [
      'money without rates',
      {
        clients:
          '\n  - { name: Dupont, ids: { psa: 1 }, agreement: standard, openingBlocks: [{ amount: 500, purchasedOn: 2026-01-01 }] }',
      },
      'this client uses (or may buy) a money block, but its agreement has no rates; add them, such as rates: { hour: 120.00 }',
    ],
    [
      'hours sold at a level of money',
      {
        offers: '\n  ten: { hours: 10, rate: 120 }',
        agreements:
          '\n  standard: { replenish: [{ when: { amountLeft: 200 }, do: [invoice], offer: ten }] }',
      },
      'offer "ten" is a block of hours, but this threshold is in money; use an offer of money',
    ],
    ['no clients', { clients: '[]' }, 'clients needs at least 1 in its list; add one'],
  ])('%s', (_, sections: Record<string, string>, expected) => {
    expect(messagesOf(sections)).toEqual([expected]);
  });
});

describe('clients that share blocks', () => {
  const clients = (...entries: string[]) => ({
    clients: entries
      .map((entry, index) => `\n  - { ids: { psa: ${index + 1} }, agreement: standard, ${entry} }`)
      .join(''),
  });

  test('are loaded with the one who pays, and with their share', () => {
    const sections = clients('name: Groupe', 'name: Sud, paidBy: Groupe, share: { percent: 25 }');
    expect(loadText(configText(sections)).clients).toMatchObject([
      { name: 'Groupe', paidBy: null, isSharing: true, share: null },
      { name: 'Sud', paidBy: { name: 'Groupe' }, isSharing: true, share: { percent: 25 } },
    ]);
  });

  test.each([
    ['name: Sud, paidBy: Grupe', 'there is no client "Grupe"; did you mean "Groupe"?'],
    ['name: Sud, paidBy: Sud', 'a client pays for itself by default; remove this line'],
    [
      'name: Sud, paidBy: Groupe, openingBlocks: [{ hours: 1, rate: 1, purchasedOn: 2026-01-01 }]',
      '"Groupe" pays for this client, so it cannot have its own blocks; move these to "Groupe"',
    ],
    [
      'name: Sud, paidBy: Groupe, pastBlocks: [{ hours: 1, rate: 1, purchasedOn: 2025-01-01 }]',
      '"Groupe" pays for this client, so it cannot have its own blocks; move these to "Groupe"',
    ],
    ['name: Sud, share: { hours: 2 }', 'this client shares no blocks; remove this, or set paidBy'],
    [
      'name: Sud, paidBy: Groupe, share: { hours: 2, percent: 5 }',
      'a share needs exactly one of percent and hours',
    ],
  ])('%s', (entry, message) => {
    expect(messagesOf(clients('name: Groupe', entry))).toEqual([message]);
  });

  test('never pay in a chain', () => {
    const chain = clients('name: Groupe', 'name: Sud, paidBy: Groupe', 'name: Est, paidBy: Sud');
    expect(messagesOf(chain)).toEqual(['"Sud" is itself paid for by "Groupe"; use "Groupe" here']);
  });
});

describe('clients', () => {
  const client = (name: string, rest: string) =>
    `\n  - { name: ${name}, agreement: standard, ${rest} }`;

  test('never share a name or an id', () => {
    const clients = client('Dupont', 'ids: { psa: 1 }') + client('dupont', 'ids: { psa: 1 }');
    expect(messagesOf({ clients })).toEqual([
      'there are two clients named "Dupont"; give each a unique name',
      'psa 1 is already used by client "Dupont"; an ID belongs to one client only',
    ]);
  });

  test('have an id where their alerts go', () => {
    expect(
      messagesOf({
        connections: twoConnections,
        pushTo: 'psa',
        clients: client('A', 'ids: { rmm: 1 }'),
      }),
    ).toEqual([
      'no ID in "psa", which gets this client\'s alerts and invoices; add psa: …, or change pushTo',
    ]);
  });

  test('need a place for alerts once there are two connections', () => {
    expect(messagesOf({ connections: twoConnections })).toEqual([
      'no connection for alerts and invoices; add pushTo at the top of the file, or here',
    ]);
  });

  test('have blocks that end after they begin, on days that exist', () => {
    const blocks = (dates: string) =>
      client('A', `ids: { psa: 1 }, openingBlocks: [{ hours: 1, rate: 1, ${dates} }]`);
    expect(messagesOf({ clients: blocks('purchasedOn: 2026-02-30') })).toEqual([
      '"2026-02-30" is not a valid date; write it as 2026-09-01',
    ]);
    expect(
      messagesOf({ clients: blocks('purchasedOn: 2026-02-02, expiresOn: 2026-02-01') }),
    ).toEqual(['expires on 2026-02-01, before its purchase on 2026-02-02; use a later date']);
    const past = 'hours: 1, rate: 1.005, purchasedOn: 2025-02-02, expiresOn: 2025-02-01';
    const found = messagesOf({
      clients: client('A', `ids: { psa: 1 }, pastBlocks: [{ ${past} }]`),
    });
    expect(found.sort()).toEqual([
      expect.stringContaining('1.005 has more decimals than EUR allows'),
      'expires on 2025-02-01, before its purchase on 2025-02-02; use a later date',
    ]);
  });

  const selling =
    'replenish: [{ when: { hoursLeft: 2 }, do: [alert, invoice], offer: ten, tell: [client] }]';
  const offers = '\n  ten: { hours: 10, rate: 100 }';

  test('are only sold what is priced in their currency', () => {
    const agreements = `\n  standard: { ${selling} }`;
    expect(
      messagesOf({ offers, agreements, clients: client('A', 'ids: { psa: 1 }, currency: CHF') }),
    ).toEqual(['offer "ten" is priced in EUR, but this client pays in CHF; use an offer in CHF']);
  });

  test('have alerts and invoices only where the vendor can take them', () => {
    const clients = client('A', `ids: { rmm: 1 }, pushTo: rmm, overrides: { ${selling} }`);
    const sections = { connections: twoConnections, pushTo: 'psa', offers, clients };
    expect(messagesOf({ ...sections, balanceField: '{ connection: rmm, field: Hours }' })).toEqual([
      '"rmm" (Fake RMM) cannot take notes for the client; use one that can: psa',
      '"rmm" (Fake RMM) cannot take invoices; use one that can: psa',
      '"rmm" (Fake RMM) cannot show a balance in a field; use one that can: psa',
    ]);
  });

  test('are sold nothing without an offer, nor one that is not there', () => {
    const rule = (rest: string) =>
      `\n  standard: { replenish: [{ when: { hoursLeft: 2 }, do: [invoice]${rest} }] }`;
    expect(messagesOf({ agreements: rule('') })).toEqual([
      'invoice needs an offer; add one to this rule, such as offer: ten',
    ]);
    expect(messagesOf({ offers, agreements: rule(', offer: tenn') })).toEqual([
      'there is no offer "tenn"; did you mean "ten"?',
    ]);
  });

  test('have multipliers by calendars that are there', () => {
    const agreements = '\n  standard: { multipliers: [{ outside: ofice, factor: 2 }] }';
    const businessHours = '\n  office: { mon-fri: "08:00-18:00" }';
    expect(messagesOf({ agreements, businessHours })).toEqual([
      'there is no calendar in businessHours named "ofice"; did you mean "office"?',
    ]);
  });
});

test('hours to bill are refused where the connection of the time keeps none', () => {
  const agreements = '\n  standard: { timeFrom: billed }';
  expect(messagesOf({ agreements })).toEqual([
    '"psa" (Fake PSA) does not report billable hours; use timeFrom: worked',
  ]);
});

describe('a block that waits for its payment', () => {
  const agreements = `
  standard:
    activate: on-payment
    replenish: [ { when: { hoursLeft: 2 }, do: [invoice], offer: ten } ]`;
  const offers = '{ ten: { hours: 10, rate: 120.00 } }';

  test('is refused where the connection never shows a payment', () => {
    expect(messagesOf({ agreements, offers })).toEqual([
      '"psa" (Fake PSA), as configured, does not report whether an invoice is paid; use on-invoice',
    ]);
  });

  test('and a recharge that is followed there, too', () => {
    const recharge = `
  standard:
    recharge: { collect: psa }
    replenish: [ { when: { hoursLeft: 2 }, do: [recharge], offer: ten } ]`;
    expect(messagesOf({ agreements: recharge, offers })).toEqual([
      expect.stringMatching(/whether an invoice is paid; use do: \[invoice\] instead of recharge$/),
    ]);
  });

  test('is no fault where nothing is sold', () => {
    expect(messagesOf({ agreements: '\n  standard: { activate: on-payment }' })).toEqual([]);
  });
});

describe('a sale without a product', () => {
  const connections = (sellsBy: string) => `
  psa: { vendor: fake-psa, baseUrl: "https://psa.example", clientKey: "\${PSA_KEY}", sellsBy: ${sellsBy} }`;
  const offers = '{ ten: { hours: 10, rate: 120.00 }, twenty: { hours: 20, rate: 110.00 } }';
  const agreements = (product: string) => `
  standard:
    replenish: [ { when: { hoursLeft: 2 }, do: [invoice], offer: ten }, { when: { hoursLeft: 2 }, do: [alert], offer: twenty } ]
    overage: { invoice: { rate: 150${product} } }`;

  test('is a fault where the connection makes no invoice without one: of an offer, and of overage', () => {
    const message = (what: string) =>
      `"psa" (Fake PSA) requires a product on every invoice; set one for this ${what}, or under billing of the connection`;
    const sections = { connections: connections('product'), offers };
    expect(messagesOf({ ...sections, agreements: agreements('') })).toEqual([
      message('rate'),
      message('offer'),
    ]);
    expect(messagesOf({ ...sections, agreements: agreements(', product: OVER') })).toEqual([
      message('offer'),
    ]);
  });

  test('is none elsewhere', () => {
    const sections = { connections: connections('text'), offers };
    expect(messagesOf({ ...sections, agreements: agreements('') })).toEqual([]);
  });
});

describe('terms that do not fit each other', () => {
  test.each([
    [
      'an agreement that ends before it begins',
      'from: 2026-02-02, until: 2026-02-01',
      'the agreement ends on 2026-02-01, before it starts on 2026-02-02; use a later date',
    ],
    [
      'a minimum of excluded work',
      'workTypes: { excluded: [Travel], minimums: { travel: 1h } }',
      '"travel" is excluded, so its minimum would never apply; remove one of the two',
    ],
    [
      'two minimums of one work type',
      'workTypes: { minimums: { On-site: 1h, on-site: 2h } }',
      '"on-site" already has a minimum; keep one of the two',
    ],
    [
      'work held that nobody hears of',
      'overage: hold, replenish: [{ when: { hoursLeft: 1 }, do: [alert] }]',
      'with overage: hold, nobody would be notified of held work; add a rule to replenish such as { when: { hoursLeft: 0, balance: projected }, do: [alert] }',
    ],
    [
      'unlogged time that is debited as nothing in particular',
      'unloggedTime: debit',
      'debit needs the work type of the debited time; write, for example, { do: debit, workType: Remote }',
    ],
    [
      'unlogged time that nobody could approve',
      'debitWhen: approved, unloggedTime: { do: debit, workType: Remote }',
      'nobody approves time that was not logged, so with debitWhen: approved it would never be debited; use propose',
    ],
  ])('%s', (_, terms, expected) => {
    expect(messagesOf({ agreements: `\n  standard: { ${terms} }` })).toEqual([expected]);
    const overrides = `overrides: { ${terms} }`;
    const clients = `\n  - { name: A, ids: { psa: 1 }, agreement: standard, ${overrides} }`;
    expect(messagesOf({ clients })).toEqual([expected]);
  });
});

test('a technician has one ID in a connection, and an ID is one technician', () => {
  const technicians = `
  - { name: Ada, ids: { psa: 12 } }
  - { name: Bo, ids: { psa: 12, rmn: x } }`;
  expect(messagesOf({ technicians })).toEqual([
    'psa: 12 is already "Ada"; keep it for one technician',
    'there is no connection "rmn"; use one of connections',
  ]);
});

test('overage is billed in the currency of the client', () => {
  const terms = 'overage: { invoice: { rate: 150.001 } }';
  const agreements = `\n  standard: { ${terms} }`;
  expect(messagesOf({ agreements })[0]).toMatch(/^150\.001 has more decimals than EUR/);
  const clients = '\n  - { name: A, ids: { psa: 1 }, agreement: standard, currency: USD }';
  const whole = '\n  standard: { overage: { invoice: { rate: 150 } } }';
  expect(messagesOf({ agreements: whole, clients })).toEqual([
    'overage.invoice.rate of the agreement is in EUR, but this client pays in USD; set it in overrides',
  ]);
  const recharge =
    '\n  standard: { recharge: { collect: psa, perCharge: 900, perDay: 900 }, overage: carry }';
  const overrides = 'overrides: { recharge: { collect: psa, perDay: 1000 } }';
  const inPart = clients.replace(' }', `, ${overrides} }`);
  expect(messagesOf({ agreements: recharge, clients: inPart })).toContain(
    'recharge.perCharge of the agreement is in EUR, but this client pays in USD; set it in overrides',
  );
  expect(messagesOf({ agreements: '\n  standard: { overage: invoice }' })[0]).toMatch(
    /"invoice" is not a valid value for this; one of: carry, hold/,
  );
});

describe('a recharge', () => {
  const offers = '{ ten: { hours: 10, rate: 120.00 } }';
  const recharging = (terms: string, action = '[recharge]') => ({
    offers,
    agreements: `
  standard:
    ${terms}
    replenish: [ { when: { hoursLeft: 2 }, do: ${action}, offer: ten } ]`,
  });

  test.each([
    [
      'needs to know how it is collected',
      recharging(''),
      'recharge needs to know how; add recharge: { collect: psa } to the agreement',
    ],
    [
      'creates its invoice itself',
      recharging('recharge: { collect: psa }', '[invoice, recharge]'),
      'recharge creates the invoice too; remove invoice',
    ],
    [
      'is collected by a connection of the file',
      recharging('recharge: { collect: stripe }'),
      'there is no connection "stripe"; connections: psa',
    ],
    [
      'has limits in the currency of the file',
      recharging('recharge: { collect: psa, perMonth: 10.001 }'),
      expect.stringContaining('10.001'),
    ],
  ])('%s', (_, sections, expected) => {
    expect(messagesOf(sections)).toContainEqual(expected);
  });

  test('has limits of all clients that the currency allows', () => {
    const sections = recharging('recharge: { collect: psa }');
    expect(messagesOf({ ...sections, recharge: '{ perDay: 0.001 }' })).toContainEqual(
      expect.stringContaining('0.001 has more decimals than EUR allows'),
    );
  });

  test('cannot be collected by a PSA', () => {
    const sections = recharging('recharge: { collect: other }');
    const connections = twoConnections.replace('rmm:', 'other:');
    const ids = '\n  - { name: Dupont, ids: { psa: 1, other: 2 }, agreement: standard }';
    expect(messagesOf({ ...sections, connections, clients: ids, pushTo: 'psa' })).toContainEqual(
      '"other" (Fake RMM) cannot charge anybody; use psa, or a payment provider',
    );
  });
});
