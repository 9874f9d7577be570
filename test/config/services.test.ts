import { expect, test } from '@jest/globals';
import { configText, faultsOf, loadText } from './load-text.ts';

const env = { PSA_KEY: 'a-key-of-the-psa', WEB_TOKEN: 'a-token-of-24-characters' };
const faults = (web: string, more: Record<string, string> = {}) =>
  faultsOf(configText({ web }), { env: { ...env, ...more } }).map((fault) =>
    fault.replace(/^\d+:\d+: /, ''),
  );

test('the status page is off by default, and on loopback unless the config names another address', () => {
  expect(loadText(configText({}), { env }).web).toBeNull();
  const { web, secrets } = loadText(configText({ web: `{ token: "\${WEB_TOKEN}" }` }), { env });
  expect(web).toEqual({ host: '127.0.0.1', port: 8080, token: env.WEB_TOKEN });
  expect(secrets).toContain(env.WEB_TOKEN);
  const other = loadText(configText({ web: `{ listen: "[::]:80", token: "\${WEB_TOKEN}" }` }), {
    env,
  });
  expect(other.web).toMatchObject({ host: '::', port: 80 });
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
