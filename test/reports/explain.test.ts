import { expect, test } from '@jest/globals';
import {
  type ExplainRequest,
  type Explanation,
  explain,
} from '../../src/reports/explain/explain.ts';
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
    fallback: { locale: 'en', durations: 'clock', timezone: 'UTC' },
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
      '1 h 07 min 30 s from block b-12ab34cd (20 h at $130.00).',
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
    'total 1 h 07 min 30 s.',
  ]);
  expect(explanation).toMatchObject({
    client: 'Dupont Plomberie',
    title: 'How #1001 Printer on fire was charged',
    chargedSeconds: 4050,
    status: 'posted',
  });
});

test('the same in French', async () => {
  const explanation = await ask(await benchWithCharge(), { locale: 'fr' });
  expect(linesOf(explanation, 'summary')).toEqual([
    '41 min de travail, arrondi par ticket à 45 min\u00a0; hors heures ouvrées ×1,5 = 1 h 07 min 30 s\u00a0; ' +
      '1 h 07 min 30 s sur le forfait b-12ab34cd (20 h à 130,00\u00a0$US).',
  ]);
  expect(explanation.steps[0]?.title).toBe('Résumé');
});

test('where rules differ, the sentence says how much each of them made dearer', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-03-01T08:00:00.000Z');
  const onSite = { workType: 'On-site', role: null, outside: null, factorThousandths: 1250 };
  const work = [entry({ seconds: 2700 }), entry({ sourceId: 'e2', workType: 'On-site' })];
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts(work, { multipliers: [onSite] }));
  expect(linesOf(await ask(bench), 'summary')).toEqual([
    '1 h 45 worked; 1 h work type “On-site” ×1.25; total 2 h; 2 h from block b-1 (10 h at €120.00).',
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
      '2 h from block b-1 (10 h at €120.00).',
  ]);
  expect(linesOf(explanation, 'dear')).toEqual([
    '30 min: no multiplier.',
    '1 h 26 min 40 s added for the minimum of work type “On-site” at ×1.',
    '3 min 20 s added by rounding at ×1.',
    'total 2 h.',
  ]);
  expect(linesOf(explanation, 'covered')[1]).toMatch(
    /role “Trainee”: free: role not covered by the agreement\.$/,
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
  expect(linesOf(changed, 'blocks')).toEqual(['1 h 30 from block b-12ab34cd (20 h at $130.00).']);
  expect(linesOf(changed, 'history')).toEqual([
    'Revision 1, 5 March 2026: 1 h 07 min 30 s charged.',
    'Revision 2, 6 March 2026: 1 h 30 charged, since time worked 41 min → 1 h 30; the multiplier changed.',
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
  expect(linesOf(await ask(bench), 'blocks')).toEqual(['1 h beyond all blocks (overage).']);
  await bench.buy('2026-03-06T09:00:00.000Z');
  expect(linesOf(await ask(bench), 'blocks')).toEqual(['1 h from block b-1 (10 h at €120.00).']);
});

const mixedWork = [
  entry({ seconds: 7200 }),
  entry({ sourceId: 'e2', workType: 'On-site', startedAt: '2026-03-04T14:00:00.000Z' }),
];

test('each work type of a mixed charge names who pays for it, and why others do not', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-03-01T08:00:00.000Z', { workTypes: ['Remote'], expiresOn: '2026-12-31' });
  await bench.buy('2026-03-02T08:00:00.000Z', { id: 'b-2' });
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts(mixedWork));
  const explanation = await ask(bench);
  expect(linesOf(explanation, 'blocks')).toEqual([
    'work type “Remote”: 2 h from block b-1 (10 h at €120.00, for “Remote” only).',
    'work type “On-site”: 1 h from block b-2 (10 h at €120.00).',
    'work type “On-site”: Skipped, limited to other work types: b-1 (for “Remote” only).',
  ]);
  expect(linesOf(explanation, 'summary')).toEqual([
    '3 h worked; work type “Remote”: 2 h from block b-1 (10 h at €120.00, for “Remote” only); ' +
      'work type “On-site”: 1 h from block b-2 (10 h at €120.00).',
  ]);
  expect(linesOf(await ask(bench, { locale: 'fr' }), 'blocks')[2]).toBe(
    'type de travail «\u00a0On-site\u00a0»\u00a0: Non utilisé, réservé à d’autres types de travail\u00a0: ' +
      'b-1 (pour «\u00a0Remote\u00a0» seulement).',
  );
});

