import { expect, test } from '@jest/globals';
import type { Asker } from '../../src/cli/setup/init/asker.ts';
import type { MarkRequest } from '../../src/service/corrections/mark-told.ts';
import type { GoLive } from '../../src/service/go-live/preview.ts';
import type { GoLiveClient } from '../../src/service/go-live/read-clients.ts';
import { sumUp } from '../../src/service/go-live/sum-up.ts';
import { openReportBench } from '../reports/report-bench.ts';
import { CliBench } from './cli-bench.ts';

const level = {
  threshold: 'settled<=7200',
  number: 2,
  level: '2 h',
  pendingSeconds: 0,
  settledSeconds: 3600,
  overageSeconds: 0,
  money: [],
};
const sale = { connection: 'psa', quantity: 2, seconds: 72000, totalMinor: 240000 };

async function openLow(change: Partial<GoLiveClient> = {}) {
  const bench = await openReportBench();
  const marked: MarkRequest[] = [];
  const low: GoLiveClient = {
    client: bench.client.name,
    clientId: bench.client.id,
    left: '1 h',
    projected: '0 h 30',
    levels: [level],
    alerts: [{ connection: 'psa', subject: 'Low' }],
    notes: [],
    invoices: [
      { ...sale, offer: 'ten', product: 'BLOCK-10', currency: 'EUR', isOverage: false },
      { ...sale, offer: 'overage', product: null, currency: 'USD', isOverage: true },
    ],
    balanceFields: [],
    marked: [],
    ...change,
  };
  const preview = (): GoLive => {
    const clients = marked.length === 0 ? [low] : [];
    const rest = { mode: 'observe', firstLiveRunAt: null, exitCode: 0 } as const;
    return { ...rest, clients, summary: sumUp(clients), faults: [] };
  };
  const cli = new CliBench(bench, {
    previewGoLive: async () => preview(),
    markTold: async (_, request) => void marked.push(request),
  });
  return { cli, marked };
}

function askerThat(answers: string, said: string[]): Asker {
  const refuse = () => Promise.reject(new Error('not asked'));
  return {
    say: (text) => void said.push(text),
    text: refuse,
    secret: refuse,
    pickMany: refuse,
    pick: async () => answers,
  };
}

test('each client has a row with its balance, levels and sales; the summary adds up by currency', async () => {
  const { cli } = await openLow();
  const { out, exitCode } = await cli.run(['check', '--go-live']);
  expect(exitCode).toBe(0);
  expect(out).toContain('1 h (0 h 30 projected)');
  expect(out).toContain('2 × ten = 20 h, €2,400.00 (BLOCK-10)');
  expect(out).toContain(
    'Going live now would send 1 alert and 2 invoices (€2,400.00 + $2,400.00).\n',
  );
  expect(out).toContain('--mark does not affect invoices for overage');
  expect(cli.opened.map(({ access }) => access)).toEqual(['read']);
});

test('at a terminal a mark is asked for with what it keeps back; no leaves all as it is', async () => {
  const { cli, marked } = await openLow();
  const said: string[] = [];
  const args = ['check', '--go-live', '--mark'];
  const no = await cli.run(args, { openAsker: async () => askerThat('no', said) });
  expect(no).toMatchObject({ exitCode: 2, out: '' });
  expect(no.err).toContain('nothing was marked');
  expect(said).toEqual([
    expect.stringMatching(/: 1 ticket; invoice 2 × ten = 20 h, €2,400.00 \(BLOCK-10\)$/),
  ]);
  expect(marked).toEqual([]);
  const yes = await cli.run(args, { openAsker: async () => askerThat('yes', said) });
  expect(yes.out).toContain('Going live now would send nothing.');
  expect(marked).toMatchObject([
    { levels: [{ threshold: 'settled<=7200', number: 2, pendingSeconds: 0 }] },
  ]);
});

test('without a terminal a mark needs --yes, and JSON names what was marked', async () => {
  const { cli, marked } = await openLow();
  const unasked = await cli.run(['check', '--go-live', '--mark']);
  expect(unasked).toMatchObject({ exitCode: 2, out: '' });
  expect(unasked.err).toContain('Add --yes');
  expect(marked).toEqual([]);
  expect(await cli.json(['check', '--go-live', '--mark', 'Dupont', '--yes'])).toMatchObject({
    mode: 'observe',
    clients: [],
    summary: { alerts: 0 },
    marked: [{ client: 'Dupont Plomberie', levels: [{ threshold: 'settled<=7200' }] }],
  });
  expect(marked).toHaveLength(1);
});

test('where no level is reached, nothing is asked and nothing marked', async () => {
  const { cli, marked } = await openLow({ levels: [], alerts: [] });
  const { out, exitCode } = await cli.run(['check', '--go-live', '--mark']);
  expect(exitCode).toBe(0);
  expect(out).toContain('Nothing was marked: no threshold is reached that is not marked yet.');
  expect(marked).toEqual([]);
});

test.each([
  ['--mark without --go-live', ['--mark'], 'belong to --go-live'],
  ['--yes without --go-live', ['--yes'], 'belong to --go-live'],
  ['--go-live with --probe', ['--go-live', '--probe', 'x'], '--probe writes to the PSA'],
  ['a client that is not there', ['--go-live', '--mark', 'Nobody'], 'no client "Nobody"'],
])('%s is refused', async (_, options, message) => {
  const { cli, marked } = await openLow();
  const { exitCode, err } = await cli.run(['check', ...options]);
  expect(exitCode).toBe(2);
  expect(err).toContain(message);
  expect(marked).toEqual([]);
});
