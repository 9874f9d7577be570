import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { type Environment, effectiveEnvironment } from '../../config/read/environment.ts';
import { KindError } from '../../domain/errors.ts';

/** Turns pages into PDF files. */
export interface Printer {
  print(html: string, paper: 'A4' | 'Letter'): Promise<Buffer>;
  close(): Promise<void>;
}

/** Names of Chromium where playwright does not look: on Linux, each distribution has its own. */
const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome', 'microsoft-edge'];

/** Starts this machine's own browser, which prints any number of pages. Throws `config` if there is none. */
export async function openPrinter(configFile: string, env: Environment): Promise<Printer> {
  const browser = await launch(effectiveEnvironment(configFile, env));
  // The pages are our own and have no scripts; whatever a client's texts say, nothing is loaded or run.
  const context = await browser.newContext({ offline: true, javaScriptEnabled: false });
  return {
    async print(html, paper) {
      const page = await context.newPage();
      try {
        await page.setContent(html);
        return await page.pdf({ format: paper, printBackground: true, tagged: true });
      } finally {
        await page.close();
      }
    },
    close: () => browser.close(),
  };
}

async function launch(env: Environment): Promise<Browser> {
  // Loaded where something is printed only: it takes longer than most commands.
  const { chromium } = await import('playwright-core');
  const { CHROME_PATH: named = '' } = env;
  if (named !== '' && !existsSync(named)) {
    throw noBrowser(`CHROME_PATH names ${named}, which does not exist.`);
  }
  const program = named === '' ? findOnPath(env) : named;
  const choices =
    program === null
      ? [{ channel: 'chrome' }, { channel: 'msedge' }]
      : [{ executablePath: program }];
  for (const choice of choices) {
    try {
      return await chromium.launch(choice);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (/^[^\n]*distribution '\w+' is not (?:found|supported)/.test(reason)) continue;
      throw cannotStart(program ?? 'The browser', reason, error);
    }
  }
  throw noBrowser(
    'A PDF is printed by Chromium, Chrome or Edge, and this machine has none of them.',
  );
}

function findOnPath({ PATH = '' }: Environment): string | null {
  const places = PATH.split(delimiter).flatMap((folder) =>
    chromiumNames.map((name) => join(folder, name)),
  );
  return places.find((place) => existsSync(place)) ?? null;
}

function noBrowser(message: string): KindError {
  return new KindError('config', message, {
    fix: 'Install one (Debian and Ubuntu: `apt-get install chromium`), or set CHROME_PATH to its program; or use --format html and print the page from a browser.',
  });
}

function cannotStart(program: string, reason: string, cause: unknown): KindError {
  const [line = ''] = reason.split('\n');
  return new KindError('config', `${program} cannot be started: ${line}`, {
    fix: 'Start it once by hand to see why, or set CHROME_PATH to another one.',
    cause,
  });
}
