import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ConfigError } from '../../src/config/fault.ts';
import { loadConfig } from '../../src/config/load.ts';
import { fakeVendors } from './fake-vendors.ts';
import { configText, faultsOf, folderWith, loadText } from './load-text.ts';

const tooMany =
  '1:1: the file has more than 100000 values, including those repeated by aliases; remove what is not a setting';

/** Each line names the one before nine times. */
function bomb(): string {
  const names = [...'bcdefghij'];
  const lines = names.map((name, index) => {
    const before = [...'abcdefghij'][index];
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`;
  });
  return `a: &a [1, 2, 3]\n${lines.join('\n')}\n`;
}

test.each([
  ['aliases that multiply', bomb()],
  ['an alias very often', `a: &a 1\nb: [${Array(100_000).fill('*a').join(', ')}]\n`],
  ['a hundred thousand keys', Array.from({ length: 100_001 }, (_, i) => `k${i}:`).join('\n')],
])(
  'a file with %s is refused instead of hanging',
  (_, text) => {
    expect(faultsOf(text)).toEqual([tooMany]);
  },
  30_000,
);

test('a file that is not a config, or far too large, is refused before it is read', () => {
  expect(faultsOf(`# ${'x'.repeat(1024 * 1024)}`)[0]).toMatch(/^1:1: the file is larger than 1 MB/);
  const unknown = Array.from({ length: 5_000 }, (_, index) => `key${index}: 1`).join('\n');
  expect(faultsOf(`${configText()}${unknown}\n`)).toHaveLength(100);
});

function loadBytes(files: Record<string, Buffer>) {
  const folder = folderWith({});
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return loadConfig({
    file: join(folder, 'connector.yaml'),
    env: {},
    vendors: fakeVendors,
    isCron: () => true,
    workingFolder: folder,
  });
}

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');

test.each([
  ['in UTF-16', utf16(configText())],
  ['in UTF-16 without a mark', Buffer.from(configText(), 'utf16le')],
  ['in UTF-16 of the other order', utf16(configText()).swap16()],
  ['in a code page', Buffer.from(configText({ locale: 'en # é' }), 'latin1')],
])('a config file %s is to be saved as UTF-8', (_, bytes) => {
  expect(() => loadBytes({ 'connector.yaml': bytes })).toThrow(ConfigError);
  expect(() => loadBytes({ 'connector.yaml': bytes })).toThrow(
    'the file is not UTF-8; save it as UTF-8',
  );
});

test('so is an .env file, and the mark at the head of a UTF-8 file is no part of a name', () => {
  const config = Buffer.from(`\ufeff${configText()}`);
  const env = 'PSA_KEY=abcdefgh-1\n';
  expect(() => loadBytes({ 'connector.yaml': config, '.env': utf16(env) })).toThrow(
    /\.env is not UTF-8; save it as UTF-8\./,
  );
  const loaded = loadBytes({ 'connector.yaml': config, '.env': Buffer.from(`\ufeff${env}`) });
  expect(loaded.secrets).toEqual(['abcdefgh-1']);
});

test('a secret of fewer than eight characters is refused, for it would garble every text', () => {
  expect(faultsOf(configText(), { env: { PSA_KEY: 'a1b2c3d' } })).toEqual([
    expect.stringMatching(/^\S+ PSA_KEY is too short for a secret: with fewer than 8 characters/),
  ]);
  expect(loadText(configText(), { env: { PSA_KEY: 'a1b2c3d4' } }).secrets).toEqual(['a1b2c3d4']);
});

test('a command that sends nothing needs no secrets', () => {
  const file = join(folderWith({ 'connector.yaml': configText() }), 'connector.yaml');
  const options = { file, env: {}, vendors: fakeVendors, isCron: () => true };
  expect(() => loadConfig(options)).toThrow('PSA_KEY is not set');
  expect(loadConfig({ ...options, areSecretsNeeded: false }).clients).toHaveLength(1);
});
