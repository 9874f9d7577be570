import { pageAddress } from '../../src/domain/page-link.ts';
import type { ClientBalance } from '../../src/reports/balances/balances.ts';
import { clientIndexToHtml } from '../../src/reports/published/client-index.ts';
import { currentPageToHtml } from '../../src/reports/published/current-page.ts';
import type { Outlook } from '../../src/reports/statement/outlook.ts';
import { buildStatement } from '../../src/reports/statement/statement.ts';
import { statementToHtml } from '../../src/reports/statement/statement-html.ts';
import type { Statement } from '../../src/reports/statement/statement-shape.ts';
import { ten } from '../support/terms.ts';
import { closed, entry, facts, openReportBench, client as sampleClient } from './report-bench.ts';

export const sampleLocales = ['en', 'fr'] as const;
export const sampleSizes = [3, 40, 300] as const;

const logo = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="220" height="48"><rect width="48" height="48" rx="10" fill="#0b6e69"/><path d="M14 34V14l10 12 10-12v20" fill="none" stroke="#fff" stroke-width="5"/><text x="60" y="33" font-family="sans-serif" font-size="26" font-weight="700" fill="#172033">Meridian IT</text></svg>',
).toString('base64');

export const sender = {
  name: 'Meridian IT Services & Consulting',
  address: ['Donaudampfschifffahrtsgesellschaftsstrasse 142', '4th floor', 'London EC1A 9ZZ'],
  email: 'support.prepaid-hours@meridian-it-services-and-consulting.example',
  phone: '+44 20 7946 0018',
  website: 'https://www.meridian-it.example/',
  logo: `data:image/svg+xml;base64,${logo}`,
};

const summaries = [
  'Printer offline after the update',
  'New starter: laptop, mailbox, telephone and access to the shared drives of the accounting department',
  'VPN drops every afternoon',
  'Migration of https://intranet.example.com/sites/accounting/documents/forms/all-items.aspx to the new tenant',
  'Password reset',
  'Server room: replace the failed power supply, check the UPS batteries, and document the new wiring',
];
const technicians = ['Ann Lee', 'Maximiliane Freifrau von Oberst-Hohenlohe', 'Bo Øst'];
const workTypes = ['Remote', 'On-site', 'Emergency'];

/** A client with long names, and so many lines of work in March; everything else that a page can show. */
export async function makeSample(
  lines: number,
  locale: 'en' | 'fr',
  now = '2026-12-31T00:00:00.000Z',
): Promise<Statement> {
  const bench = await openReportBench({
    locale,
    name: 'Établissements Dupont-Lefebvre & Fils, plomberie, chauffage et climatisation',
  });
  const size = Math.max(10, lines) * 3600;
  await bench.buy('2026-02-10T08:00:00.000Z', {
    id: 'b-1',
    seconds: size / 2,
    rateMinor: 13_000,
    expiresOn: '2026-12-31',
  });
  // Used last, and so it expires.
  const unused = { seconds: 7200, expiresOn: '2026-03-20', priority: 9 };
  await bench.buy('2026-02-11T08:00:00.000Z', { id: 'b-0', ...unused });
  await bench.charge('2026-02-20T09:00:00.000Z', 'old', facts([entry()]));
  await bench.buy('2026-03-02T08:00:00.000Z', {
    id: 'b-2',
    seconds: size,
    expiresOn: '2027-02-28',
  });
  for (let index = 0; index < lines; index += 1) {
    const day = String(1 + Math.floor((index * 30) / lines)).padStart(2, '0');
    const work = entry({
      sourceId: `e${index}`,
      startedAt: `2026-03-${day}T10:00:00.000Z`,
      seconds: 900 + 600 * (index % 7),
      technician: technicians[index % technicians.length] ?? '',
      // Travel is free.
      workType: index % 10 === 9 ? 'Travel' : (workTypes[index % workTypes.length] ?? ''),
    });
    const ticket = ticketOf(index);
    const made = facts(
      [{ ...work, ticketNumber: `${1000 + ticket}` }],
      rules(index),
      summaries[ticket % 6],
    );
    if (made.ticket !== null) made.ticket.number = `${1000 + ticket}`;
    await bench.charge(`2026-03-${day}T17:00:00.000Z`, `g${index}`, made);
  }
  await bench.charge('2026-03-30T18:00:00.000Z', 'old', facts([entry({ seconds: 2700 })]));
  await bench.adjust('2026-03-30T18:00:00.000Z', -1800, 'Visit of 3 March that was never logged');
  await bench.expire('2026-03-30T18:30:00.000Z', 'b-0');
  const { client, store } = bench;
  return buildStatement(store, { client, month: '2026-03', locale, now });
}

