import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { configText, faultsOf, loadText } from './load-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'sender-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';

function makeLogo(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

test('statements name nobody by default, and else the sender with its logo embedded', () => {
  expect(loadText(configText({})).sender).toBeNull();
  const sender = `{ name: Meridian IT, address: [1 High Street, Leeds], email: help@meridian.example, logo: ${makeLogo('logo.svg', svg)} }`;
  expect(loadText(configText({ sender })).sender).toEqual({
    name: 'Meridian IT',
    address: ['1 High Street', 'Leeds'],
    email: 'help@meridian.example',
    phone: null,
    website: null,
    logo: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`,
  });
});

test.each([
  ['png', '\x89PNG\r\n\x1a\n', 'image/png'],
  ['jpg', '\xff\xd8\xff\xe0', 'image/jpeg'],
  ['gif', 'GIF89a', 'image/gif'],
  ['webp', 'RIFF\x00\x00\x00\x00WEBPVP8 ', 'image/webp'],
  ['xml', `<?xml version="1.0"?>\n${svg}`, 'image/svg+xml'],
])('a logo is known by its content: %s', (name, bytes, type) => {
  const logo = makeLogo(`logo-${name}`, Buffer.from(bytes, 'latin1'));
  const { sender } = loadText(configText({ sender: `{ name: M, logo: ${logo} }` }));
  expect(sender?.logo).toMatch(new RegExp(`^data:${type.replace('+', '\\+')};base64,`));
});

test.each([
  ['no such file', '/nowhere/logo.png', 'cannot be read (ENOENT)'],
  ['a page', makeLogo('page.html', '<html><svg></svg></html>'), 'is not a PNG'],
  ['too large', makeLogo('big.gif', `GIF8${'x'.repeat(200_001)}`), 'is larger than 200 kB'],
])('a logo that cannot be used is a fault: %s', (_, logo, message) => {
  const found = faultsOf(configText({ sender: `{ name: M, logo: ${logo} }` }));
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(message);
});

test.each([
  ['email', 'meridian', 'not an email address'],
  ['website', 'javascript:alert(1)', 'not a web address; start it with https://'],
])('a contact that is none is a fault: %s', (key, value, message) => {
  const found = faultsOf(configText({ sender: `{ name: M, ${key}: "${value}" }` }));
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(message);
});
