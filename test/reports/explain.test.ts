import { expect, test } from '@jest/globals';
import { type ExplainRequest, type Explanation, explain } from '../../src/reports/explain.ts';
import { closed, entry, facts, openReportBench, type ReportBench } from './report-bench.ts';

const afterHours = {
  multipliers: [{ workType: null, role: null, outside: closed, factorThousandths: 1500 }],
};

async function ask(bench: ReportBench, change: Partial<ExplainRequest> = {}): Promise<Explanation> {
  const [explanation] = await explain(bench.store, {
    id: 'g1',
    clients: [bench.client],
    connections: ['psa'],
    locale: null,
    fallback: { locale: 'en', timezone: 'UTC' },
    ...change,
  });
  if (explanation === undefined) throw new Error('nothing was explained');
  return explanation;
}

function linesOf({ steps }: Explanation, name: string): string[] {
  return steps.find(({ step }) => step === name)?.lines ?? [];
}

async function benchWithCharge(): Promise<ReportBench> {
  const bench = await openReportBench();
  const block = { id: 'b-12ab34cd', seconds: 72_000, rateMinor: 13_000, currency: 'USD' };
  await bench.buy('2026-03-01T08:00:00.000Z', block);
  const work = [entry({ seconds: 2460, secondsText: '41 min' })];
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts(work, afterHours));
  return bench;
}

test('one sentence leads from the time worked to the block that paid', async () => {
  const explanation = await ask(await benchWithCharge());
  expect(linesOf(explanation, 'summary')).toEqual([
    '41 min worked, rounded per ticket to 45 min; outside business hours ×1.5 = 1 h 07 min 30 s; ' +
      '1 h 07 min 30 s from block b-12ab34cd (20 h at 130.00 USD).',
  ]);
  expect(linesOf(explanation, 'covered')).toEqual([
    'Ann Lee, 4 March 2026, 41 min (logged as “41 min”), work type “Remote”: covered.',
  ]);
  expect(linesOf(explanation, 'long')).toEqual([
    '41 min worked, rounded per ticket to 45 min (in steps of 15 min, at least 15 min).',
  ]);
  expect(linesOf(explanation, 'dear')).toEqual([
    '41 min: outside business hours ×1.5 = 1 h 01 min 30 s.',
    '4 min added by rounding at ×1.5.',
    'in all 1 h 07 min 30 s.',
  ]);
  expect(explanation).toMatchObject({
    client: 'Dupont Plomberie',
    title: 'Why #1001 Printer on fire cost what it did',
    chargedSeconds: 4050,
    status: 'posted',
  });
});

test('the same in French', async () => {
  const explanation = await ask(await benchWithCharge(), { locale: 'fr' });
  expect(linesOf(explanation, 'summary')).toEqual([
    '41 min de travail, arrondi par ticket à 45 min\u00a0; hors heures ouvrées ×1,5 = 1 h 07 min 30 s\u00a0; ' +
      '1 h 07 min 30 s sur le forfait b-12ab34cd (20 h à 130,00 USD).',
  ]);
  expect(explanation.steps[0]?.title).toBe('En bref');
});

test('where rules differ, the sentence says how much each of them made dearer', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-03-01T08:00:00.000Z');
  const onSite = { workType: 'On-site', role: null, outside: null, factorThousandths: 1250 };
  const work = [entry({ seconds: 2700 }), entry({ sourceId: 'e2', workType: 'On-site' })];
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts(work, { multipliers: [onSite] }));
  expect(linesOf(await ask(bench), 'summary')).toEqual([
    '1 h 45 worked; 1 h work type “On-site” ×1.25; in all 2 h; 2 h from block b-1 (10 h at 120.00 EUR).',
  ]);
});

test('a minimum and a role that decided are told', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-03-01T08:00:00.000Z');
  const work = [
    entry({ seconds: 1800, secondsText: '30 min', workType: 'On-site' }),
    entry({ sourceId: 'e2', seconds: 900, role: 'Trainee' }),
  ];
  const charged = facts(work, {
    workTypeMinimums: [{ workType: 'On-site', seconds: 7000 }],
    roles: { covered: [], excluded: ['Trainee'] },
  });
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', charged);
  const explanation = await ask(bench);
  expect(linesOf(explanation, 'summary')).toEqual([
    '30 min worked, “On-site” counted as at least 1 h 56 min 40 s, rounded per ticket to 2 h; ' +
      '2 h from block b-1 (10 h at 120.00 EUR).',
  ]);
  expect(linesOf(explanation, 'dear')).toEqual([
    '30 min: no multiplier.',
    '1 h 26 min 40 s added up to the minimum of work type “On-site” at ×1.',
    '3 min 20 s added by rounding at ×1.',
    'in all 2 h.',
  ]);
  expect(linesOf(explanation, 'covered')[1]).toMatch(
    /role “Trainee”: free: the agreement does not cover time of this role\.$/,
  );
  const french = await ask(bench, { locale: 'fr' });
  expect(linesOf(french, 'summary')[0]).toMatch(
    /«\u00a0On-site\u00a0» compté pour au moins 1 h 56/,
  );
  expect(linesOf(french, 'dear')[1]).toMatch(/^ajout de 1 h 26 min 40 s jusqu’au minimum/);
});

