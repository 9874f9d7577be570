import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { effectiveEnvironment } from '../../src/config/read/environment.ts';
import { configText, faultsOf, folderWith, key, loadText } from './load-text.ts';

const psa = (settings: string) =>
  `\n  psa: { vendor: fake-psa, baseUrl: "https://psa.example", ${settings} }`;
const text = configText();

function keyOf(config: ReturnType<typeof loadText>): unknown {
  return config.connections.get('psa')?.settings;
}

describe('a reference gets its value', () => {
  test('from .env of the base folder, which the environment overrules', () => {
    const files = { '.env': 'PSA_KEY="from dotenv"\n' };
    expect(keyOf(loadText(text, { files, env: {} }))).toMatchObject({ clientKey: 'from dotenv' });
    expect(keyOf(loadText(text, { files }))).toMatchObject({ clientKey: key });
    expect(process.env.PSA_KEY).toBeUndefined();
  });

  test('from a file that NAME_FILE names, without its last line break', () => {
    const folder = folderWith({ key: 'from file\n' });
    const env = { PSA_KEY_FILE: join(folder, 'key') };
    const config = loadText(text, { env, files: { '.env': 'PSA_KEY=older\n' } });
    expect(keyOf(config)).toMatchObject({ clientKey: 'from file' });
    expect(config.secrets).toEqual(['from file']);
  });

  test('also in the middle of a text that is no secret', () => {
    const connections = psa(`clientKey: "\${PSA_KEY}", alerts: { board: "Billing \${REGION}" }`);
    const config = loadText(configText({ connections }), {
      env: { PSA_KEY: key, REGION: 'North' },
    });
    expect(keyOf(config)).toMatchObject({ alerts: { board: 'Billing North' } });
    expect(config.secrets).toEqual([key]);
  });
});

describe('a reference without a value names the variable and both ways', () => {
  test('when it is not set, or empty as copied from .env.example', () => {
    const ways =
      'set PSA_KEY in the environment or in .env, or set PSA_KEY_FILE to the path of a file that holds the value';
    expect(faultsOf(text, { env: {} })).toEqual([
      `3:71: PSA_KEY is not set; ${ways}`.replace('3:71', faultPlace()),
    ]);
    const files = { '.env': 'PSA_KEY=\n' };
    expect(faultsOf(text, { env: {}, files })[0]).toContain(`PSA_KEY is empty; ${ways}`);
  });

  test('when its file is not there or empty', () => {
    const folder = folderWith({ key: '\n' });
    const missing = faultsOf(text, { env: { PSA_KEY_FILE: join(folder, 'none') } });
    expect(missing[0]).toContain(
      'none, which cannot be read (ENOENT); correct the path or the file',
    );
    const empty = faultsOf(text, { env: { PSA_KEY_FILE: join(folder, 'key') } });
    expect(empty[0]).toContain('key, which is empty; write the value into it');
  });

  function faultPlace(): string {
    const line = text.split('\n').findIndex((one) => one.includes('PSA_KEY'));
    return `${line + 1}:${(text.split('\n')[line] ?? '').indexOf(`"\${PSA_KEY}"`) + 1}`;
  }
});

describe("a secret's value is in no message", () => {
  test('when it is typed into the file, which is a fault', () => {
    const connections = psa('clientKey: hunter2-typed, login: { by: token, token: 20262027 }');
    const faults = faultsOf(configText({ connections }));
    expect(faults.map((fault) => fault.replace(/^\S+ /, ''))).toEqual([
      `clientKey is a secret and must not be in this file; it must be a reference such as \${PSA_CLIENT_KEY}`,
      `token is a secret and must not be in this file; it must be a reference such as \${PSA_TOKEN}`,
    ]);
    expect(faults.join()).not.toMatch(/hunter2|20262027/);
  });

  test('when part of it is typed beside a reference', () => {
    const faults = faultsOf(configText({ connections: psa(`clientKey: "hunter2-\${PSA_KEY}"`) }));
    expect(faults).toHaveLength(1);
    expect(faults.join()).not.toContain('hunter2');
  });

  test('when the vendor quotes it in a message of its own', () => {
    expect(faultsOf(text, { env: { PSA_KEY: 'bad-hunter2' } })[0]).toMatch(
      /: clientKey: \$\{PSA_KEY\} is bad$/,
    );
  });

  test('when a value from the environment fits nothing', () => {
    const connections = psa(
      `clientKey: "\${PSA_KEY}", retries: "\${PSA_KEY}", login: { by: "\${PSA_KEY}" }`,
    ).replace('https://psa.example', `\${PSA_KEY}`);
    const faults = faultsOf(configText({ connections }));
    expect(faults).toHaveLength(3);
    expect(faults.join()).not.toContain(key);
  });

  test.each([
    ['an open quote', 'psa: { clientKey: "hunter2 }\nclients: []'],
    ['a second colon', 'psa: { clientKey: hunter2: hunter2 }'],
    ['a bad first character', 'psa: { clientKey: @hunter2 }'],
    ['a bad escape', 'psa: { clientKey: "\\hunter2" }'],
    ['an unknown tag', 'psa: { clientKey: !hunter2 x }'],
    ['a missing anchor', 'psa: { clientKey: *hunter2 }'],
    ['a text over several lines', 'psa:\n    clientKey: hunter2\n  hunter2\n     hunter2: x: y'],
  ])('when the YAML around it is broken: %s', (_, broken) => {
    const faults = faultsOf(`connections:\n  ${broken}\n`);
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.join()).not.toContain('hunter2');
  });
});

describe('the environment of the program itself', () => {
  test('has the names of .env below those of the process', () => {
    const folder = folderWith({
      '.env': 'LOG_LEVEL=debug\nNO_COLOR=1\n',
      'config/connector.yaml': '',
    });
    const env = effectiveEnvironment(join(folder, 'config/connector.yaml'), { LOG_LEVEL: 'warn' });
    expect(env).toMatchObject({ LOG_LEVEL: 'warn', NO_COLOR: '1' });
  });
});
