import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { lastComparisonKey } from '../../src/reports/notices/reconciliation.ts';
import type { StepResult } from '../../src/service/run/step.ts';
import { entry, facts, makeFolder, openReportBench } from '../reports/report-bench.ts';
import { CliBench } from './cli-bench.ts';

async function benchWithWork(): Promise<CliBench> {
  const bench = await openReportBench();
  await bench.buy('2026-03-01T08:00:00.000Z');
  await bench.charge('2026-03-05T09:00:00.000Z', 'g1', facts([entry({ seconds: 8100 })]));
  return new CliBench(bench);
}

async function addMessage({ bench }: CliBench, key: string, status: 'pending' | 'withheld') {
  const [ledger] = await bench.store.readLedgers([bench.client.id]);
  await bench.store.writeReplenish({
    at: '2026-03-05T10:00:00.000Z',
    runId: 'r1',
    expected: ledger === undefined ? [] : [ledger],
    blocks: [],
    blockStatuses: [],
    postings: [],
    episodes: [],
    messages: [
      {
        key,
        kind: 'alert-ticket',
        clientId: bench.client.id,
        connection: 'psa',
        payload: JSON.stringify({ subject: 'Low\u001b[2J', body: 'line one\nline two' }),
        afterKey: null,
        status,
      },
    ],
    superseded: [],
  });
}

test('balances: a row a client for people, with the last alert', async () => {
  const cli = await benchWithWork();
  await addMessage(cli, 'ph:alert:1', 'withheld');
  const { exitCode, out } = await cli.run(['balances']);
  expect(exitCode).toBe(0);
  expect(out.split('\n')).toEqual([
    'Client            Settled  Pending  Projected  Runs out     Last alert',
    'Dupont Plomberie   7 h 45              7 h 45  from 17 Jun  2026-03-05 (withheld)',
    '',
  ]);
  expect(cli.opened).toMatchObject([{ configFile: 'config/connector.yaml', access: 'read' }]);
  expect(cli.closed).toBe(1);
});

test('balances CLIENT shows the blocks too', async () => {
  const cli = await benchWithWork();
  const { out } = await cli.run(['balances', 'plomb', '--config', 'other.yaml']);
  expect(out).toContain('7 h 45  from 17 Jun\n\nBlock');
  expect(out).toContain('b-1    10 h  €120.00  2026-03-01  never    7 h 45  active');
  expect(cli.opened[0]?.configFile).toBe('other.yaml');
});

test('report forecast: when the hours run out, and how the forecast did on the past', async () => {
  const cli = await benchWithWork();
  const { out } = await cli.run(['report', 'forecast']);
  expect(out).toBe(
    'Client            Projected  Runs out (80 %)\nDupont Plomberie     7 h 45  from 17 Jun\n',
  );
  const tested = await cli.run(['report', 'forecast', 'dupont', '--backtest']);
  expect(tested.out).toMatch(/Forecasts {2}Held {2}Too early {2}Too late {2}Share\n/);
  expect(tested.out).toMatch(/\nAll .* 0 +0 +0 +0\n$/);
  expect(await cli.json(['report', 'forecast', '--backtest'])).toMatchObject({
    clients: [{ client: 'Dupont Plomberie', backtest: { judged: 0, heldShare: null } }],
    backtest: { stated: 0.8, judged: 0, held: 0, early: 0, late: 0, heldShare: null },
  });
});

test('statement: HTML by default, JSON with --json, CSV on demand, a file with --out', async () => {
  const cli = await benchWithWork();
  const march = ['statement', 'dupont', '--month', '2026-03'];
  expect((await cli.run(march)).out).toContain('<!doctype html>');
  expect((await cli.run([...march, '--format', 'csv'])).out).toMatch(/^kind,posted_on,/);
  expect(await cli.json(march)).toMatchObject({
    month: '2026-03',
    client: { id: 'dupont-plomberie' },
  });
  const file = join(makeFolder(), 'march.html');
  const written = await cli.json([...march, '--out', file]);
  expect(written).toEqual({
    client: 'Dupont Plomberie',
    month: '2026-03',
    format: 'html',
    file,
    isProvisional: false,
  });
  expect(readFileSync(file, 'utf8')).toBe((await cli.run(march)).out);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await cli.run([...march, '--json', '--format', 'csv'])).exitCode).toBe(2);
  expect((await cli.run([...march, '--out', join(file, 'x')])).err).toContain('cannot be written');
  expect(await cli.json(['statement', 'dupont'])).toMatchObject({ month: '2026-04' });
});