test.each(['e1', 'g1', 'g1#1'])('the charge is found by %s', async (id) => {
  expect((await ask(await benchWithCharge(), { id })).group).toBe('g1');
});

test('every revision tells what made it differ, and only the last one is charged', async () => {
  const bench = await benchWithCharge();
  await bench.charge('2026-03-06T09:00:00.000Z', 'g1', facts([entry({ seconds: 5400 })]));
  const changed = await ask(bench);
  expect(linesOf(changed, 'blocks')).toEqual([
    '1 h 30 from block b-12ab34cd (20 h at 130.00 USD).',
  ]);
  expect(linesOf(changed, 'history')).toEqual([
    'Revision 1, 5 March 2026: 1 h 07 min 30 s charged.',
    'Revision 2, 6 March 2026: 1 h 30 charged, since time worked 41 min → 1 h 30; another multiplier applies.',
  ]);
  await bench.charge('2026-03-07T09:00:00.000Z', 'g1', null, 'gone');
  const withdrawn = await ask(bench);
  expect(withdrawn.chargedSeconds).toBe(0);
  expect(linesOf(withdrawn, 'summary')).toEqual([]);
  expect(linesOf(withdrawn, 'history').at(-1)).toBe(
    'Revision 3, 7 March 2026: 0 h charged, since withdrawn: the work was deleted or moved elsewhere.',
  );
});

test('overage that a block has paid is told as that block’s', async () => {
  const bench = await openReportBench();
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry()]));
  expect(linesOf(await ask(bench), 'blocks')).toEqual(['1 h beyond every block (overage).']);
  await bench.buy('2026-03-06T09:00:00.000Z');
  expect(linesOf(await ask(bench), 'blocks')).toEqual(['1 h from block b-1 (10 h at 120.00 EUR).']);
});

test('work that waits tells for what', async () => {
  const bench = await openReportBench();
  const at = '2026-03-05T09:00:00.000Z';
  const page = { connection: 'psa', at, runId: 'r1', rejected: [], since: at };
  await bench.store.writePage({
    ...page,
    stream: 'tickets',
    rows: [
      {
        sourceId: 't7',
        number: '1007',
        clientId: '1234',
        summary: 'Slow',
        board: null,
        ticketType: null,
        agreement: null,
        status: 'In Progress\u001b[2J',
        isClosed: false,
        closedAt: null,
        mergedInto: null,
        updatedAt: at,
      },
    ],
  });
  await bench.store.writePage({
    ...page,
    stream: 'timeEntries',
    rows: [
      {
        sourceId: 'e7',
        ticketId: 't7',
        clientId: null,
        technicianId: '1',
        technician: 'Ann Lee',
        startedAt: at,
        endedAt: at,
        isTimed: true,
        seconds: 600,
        secondsText: '10',
        kind: 'work',
        workType: null,
        role: null,
        isBillable: null,
        isApproved: null,
        agreement: null,
        note: null,
        updatedAt: at,
      },
    ],
  });
  await bench.store.writeDebits({
    at,
    runId: 'r1',
    expected: [],
    charges: [],
    postings: [],
    groups: [
      bench.group({
        groupKey: 'g7',
        status: 'pending',
        reason: 'ticket-open',
        pendingSeconds: 900,
      }),
    ],
    removedGroupKeys: [],
    entryGroups: [{ connection: 'psa', entryId: 'e7', groupKey: 'g7', isCharged: false }],
    dirtySeqs: [],
    warnings: [],
  });
  for (const id of ['t7', '1007', 'e7']) {
    const explanation = await ask(bench, { id });
    expect(linesOf(explanation, 'waiting')[0]).toBe(
      'Pending, would cost 15 min: the ticket is open.',
    );
  }
  expect(linesOf(await ask(bench, { id: 't7' }), 'waiting')).toEqual([
    'Pending, would cost 15 min: the ticket is open.',
    'Ticket 1007 is “In Progress”.',
    'Ann Lee, 5 March 2026, 10 min.',
  ]);
  const french = await ask(bench, { id: 't7', locale: 'fr' });
  expect(linesOf(french, 'waiting')[0]).toBe(
    'En attente, coûterait 15 min\u00a0: le ticket est ouvert.',
  );
});

test('an unknown id is a fault of the question', async () => {
  const bench = await openReportBench();
  await expect(ask(bench, { id: 'nope' })).rejects.toMatchObject({ kind: 'config' });
});
