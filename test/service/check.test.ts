import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { CheckResult, Connector } from '../../src/contract/connector.ts';
import { type ErrorKind, KindError } from '../../src/domain/errors.ts';
import { type CheckOutcome, runCheck } from '../../src/service/check/check.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

type Asked = Pick<Connector, 'check' | 'listNames'>;

const signedIn: CheckResult = { id: 'auth', status: 'ok', detail: 'Signed in.' };

function failing(kind: ErrorKind): () => Promise<never> {
  return async () => {
    throw new KindError(kind, `scripted ${kind}`);
  };
}

/** Checks a config that names the board Help Desk, with connections that answer as told. */
async function check(answers: Record<string, Asked>, file?: string): Promise<CheckOutcome> {
  const applies = { boards: ['Help Desk'], ticketTypes: null, agreements: null };
  const bench = await CoreBench.open({
    clients: [clientOf({ agreement: agreementOf({ applies }) })],
  });
  const connectors = new Map<string, Connector>();
  for (const [name, answer] of Object.entries(answers)) {
    connectors.set(name, { ...bench.psa.connector(), ...answer });
  }
  const config = { ...bench.app.config, file: file ?? bench.app.config.file };
  const signal = new AbortController().signal;
  const options = { isOffline: false, probeClient: null, signal };
  const outcome = await runCheck({ ...bench.app, config, connectors }, options);
  await bench.close();
  return outcome;
}

function failuresOf({ lines }: CheckOutcome): string[] {
  return lines
    .filter((line) => line.status === 'failed')
    .map(({ connection, id }) => `${connection ?? 'config'} ${id}`);
}

const knowsBoards = async (...boards: string[]) => ({
  boards: boards.map((name) => ({ sourceId: null, name })),
});

test('a name that no connection has is wrong, and one of them is enough', async () => {
  const psa = { check: async () => [signedIn], listNames: () => knowsBoards('Service') };
  const rmm = { check: async () => [signedIn], listNames: () => knowsBoards('Help Desk') };
  const alone = await check({ psa });
  expect(failuresOf(alone)).toEqual(['config name.boards']);
  expect(alone.exitCode).toBe(2);
  expect(await check({ psa, rmm })).toMatchObject({ exitCode: 0 });
});

test('a name is not called wrong while a connection that may know it does not answer', async () => {
  const psa = { check: failing('transient'), listNames: () => knowsBoards('Help Desk') };
  const rmm = { check: async () => [signedIn], listNames: () => knowsBoards('All tickets') };
  const outcome = await check({ psa, rmm });
  expect(failuresOf(outcome)).toEqual(['psa transient']);
  expect(outcome.exitCode).toBe(4);
});

test('what was found stays when the names may not be read', async () => {
  const psa = { check: async () => [signedIn], listNames: failing('permission') };
  const outcome = await check({ psa });
  expect(outcome.lines).toContainEqual({ connection: 'psa', ...signedIn });
  expect(failuresOf(outcome)).toEqual(['psa permission']);
  expect(outcome.exitCode).toBe(3);
});

test.each([
  ['auth', 3],
  ['permission', 3],
  ['transient', 4],
  ['rate-limited', 4],
  ['config', 2],
] as const)('signing in that fails with %s exits %i', async (kind, exitCode) => {
  const fix = 'Mend it.';
  const result: CheckResult = { id: 'auth', status: 'failed', detail: 'No.', fix, kind };
  expect(await check({ psa: { check: async () => [result] } })).toMatchObject({ exitCode });
});

test('secrets that others on the machine could read are told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-check-'));
  const secrets = join(folder, '.env');
  writeFileSync(secrets, 'KEY=x\n', { mode: 0o644 });
  const { lines } = await check({}, join(folder, 'connector.yaml'));
  expect(lines).toContainEqual(
    expect.objectContaining({ id: 'file-mode', status: 'warning', fix: `chmod 600 ${secrets}` }),
  );
  rmSync(folder, { recursive: true });
});

