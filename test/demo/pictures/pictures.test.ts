/** The README's pictures show what the demo shows now. After a wanted change: `npm run pictures`. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkout } from '../../support/run-command.ts';
import { drawTerminal, drawTicket } from './draw.ts';
import { pictures } from './places.ts';
import { type PictureSources, playPictures } from './sources.ts';
import { hashOf, readStamp, stampPng } from './stamp.ts';

const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-pictures-'));
const read = (file: string) => readFileSync(file, 'utf8');
let sources: PictureSources;

beforeAll(async () => {
  sources = await playPictures(join(folder, 'output'));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the balance is the table that the program prints', () => {
  expect(sources.balance.output).toContain('Dupont Plomberie');
  expect(read(pictures.balance)).toBe(drawTerminal(sources.balance));
});

test('the alert is the ticket in the PSA', () => {
  expect(sources.alert.summary).toMatch(/^Prepaid hours – Dupont Plomberie: /);
  expect(read(pictures.alert)).toBe(drawTicket(sources.alert));
});

test('the statement was photographed from the page that the program writes', () => {
  expect(sources.statement).toContain('Harbour Dental');
  expect(readStamp(readFileSync(pictures.statement))).toBe(hashOf(sources.statement));
});

test('a picture without its hash, or with another one, is out of date', () => {
  const png = readFileSync(pictures.statement);
  expect(readStamp(stampPng(png, 'another'))).toBe('another');
  expect(readStamp(png.subarray(0, 33))).toBeNull();
});

test.each(Object.entries(pictures))('the README shows the %s, which is a small file', (_, file) => {
  const [, alt = ''] =
    new RegExp(`!\\[([^\\]]+)\\]\\(${relative(checkout, file)}\\)`).exec(
      read(join(checkout, 'README.md')),
    ) ?? [];
  expect(alt.length).toBeGreaterThan(20);
  expect(statSync(file).size).toBeLessThan(60_000);
});

test('what the README says of the alert and the statement is in them', () => {
  const readme = read(join(checkout, 'README.md'));
  const [, alert = ''] = /!\[The alert in the PSA: (.+?), and/.exec(readme) ?? [];
  expect(sources.alert.summary.endsWith(`: ${alert}`)).toBe(true);
  const [, left = '', size = ''] = /!\[A statement: (.+?) left of (.+?),/.exec(readme) ?? [];
  const text = sources.statement.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
  expect(text).toContain(`${left} left of ${size}`);
});
