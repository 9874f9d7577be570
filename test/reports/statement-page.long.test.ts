import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { noPageToHtml } from '../../src/reports/published/client-index.ts';
import { toLogoFile } from '../../src/service/publish/page-files.ts';
import { Browser, findChromium } from '../support/chromium.ts';
import { makeFolder } from './report-bench.ts';
import {
  currentPageOf,
  makeOverageSample,
  makeSample,
  pageOf,
  sampleIndex,
  sampleLocales,
  sampleSizes,
  sender,
} from './statement-samples.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const widths = [1280, 390];
/** In inches. */
const papers = { A4: [8.27, 11.69], Letter: [8.5, 11] } as const;

const program = findChromium();
// Said where people look, since a skipped test looks like a passed one.
if (program === null) {
  process.stderr.write('SKIPPED: statements in a browser. Install it: apt-get install chromium\n');
}
const inBrowser = program === null ? describe.skip : describe;

let browser: Browser;
beforeAll(async () => {
  if (program !== null) browser = await Browser.open(program);
});
afterAll(() => browser?.close());

const cases: { locale: 'en' | 'fr'; lines: number; now?: string }[] = sampleLocales.flatMap(
  (locale) => sampleSizes.map((lines) => ({ locale, lines })),
);
// One month that still runs, in each language.
cases.push(
  ...sampleLocales.map((locale) => ({ locale, lines: 40, now: '2026-03-30T19:00:00.000Z' })),
);

inBrowser.each(cases)('a statement of $lines lines in $locale', ({ locale, lines, now }) => {
  test('fits a screen and a phone, is readable, and prints on few pages', async () => {
    const file = join(makeFolder(), 'statement.html');
    writeFileSync(file, pageOf(await makeSample(lines, locale, now)));
    for (const width of widths) {
      await browser.resize(width);
      await browser.goTo(pathToFileURL(file).href);
      expect([width, await browser.evaluate<number>(overflow)]).toEqual([width, 0]);
      expect([width, await browser.evaluate<string[]>(brokenWords)]).toEqual([width, []]);
      expect([width, await findFaults()]).toEqual([width, []]);
    }
    for (const [paper, [paperWidth, paperHeight]] of Object.entries(papers)) {
      const pages = await countPages({ paperWidth, paperHeight });
      expect([paper, pages]).toEqual([paper, Math.min(pages, Math.floor(lines / 30) + 2)]);
    }
    // A foot would be printed on every page; the total is a row.
    expect(await browser.evaluate('document.querySelectorAll("tfoot").length')).toBe(0);
    await browser.send('Emulation.setEmulatedMedia', { media: 'print' });
    expect(await browser.evaluate(ticketBreaks)).toEqual(['avoid']);
    await browser.send('Emulation.setEmulatedMedia', { media: '' });
  }, 120_000);
});

inBrowser('what is published', () => {
  /** Opened from a folder as a browser gets it from a server, with the logo beside the page. */
  async function findAllFaults(html: string): Promise<unknown[]> {
    const folder = makeFolder();
    const { name, content } = toLogoFile(sender.logo);
    writeFileSync(join(folder, name), content);
    writeFileSync(join(folder, 'page.html'), html.replace(/logo-[0-9a-f]{16}\.svg/, name));
    const faults: unknown[] = [];
    for (const width of widths) {
      await browser.resize(width);
      await browser.goTo(pathToFileURL(join(folder, 'page.html')).href);
      const missing = await browser.evaluate<number>(missingPictures);
      const broken = await browser.evaluate<string[]>(brokenWords);
      const wide = await browser.evaluate<number>(overflow);
      const stray = await browser.evaluate<string[]>(strayLabels);
      faults.push(...broken, ...stray, ...(await findFaults()), ...[missing, wide].filter(Boolean));
    }
    return faults;
  }

  test.each(sampleLocales.flatMap((locale) => sampleSizes.map((lines) => ({ locale, lines }))))(
    'the current page of $lines lines in $locale is small, fits a screen and a phone, and is readable',
    async ({ locale, lines }) => {
      const statement = await makeSample(lines, locale, '2026-03-30T19:00:00.000Z');
      const html = currentPageOf(statement);
      expect(Buffer.byteLength(html)).toBeLessThanOrEqual(40_000);
      expect(html).not.toMatch(/<script|<link| src="(?!logo-)/);
      expect(await findAllFaults(html)).toEqual([]);
      const [width, height] = papers.A4;
      const pages = await countPages({ paperWidth: width, paperHeight: height });
      expect(pages).toBeLessThanOrEqual(4);
    },
    120_000,
  );

  test.each(sampleLocales)(
    'so does the page of a client that has used more than it bought, in %s',
    async (locale) => {
      const statement = await makeOverageSample(locale);
      expect(await findAllFaults(currentPageOf(statement))).toEqual([]);
    },
    120_000,
  );

  test.each(sampleLocales)(
    'so do the list of all pages, and the one for no page, in %s',
    async (locale) => {
      expect(await findAllFaults(sampleIndex(locale))).toEqual([]);
      const reader = { locale, durations: 'clock', timezone: 'Europe/Paris', sender } as const;
      expect(await findAllFaults(noPageToHtml(reader))).toEqual([]);
    },
    120_000,
  );
});

/** Labels of the picture that lie outside of it. */
const strayLabels = `(() => {
  const box = document.querySelector('.chart')?.getBoundingClientRect();
  return [...document.querySelectorAll('.scale span')]
    .filter((label) => label.getBoundingClientRect().left < box.left - 1)
    .map(({ textContent }) => textContent);
})()`;

const missingPictures =
  '[...document.images].filter(({ naturalWidth }) => naturalWidth === 0).length';

const overflow = 'Math.max(0, document.documentElement.scrollWidth - window.innerWidth)';

/** Words that go on in the next line, but for those that no phone is wide enough for. */
const brokenWords = `(() => {
  const broken = [];
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    for (const { 0: word, index } of node.data.matchAll(/[^\\s\\u00ad-]+/g)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
      if (tops.size > 1 && word.length < 40) broken.push(word);
    }
  }
  return broken;
})()`;

const ticketBreaks = `[...new Set([...document.querySelectorAll('.ticket')].map(
  (group) => getComputedStyle(group).breakInside))]`;

async function findFaults(): Promise<string[]> {
  await browser.evaluate(axe);
  const { violations } = await browser.evaluate<{
    violations: { id: string; nodes: { html: string }[] }[];
  }>('axe.run(document, { resultTypes: ["violations"] })');
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

async function countPages(paper: { paperWidth: number; paperHeight: number }): Promise<number> {
  const { data } = await browser.send('Page.printToPDF', {
    ...paper,
    preferCSSPageSize: false,
    printBackground: false,
  });
  const pdf = Buffer.from(String(data), 'base64').toString('latin1');
  return pdf.match(/\/Type \/Page\b(?!s)/g)?.length ?? 0;
}
