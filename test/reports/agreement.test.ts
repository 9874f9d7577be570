import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { ContractConfig, ContractTerms, LoadedConfig } from '../../src/config/loaded.ts';
import type { Agreement, Client } from '../../src/domain/agreements/terms.ts';
import { formatIn, toFormatOptions } from '../../src/domain/format.ts';
import { compareTerms } from '../../src/reports/agreement/compare-terms.ts';
import { type AgreementDocument, buildAgreement } from '../../src/reports/agreement/document.ts';
import { readMarkup } from '../../src/reports/agreement/markup.ts';
import type { Block } from '../../src/store/port.ts';
import { contractOf, ten } from '../support/terms.ts';
import { agreement, client } from './report-bench.ts';
import { sender } from './statement-samples.ts';

const hour = 3600;
const templates = [fileURLToPath(new URL('../../config/templates', import.meta.url))];
const languages = ['en', 'fr'] as const;

interface Case {
  client?: Partial<Client>;
  contract?: Partial<ContractTerms>;
  rest?: Partial<ContractConfig>;
  config?: Partial<LoadedConfig>;
  held?: Block[];
  others?: Client[];
}

function build(terms: Partial<Agreement>, change: Case = {}): AgreementDocument {
  const subject = client({ agreement: agreement(terms), ...change.client });
  const contract = contractOf(subject.name, change.contract, change.rest);
  const config = { sender, contract, publish: null, templates, ...change.config };
  const facts = { version: 1, datedOn: '2026-05-04', held: change.held ?? [] };
  const clients = [subject, ...(change.others ?? [])];
  return buildAgreement({ config, clients }, subject, facts);
}

/** One line, with ordinary spaces. */
function textOf(document: AgreementDocument): string {
  return document.text.replace(/[\s\u00a0\u202f]+/g, ' ');
}

const office = {
  name: 'office',
  week: [
    ...Array.from({ length: 5 }, () => [
      { fromMinute: 480, toMinute: 720 },
      { fromMinute: 810, toMinute: 1080 },
    ]),
    [{ fromMinute: 540, toMinute: 720 }],
    [],
  ],
  specialDays: new Map([['2026-12-31', [{ fromMinute: 540, toMinute: 720 }]]]),
  timezone: null,
  isHoliday: () => false,
};
const closings = new Map([
  [
    'office',
    {
      places: [{ country: 'BE', area: null }],
      days: [{ from: '2026-08-03', to: '2026-08-14' }],
    },
  ],
]);
const limits = { chargeMinor: 300_000, dayMinor: null, monthMinor: 500_000 };
const noLimits = { chargeMinor: null, dayMinor: null, monthMinor: null };
const recharge = {
  ...{ collect: 'bank', autopayUpToMinor: null, noticeDays: 14, chaseAfterDays: 7 },
  ...{ limits, limitsOfAll: noLimits },
};
const sells = (action: 'invoice' | 'recharge', offer = ten): Agreement['replenish'] => [
  {
    when: { balance: 'settled', secondsLeft: 2 * hour },
    do: ['alert', action],
    offer,
    tell: ['msp', 'client'],
  },
];
const multiplier = { workType: null, role: null, outside: null, factorThousandths: 2000 };
const level = (when: Agreement['replenish'][number]['when']): Partial<Agreement> => ({
  replenish: [{ when, do: ['alert'], offer: null, tell: ['client'] }],
});

type Row = [what: string, terms: Partial<Agreement>, en: string, fr: string, change?: Case];

