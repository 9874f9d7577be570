import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { parse } from 'yaml';
import { registry } from '../../connectors/registry.ts';
import { loadConfig } from '../../src/config/load.ts';
import { environmentNames } from '../../src/config/read/environment.ts';
import { jsonSchemaDocument } from '../../src/config/schema/json-schema.ts';
import { starterConfig } from '../../src/config/write/starter.ts';
import { loadVendors, standsBeside } from '../../src/contract/registry.ts';
import { folderWith } from './load-text.ts';

const vendors = await loadVendors(registry);
/** A payment provider, or an RMM without tickets, is added to the config of a PSA. */
const psas = vendors.filter((vendor) => !standsBeside(vendor));
const folder = join(import.meta.dirname, '../../config');
const example = readFileSync(join(folder, 'connector.example.yaml'), 'utf8');
const published = readFileSync(join(folder, 'connector.schema.json'), 'utf8');
/** The commented Request Tracker connection, uncommented. */
const withRequestTracker = example.replace(/^ {2}# rt:\n(?: {2}# {3}.*\n)+/m, (comment) =>
  comment.replace(/^ {2}# /gm, '  '),
);

/** The commented second connection, business hours and multipliers, uncommented. */
const withSwitchedOn = example
  .replace(/^ {2}# rmm:\n(?: {2}# {3}.*\n)+/m, (comment) => comment.replace(/^ {2}# /gm, '  '))
  .replace(/^# businessHours:\n(?:# {3}.*\n)+/m, (comment) => comment.replace(/^# /gm, ''))
  .replace(/^ {4}# multipliers:.*\n(?: {4}# {3}.*\n)+/m, (comment) =>
    comment.replace(/^ {4}# /gm, '    '),
  )
  .replace('ids: { psa: 1234 } # the', 'ids: { psa: 1234, rmm: 17 } # the');

/** The commented subsidiary and block of money, uncommented. */
const withMore = example
  .replace(/^ {2}# - name: [\s\S]+/m, (comment) => comment.replace(/^ {2}# /gm, '  '))
  .replace('  # thousand:', '  thousand:')
  .replace('    # rates:', '    rates:');

const values: Record<string, string> = {
  CW_CLIENT_ID: '0b5a1c3e-0000-4000-8000-000000000000',
  RT_TOKEN: '1-27-0123456789abcdef0123456789abcdef',
};

function load(text: string) {
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
  const base = folderWith({ 'config/connector.yaml': text });
  return loadConfig({
    file: join(base, 'config/connector.yaml'),
    env: Object.fromEntries(names.map((name) => [name, values[name] ?? `value-of-${name}`])),
    vendors,
    isCron: () => true,
    workingFolder: base,
  });
}

function schemaFaults(text: string): string[] {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  ajvFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(published));
  validate(parse(text));
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

describe('the example file', () => {
  test('has no fault', () => {
    const config = load(example);
    expect(config.mode).toBe('observe');
    expect([...config.connections.keys()]).toEqual(['psa']);
    expect(config.agreements.get('standard')?.multipliers).toEqual([]);
    expect(example).not.toMatch(/^[^#]*holidays:/m);
    expect(config.clients.map((client) => client.name)).toEqual([
      'Dupont Plomberie',
      'Martin Consulting',
    ]);
    expect(config.clients[1]?.agreement.rounding).toEqual({
      per: 'ticket',
      incrementSeconds: 900,
      minimumSeconds: 1800,
      graceSeconds: 300,
    });
  });

  test('has no fault with its Request Tracker connection either', () => {
    expect([...load(withRequestTracker).connections.keys()]).toEqual(['psa', 'rt']);
  });

  test('has no fault with a second connection, business hours and multipliers either', () => {
    const { connections, agreements, clients } = load(withSwitchedOn);
    expect([...connections.keys()]).toEqual(['psa', 'rmm']);
    expect(clients[0]?.sourceIds.get('rmm')).toBe('17');
    expect(agreements.get('standard')?.multipliers).toMatchObject([
      { outside: { name: 'office' }, factorThousandths: 2000 },
      { workType: 'On-site', factorThousandths: 1250 },
    ]);
    expect(schemaFaults(withSwitchedOn)).toEqual([]);
  });

  test('has no fault with a block of money and a client that another pays for either', () => {
    const { offers, clients } = load(withMore);
    expect(offers.get('thousand')?.amountMinor).toBe(100_000);
    expect(clients[2]).toMatchObject({ paidBy: { name: 'Dupont Plomberie' }, isSharing: true });
    expect(schemaFaults(withMore)).toEqual([]);
  });

  test('is valid by the published schema, which refuses what it should', () => {
    expect(schemaFaults(example)).toEqual([]);
    expect(schemaFaults(withRequestTracker)).toEqual([]);
    expect(schemaFaults(example.replace('mode: observe', 'mode: sleep'))).not.toEqual([]);
    expect(schemaFaults(example.replace('hours: 10', 'hour: 10'))).not.toEqual([]);
    expect(schemaFaults(example.replace(`\${CW_PRIVATE_KEY}`, 'typed-in'))).not.toEqual([]);
  });
});

describe.each(psas)('the starter file for $id', (vendor) => {
  const file = join(folder, 'starters', `${vendor.id}.yaml`);
  const starter = readFileSync(file, 'utf8');

  test('is current (else run: npm run docs), and at most 20 lines', () => {
    expect(starter).toBe(starterConfig(vendor));
    expect(starter.trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  });

  test('has no fault, one connection, and nothing that costs more by the hour', () => {
    const secret = '1-27-0123456789abcdef0123456789abcdef';
    const names = [...starter.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
    const base = folderWith({ 'config/connector.yaml': starter });
    const config = loadConfig({
      file: join(base, 'config/connector.yaml'),
      env: Object.fromEntries(names.map((name) => [name, secret])),
      vendors,
      isCron: () => true,
      workingFolder: base,
    });
    expect(config.mode).toBe('observe');
    expect([...config.connections.values()].map((one) => one.vendor.id)).toEqual([vendor.id]);
    const [agreement] = config.agreements.values();
    expect([agreement?.multipliers, agreement?.replenish.length]).toEqual([[], 1]);
    expect(schemaFaults(starter)).toEqual([]);
  });
});

test('there is a starter file for each PSA and RMM and for nothing else', () => {
  const files = readdirSync(join(folder, 'starters'));
  expect(files).toEqual(psas.map(({ id }) => `${id}.yaml`).sort());
});

test('the published schema is current (else run: npm run docs)', () => {
  expect(published).toBe(jsonSchemaDocument(vendors));
});

test('.env.example has the names of the example file and those that the program reads', () => {
  const dotenv = readFileSync(join(folder, '../.env.example'), 'utf8');
  const listed = [...dotenv.matchAll(/^(\w+)=(.*)$/gm)];
  const used = [...example.matchAll(/\$\{(\w+)\}/g)].flatMap(([, name = '']) =>
    name === 'NAME' ? [] : [name],
  );
  expect(listed.map(([, name]) => name)).toEqual([
    ...used,
    ...environmentNames.map(({ name }) => name),
  ]);
  expect(listed.every(([, , value]) => value === '')).toBe(true);
  for (const { name, meaning } of environmentNames)
    expect(dotenv).toContain(`# ${meaning}\n${name}=\n`);
});

test('both languages have the same templates, each with a subject and a body', () => {
  // The agreement is a document, not a message.
  const isMessage = (name: string) => name !== 'agreement.eta';
  const names = readdirSync(join(folder, 'templates/en')).filter(isMessage);
  expect(names).toEqual([
    'alert-ticket.eta',
    'client-note.eta',
    'idle-note.eta',
    'idle-ticket.eta',
    'invoice.eta',
    'order-note.eta',
    'order-ticket.eta',
    'overage-invoice.eta',
    'recharge-note.eta',
    'usage-note.eta',
    'usage-ticket.eta',
  ]);
  expect(readdirSync(join(folder, 'templates/fr'))).toEqual(['agreement.eta', ...names]);
  for (const language of ['en', 'fr']) {
    for (const name of names) {
      const text = readFileSync(join(folder, 'templates', language, name), 'utf8');
      expect(text).toMatch(/^subject: .+(\n {2}.+)*\n(\}.+\n)?\n.+/m);
    }
  }
});