test('a work type that one block pays in part is named once for each of its payers', async () => {
  const bench = await openReportBench();
  await bench.buy('2026-03-01T08:00:00.000Z', { seconds: 9000 });
  await bench.buy('2026-03-02T08:00:00.000Z', { id: 'b-2' });
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts(mixedWork));
  expect(linesOf(await ask(bench), 'blocks')).toEqual([
    'work type “Remote”: 2 h from block b-1 (2 h 30 at €120.00).',
    'work type “On-site”: 30 min from block b-1 (2 h 30 at €120.00).',
    'work type “On-site”: 30 min from block b-2 (10 h at €120.00).',
  ]);
});

test('blocks that come first and did not pay are named, each with what kept it then', async () => {
  const bench = await openReportBench();
  const at = '2026-02-01T08:00:00.000Z';
  await bench.buy(at, { id: 'ended', expiresOn: '2026-02-28' });
  await bench.buy(at, { id: 'empty', seconds: 3600, expiresOn: '2026-06-30' });
  await bench.buy(at, { id: 'gone', expiresOn: '2026-07-31' });
  await bench.charge('2026-03-05T08:00:00.000Z', 'g0', facts([entry({ sourceId: 'e0' })]));
  await bench.withdraw('2026-03-05T08:30:00.000Z', 'gone');
  const money = { seconds: 0, amountMinor: 50_000, rateMinor: 0, priority: 1 };
  await bench.buy(at.replace('02-01', '02-02'), { ...money, id: 'dollars', currency: 'USD' });
  await bench.buy(at.replace('02-01', '02-02'), { id: 'paying', priority: 2 });
  const rates = { currency: 'EUR', rateMinor: 12_000, workTypes: [] };
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry()], { rates }));
  await bench.buy('2026-04-01T08:00:00.000Z', { id: 'later' });
  const lines = [
    '1 h from block paying (10 h at €120.00).',
    'Skipped, expired before the work: ended (28 February 2026).',
    'Skipped, nothing left: empty.',
    'Skipped, void: gone.',
    'Skipped, not started yet: later (1 April 2026).',
    'Skipped, the work has no price in its currency: dollars (USD).',
  ];
  expect(linesOf(await ask(bench), 'blocks')).toEqual(lines);
  await bench.withdraw('2026-04-02T08:00:00.000Z', 'ended');
  await bench.charge('2026-04-02T09:00:00.000Z', 'g0', null, 'gone');
  expect(linesOf(await ask(bench), 'blocks')).toEqual(lines);
});

test('of many blocks that had nothing left the last few are named and the others counted', async () => {
  const bench = await openReportBench();
  for (const month of ['1', '2', '3', '4', '5']) {
    const expiresOn = `2026-0${month}-28`;
    await bench.buy(`2026-01-0${month}T08:00:00.000Z`, { id: `b-${month}`, expiresOn });
  }
  const may = entry({ startedAt: '2026-05-04T10:00:00.000Z', workedOn: '2026-05-04' });
  await bench.charge('2026-05-05T09:00:00.000Z', 'g1', facts([may]));
  expect(linesOf(await ask(bench), 'blocks')[1]).toBe(
    'Skipped, expired before the work: b-2 (28 February 2026), b-3 (28 March 2026), ' +
      'b-4 (28 April 2026) and one other.',
  );
});

test('a share that is used up is named where blocks are shared', async () => {
  const bench = await openReportBench({ isSharing: true, share: { seconds: 3600 } });
  await bench.buy('2026-03-01T08:00:00.000Z');
  await bench.charge('2026-03-05T08:00:00.000Z', 'g0', facts([entry({ sourceId: 'e0' })]));
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry()]));
  expect(linesOf(await ask(bench), 'blocks')).toEqual([
    '1 h beyond all blocks (overage).',
    'Skipped, the client’s share is used up: b-1.',
  ]);
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
    'Décompte prévu de 15 min, en attente\u00a0: le ticket est ouvert.',
  );
});

test('an unknown id is a fault of the question', async () => {
  const bench = await openReportBench();
  await expect(ask(bench, { id: 'nope' })).rejects.toMatchObject({ kind: 'config' });
});
