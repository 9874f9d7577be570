import { expect, test } from '@jest/globals';
import { Redactor } from '../../src/domain/redaction.ts';
import { configText, faultsOf, loadText } from './load-text.ts';

const env = { PSA_KEY: 'a-key-of-the-psa', WEB_TOKEN: 'a-token-of-24-characters' };
const faults = (web: string, more: Record<string, string> = {}) =>
  faultsOf(configText({ web }), { env: { ...env, ...more } }).map((fault) =>
    fault.replace(/^\d+:\d+: /, ''),
  );

test('the status page is off by default, and on loopback unless the config names another address', () => {
  expect(loadText(configText({}), { env }).web).toBeNull();
  const { web, secrets } = loadText(configText({ web: `{ token: "\${WEB_TOKEN}" }` }), { env });
  expect(web).toEqual({ host: '127.0.0.1', port: 8080, token: env.WEB_TOKEN, url: null });
  expect(secrets).toContain(env.WEB_TOKEN);
  const other = loadText(configText({ web: `{ listen: "[::]:80", token: "\${WEB_TOKEN}" }` }), {
    env,
  });
  expect(other.web).toMatchObject({ host: '::', port: 80 });
});

test('the public address of the status page is https, and loses the slash at its end', () => {
  const read = (url: string) =>
    loadText(configText({ web: `{ token: "\${WEB_TOKEN}", url: "${url}" }` }), { env }).web?.url;
  expect(read('https://hours.example/page/')).toBe('https://hours.example/page');
  expect(read('http://127.0.0.1:8080')).toBe('http://127.0.0.1:8080');
  expect(() => read('http://hours.example')).toThrow('not an https URL');
});

test.each([
  ['no token', '{}', '"token" is missing; add it: What people enter'],
  [
    'a token in the file',
    '{ token: hunter2-hunter2-hunter2 }',
    `token is a secret and must not be in this file; it must be a reference such as \${WEB_TOKEN}`,
  ],
  ['an unset token', `{ token: "\${WEB_TOKEM}" }`, 'WEB_TOKEM is not set;'],
  [
    'no port',
    `{ listen: localhost, token: "\${WEB_TOKEN}" }`,
    '"localhost" is not an address to listen on',
  ],
  ['a typo', `{ token: "\${WEB_TOKEN}", lisen: x }`, 'unknown key "lisen"; did you mean "listen"?'],
])('a fault is named: %s', (_, web, message) => {
  const found = faults(web);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(message);
  expect(found[0]).not.toContain('hunter2');
});

test('a token that could be guessed is refused, and not quoted', () => {
  const [found] = faults(`{ token: "\${WEB_TOKEN}" }`, { WEB_TOKEN: 'hunter2-hunt' });
  expect(found).toContain('the token is shorter than 16 characters');
  expect(found).not.toContain('hunter2');
});

const notifyFaults = (notify: string, env: Record<string, string>) =>
  faultsOf(configText({ notify }), { env: { PSA_KEY: 'a-key-of-the-psa', ...env } }).map((fault) =>
    fault.replace(/^\d+:\d+: /, ''),
  );

test('notices go to secret addresses, whose paths are secrets too', () => {
  const env = {
    PSA_KEY: 'a-key-of-the-psa',
    HOOK: 'https://hooks.example/T0/a-very-secret-path?x=1',
  };
  const { notify, secrets } = loadText(configText({ notify: `{ webhook: "\${HOOK}" }` }), { env });
  expect(notify).toEqual({ webhook: env.HOOK, ping: null, client: null, after: 3 });
  expect(secrets).toEqual(expect.arrayContaining(['/T0/a-very-secret-path', 'a-very-secret-path']));
  // Its host is none, or every address there would be redacted.
  expect(new Redactor(secrets).redact(`at https://hooks.example/: ${env.HOOK}`)).toBe(
    'at https://hooks.example/: https://hooks.example[secret]',
  );
  expect(loadText(configText({}), { env }).notify).toBeNull();
});

test.each([
  ['http://hooks.example/hunter2', 'the value is not an https URL'],
  ['https://user:hunter2@hooks.example/', 'the value is not an https URL'],
  ['hooks.example/hunter2', 'the value is not an https URL'],
])('an address that would be unsafe is refused, and not quoted: %s', (HOOK, message) => {
  const [found, ...more] = notifyFaults(`{ webhook: "\${HOOK}" }`, { HOOK });
  expect(found).toContain(message);
  expect(found).not.toContain('hunter2');
  expect(more).toEqual([]);
});

test('notices to nobody are a fault', () => {
  expect(notifyFaults('{ after: 2 }', {})).toEqual([
    'nobody is notified; add `webhook`, `ping` or `client`',
  ]);
});

test('the internal client is one of the file by name, or an ID in the PSA that gets alerts', () => {
  const clientOf = (client: string, sections: Record<string, string> = {}) =>
    loadText(configText({ ...sections, notify: `{ client: ${client} }` }), { env }).notify?.client;
  expect(clientOf('19297')).toEqual({ connection: 'psa', sourceId: '19297' });
  expect(clientOf('dupont')).toEqual({ connection: 'psa', sourceId: '1' });

  const rmm = `\n  psa: { vendor: fake-psa, baseUrl: "https://psa.example", clientKey: "\${PSA_KEY}" }\n  rmm: { vendor: fake-rmm, region: eu }`;
  const clients =
    '\n  - { name: Dupont, ids: { psa: 1, rmm: 7 }, agreement: standard, pushTo: rmm }';
  const two = { connections: rmm, clients };
  expect(clientOf('Dupont', two)).toEqual({ connection: 'rmm', sourceId: '7' });
  const notify = '{ client: 19297 }';
  expect(faultsOf(configText({ ...two, notify }), { env })).toEqual([
    expect.stringContaining('no connection for the ticket; add pushTo at the top of the file'),
  ]);
  expect(clientOf('19297', { ...two, pushTo: 'psa' })).toEqual({
    connection: 'psa',
    sourceId: '19297',
  });
});