/** A term, and the words by which it is found; without the term, they are nowhere. */
const rows: Row[] = [
  [
    'an offer',
    { replenish: sells('invoice', { ...ten, validForMonths: 12 }) },
    '10 h · Price per hour: €120.00 · Price of the Block: €1,200.00 · Valid for: 12 months',
    '10 h · Prix de l’heure : 120,00 € · Prix du Forfait : 1 200,00 € · Validité : 12 mois',
  ],
  [
    'an offer for some work',
    { replenish: sells('invoice', { ...ten, workTypes: ['On-site'] }) },
    '10 h (for “On-site” only)',
    '10 h (réservé à « On-site »)',
  ],
  [
    'an offer of money, and the rates',
    {
      replenish: sells('invoice', { ...ten, seconds: 0, rateMinor: 0, amountMinor: 100_000 }),
      rates: {
        currency: 'EUR',
        rateMinor: 12_000,
        workTypes: [{ workType: 'On-site', rateMinor: 15_000 }],
      },
    },
    'each hour is paid at €120.00, “On-site” at €150.00',
    'chaque heure est réglée au tarif de 120,00 €, ou de 150,00 € pour « On-site »',
  ],
  [
    'boards',
    { applies: { boards: ['Help Desk'], ticketTypes: null, agreements: null } },
    'requests handled in “Help Desk”',
    'demandes traitées dans « Help Desk »',
  ],
  [
    'ticket types',
    { applies: { boards: null, ticketTypes: ['Incident'], agreements: null } },
    'requests of type “Incident”',
    'demandes de type « Incident »',
  ],
  [
    'agreements of the PSA',
    { applies: { boards: null, ticketTypes: null, agreements: ['Gold'] } },
    'work recorded under “Gold”',
    'travail enregistré sous « Gold »',
  ],
  [
    'a minimum of a work type',
    { workTypeMinimums: [{ workType: 'Visit', seconds: hour }] },
    'Minimum time per type of work: Visit 1 h',
    'Durée minimale par type de travail : Visit 1 h',
  ],
  [
    'covered roles',
    { roles: { covered: ['Engineer'], excluded: [] } },
    'Only time of these roles is debited: Engineer',
    'Seul le temps des fonctions suivantes est décompté : Engineer',
  ],
  [
    'excluded roles',
    { roles: { covered: [], excluded: ['Trainee'] } },
    'roles is not debited: Trainee',
    'n’est pas décompté : Trainee',
  ],
  [
    'billed time',
    { timeFrom: 'billed' },
    'billable time that the Provider records',
    'durée facturable enregistrée',
  ],
  [
    'a grace',
    { rounding: { per: 'ticket', incrementSeconds: 900, minimumSeconds: 0, graceSeconds: 300 } },
    'Up to 5 min beyond a full step',
    'dépassement de 5 min au plus',
  ],
  [
    'office hours',
    { multipliers: [{ ...multiplier, outside: office }] },
    'Monday to Friday, 08:00–12:00 and 13:30–18:00; Saturday, 09:00–12:00 (time zone Europe/Paris)',
    'du lundi au vendredi, de 8 h à 12 h et de 13 h 30 à 18 h ; samedi, de 9 h à 12 h',
    { rest: { closings } },
  ],
  [
    'holidays',
    { multipliers: [{ ...multiplier, outside: office }] },
    'Public holidays in Belgium',
    'Les jours fériés (Belgique)',
    { rest: { closings } },
  ],
  [
    'days off and special days',
    { multipliers: [{ ...multiplier, outside: office }] },
    'So are these days: 3–14 August 2026. Office hours on special days: 31 December 2026, 09:00–12:00',
    '3–14 août 2026. Horaires particuliers : 31 décembre 2026, de 9 h à 12 h',
    { rest: { closings } },
  ],
  [
    'a multiplier of a work type',
    { multipliers: [{ ...multiplier, workType: 'On-site', factorThousandths: 1250 }] },
    'Work of type “On-site” is multiplied (×1.25): one hour is debited as 1 h 15',
    '« On-site » est multiplié (×1,25) : une heure compte pour 1 h 15',
  ],
  [
    'a multiplier of a role',
    { multipliers: [{ ...multiplier, role: 'Senior' }] },
    'Work by the role “Senior”',
    'la fonction « Senior »',
  ],
  [
    'the highest of two multipliers',
    {
      multipliers: [
        { ...multiplier, role: 'A' },
        { ...multiplier, role: 'B' },
      ],
    },
    'only the highest counts',
    'seul le plus élevé compte',
  ],
  [
    'stacked multipliers',
    {
      stackMultipliers: true,
      multipliers: [
        { ...multiplier, role: 'A' },
        { ...multiplier, role: 'B' },
      ],
    },
    'they are multiplied',
    'ils se multiplient',
  ],
  [
    'travel in the MSP’s words',
    {},
    'Travel is free within Brussels.',
    'Les trajets dans Bruxelles sont gratuits.',
    {
      contract: {
        travel: {
          en: 'Travel is free within Brussels.',
          fr: 'Les trajets dans Bruxelles sont gratuits.',
        },
      },
    },
  ],
  [
    'hours left',
    level({ balance: 'settled', secondsLeft: 3 * hour }),
    '3 h or less left',
    'Il reste 3 h ou moins',
  ],
  [
    'money left',
    level({ balance: 'settled', minorLeft: 20_000, currency: 'EUR' }),
    '€200.00 or less left',
    'Il reste 200,00 € ou moins',
  ],
  [
    'per cent left',
    level({ balance: 'settled', percentLeft: 20 }),
    '20% or less left',
    'Il reste 20 % ou moins',
  ],
  [
    'expiry of a block',
    level({ balance: 'settled', expiresWithinDays: 30 }),
    'A Block with hours left expires within 30 days',
    'expire sous 30 jours',
  ],
  [
    'the run-out',
    level({ balance: 'settled', runOutWithinDays: 1 }),
    'the hours run out within 1 day ',
    'seront épuisées sous 1 jour ',
  ],
  [
    'idle hours',
    level({ balance: 'settled', idleDays: 60 }),
    'no work was charged for 60 days',
    'aucun travail n’a été décompté depuis 60 jours',
  ],
  [
    'hours worked in a window',
    { alarms: [{ usedSeconds: 5 * hour, withinSeconds: 24 * hour, tell: ['msp'] }] },
    '5 h or more are worked within 24 h, debited or not',
    'Temps passé de 5 h ou plus en 24 h, décompté ou non',
  ],
  [
    'hours worked on a ticket',
    { alarms: [{ ticketSeconds: 6 * hour, tell: ['client'] }] },
    'once per ticket or busy period · Who is told: Client',
    'une fois par ticket ou par période · Qui est averti : Client',
  ],
  [
    'open work',
    level({ balance: 'projected', secondsLeft: hour }),
    'or less left, open work counted',
    'travail en cours compris',
  ],
  [
    'an invoice',
    { replenish: sells('invoice') },
    'The Block of 10 h is invoiced · Who is told: Client and Provider',
    'est facturé · Qui est averti : Client et Prestataire',
  ],
  [
    'the most blocks of a sale',
    { replenish: sells('invoice', { ...ten, maxPerSale: 3 }) },
    'at most 3 Blocks of 10 h at a time',
    'au plus 3 Forfaits de 10 h à la fois',
  ],
  [
    'payment first',
    { replenish: sells('invoice'), activate: 'on-payment' },
    'as soon as its invoice is paid',
    'dès que sa facture est réglée',
  ],
  [
    'a SEPA mandate',
    { replenish: sells('recharge'), recharge },
    'SEPA direct debit mandate',
    'Mandat de prélèvement SEPA',
  ],
  [
    'the notice of a charge',
    { replenish: sells('recharge'), recharge },
    'announced to the Client at least 14 days before',
    'au moins 14 jours à l’avance',
  ],
  [
    'the days between two attempts',
    { replenish: sells('recharge'), recharge: { ...recharge, noticeDays: 2 } },
    'at most twice, each time after at least 5 days',
    'deux fois au plus, chaque fois après 5 jours au moins',
  ],
  [
    'limits',
    { replenish: sells('recharge'), recharge },
    '€3,000.00 per charge and €5,000.00 per calendar month',
    '3 000,00 € par prélèvement et 5 000,00 € par mois civil',
  ],
  [
    'collection of invoices',
    {
      replenish: sells('recharge'),
      recharge: { ...recharge, collect: 'psa', autopayUpToMinor: 90_000 },
    },
    'has set up for the Provider’s invoices. Invoices above €900.00',
    'Les factures supérieures à 900,00 €',
  ],
  [
    'overage that is carried',
    { overage: 'carry' },
    'the next Block pays for it first',
    'le Forfait suivant le couvre en premier',
  ],
  [
    'overage that is held',
    { overage: 'hold' },
    'Work that the Blocks cannot pay in full is not debited',
    'ne peuvent pas couvrir entièrement',
  ],
  [
    'overage that is invoiced',
    {
      overage: { when: 'monthly', daysAfter: 3, rateMinor: 15_000, currency: 'EUR', product: null },
    },
    'invoiced at €150.00 per hour before tax, once a month, 3 days after its end',
    'facturé 150,00 € l’heure hors taxes, une fois par mois, 3 jours après sa fin',
  ],
  [
    'hours that are lost',
    { replenish: sells('invoice', { ...ten, validForMonths: 12 }) },
    'expire without compensation',
    'expirent sans compensation',
  ],
  [
    'rollover',
    {
      rollover: { seconds: 2 * hour, validForMonths: 3 },
      replenish: sells('invoice', { ...ten, validForMonths: 12 }),
    },
    'up to 2 h, are carried over, once, into a new Block at the same price that is valid for 3 months',
    'dans la limite de 2 h, sont reportées',
  ],
  [
    'the page',
    {},
    'seen at any time on a page',
    'visible à tout moment sur une page',
    { config: { publish: { cron: '', folder: '', url: null } } },
  ],
  [
    'first and last day',
    { from: '2026-06-01', until: '2027-05-31' },
    'begins on 1 June 2026 and ends on 31 May 2027',
    'prend effet le 1er juin 2026 et prend fin le 31 mai 2027',
  ],
  [
    'refunds',
    {},
    'Hours left are refunded.',
    'Les heures restantes sont remboursées.',
    {
      contract: {
        refunds: { en: 'Hours left are refunded.', fr: 'Les heures restantes sont remboursées.' },
      },
    },
  ],
  [
    'law and courts',
    {},
    'governed by Belgian law. Disputes that the parties cannot settle are brought before the courts of Brussels',
    'régi par le droit belge',
    {
      contract: {
        law: { en: 'Belgian law', fr: 'le droit belge' },
        jurisdiction: { en: 'the courts of Brussels', fr: 'les tribunaux de Bruxelles' },
      },
    },
  ],
  [
    'a clause of the MSP',
    {},
    'Each bears its own costs.',
    'Chacun supporte ses frais.',
    {
      contract: {
        extraClauses: [
          {
            title: { en: 'Liability', fr: 'Responsabilité' },
            text: { en: 'Each bears its own costs.', fr: 'Chacun supporte ses frais.' },
          },
        ],
      },
    },
  ],
  [
    'who the parties are',
    {},
    'SRL, BE 0987',
    'SRL, BE 0987',
    { contract: { legal: ['SRL', 'BE 0987'] } },
  ],
  [
    'the MSP’s registration',
    {},
    'BE 0123.456.789',
    'BE 0123.456.789',
    { rest: { registration: ['BE 0123.456.789'] } },
  ],
];

