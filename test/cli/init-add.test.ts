import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { registry } from '../../connectors/registry.ts';
import { runCli } from '../../src/cli/program.ts';
import { startConnectwiseSandbox } from '../sandbox/connectwise/index.ts';
import { startMeshcentralSandbox } from '../sandbox/meshcentral/index.ts';
import { startNinjaoneSandbox } from '../sandbox/ninjaone/index.ts';
import { startStripeSandbox } from '../sandbox/stripe/index.ts';

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-init-add-'));
  file = join(folder, 'connector.yaml');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const psaKey = 'sandboxPrivate';

function configText(psa: Awaited<ReturnType<typeof startConnectwiseSandbox>>): string {
  const { baseUrl, companyId, clientId } = psa.config;
  return `# ours, with care
timezone: Europe/Paris
currency: EUR # as our invoices
connections:
  # the PSA
  psa:
    vendor: connectwise
    baseUrl: ${baseUrl}
    companyId: ${companyId}
    publicKey: \${PUBLIC}
    privateKey: \${PRIVATE}
    clientId: ${clientId}
    alerts: { board: Billing }

offers:
  ten: { hours: 10, rate: 115.50, product: BLOCK-10 } # since May

agreements:
  standard: {}
  silver: {}

clients:
  # first of all
  - name: Dupont
    ids: { psa: 1 } # by hand
    agreement: silver
  # - name: nobody
`;
}

async function init(...words: string[]) {
  const shown = { out: '', err: '' };
  const exitCode = await runCli(
    {
      vendors: registry,
      service: {} as never,
      send: async () => {},
      out: (text) => {
        shown.out += text;
      },
      err: (text) => {
        shown.err += text;
      },
      isOutTerminal: false,
      isErrTerminal: false,
      columns: 80,
      env: { PUBLIC: 'sandboxPublic', PRIVATE: psaKey },
      signal: new AbortController().signal,
      version: '1',
    },
    ['init', ...words, '--config', file],
  );
  return { exitCode, ...shown };
}

