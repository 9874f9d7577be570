import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Published } from '../../src/service/publish/publish-pages.ts';
import { entry, facts, makeFolder, openReportBench } from '../reports/report-bench.ts';
import { sender } from '../reports/statement-samples.ts';
import { CliBench } from './cli-bench.ts';

async function benchWithWork(): Promise<CliBench> {
  const bench = await openReportBench();
  await bench.buy('2026-04-01T08:00:00.000Z', { seconds: 36_000 });
  await bench.charge('2026-04-05T09:00:00.000Z', 'g1', facts([entry({ seconds: 8100 })]));
  return new CliBench(bench);
}

interface Answer extends Published {
  revoked: string | null;
}

async function publish(cli: CliBench, ...args: string[]): Promise<Answer> {
  return (await cli.json(['publish', ...args])) as Answer;
}

const namesIn = (folder: string) => readdirSync(join(folder, 'pages')).sort();
const textOf = (file: string) => readFileSync(file, 'utf8');

/** A folder in which the bench's client is published, and its page. */
async function published(cli: CliBench): Promise<{ folder: string; file: string }> {
  const folder = join(makeFolder(), 'site');
  const [page] = (await publish(cli, folder)).pages;
  return { folder, file: page?.file ?? '' };
}

describe('publish', () => {
  test('writes a page with the current balance under a name that nobody can guess', async () => {
    const cli = await benchWithWork();
    const { folder, file } = await published(cli);
    expect(file).toMatch(/\/pages\/[0-9a-f]{32}\.html$/);
    const page = textOf(file);
    expect(page).toContain('<strong>7.75\u00a0h</strong> <span>left of 10\u00a0h</span>');
    expect(page).toContain('Updated on 10 April 2026 at 12:00 (Europe/Paris)');
    expect(page).toMatch(/<meta name="robots" content="noindex">/);
    expect(page).toMatch(/<meta name="referrer" content="no-referrer">/);
    expect(page).not.toMatch(/<script| on\w+=|javascript:|https?:\/\/(?!meridian)/);
    expect(Buffer.byteLength(page)).toBeLessThan(40_000);
    expect(cli.opened.at(-1)?.access).toBe('write');
    expect(readdirSync(folder).sort()).toEqual(['index.html', 'pages']);
  });

  test('keeps the name, and replaces the page', async () => {
    const cli = await benchWithWork();
    const { folder, file } = await published(cli);
    await cli.bench.adjust('2026-04-09T08:00:00.000Z', -3600, 'A visit that was never logged');
    const again = await publish(cli, folder);
    expect(again).toMatchObject({ pages: [{ file }], removed: [], revoked: null });
    expect(textOf(file)).toContain('<strong>6.75\u00a0h</strong>');
    // A folder that was lost is written again under the same names.
    const other = await publish(cli, join(makeFolder(), 'elsewhere'));
    expect(other.pages[0]?.file.split('/').at(-1)).toBe(file.split('/').at(-1));
  });

  test('--revoke gives a new name, deletes the old page, and is listed by a restore', async () => {
    const cli = await benchWithWork();
    const { folder, file } = await published(cli);
    const after = await publish(cli, folder, '--revoke', 'dupont');
    const [page] = after.pages;
    expect(after.revoked).toBe('Dupont Plomberie');
    expect(page?.file).not.toBe(file);
    expect([existsSync(file), existsSync(page?.file ?? '')]).toEqual([false, true]);
    expect(after.removed).toEqual([file.split('/').at(-1)]);
    expect(textOf(after.index)).not.toContain(file.split('/').at(-1));
    expect((await publish(cli, folder)).pages[0]?.file).toBe(page?.file);
    expect(await cli.bench.store.listManualRuns()).toMatchObject([
      {
        command: 'publish --revoke',
        result: '{"ok":true,"request":{"clientId":"dupont-plomberie"}}',
      },
    ]);
    const { out } = await cli.run(['publish', folder, '--revoke', 'dupont']);
    expect(out).toContain('Dupont Plomberie has a new address; send it to them.\n');
    expect((await cli.run(['publish', folder, '--revoke', 'nobody'])).exitCode).toBe(2);
  });

  test('deletes pages of clients that are no longer configured, and no file of others', async () => {
    const cli = await benchWithWork();
    const { folder, file } = await published(cli);
    const left = join(dirname(file), `${'0'.repeat(32)}.html`);
    const half = `${left}.part`;
    const others = ['robots.txt', 'about.html'].map((name) => join(dirname(file), name));
    for (const path of [left, half, ...others]) writeFileSync(path, 'x');
    expect((await publish(cli, folder)).removed).toEqual([`${'0'.repeat(32)}.html`]);
    expect([left, half, ...others].map(existsSync)).toEqual([false, false, true, true]);
  });

  test('shows the folder’s files to nobody: the list of pages is private and outside of it', async () => {
    const cli = await benchWithWork();
    const { folder, file } = await published(cli);
    const name = file.split('/').at(-1) ?? '';
    expect(statSync(join(folder, 'index.html')).mode & 0o777).toBe(0o600);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o755);
    expect(textOf(join(folder, 'index.html'))).toContain(`href="pages/${name}"`);
    expect(namesIn(folder)).toEqual(['404.html', name, 'index.html'].sort());
    for (const shown of ['index.html', '404.html']) {
      const text = textOf(join(folder, 'pages', shown));
      expect(text).toContain('This page does not exist');
      expect(text).not.toMatch(/[0-9a-f]{32}|Dupont/);
    }
  });

  test('refuses a folder with a web site of somebody else', async () => {
    const cli = await benchWithWork();
    const folder = makeFolder();
    writeFileSync(join(folder, 'index.html'), '<h1>Our company</h1>');
    const refused = await cli.run(['publish', folder]);
    expect([refused.exitCode, refused.err]).toEqual([
      2,
      expect.stringContaining('Publish into a folder of its own.'),
    ]);
    expect(textOf(join(folder, 'index.html'))).toBe('<h1>Our company</h1>');
  });

  test('takes folder and address from the config', async () => {
    const cli = await benchWithWork();
    expect((await cli.run(['publish'])).err).toContain('set `publish.folder` in the config');
    const folder = join(makeFolder(), 'site');
    cli.config = { publish: { cron: '', folder, url: 'https://hours.example.com/' } };
    const { pages, index } = await publish(cli);
    const [page] = pages;
    expect(page?.address).toMatch(/^https:\/\/hours\.example\.com\/[0-9a-f]{32}\.html$/);
    expect(textOf(index)).toContain(`href="${page?.address}"`);
    expect((await cli.run(['publish'])).out).toContain(page?.address);
  });

  test('keeps the logo in a file of its own, and deletes it once another one is used', async () => {
    const cli = await benchWithWork();
    cli.config = { sender };
    const { folder, file } = await published(cli);
    const logos = () => namesIn(folder).filter((name) => name.startsWith('logo-'));
    expect(logos()).toEqual([expect.stringMatching(/^logo-[0-9a-f]{16}\.svg$/)]);
    expect(textOf(file)).toContain(`<img src="${logos()[0]}"`);
    expect(textOf(join(folder, 'pages', logos()[0] ?? ''))).toMatch(/^<svg /);
    cli.config = { sender: { ...sender, logo: 'data:image/png;base64,iVBORw0KGgo=' } };
    await publish(cli, folder);
    expect(logos()).toEqual([expect.stringMatching(/^logo-[0-9a-f]{16}\.png$/)]);
  });
});