test('statement: a month that has not begun is refused', async () => {
  const cli = await benchWithWork();
  const { exitCode, err } = await cli.run(['statement', 'dupont', '--month', '2026-05']);
  expect([exitCode, err]).toEqual([2, expect.stringContaining('2026-05 is in the future')]);
});

test('undo: without a run there is nothing to apply', async () => {
  const cli = await benchWithWork();
  const { exitCode, err } = await cli.run(['undo', '--yes']);
  expect([exitCode, err]).toEqual([2, expect.stringContaining('Which run is to be undone?')]);
});

test('statement: the name of the file chooses the format', async () => {
  const cli = await benchWithWork();
  const march = ['statement', 'dupont', '--month', '2026-03'];
  for (const [ending, format] of [
    ['csv', 'csv'],
    ['json', 'json'],
    ['txt', 'text'],
    ['htm', 'html'],
  ] as const) {
    const file = join(makeFolder(), `march.${ending}`);
    expect(await cli.json([...march, '--out', file])).toMatchObject({ format, file });
    const asked = await cli.run([...march, '--format', format]);
    expect(readFileSync(file, 'utf8')).toBe(asked.out);
  }
  const pdf = await cli.run([...march, '--format', 'pdf']);
  expect([pdf.exitCode, pdf.err]).toEqual([2, expect.stringContaining('Add --out FILE.')]);
});