test('init client adds a client with what the PSA’s block has left; all other bytes stay', async () => {
  const psa = await startConnectwiseSandbox();
  try {
    const [, second = 0] = ['Dupont', 'Martin: Söhne'].map((name) =>
      psa.state.addCompany({ name }),
    );
    psa.state.addAgreement({ company: second, name: 'Block', limit: 3.25 });
    const before = configText(psa);
    writeFileSync(file, before);
    const { exitCode, err } = await init('client', '--clients', 'all', '--agreement', 'silver');
    expect([exitCode, err]).toEqual([0, '']);
    const after = readFileSync(file, 'utf8');
    const line = /\n {2}- \{ name: "Martin: Söhne", .+/.exec(after)?.[0] ?? '';
    expect(line).toContain(
      `ids: { psa: ${second} }, agreement: silver, openingBlocks: [{ hours: 3.25`,
    );
    expect(line).toContain('rate: 115.50');
    expect(after.replace(line, '')).toBe(before);

    const again = await init('client', '--clients', 'all');
    expect([again.exitCode, again.err]).toEqual([2, expect.stringContaining('already')]);
    expect((await init('client')).err).toContain('--clients');
    expect(readFileSync(file, 'utf8')).toBe(after);
  } finally {
    await psa.close();
  }
});

test('init client writes the past blocks of one client', async () => {
  const psa = await startConnectwiseSandbox();
  try {
    const ids = ['Dupont', 'Martin', 'Roy'].map((name) => psa.state.addCompany({ name }));
    writeFileSync(file, configText(psa));
    const block = [
      '--past-block',
      '10@120:2025-01-01:2025-12-31',
      '--past-block',
      '5@110:2025-11-01',
    ];
    const refused = await init('client', '--clients', `${ids[1]},${ids[2]}`, ...block);
    expect([refused.exitCode, refused.err]).toEqual([2, expect.stringContaining('one client')]);
    const wrong = await init('client', '--clients', `${ids[1]}`, '--past-block', '10 hours');
    expect(wrong.err).toContain('HOURS@RATE:FIRST-DAY');
    expect((await init('client', '--clients', `${ids[1]}`, ...block)).exitCode).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain(
      'pastBlocks: [{ hours: 10, rate: 120, purchasedOn: 2025-01-01, expiresOn: 2025-12-31 }, ' +
        '{ hours: 5, rate: 110, purchasedOn: 2025-11-01 }]',
    );
  } finally {
    await psa.close();
  }
});

test('init connection adds an RMM, matches clients by name, and says who has no ID there', async () => {
  const psa = await startConnectwiseSandbox();
  const rmm = await startNinjaoneSandbox();
  try {
    psa.state.addCompany({ name: 'Dupont' });
    const id = rmm.state.addOrganization('DUPONT');
    const before = `${configText(psa)}  - { name: Roy, ids: { psa: 2 }, agreement: standard }\n`;
    writeFileSync(file, before);
    const { baseUrl, clientId, clientSecret } = rmm.settings;
    const flags = ['connection', '--connection', 'rmm', '--vendor', 'ninjaone'];
    const missing = await init(...flags);
    expect(missing.exitCode).toBe(2);
    expect(missing.err).toMatch(/--set baseUrl=[\s\S]+--set clientId=[\s\S]+RMM_CLIENT_SECRET/);
    expect(missing.err).not.toContain('alerts');

    const settings = ['--set', `baseUrl=${baseUrl}`, '--set', `clientId=${clientId}`];
    const wrong = await init(...flags, ...settings, '--secret', 'clientSecret=not-the-right-one');
    expect(wrong.exitCode).toBe(3);
    expect(readFileSync(file, 'utf8')).toBe(before);

    const { exitCode, out, err } = await init(
      ...flags,
      ...settings,
      '--secret',
      `clientSecret=${clientSecret}`,
    );
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toContain('1 of 2');
    expect(out).toContain('Roy');
    const after = readFileSync(file, 'utf8');
    const added = after.split('\n').filter((one) => !before.split('\n').includes(one));
    expect(added).toEqual([
      'pushTo: psa',
      '  rmm:',
      '    vendor: ninjaone',
      `    baseUrl: ${baseUrl}`,
      expect.stringMatching(/^ {4}clientId: /),
      `    clientSecret: \${RMM_CLIENT_SECRET} # in .env`,
      `    ids: { psa: 1, rmm: ${id} } # by hand`,
    ]);
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe(`RMM_CLIENT_SECRET=${clientSecret}\n`);
  } finally {
    await psa.close();
    await rmm.close();
  }
});

test('init connection adds a payment provider and finds its customers by name', async () => {
  const psa = await startConnectwiseSandbox();
  const provider = await startStripeSandbox();
  try {
    psa.state.addCompany({ name: 'Dupont' });
    const customer = provider.state.addCustomer('DUPONT');
    writeFileSync(file, configText(psa));
    const { baseUrl, secretKey } = provider.settings;
    const { exitCode, out, err } = await init(
      ...['connection', '--connection', 'pay', '--vendor', 'stripe'],
      ...['--set', `baseUrl=${baseUrl}`, '--secret', `secretKey=${secretKey}`],
    );
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toContain('1 of 1');
    expect(readFileSync(file, 'utf8')).toContain(`pay: ${customer}`);
  } finally {
    await psa.close();
    await provider.close();
  }
});

test('init connection adds MeshCentral and finds its device groups by name, whatever their ids hold', async () => {
  const psa = await startConnectwiseSandbox();
  const rmm = await startMeshcentralSandbox();
  try {
    psa.state.addCompany({ name: 'Dupont' });
    const group = rmm.state.addMesh('DUPONT');
    writeFileSync(file, configText(psa));
    const { baseUrl, user, password } = rmm.settings;
    const { exitCode, out, err } = await init(
      ...['connection', '--connection', 'rmm', '--vendor', 'meshcentral'],
      ...['--set', `baseUrl=${baseUrl}`, '--set', `user=${user}`],
      ...['--secret', `password=${password}`],
    );
    expect([exitCode, err]).toEqual([0, '']);
    expect(out).toContain('1 of 1');
    const { clients, connections } = parse(readFileSync(file, 'utf8'));
    expect(clients[0].ids.rmm).toBe(group);
    expect(connections.rmm).toMatchObject({ user, password: `\${RMM_PASSWORD}` });
  } finally {
    await psa.close();
    await rmm.close();
  }
});
