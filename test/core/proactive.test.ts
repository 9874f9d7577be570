import { afterEach, expect, test } from '@jest/globals';
import type {
  Agreement,
  BusinessHours,
  ProactiveRules,
} from '../../src/domain/agreements/terms.ts';
import type { TicketRow, TimeEntryRow } from '../../src/domain/records/rows.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { buildProactive, type ClientClasses } from '../../src/reports/proactive/proactive.ts';
import { countSources } from '../../src/reports/proactive/sources.ts';
import { buildStatement } from '../../src/reports/statement/statement.ts';
import { statementToCsv } from '../../src/reports/statement/statement-csv.ts';
import { statementToHtml } from '../../src/reports/statement/statement-html.ts';
import { statementToJson } from '../../src/reports/statement/statement-json.ts';
import type { Statement } from '../../src/reports/statement/statement-shape.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const hour = 3600;
const none: ProactiveRules = { workTypes: [], ticketSources: [], ticketTypes: [], boards: [] };
const monitoring: ProactiveRules = { ...none, ticketSources: ['monitoring'] };
const maintenance: ProactiveRules = { ...none, workTypes: ['Maintenance'] };
const office: BusinessHours = {
  name: 'office',
  week: [0, 1, 2, 3, 4, 5, 6].map(() => [{ fromMinute: 480, toMinute: 1080 }]),
  isHoliday: () => false,
};
const late = { workType: null, role: null, outside: office, factorThousandths: 2000 };

const subject = (proactive: ProactiveRules | null, terms: Partial<Agreement> = {}) =>
  clientOf({
    agreement: agreementOf({ proactive, multipliers: [late], ...terms }),
    openingBlocks: [openingOf(100, { purchasedOn: '2026-01-01' })],
  });

async function openWith(proactive: ProactiveRules | null, terms: Partial<Agreement> = {}) {
  bench = await CoreBench.open({ clients: [subject(proactive, terms)] });
}

let tickets = 0;
/** Two hours on a ticket of its own, charged an hour later. */
async function work(
  startedAt: string,
  ticket: Partial<TicketRow> = {},
  entry: Partial<TimeEntryRow> = {},
): Promise<string> {
  tickets += 1;
  const id = String(tickets);
  bench.at(startedAt);
  bench.psa.ticket(id, ticket);
  bench.psa.log(id, id, startedAt, 120, entry);
  bench.advance(3 * hour);
  bench.psa.close(id);
  await bench.run();
  return id;
}

function statement(month: string): Promise<Statement> {
  const client = bench.client();
  const now = instantFromMs(bench.nowMs);
  return buildStatement(bench.app.store, { client, month, locale: 'en', now });
}

async function report(from: string | null = null): Promise<ClientClasses> {
  const asOf = instantFromMs(bench.nowMs);
  const { clients } = await buildProactive(bench.app.store, {
    ...{ clients: bench.app.clients, from, to: null, asOf },
  });
  const [found] = clients;
  if (found === undefined) throw new Error('no client');
  return found;
}

test('a statement shows the share of its month, and report and statement agree', async () => {
  await openWith(monitoring);
  await work('2026-03-02T09:00:00.000Z', { source: 'Monitoring' });
  await work('2026-03-03T09:00:00.000Z', { source: 'Email' });
  // From 17:00 to 19:00 in Paris.
  await work('2026-03-04T16:00:00.000Z', { source: 'Phone' });
  const { proactive } = await statement('2026-03');
  const seconds = { proactive: 2 * hour, reactive: 3 * hour, emergency: hour };
  expect(proactive).toEqual({ percent: 33, seconds, trend: null });
  expect((await report()).months.at(-1)).toEqual({
    ...{ month: '2026-03', seconds, unknownSeconds: 0, proactivePercent: 33 },
  });
  const html = statementToHtml(await statement('2026-03'));
  expect(html).toContain('>33\u00a0% of the time worked was proactive.</p>');
});

test('a closed month stays as it is when the agreement says otherwise later, or nothing', async () => {
  await openWith(monitoring);
  for (const month of ['01', '02', '03', '04', '05', '06']) {
    await work(`2026-${month}-05T09:00:00.000Z`, { source: 'Monitoring' });
    await work(`2026-${month}-06T09:00:00.000Z`, { source: month < '04' ? 'Email' : 'monitoring' });
  }
  bench.at('2026-07-15T09:00:00.000Z');
  const spell = async () => {
    const one = await statement('2026-06');
    return [statementToHtml(one), statementToCsv(one), statementToJson(one)];
  };
  const before = await spell();
  expect(before[0]).toContain('Over three months: 100\u00a0%; over the three before: 50\u00a0%.');
  for (const rules of [null, none, { ...none, ticketSources: ['Email'] }]) {
    await bench.configure([subject(rules)]);
    await bench.run();
    expect(await spell()).toEqual(before);
  }
  // And a month from before the first rules has no line.
  expect(await statement('2025-12')).not.toHaveProperty('proactive');
});