test('statement --all: every client’s, each in a private file of its own', async () => {
  const cli = await benchWithWork();
  const folder = join(makeFolder(), 'march');
  const all = ['statement', '--all', '--month', '2026-03', '--out', folder];
  const { out } = await cli.run(all);
  const file = join(folder, 'dupont-plomberie-2026-03.html');
  expect(out).toBe(`Statement of Dupont Plomberie for 2026-03: ${file}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).toContain('<!doctype html>');
  expect(await cli.json([...all, '--format', 'csv'])).toMatchObject({
    statements: [{ format: 'csv', file: join(folder, 'dupont-plomberie-2026-03.csv') }],
  });
  const refused = [
    ['statement', 'dupont', ...all.slice(1)],
    ['statement', '--all'],
    ['statement'],
    [...all.slice(0, -1), file],
  ];
  for (const line of refused) expect((await cli.run(line)).exitCode).toBe(2);
});

test.each([
  ['publish', '/proc/nobody/site'],
  ['statement', '--all', '--out', '/proc/nobody/x'],
  ['export', 'buyer', '/proc/nobody/x'],
])('%s into a file system of the kernel is refused, and does not try for ever', async (...args) => {
  const { exitCode, err } = await (await benchWithWork()).run(args);
  expect(err).toMatch(/\/proc\/nobody\/\S+ is on a kernel file system/);
  expect(exitCode).toBe(2);
});

test('explain answers in the language asked for', async () => {
  const cli = await benchWithWork();
  const { out } = await cli.run(['explain', 'e1', '--locale', 'fr']);
  expect(out).toContain('Résumé\n  2 h 15 de travail\u00a0; 2 h 15 sur le forfait b-1');
  expect(await cli.json(['explain', 'e1'])).toMatchObject({
    explanations: [{ group: 'g1', locale: 'en', chargedSeconds: 8100 }],
  });
});

test('explain balance tells how a balance on a date came about', async () => {
  const cli = await benchWithWork();
  const on = ['--on', '2026-03-04'];
  const { out } = await cli.run(['explain', 'balance', 'plomb', ...on]);
  expect(out).toContain('Hours bought: +10 h (one posting)\n');
  expect(out).toContain('Balance: 10 h\n');
  const inFrench = await cli.run(['explain', 'balance', 'plomb', ...on, '--locale', 'fr']);
  expect(inFrench.out).toContain('Solde\u00a0: 10 h\n');
  expect(await cli.json(['explain', 'balance', 'dupont'])).toMatchObject({
    on: '2026-04-10',
    openingSeconds: 27_900,
    closing: { settledSeconds: 27_900, overageSeconds: 0, netSeconds: 27_900 },
  });
  expect((await cli.run(['explain', 'balance', 'dupont', '--on', '4 March'])).exitCode).toBe(2);
  const tomorrow = await cli.run(['explain', 'balance', 'dupont', '--on', '2026-04-11']);
  expect(tomorrow.err).toContain('--on: 2026-04-11 is in the future');
  expect(tomorrow.exitCode).toBe(2);
});

test('a balance is asked for in one spelling alone', async () => {
  const cli = await benchWithWork();
  const withDate = await cli.run(['explain', 'plomb', '--on', '2026-03-04']);
  expect(withDate.err).toContain("unknown option '--on'");
  expect(withDate.exitCode).toBe(2);
  expect((await cli.run(['explain', 'e1', 'dupont'])).exitCode).toBe(2);
  const unnamed = await cli.run(['explain', 'balance']);
  expect(unnamed.err).toContain("missing required argument 'client'");
  expect(unnamed.exitCode).toBe(2);
});

test('adjust, block add and block void change the balance, and say so', async () => {
  const cli = await benchWithWork();
  const taken = await cli.run(['adjust', 'dupont', '--hours', '-0.75', '--reason', 'Forgotten']);
  expect(taken.out).toBe('Dupont Plomberie: -45 min; 7 h left.\n');
  expect(cli.opened[0]?.access).toBe('write');
  expect(await cli.json(['adjust', 'dupont', '--hours', '+1', '--reason', 'Gift'])).toMatchObject({
    seconds: 3600,
    settledSeconds: 28_800,
    overageSeconds: 0,
  });
  const added = await cli.json(['block', 'add', 'dupont', '--hours', '5', '--rate', '110.50']);
  expect(added).toMatchObject({ client: 'Dupont Plomberie', seconds: 18_000 });
  const { block } = added as { block: string };
  const [ledger] = await cli.bench.store.readLedgers([cli.bench.client.id]);
  expect(ledger?.blocks.find(({ id }) => id === block)).toMatchObject({
    rateMinor: 11_050,
    purchasedOn: '2026-04-10',
    expiresOn: null,
  });
  expect(await cli.json(['block', 'void', block, '--reason', 'Mistake'])).toEqual({
    block,
    removedSeconds: 18_000,
    removedMinor: null,
  });
  expect((await cli.run(['verify'])).exitCode).toBe(0);
});

test('block void says what a future block was to hold, and which blocks there are', async () => {
  const cli = await benchWithWork();
  const { agreement } = cli.bench.client;
  agreement.rates = { currency: 'EUR', rateMinor: 10_000, workTypes: [] };
  const add = async (...options: string[]) =>
    ((await cli.json(['block', 'add', 'dupont', ...options])) as { block: string }).block;
  const money = await add('--amount', '500.00');
  const later = ['--purchased-on', '2026-06-01'];
  const future = await add('--hours', '5', '--rate', '110', ...later);
  const futureMoney = await add('--amount', '80.00', ...later);
  const { err } = await cli.run(['block', 'void', 'nope', '--reason', 'x']);
  for (const block of [`${money} (€500.00)`, `${future} (5 h from 2026-06-01)`]) {
    expect(err).toContain(`Dupont Plomberie: ${block}`);
  }
  const voided = async (id: string) => (await cli.run(['block', 'void', id, '--reason', 'x'])).out;
  expect(await voided(future)).toBe(`Block ${future} is void; 5 h withdrawn.\n`);
  expect(await voided(futureMoney)).toBe(`Block ${futureMoney} is void; €80.00 withdrawn.\n`);
  expect((await cli.run(['block', 'void', 'nope', '--reason', 'x'])).err).not.toContain(future);
  expect((await cli.run(['verify'])).exitCode).toBe(0);
});

test.each([
  [['adjust', 'dupont', '--hours', '0,5', '--reason', 'x'], '--hours: "0,5" is not a number'],
  [['adjust', 'dupont', '--hours', '2500000000000', '--reason', 'x'], 'is too large'],
  [['block', 'add', 'dupont', '--hours', '1', '--rate', '99999999999'], 'is too large'],
  [['adjust', 'dupont', '--hours', '1', '--reason', ' '], '--reason: give a reason'],
  [['adjust', 'dupont', '--hours', '1'], "required option '--reason <text>' not specified"],
  [['block', 'add', 'dupont', '--hours', '-1', '--rate', '1'], '--hours: must be above zero'],
  [['block', 'add', 'dupont', '--hours', '1', '--rate', '1.234'], '--rate: "1.234"'],
  [['block', 'add', 'dupont', '--amount', '1000'], 'has no rates to pay work by'],
  [['block', 'add', 'dupont', '--hours', '1', '--rate', '-1'], 'cannot be negative'],
  [
    ['block', 'add', 'dupont', '--hours', '1', '--rate', '1', '--expires-on', '2026-02-30'],
    '--expires-on: "2026-02-30" is not a date',
  ],
  [
    ['block', 'add', 'dupont', '--hours', '1', '--rate', '1', '--expires-on', '2026-01-01'],
    'expire before it is purchased',
  ],
  [['block', 'void', 'b-none', '--reason', 'x'], 'There is no block b-none'],
  [['quarantine', 'accept', 'x'], 'ID: "x" is not a whole number'],
  [['quarantine', 'retry', '7'], 'No open quarantine row has the id 7'],
  [['outbox', 'show', 'nope'], 'There is no message "nope"'],
  [['outbox', 'list', '--status', 'odd'], '"odd" is not a valid status'],
])('%j is refused with exit code 2', async (args, message) => {
  const { exitCode, err, out } = await (await benchWithWork()).run(args);
  expect(err).toContain(message);
  expect(exitCode).toBe(2);
  expect(out).toBe('');
});

test('outbox lists, shows, retries and cancels', async () => {
  const cli = await benchWithWork();
  await addMessage(cli, 'ph:alert:1', 'withheld');
  await addMessage(cli, 'ph:alert:2', 'pending');
  expect(await cli.json(['outbox'])).toEqual({
    messages: ['ph:alert:1', 'ph:alert:2'].map((key, index) => ({
      key,
      kind: 'alert-ticket',
      client: 'Dupont Plomberie',
      connection: 'psa',
      status: index === 0 ? 'withheld' : 'pending',
      attempts: 0,
      remoteId: null,
      createdAt: '2026-03-05T10:00:00.000Z',
      lastError: null,
    })),
  });
  expect((await cli.run(['outbox', 'list', '--status', 'pending'])).out).not.toContain('alert:1');
  const shown = await cli.run(['outbox', 'show', 'ph:alert:1']);
  expect(shown.out).toContain('subject      Low\n');
  expect(shown.out).toContain('body         line one\n             line two\n');
  expect(await cli.json(['outbox', 'retry', 'ph:alert:1'])).toEqual({
    key: 'ph:alert:1',
    status: 'pending',
  });
  const again = await cli.run(['outbox', 'retry', 'ph:alert:1']);
  expect(again.exitCode).toBe(2);
  expect(again.err).toContain('Message ph:alert:1 is pending.');
  expect((await cli.run(['outbox', 'cancel', 'ph:alert:1'])).exitCode).toBe(0);
});

test('the start of a message’s key is enough, as long as it is the start of no other', async () => {
  const cli = await benchWithWork();
  await addMessage(cli, 'ph:alert:dupont:1f', 'pending');
  await addMessage(cli, 'ph:alert:dupont:2e', 'withheld');
  expect((await cli.run(['outbox', 'show', 'ph:alert'])).err).toContain(
    'Several keys begin with "ph:alert".',
  );
  expect(await cli.json(['outbox', 'retry', 'ph:alert:dupont:2'])).toEqual({
    key: 'ph:alert:dupont:2e',
    status: 'pending',
  });
});

test('balances shows what waits to be sent and what was refused, and why', async () => {
  const cli = await benchWithWork();
  const { store } = cli.bench;
  await addMessage(cli, 'ph:alert:1', 'pending');
  await addMessage(cli, 'ph:alert:2', 'pending');
  const at = '2026-03-05T10:00:00.000Z';
  await store.claimMessages({
    owner: 'r',
    at,
    staleBefore: at,
    latest: '9999',
    connections: ['psa'],
    limit: 1,
  });
  const refused = { lastError: 'no such board', createAttemptedAt: null };
  await store.settleMessage('ph:alert:1', 'r', at, { status: 'dead', ...refused });
  const { out } = await cli.run(['balances']);
  expect(out).toContain('1 message was rejected: prepaid-hours outbox list --status dead');
  expect(out).toContain('1 message is not sent yet: prepaid-hours outbox list');
  expect(out).toContain('Last error: Dupont Plomberie, alert-ticket: no such board');
  expect(await cli.json(['balances'])).toMatchObject({ messages: { waiting: 1, refused: 1 } });
});

test('quarantine lists what waits, and balances points to it', async () => {
  const cli = await benchWithWork();
  const at = '2026-03-05T10:00:00.000Z';
  const rejected = [{ sourceId: '9', reason: 'end before start', row: null, vendorRow: { id: 9 } }];
  await cli.bench.store.writePage({
    stream: 'timeEntries',
    rows: [],
    connection: 'psa',
    at,
    runId: 'r1',
    rejected,
    since: at,
  });
  expect(await cli.json(['quarantine'])).toMatchObject({
    quarantine: [{ sourceId: '9', reason: 'end before start', status: 'open' }],
  });
  expect((await cli.run(['balances'])).out).toContain(
    '1 quarantined row needs review: prepaid-hours quarantine list',
  );
  expect((await cli.run(['quarantine', 'accept', '1'])).err).toContain('could not be parsed');
  expect((await cli.run(['quarantine', 'retry', '1'])).out).toContain('read again at the next run');
});

test('verify exits 5 on a disagreement', async () => {
  const cli = await benchWithWork();
  expect(await cli.json(['verify'])).toEqual({ ok: true });
  const disagreement = { where: 'ledger 3', detail: 'the hash differs' };
  Object.assign(cli.bench.store, { verify: async () => disagreement });
  const { exitCode, out } = await cli.run(['verify', '--json']);
  expect(exitCode).toBe(5);
  expect(JSON.parse(out)).toEqual({ ok: false, disagreement });
});

test('backup writes a new file and never over an old one', async () => {
  const cli = await benchWithWork();
  const file = join(makeFolder(), 'copy.db');
  expect(await cli.json(['backup', file])).toMatchObject({ file });
  expect(existsSync(file)).toBe(true);
  expect((await cli.run(['backup', file])).exitCode).toBe(2);
});

const found = {
  connection: 'psa',
  kind: 'entry-differs',
  subject: 'time entry 7',
  clientId: null,
  ours: '1 h',
  theirs: '2 h\u001b[2J',
  fix: 'Save it again.',
  seconds: 3600,
};
const comparison: StepResult = {
  step: 'reconcile',
  connection: 'psa',
  requests: 4,
  rows: 9,
  changed: 0,
  quarantined: 0,
  posted: 0,
  messages: 0,
  delivered: 0,
  withheld: 0,
  failed: 0,
  differences: 0,
  durationMs: 5,
  error: null,
};

async function benchWithComparison(isOne: boolean): Promise<CliBench> {
  const bench = await openReportBench();
  const { store } = bench;
  return new CliBench(bench, {
    runOnce: async () => {
      const at = '2026-04-10T01:30:00.000Z';
      if (isOne) await store.writeDifferences([found], { at, runId: 'r-1' });
      const last = JSON.stringify({ at, clients: 143, failed: [] });
      await store.writeMemory('', lastComparisonKey, last, at);
      return { run: 'r-1', ok: true, stopped: false, steps: [comparison], exitCode: 0 };
    },
  });
}

test('reconcile: one line when all agree', async () => {
  const cli = await benchWithComparison(false);
  const { exitCode, out } = await cli.run(['reconcile']);
  expect(out).toBe('143 clients checked, no differences (2026-04-10 01:30 UTC).\n');
  expect(exitCode).toBe(0);
  expect(cli.opened).toMatchObject([{ access: 'write' }]);
  expect((await cli.run(['balances'])).out).toContain(
    'Compared with the PSA on 2026-04-10 01:30 UTC: 143 clients checked, no differences.\n',
  );
});

test('reconcile: the rows and what to do when not, inert, with an exit code of its own', async () => {
  const cli = await benchWithComparison(true);
  const { exitCode, out } = await cli.run(['reconcile']);
  expect(exitCode).toBe(5);
  expect(out.split('\n')).toEqual([
    '143 clients checked, 1 difference, 1 h in total (2026-04-10 01:30 UTC).',
    '',
    'Client     Connection  Kind           About         Here  There',
    '(unknown)  psa         entry-differs  time entry 7  1 h   2 h',
    '',
    'entry-differs: Save it again.',
    '',
  ]);
  const { connection, kind, subject, ours, fix } = found;
  const row = { client: null, connection, kind, subject, ours, theirs: '2 h\u001b[2J', fix };
  expect(await cli.json(['reconcile', '--last'])).toEqual({
    run: null,
    at: '2026-04-10T01:30:00.000Z',
    clients: 143,
    seconds: 3600,
    failed: [],
    differences: [{ ...row, foundAt: '2026-04-10T01:30:00.000Z' }],
  });
  expect(cli.opened.at(-1)).toMatchObject({ access: 'read' });
  expect(await cli.json(['reconcile', 'plomb'])).toMatchObject({ clients: 1, differences: [] });
  expect((await cli.run(['reconcile', 'nobody'])).exitCode).toBe(2);
  expect((await cli.run(['balances'])).out).toContain('See prepaid-hours reconcile --last\n');
  expect(await cli.json(['balances'])).toMatchObject({
    reconciled: { clients: 143, seconds: 3600, differences: 1, failed: [] },
  });
});

test('reconcile says when there is nothing to compare yet', async () => {
  const cli = new CliBench(await openReportBench(), {
    runOnce: async () => ({ run: 'r-1', ok: true, stopped: false, steps: [], exitCode: 0 }),
  });
  expect((await cli.run(['reconcile'])).out).toMatch(/^Nothing has been compared yet: run/);
  expect((await cli.run(['reconcile', '--last'])).out).toMatch(/^Nothing has been compared/);
  expect((await cli.run(['balances'])).out).not.toContain('Compared');
});
