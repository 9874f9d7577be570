import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeAllStatements } from '../../src/cli/reports/statement-files.ts';
import type { Client } from '../../src/domain/agreements/terms.ts';
import { openPrinter, type Printer } from '../../src/service/publish/print-pdf.ts';
import { findChromium } from '../support/chromium.ts';
import { makeFolder, openReportBench } from './report-bench.ts';
import { makeSample, pageOf, sampleLocales, sampleSizes, sender } from './statement-samples.ts';

const missing = [
  ...(findChromium() === null ? ['chromium'] : []),
  ...(canReadPdf() ? [] : ['poppler-utils']),
];
// Said where people look, since a skipped test looks like a passed one.
if (missing.length > 0) {
  process.stderr.write(
    `SKIPPED: statements as PDF. Install: apt-get install ${missing.join(' ')}\n`,
  );
}
const onPaper = missing.length > 0 ? describe.skip : describe;

function canReadPdf(): boolean {
  try {
    execFileSync('pdftotext', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

let printer: Printer | undefined;
beforeAll(async () => {
  const file = join(makeFolder(), 'connector.yaml');
  if (missing.length === 0) printer = await openPrinter(file, process.env);
});
afterAll(() => printer?.close());

const texts = {
  en: {
    number: (page: number, pages: number) => `Page ${page} of ${pages}`,
    worked: 'Worked',
    titles: ['Work', 'Included, free of charge', 'Corrections to earlier statements', 'Blocks'],
  },
  fr: {
    number: (page: number, pages: number) => `Page ${page} sur ${pages}`,
    worked: 'Temps passé',
    titles: ['Interventions', 'Inclus, gratuit', 'Corrections de relevés antérieurs', 'Forfaits'],
  },
};

/** The text of each page. */
async function printPages(html: string, paper: 'A4' | 'Letter'): Promise<string[]> {
  const file = join(makeFolder(), 'statement.pdf');
  writeFileSync(file, (await printer?.print(html, paper)) ?? '');
  const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
  return text.split('\f').slice(0, -1);
}

const cases = sampleLocales.flatMap((locale) =>
  sampleSizes.map((lines) => ({ locale, lines }) as const),
);

onPaper.each(cases)('a statement of $lines lines in $locale', ({ locale, lines }) => {
  test.each(['A4', 'Letter'] as const)(
    'is printed on %s',
    async (paper) => {
      const pages = await printPages(pageOf(await makeSample(lines, locale)), paper);
      const { number, worked, titles } = texts[locale];
      expect(pages.length).toBeLessThanOrEqual(Math.floor(lines / 30) + 2);
      const numbered = pages.map((page, index) => page.includes(number(index + 1, pages.length)));
      expect(numbered).toEqual(pages.map(() => true));
      expect(pages.join('\n').match(/^ *Total\b.*$/gm)).toHaveLength(1);
      // The rows of a ticket, and the head that says what its columns are.
      const withRows = pages.filter((page) => /^.*#\d{4} (?!Printer on fire)/m.test(page));
      expect(withRows.map((page) => page.includes(worked))).toEqual(withRows.map(() => true));
      for (const [index, page] of pages.entries()) {
        const rows = page.split('\n').filter((line) => line.trim() !== '');
        // How much is left for the last page depends on the fonts of the machine.
        expect(rows.length).toBeGreaterThan(index < pages.length - 1 ? 6 : 3);
        // Above the foot: no head, and no title, of what is on the next page.
        const last = rows.at(-2) ?? '';
        expect(last).not.toContain(worked);
        expect(titles).not.toContain(last.trim());
      }
    },
    60_000,
  );
});

onPaper('every client’s statement', () => {
  test('is printed by one browser, on the paper of the client’s country, under a name of its own', async () => {
    const bench = await openReportBench({ locale: 'en-US' });
    await bench.buy('2026-03-01T08:00:00.000Z');
    const { client, store } = bench;
    const clients: Client[] = [client, { ...client, name: 'DUPONT – plomberie!', locale: 'fr' }];
    const source = {
      config: { offers: new Map(), sender },
      store,
      clients,
      now: '2026-12-31T00:00:00.000Z',
    };
    const folder = join(makeFolder(), 'statements');
    let opened = 0;
    const openBrowser = async () => {
      opened += 1;
      return openPrinter(join(folder, 'connector.yaml'), process.env);
    };
    const request = { month: '2026-03', format: 'pdf', openBrowser, folder } as const;
    const written = await writeAllStatements(source, request);
    expect(opened).toBe(1);
    const files = ['dupont-plomberie-2026-03.pdf', 'dupont-plomberie-2026-03-2.pdf'];
    expect(written.map(({ file }) => file)).toEqual(files.map((name) => join(folder, name)));
    const papers = written.map(({ file }) => {
      const said = execFileSync('pdfinfo', [file], { encoding: 'utf8' });
      return /^Page size: .*\((\w+)\)/m.exec(said)?.[1];
    });
    expect(papers).toEqual(['letter', 'A4']);
  }, 60_000);
});

test('without a browser it says what to install', async () => {
  const nowhere = join(makeFolder(), 'chromium');
  await expect(openPrinter(nowhere, { CHROME_PATH: nowhere })).rejects.toMatchObject({
    kind: 'config',
    message: `CHROME_PATH names ${nowhere}, which does not exist.`,
    fix: expect.stringContaining('apt-get install chromium'),
  });
});