describe.each(languages)('the agreement in %s', (locale) => {
  const inLanguage = (change: Case = {}): Case => ({
    ...change,
    client: { ...change.client, locale },
  });
  // Nothing that a row configures: overage, too, has a word of its own.
  const plain = {
    overage: 'carry',
    applies: { boards: null, ticketTypes: null, agreements: null },
  } as const;
  const bare = textOf(build(plain, inLanguage()));

  test.each(rows)('states %s if it is configured, and only then', (...row) => {
    const [what, terms, en, fr, change] = row as Row;
    const words = { en, fr }[locale];
    expect(textOf(build(terms, inLanguage(change)))).toContain(words);
    const isCarried = what === 'overage that is carried';
    expect(bare.includes(words)).toBe(isCarried);
  });

  test('has no empty clause, no value that is missing, and no word of the config', () => {
    const documents = rows.map(([, terms, , , change]) => build(terms, inLanguage(change)));
    for (const { html, text, clauses, title } of documents) {
      expect(title).not.toBe('');
      expect(clauses.every(({ items }) => items.length > 0)).toBe(true);
      for (const form of [html, text]) {
        expect(form).not.toMatch(
          /undefined|null|NaN|\[object|%>|on-payment|ticket-closed|on-invoice/,
        );
      }
      expect(html).not.toMatch(/<script| on\w+=|javascript:/);
    }
  });

  test('numbers its clauses, and the paragraphs in them', () => {
    const { text, clauses } = build(plain, inLanguage());
    for (const [index, { title }] of clauses.entries()) {
      expect(text).toContain(`\n${index + 1}. ${title}\n\n${index + 1}.1 `);
    }
  });

  test.each(['ticket-closed', 'approved', 'logged'] as const)(
    'says when time is debited: %s',
    (when) => {
      const words = {
        'ticket-closed': {
          en: 'once the request it belongs to is closed',
          fr: 'à la clôture de la demande',
        },
        approved: {
          en: 'once the Provider has approved it',
          fr: 'dès que le Prestataire l’a validé',
        },
        logged: { en: 'as soon as it is recorded', fr: 'dès son enregistrement' },
      };
      expect(textOf(build({ debitWhen: when }, inLanguage()))).toContain(words[when][locale]);
    },
  );
});

test.each([
  ['ticket', 900, 0, '35 min of work is debited as 45 min'],
  ['ticket', 1800, 0, '35 min of work is debited as 1 h'],
  ['entry', 300, 0, '37 min of work is debited as 40 min'],
  ['day', 60, 1200, '3 min of work is debited as 20 min'],
] as const)(
  'the example of rounding is by the rule: per %s, %d s, at least %d s',
  (per, increment, minimum, words) => {
    const rounding = { per, incrementSeconds: increment, minimumSeconds: minimum, graceSeconds: 0 };
    expect(textOf(build({ rounding }))).toContain(words);
  },
);

test('time that is not rounded has no example', () => {
  const rounding = {
    per: 'entry',
    incrementSeconds: 1,
    minimumSeconds: 0,
    graceSeconds: 0,
  } as const;
  expect(textOf(build({ rounding }))).toContain('Time is debited to the second. ');
});

test.each([
  ['en', 'the Client holds these Blocks, less what has been used: - 8 h at'],
  ['fr', 'le Client dispose des Forfaits suivants, moins ce qui en a été utilisé : - 8 h à'],
] as const)('blocks are listed by their size, and it says so (%s)', (locale, words) => {
  const held: Block[] = [
    {
      ...{ id: 'b-1', key: 'test:b-1', clientId: 'dupont', source: 'opening', offer: null },
      ...{ seconds: 8 * hour, amountMinor: null, rateMinor: 12_000, currency: 'EUR' },
      ...{ purchasedOn: '2026-04-01', expiresOn: null, priority: 0, workTypes: null },
      ...{ status: 'active', activate: 'at-once', invoiceKey: null },
    },
  ];
  expect(textOf(build({}, { held, client: { locale } }))).toContain(words);
});

test('the mandate is that of the currency', () => {
  const terms = { replenish: sells('recharge'), recharge };
  const mandateIn = (currency: string) => textOf(build(terms, { client: { currency } }));
  expect(mandateIn('USD')).toContain('ACH debit authorisation');
  expect(mandateIn('GBP')).toContain('The Direct Debit Guarantee applies');
  expect(mandateIn('CAD')).toContain('Pre-authorised debit agreement');
  expect(mandateIn('CHF')).toContain('the account or card that the Client has registered');
});

test('personal data are handled by the law of the place', () => {
  const lawIn = (timezone: string) => textOf(build({}, { client: { timezone } }));
  expect(lawIn('Europe/Brussels')).toContain('Regulation (EU) 2016/679');
  expect(lawIn('Europe/London')).toContain('the UK GDPR');
  expect(lawIn('America/New_York')).toContain(
    'the data protection law that applies to the parties',
  );
});

test('a client whose work another’s blocks pay for agrees on nothing that is the other’s', () => {
  const payer = client({ id: 'group', name: 'Groupe Dupont' });
  const paid = { paidBy: payer, isSharing: true, share: { percent: 25 } };
  const terms = { replenish: sells('recharge'), recharge };
  const document = build(terms, { client: paid, others: [payer] });
  expect(textOf(document)).toContain('(“Blocks”) of Groupe Dupont, up to 25% of each Block');
  expect(document.clauses.map(({ title }) => title)).not.toContain('Automatic collection');
  expect(textOf(document)).not.toMatch(/€|overage,/);
});

test('the client that pays for others names them', () => {
  const payer = client();
  const other = client({
    id: 'sud',
    name: 'Dupont Sud',
    paidBy: payer,
    share: { seconds: 2 * hour },
  });
  const text = textOf(build({}, { others: [other] }));
  expect(text).toContain('also pay for the work for Dupont Sud (up to 2 h of each Block)');
});

test('technicians, limits of all clients and names in the config stay internal', () => {
  const { html } = build({
    excludedTechnicians: ['Bob Internal'],
    replenish: sells('recharge', { ...ten, name: 'offer-code', product: 'PRODUCT-1' }),
    recharge: { ...recharge, limitsOfAll: { ...noLimits, dayMinor: 7_654_321 } },
    multipliers: [{ ...multiplier, outside: { ...office, name: 'calendar-code' } }],
  });
  expect(html).not.toMatch(/Bob Internal|offer-code|PRODUCT-1|76,543|calendar-code|bank"/);
});

test('the notice to the MSP is on a screen only, until its counsel approved the document', () => {
  const noticed = build({});
  expect(noticed.html).toContain('have this agreement read by counsel');
  expect(noticed.html).toMatch(/@media print \{[\s\S]*\.notice \{\s*display: none;/);
  expect(noticed.text).not.toContain('counsel');
  expect(build({}, { rest: { reviewedOn: '2026-04-01' } }).html).not.toContain('class="notice"');
});

test('names are text, whatever they are made of', () => {
  const { html } = build({ roles: { covered: ['<b>x</b>\n## y'], excluded: [] } });
  expect(html).toContain('&lt;b&gt;x&lt;/b&gt;');
  expect(readMarkup('# T\n\nA\nB\n\n## Empty\n\n## C\n\n- a\n- b\n', 'en')).toEqual({
    title: 'T',
    intro: ['A B'],
    clauses: [{ title: 'C', items: [{ kind: 'list', rows: ['a', 'b'] }] }],
  });
});

describe('compared with what was accepted', () => {
  const format = formatIn(toFormatOptions('en'));
  const accepted = { replenish: sells('recharge'), recharge };
  const changesOf = (terms: Partial<Agreement>, change: Case = {}) =>
    compareTerms(build(accepted).terms, build({ ...accepted, ...terms }, change).terms, format).map(
      ({ term, before, after }) => `${term}: ${before} → ${after}`,
    );

  test('each altered term is named, old and new', () => {
    const rounding = {
      per: 'ticket',
      incrementSeconds: 1800,
      minimumSeconds: 900,
      graceSeconds: 0,
    } as const;
    expect(changesOf({ rounding })).toEqual(['rounding increment: 15 min → 30 min']);
    expect(changesOf({ replenish: sells('recharge', { ...ten, rateMinor: 13_000 }) })).toEqual([
      'offers 10 h price: €1,200.00 → €1,300.00',
      'offers 10 h rate: €120.00 → €130.00',
    ]);
    expect(changesOf({ overage: 'hold' })).toEqual(['overage: carry → hold']);
    expect(changesOf({}, { contract: { noticeDays: 60 } })).toEqual([
      'duration notice: 30 days → 60 days',
    ]);
    expect(changesOf({ multipliers: [{ ...multiplier, role: 'Senior' }] })).toEqual([
      'multipliers: none → role Senior factor ×2, role Senior',
    ]);
  });

  test('what the document does not state is no change', () => {
    expect(changesOf({ excludedTechnicians: ['Bob'] })).toEqual([]);
    expect(changesOf({ name: 'renamed' })).toEqual([]);
    expect(changesOf({}, { client: { locale: 'fr', durations: 'decimal' } })).toEqual([]);
    const renamed = { ...ten, name: 'another', product: 'P-2' };
    expect(changesOf({ replenish: sells('recharge', renamed) })).toEqual([]);
    const ofAll = { ...recharge, limitsOfAll: { ...noLimits, dayMinor: 1 } };
    expect(changesOf({ recharge: ofAll })).toEqual([]);
  });

  test('a term that the program did not state then is no change', () => {
    const { rounding: _, ...earlier } = build(accepted).terms;
    expect(compareTerms(earlier, build(accepted).terms, format)).toEqual([]);
  });
});