/** What check says of Dupont (1) and Martin (2), by the names that the PSA has for the two. */
async function clientLines(names: [string, string]) {
  const bench = await CoreBench.open({
    clients: [
      clientOf({ sourceIds: new Map([['psa', '1']]) }),
      clientOf({ name: 'Martin', sourceIds: new Map([['psa', '2']]) }),
    ],
  });
  bench.psa.clients.push({ sourceId: '1', name: names[0] }, { sourceId: '2', name: names[1] });
  const connector = { ...bench.psa.connector(), check: async () => [signedIn] };
  const signal = new AbortController().signal;
  const options = { isOffline: false, probeClient: null, signal };
  const connectors = new Map([['psa', connector]]);
  const { lines } = await runCheck({ ...bench.app, connectors }, options);
  await bench.close();
  return lines.filter(({ id }) => id === 'client').map(({ status, detail }) => [status, detail]);
}

test('a probe sells, as a test, the product of an offer', async () => {
  const bench = await CoreBench.open();
  bench.app.config.offers = new Map([[ten.name, ten]]);
  const asked: unknown[] = [];
  const probe = async (clientId: string, _: AbortSignal, product?: string | null) => {
    asked.push([clientId, product]);
    return [];
  };
  const connector = { ...bench.psa.connector(), check: async () => [signedIn], probe };
  const { signal } = new AbortController();
  const connectors = new Map([['psa', connector]]);
  const options = { isOffline: false, probeClient: 'Dupont', signal };
  await runCheck({ ...bench.app, connectors }, options);
  expect(asked).toEqual([['1', 'BLOCK-10']]);
  await bench.close();
});

test("the PSA's name of each client is shown beside ours", async () => {
  expect(await clientLines(['DUPONT Plomberie', 'Martin'])).toEqual([
    ['ok', '"Dupont" is 1, whose name there is "DUPONT Plomberie".'],
    ['ok', '"Martin" is 2, whose name there is "Martin".'],
  ]);
});

test('a client whose id belongs to another name is warned of, and two swapped ids fail', async () => {
  const other = await clientLines(['Stranger', 'Martin']);
  expect(other.map(([status]) => status)).toEqual(['warning', 'ok']);
  const swapped = await clientLines(['Martin', 'Dupont']);
  expect(swapped.map(([status]) => status)).toEqual(['failed', 'failed']);
});

test('an id that is gone is told with the id that the name has now', async () => {
  const bench = await CoreBench.open();
  const listClients = async () => [{ sourceId: '7', name: 'dupont' }];
  const connector = { ...bench.psa.connector(), check: async () => [signedIn], listClients };
  const signal = new AbortController().signal;
  const options = { isOffline: false, probeClient: null, signal };
  const { lines } = await runCheck(
    { ...bench.app, connectors: new Map([['psa', connector]]) },
    options,
  );
  expect(lines.find(({ id }) => id === 'client')).toMatchObject({
    status: 'failed',
    fix: expect.stringContaining('psa: 7 under its ids and add formerIds: { psa: 1 }'),
  });
  await bench.close();
});

test('clients with a block of the PSA’s own who are not in the config are named', async () => {
  const bench = await CoreBench.open();
  const connector = bench.psa.connector();
  const listClients = async () => [
    { sourceId: '1', name: 'Dupont' },
    { sourceId: '7', name: 'Martin' },
    { sourceId: '8', name: 'Petit' },
  ];
  const blocks = async function* (clientIds: readonly string[]) {
    const ofMartin = { sourceId: 'a1', name: 'Block 20 h', remainingSeconds: 3600, clientId: '7' };
    yield { rows: clientIds.includes('7') ? [ofMartin] : [], rejected: [] };
  };
  const pull = { ...connector.pull, blocks };
  const psa = { ...connector, check: async () => [signedIn], listClients, pull };
  const signal = new AbortController().signal;
  const options = { isOffline: false, probeClient: null, signal };
  const { lines } = await runCheck({ ...bench.app, connectors: new Map([['psa', psa]]) }, options);
  const found = lines.filter(({ id }) => id === 'client-not-configured');
  expect(found.map(({ detail }) => detail)).toEqual([expect.stringMatching(/config: "Martin"\.$/)]);
  await bench.close();
});