/** A client that has used far more than it bought. */
export async function makeOverageSample(locale: 'en' | 'fr'): Promise<Statement> {
  const bench = await openReportBench({ locale });
  await bench.buy('2026-03-02T08:00:00.000Z', { seconds: 3600 });
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry({ seconds: 41_400 })]));
  const { client, store } = bench;
  const now = '2026-03-30T19:00:00.000Z';
  return buildStatement(store, { client, month: '2026-03', locale, now });
}

/** Of ten lines, the first five are of five tickets and the rest of one. */
function ticketOf(index: number): number {
  return Math.floor(index / 10) * 6 + Math.min(index % 10, 5);
}

function rules(index: number) {
  const multipliers = [{ workType: null, role: null, outside: closed, factorThousandths: 1500 }];
  return index % 5 === 0 ? { multipliers } : {};
}

/** The page of a month that still runs, with all that it tells of the days to come. */
export function pageOf(statement: Statement): string {
  return statementToHtml(statement, { sender, outlook: statement.provisional ? outlook : null });
}

/** What is published of it, with as much as can be shown; the logo is a file beside it. */
export function currentPageOf(statement: Statement): string {
  const open = Array.from({ length: statement.lines.length / 3 }, (_, index) => ({
    ticketNumber: `${2000 + index}`,
    summary: summaries[index % summaries.length] ?? null,
    technicians: technicians.slice(0, 1 + (index % 2)),
    workedSeconds: 5400,
    pendingSeconds: 6300,
  }));
  return currentPageToHtml(statement, {
    sender: { ...sender, logo: 'logo-0123456789abcdef.svg' },
    outlook: { ...outlook, open },
    at: '2026-03-30T19:00:00.000Z',
  });
}

const outlook: Outlook = {
  asOf: '2026-03-30',
  open: [1, 2].map((number) => ({
    ticketNumber: `200${number}`,
    summary: summaries[number] ?? null,
    technicians: technicians.slice(0, number),
    workedSeconds: 5400,
    pendingSeconds: 6300,
  })),
  openSeconds: 12_600,
  projectedSeconds: 9000,
  runOut: { runOutOn: '2026-04-14', earliestOn: '2026-04-08', latestOn: '2026-04-22' },
  next: {
    offer: ten,
    rule: {
      when: { balance: 'projected', secondsLeft: 4 * 3600 },
      do: ['alert', 'invoice'],
      offer: ten,
      tell: ['msp'],
    },
  },
  saving: {
    offer: { ...ten, seconds: 50 * 3600, rateMinor: 11_000 },
    boughtSeconds: 60 * 3600,
    minor: 60_000,
  },
};

/** The MSP's list: long names, overage, money, a client that has used nothing yet. */
export function sampleIndex(locale: 'en' | 'fr'): string {
  const balance = (index: number, name: string, change: Partial<ClientBalance>): ClientBalance => ({
    client: { ...sampleClient(), id: `c${index}`, name },
    settledSeconds: 27_000,
    moneyLeft: new Map(),
    pendingSeconds: 5400,
    overageSeconds: 0,
    projectedSeconds: 21_600,
    runOut: { runOutOn: '2026-05-10', earliestOn: '2026-05-01', latestOn: '2026-06-12' },
    blocks: [],
    lastAlert: null,
    markedAt: null,
    ...change,
  });
  const today = { runOutOn: '2026-03-30', earliestOn: '2026-03-30', latestOn: '2026-03-30' };
  const late = { runOutOn: '2026-09-30', earliestOn: '2026-07-30', latestOn: null };
  const balances = [
    balance(0, 'Établissements Dupont-Lefebvre & Fils, plomberie, chauffage et climatisation', {}),
    balance(1, 'Martin', { settledSeconds: 0, overageSeconds: 8100, runOut: today }),
    balance(2, 'Donaudampfschifffahrtsgesellschaft mbH', { pendingSeconds: 0, runOut: late }),
    balance(3, 'Café Lumière', { moneyLeft: new Map([['EUR', 123_400]]), runOut: null }),
  ];
  const base = 'https://hours.meridian-it-services-and-consulting.example/clients';
  const addresses = balances.map(({ client }, index): [string, string] => {
    return [client.id, pageAddress(base, `${index}`.repeat(32))];
  });
  const reader = { locale, durations: 'clock', timezone: 'Europe/Paris', sender } as const;
  return clientIndexToHtml(balances, new Map(addresses), reader, '2026-03-30T19:00:00.000Z');
}
