import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { openReportBench } from '../reports/report-bench.ts';
import { ten } from '../support/terms.ts';
import { CliBench, nowText } from './cli-bench.ts';

const templates = [fileURLToPath(new URL('../../config/templates', import.meta.url))];
const yearly = { ...ten, validForMonths: 12 };

async function openCli(): Promise<CliBench> {
  const cli = new CliBench(await openReportBench());
  cli.config = { mode: 'live', offers: new Map([['ten', yearly]]), templates };
  for (const key of ['first-run', 'first-live-run']) {
    await cli.bench.store.writeMemory('', key, '2026-03-01T08:00:00.000Z', nowText);
  }
  return cli;
}

const sell = ['sell', 'plomb', '--offer', 'ten'];

test('without --yes, sell shows the sale with the command that applies it, and orders nothing', async () => {
  const cli = await openCli();
  const reason = ['--quantity', '2', '--reason', 'First block'];
  const { exitCode, out } = await cli.run([...sell, ...reason], { isOutTerminal: true });
  expect(exitCode).toBe(0);
  expect(out.split('\n')).toEqual([
    'Dupont Plomberie',
    '  Block: 2 × 10 h at €120.00 an hour (offer "ten")',
    '  Price: €2,400.00 before tax',
    '  Invoice: in "psa", paid by the client',
    '  Usable: once the invoice is in "psa"',
    '  Expires: 2027-04-09, if it becomes usable today',
    '  Messages: invoice',
    'Dry run. To apply: prepaid-hours sell "Dupont Plomberie" --offer ten --quantity 2 --reason "First block" --yes',
    '',
  ]);
  expect(await cli.bench.store.listMessages({})).toEqual([]);
});

test('with --yes, sell orders the block and says how to take it back', async () => {
  const cli = await openCli();
  const { out } = await cli.run([...sell, '--yes']);
  expect(out).toMatch(
    /\nOrdered; the next run sends the invoice. To take it back: prepaid-hours undo m-\S+ --yes\n$/,
  );
  const { blocks } = (
    await cli.bench.store.readLedgers([cli.bench.client.id], {
      isAllBlocks: true,
    })
  )[0] ?? { blocks: [] };
  expect(blocks).toMatchObject([{ status: 'ordered', seconds: 36_000, offer: 'ten' }]);
});

test('sell --json is the sale with its run, block and messages', async () => {
  const cli = await openCli();
  expect(await cli.json([...sell, '--yes'])).toEqual({
    ...{ client: 'Dupont Plomberie', offer: 'ten', mode: 'live', connection: 'psa' },
    ...{ quantity: 1, seconds: 36_000, amountMinor: null, rateMinor: 12_000 },
    ...{ totalMinor: 120_000, currency: 'EUR', activate: 'on-invoice', expiresOn: '2027-04-09' },
    ...{ collect: null, needsApproval: false },
    run: expect.stringMatching(/^m-/),
    block: expect.stringMatching(/^b-/),
    messages: [{ kind: 'invoice', status: 'pending', key: expect.stringMatching(/^ph:inv:/) }],
  });
});

test('in observe mode sell says that nothing was ordered', async () => {
  const cli = await openCli();
  cli.config = { ...cli.config, mode: 'observe' };
  const { out } = await cli.run([...sell, '--yes']);
  expect(out).toContain('Observe mode: the messages are withheld and nothing is ordered.');
});

test.each([
  [['--quantity', '0'], 'sell at least one block'],
  [['--recharge'], 'Sell without --recharge'],
  [['--reason', ' '], 'give a reason'],
])('sell %j is a usage error with its fix', async (options, text) => {
  const cli = await openCli();
  const { exitCode, err } = await cli.run([...sell, ...options]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining(text)]);
});

test('block add takes the purpose of a block, with an agreement of the config', async () => {
  const cli = await openCli();
  cli.config = { agreements: new Map([['managed', cli.bench.client.agreement]]) };
  const add = [
    'block',
    'add',
    'plomb',
    '--hours',
    '10',
    '--rate',
    '120',
    '--purpose',
    'onboarding',
  ];
  const refused = await cli.run(add);
  expect(refused.err).toContain(
    'Use --purpose onboarding --followed-by NAME. Agreements: managed.',
  );
  expect((await cli.run([...add, '--followed-by', 'managed'])).exitCode).toBe(0);
  const { clients } = (await cli.json(['balances'])) as { clients: { blocks: object[] }[] };
  expect(clients[0]?.blocks).toMatchObject([{ purpose: 'onboarding', followedBy: 'managed' }]);
});