test('neither new rules nor another source of a ticket move anything that is posted', async () => {
  await openWith(null);
  const id = await work('2026-03-02T09:00:00.000Z', { source: 'Email' });
  const before = await bench.ledger();
  await bench.configure([subject(monitoring)]);
  bench.psa.editTicket(id, { source: 'monitoring' });
  await bench.run();
  expect(await bench.ledger()).toEqual(before);
  expect(await statement('2026-03')).not.toHaveProperty('proactive');
});

test('work from before the rules is known by its work type, or unknown, and then has no share', async () => {
  await openWith(null);
  await work('2026-03-02T09:00:00.000Z', {}, { workType: 'Maintenance' });
  await work('2026-03-03T09:00:00.000Z');
  await bench.configure([subject(maintenance)]);
  expect((await report()).total).toMatchObject({ proactivePercent: 50, unknownSeconds: 0 });
  await bench.configure([subject({ ...maintenance, boards: ['NOC'] })]);
  const { total } = await report();
  expect(total).toMatchObject({ proactivePercent: null, unknownSeconds: 2 * hour });
  expect(total.seconds.proactive).toBe(2 * hour);
});

test('a renamed board keeps its rule, and one that is gone is reported', async () => {
  await openWith({ ...none, boards: ['NOC'] });
  await work('2026-03-02T09:00:00.000Z', { board: 'NOC', ids: { board: '7' } });
  await work('2026-03-03T09:00:00.000Z', { board: 'Operations', ids: { board: '7' } });
  expect((await statement('2026-03')).proactive?.percent).toBe(100);
  expect(bench.nameWarnings().join()).toContain('"NOC" is now called "Operations"');
});

test('a correction of an earlier month moves neither month', async () => {
  await openWith(monitoring);
  const id = await work('2026-03-02T09:00:00.000Z', { source: 'monitoring' });
  await work('2026-04-02T09:00:00.000Z', { source: 'Email' });
  bench.psa.editEntry(id, { seconds: hour });
  await bench.run();
  const shares = (await report('2026-03')).months.map(({ proactivePercent }) => proactivePercent);
  expect(shares).toEqual([100, 0]);
  expect((await statement('2026-04')).proactive?.seconds).toMatchObject({
    ...{ proactive: 0, reactive: 2 * hour },
  });
  expect((await statement('2026-03')).proactive?.seconds.proactive).toBe(2 * hour);
});

test('the trend compares the last three complete months with the three before', async () => {
  await openWith(maintenance);
  for (const month of ['01', '02', '03', '04', '05', '06']) {
    await work(`2026-${month}-05T09:00:00.000Z`);
    if (month > '03') {
      await work(`2026-${month}-06T09:00:00.000Z`, {}, { workType: 'Maintenance' });
    }
  }
  await work('2026-07-05T09:00:00.000Z');
  expect((await report()).trend).toEqual({ percentBefore: 0, percent: 50 });
  // Also when fewer months are shown.
  const short = await report('2026-06');
  expect([short.months.length, short.trend?.percent]).toEqual([2, 50]);
});

test('an alert about idle hours was followed by proactive work, or not before the next one', async () => {
  const idle = { balance: 'settled', idleDays: 30 } as const;
  const rule = { when: idle, do: ['alert' as const], offer: null, tell: ['msp' as const] };
  await openWith(maintenance, { replenish: [rule] });
  const runOn = async (day: string) => {
    bench.at(`${day}T12:00:00.000Z`);
    await bench.run();
    await bench.run();
  };
  await work('2026-03-02T09:00:00.000Z');
  await runOn('2026-04-10');
  await work('2026-04-20T09:00:00.000Z');
  await runOn('2026-06-01');
  await work('2026-06-05T09:00:00.000Z', {}, { workType: 'Maintenance' });
  const { idleAlerts } = await report();
  expect(idleAlerts).toEqual([
    { on: '2026-04-10', followedOn: null },
    { on: '2026-06-01', followedOn: '2026-06-05' },
  ]);
});

test('the sources of the last 90 days are counted with their class', async () => {
  await openWith(monitoring);
  await work('2026-01-02T09:00:00.000Z', { source: 'Fax' });
  await work('2026-05-02T09:00:00.000Z', { source: 'monitoring' });
  await work('2026-05-03T09:00:00.000Z', { source: 'Email' });
  await work('2026-05-04T09:00:00.000Z', { source: 'Email' });
  await work('2026-05-05T09:00:00.000Z');
  const request = { asOf: instantFromMs(bench.nowMs), timezone: 'Europe/Paris' };
  const { since, sources } = await countSources(bench.app.store, bench.app.clients, request);
  const row = { connection: 'psa' };
  expect([since, sources]).toEqual([
    '2026-02-04',
    [
      { ...row, source: 'Email', class: 'reactive', tickets: 2, seconds: 4 * hour },
      { ...row, source: null, class: 'reactive', tickets: 1, seconds: 2 * hour },
      { ...row, source: 'monitoring', class: 'proactive', tickets: 1, seconds: 2 * hour },
    ],
  ]);
});
