import { describe, expect, test } from '@jest/globals';
import { buildOutlook, type Outlook } from '../../src/reports/statement/outlook.ts';
import { buildStatement } from '../../src/reports/statement/statement.ts';
import { statementToHtml } from '../../src/reports/statement/statement-html.ts';
import { statementToJson } from '../../src/reports/statement/statement-json.ts';
import { agreementOf, ten } from '../support/terms.ts';
import { entry, facts, openReportBench, type ReportBench } from './report-bench.ts';
import { makeSample, pageOf, sender } from './statement-samples.ts';

const later = '2026-12-31T00:00:00.000Z';
const running = '2026-03-20T12:00:00.000Z';

async function htmlOf(bench: ReportBench, month: string, now = later): Promise<string> {
  const { client, store } = bench;
  const { locale } = client;
  const statement = await buildStatement(store, { client, month, locale, now });
  return statementToHtml(statement, { sender, outlook: null });
}

/** What is read, in order. */
function textOf(html: string): string {
  return html
    .replace(/<(style|head)>[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('the figure at the top', () => {
  test('is what is left of the blocks of the month', async () => {
    const bench = await openReportBench();
    await bench.buy('2026-03-02T08:00:00.000Z');
    await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry({ seconds: 5400 })]));
    expect(textOf(await htmlOf(bench, '2026-03'))).toContain(
      'Left on 31 March 2026 8.5 h left of 10 h 1.5 h used',
    );
  });

  test('is never negative', async () => {
    const bench = await openReportBench({ locale: 'fr' });
    await bench.buy('2026-03-02T08:00:00.000Z', { seconds: 3600 });
    await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry({ seconds: 11_700 })]));
    const text = textOf(await htmlOf(bench, '2026-03'));
    expect(text).toContain(
      'Consommé au-delà de vos forfaits au 31 mars 2026 2,25 h de dépassement',
    );
    expect(text).toContain('0 h restantes sur 1 h');
    expect(text).toContain('Solde de clôture 2 h 15 de dépassement');
  });

  test('is one for each kind of hours, which are never added up', async () => {
    const bench = await openReportBench();
    await bench.buy('2026-03-02T08:00:00.000Z', { id: 'b-1' });
    await bench.buy('2026-03-03T08:00:00.000Z', { id: 'b-2', workTypes: ['On-site'] });
    const text = textOf(await htmlOf(bench, '2026-03'));
    expect(text).toContain('Left on 31 March 2026 10 h left of 10 h');
    expect(text).toContain('Left on 31 March 2026, for “On-site” only 10 h left of 10 h');
    expect(text).not.toContain('20 h left');
  });

  test('does not count a block that expired', async () => {
    const bench = await openReportBench();
    await bench.buy('2026-02-02T08:00:00.000Z', { id: 'b-1', expiresOn: '2026-03-10' });
    await bench.buy('2026-03-03T08:00:00.000Z', { id: 'b-2' });
    await bench.expire('2026-03-11T08:00:00.000Z', 'b-1');
    const text = textOf(await htmlOf(bench, '2026-03'));
    expect(text).toContain('10 h left of 10 h');
    expect(text).toContain('10 March 2026 expired');
  });
});

test('in the first month, opening blocks show their day and earlier work is one line', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-03-28T08:00:00.000Z', { purchasedOn: '2026-01-05' });
  const before = ['2026-01-20', '2026-02-20'];
  for (const [index, day] of [...before, '2026-03-10'].entries()) {
    const work = entry({
      sourceId: `e${index}`,
      startedAt: `${day}T10:00:00.000Z`,
      ticketNumber: `${index}`,
    });
    const charge = facts([work], {}, `Ticket of ${day}`);
    if (charge.ticket !== null) charge.ticket.number = `${index}`;
    await bench.charge('2026-03-28T09:00:00.000Z', `g${index}`, charge);
  }
  const text = textOf(await htmlOf(bench, '2026-03'));
  expect(text).toContain('5 January 2026 Block bought +10 h');
  expect(text).toContain('Work before March 2026 (2 tickets) −2 h');
  expect(text).toContain('Work charged in March 2026 (1 ticket) −1 h');
  expect(text).toContain('Ticket of 2026-03-10');
  expect(text).not.toContain('Ticket of 2026-02-20');
});