test('what a first live run would send is listed for each client while nothing is sent', async () => {
  const alert = { when: { balance: 'settled', secondsLeft: 36000 }, do: ['alert'] } as const;
  const rule = { ...alert, offer: null, tell: ['msp'] } as const;
  const bench = await CoreBench.open({
    mode: 'observe',
    clients: [clientOf({ agreement: agreementOf({ replenish: [rule] }) })],
  });
  bench.psa.ticket('100');
  bench.psa.log('1', '100', '2026-03-02T08:00:00.000Z', 60);
  bench.psa.close('100');
  await bench.run();
  const signal = new AbortController().signal;
  const ask = async () => {
    const { lines } = await runCheck(bench.app, { isOffline: true, probeClient: null, signal });
    return lines.filter(({ id }) => id === 'going-live').map(({ detail }) => detail);
  };
  expect(await ask()).toEqual([
    'In live mode, these would be sent immediately for "Dupont": alert-ticket.',
  ]);
  bench.setMode('live');
  expect(await ask()).toEqual([]);
  await bench.close();
});

test('a product of an offer or an overage rate that the PSA does not have fails with the place that names it', async () => {
  const overage = { when: 'at-once', daysAfter: 0, rateMinor: 15000, currency: 'EUR' } as const;
  const bench = await CoreBench.open({
    clients: [clientOf({ agreement: agreementOf({ overage: { ...overage, product: 'OVER' } }) })],
  });
  const small = { ...ten, name: 'small', product: 'BLOCK-10' };
  const large = { ...ten, name: 'large', product: 'BLOCK-11' };
  const offers = new Map([small, large].map((offer) => [offer.name, offer]));
  const fix = 'Write the name as the PSA shows it.';
  const proveProduct = async (name: string) => {
    if (name === 'BLOCK-10') return;
    throw new KindError('config', `There is no product "${name}".`, { fix });
  };
  const connector = { ...bench.psa.connector(), check: async () => [signedIn], proveProduct };
  const signal = new AbortController().signal;
  const options = { isOffline: false, probeClient: null, signal };
  const { lines, exitCode } = await runCheck(
    {
      ...bench.app,
      config: { ...bench.app.config, offers },
      connectors: new Map([['psa', connector]]),
    },
    options,
  );
  await bench.close();
  expect(
    lines
      .filter(({ id }) => id.startsWith('name.product'))
      .map((line) => [line.status, line.detail]),
  ).toEqual([
    ['ok', '"BLOCK-10", of the offer "small", can be sold.'],
    ['failed', 'There is no product "BLOCK-11". It is the product of the offer "large".'],
    ['failed', 'There is no product "OVER". It is the product of the overage rate of "Dupont".'],
  ]);
  expect(exitCode).toBe(2);
});

test('what a balance field can show of several kinds of hours is said, and only where there are some', async () => {
  const bench = await CoreBench.open({
    clients: [clientOf({ openingBlocks: [openingOf(5, { workTypes: ['Remote'] })] })],
    balanceField: { connection: 'psa', field: 'Hours left' },
  });
  const options = { isOffline: true, probeClient: null, signal: new AbortController().signal };
  const check = async (clients = bench.app.clients) =>
    (await runCheck({ ...bench.app, clients }, options)).lines.filter(
      ({ id }) => id === 'balance-field',
    );
  const detail = expect.stringMatching(/As a text field, "Hours left" shows each .* of "Dupont"; /);
  expect(await check()).toEqual([{ connection: 'psa', id: 'balance-field', status: 'ok', detail }]);
  expect(
    await check(bench.app.clients.map((client) => ({ ...client, openingBlocks: [] }))),
  ).toEqual([]);
  await bench.close();
});

test('a source that no ticket has come from is warned of, once there are some', async () => {
  const none = { workTypes: [], ticketTypes: [], boards: [] };
  const proactive = { ...none, ticketSources: ['Monitoring', 'Emaill'] };
  const bench = await CoreBench.open({
    clients: [clientOf({ agreement: agreementOf({ proactive }) })],
  });
  const options = { isOffline: true, probeClient: null, signal: new AbortController().signal };
  const warnings = async () =>
    (await runCheck(bench.app, options)).lines
      .filter(({ id }) => id === 'name.ticketSources')
      .map(({ detail, fix }) => `${detail} ${fix}`);
  expect(await warnings()).toEqual([]);
  for (const [id, source] of [
    ['1', 'Email'],
    ['2', 'monitoring'],
  ] as const) {
    bench.psa.ticket(id, { source });
    bench.psa.log(id, id, '2026-03-02T08:00:00.000Z', 30);
  }
  await bench.run();
  expect(await warnings()).toEqual([
    'No ticket has come from the source "Emaill", used in agreement "standard". In the config, did you mean "Email"?',
  ]);
  await bench.close();
});