test('work is grouped by ticket, free work by itself, corrections with their reason', async () => {
  const text = textOf(pageOf(await makeSample(40, 'en')));
  expect(text).toContain('#1005 Server room');
  const [charged = '', rest = ''] = text.split('Included, free of charge');
  expect(charged.match(/#1005 /g)).toHaveLength(1);
  expect(charged).not.toContain('Travel');
  expect(rest).toContain('Monitoring and management included');
  expect(rest).toContain('time worked 1 h → 45 min charged 1 h before, 45 min now');
});

test('it adds up: what is charged by ticket, by work type and by technician is the same', async () => {
  const statement = await makeSample(40, 'en');
  const work = statement.lines.filter(({ kind }) => kind === 'usage');
  const charged = work.reduce((sum, line) => sum + line.chargedSeconds, 0);
  const shared = work.flatMap(({ shares }) => shares);
  expect(shared.reduce((sum, { chargedSeconds }) => sum + chargedSeconds, 0)).toBe(charged);
  for (const line of work) {
    expect(line.shares.reduce((sum, share) => sum + share.workedSeconds, 0)).toBe(
      line.workedSeconds,
    );
  }
});

test('no ID of ours, no script and no other file is in it', async () => {
  const html = pageOf(await makeSample(40, 'fr', '2026-03-30T19:00:00.000Z'));
  expect(html).not.toMatch(/\bb-\d/);
  expect(html).not.toMatch(/<script|<link|url\((?!#)|@import/);
  expect(html.match(/ src="(?!data:)/g)).toBeNull();
});

test('what only the page shows is in no other format', async () => {
  const json = JSON.parse(statementToJson(await makeSample(3, 'en')));
  expect(json).not.toHaveProperty('isFirst');
  expect(json.lines[0]).not.toHaveProperty('shares');
});

describe('what comes next', () => {
  async function outlookOf(offers = [ten]): Promise<{ html: string; outlook: Outlook | null }> {
    const rule = { when: { balance: 'projected', secondsLeft: 7200 }, tell: [] } as const;
    const agreement = agreementOf({ replenish: [{ ...rule, do: ['invoice'], offer: ten }] });
    const bench = await openReportBench({ agreement });
    await bench.buy('2026-01-02T08:00:00.000Z', { id: 'b-1', rateMinor: 13_000 });
    await bench.buy('2026-03-02T08:00:00.000Z', { id: 'b-2', rateMinor: 13_000 });
    const { client, store } = bench;
    const all = [client];
    const byName = new Map(offers.map((offer) => [offer.name, offer]));
    const outlook = await buildOutlook(store, { client, all, offers: byName, now: running });
    const request = { client, month: '2026-03', locale: client.locale, now: running };
    const html = statementToHtml(await buildStatement(store, request), { sender: null, outlook });
    return { html, outlook };
  }

  test('the next block, and what a larger one would have saved on those of the last year', async () => {
    const larger = { ...ten, name: 'twenty', seconds: 72_000, rateMinor: 11_000 };
    const { html } = await outlookOf([ten, larger]);
    const text = textOf(html);
    expect(text).toContain(
      'When 2 h or less are left, we will invoice a block of 10 h for €1,200.00 (€120.00 per hour).',
    );
    expect(text).toContain(
      'The 20 h that you bought in the last 12 months would have cost €400.00 less in blocks of 20 h (€110.00 per hour).',
    );
  });

  test('nothing is said of a larger block that is no larger than needed, or not cheaper', async () => {
    const tooLarge = { ...ten, seconds: 360_000, rateMinor: 11_000 };
    const dearer = { ...ten, seconds: 72_000, rateMinor: 13_000 };
    expect((await outlookOf([tooLarge, dearer])).outlook?.saving).toBeNull();
  });

  test('is not shown for a month that is over', async () => {
    const { outlook } = await outlookOf();
    const march = await makeSample(3, 'en');
    expect(statementToHtml(march, { sender, outlook })).toBe(
      statementToHtml(march, { sender, outlook: null }),
    );
  });
});
