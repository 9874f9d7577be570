import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Browser, findChromium } from '../support/chromium.ts';
import { type SmallMsp, withSmallMsp } from '../support/small-msp.ts';
import { waitUntil } from '../support/wait-until.ts';

const token = 'a-token-for-the-browser';
const more = `web: { listen: "127.0.0.1:0", token: "\${WEB_TOKEN}" }`;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const widths = [1280, 390];

const program = findChromium();
// Said where people look, since a skipped test looks like a passed one.
if (program === null) {
  process.stderr.write(
    'SKIPPED: the status page in a browser. Install it: apt-get install chromium\n',
  );
}
const inBrowser = program === null ? test.skip : test;

let browser: Browser;
beforeAll(async () => {
  if (program !== null) browser = await Browser.open(program);
});
afterAll(() => browser?.close());

/** The address of the page of a running service. */
async function serve(msp: SmallMsp, work: (url: string) => Promise<void>): Promise<void> {
  const service = msp.start('start');
  const address = () => /"url":"(http:[^"]+)"/.exec(service.stderr())?.[1];
  await waitUntil('the page is served', () => address() !== undefined);
  await work(address() ?? '');
  service.kill('SIGTERM');
  expect(await service.done).toMatchObject({ exitCode: 0 });
}

const forbidScript = (value: boolean) =>
  browser.send('Emulation.setScriptExecutionDisabled', { value });

/** Only axe itself may run. */
async function findFaults(): Promise<string[]> {
  await forbidScript(false);
  await browser.evaluate(axe);
  const { violations } = await browser.evaluate<{
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  }>('axe.run(document, { resultTypes: ["violations"] })');
  await forbidScript(true);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}

const isTooWide = () =>
  browser.evaluate<boolean>('document.documentElement.scrollWidth > window.innerWidth');
const heading = () => browser.evaluate<string>('document.querySelector("h1").textContent');

inBrowser(
  'the status page works by keyboard, without script, wide and narrow, and has no fault that axe finds',
  async () => {
    await withSmallMsp({ more, env: { WEB_TOKEN: token } }, async (msp) => {
      await msp.run('run');
      msp.psa.faults.add('unauthorized', { times: 1000 });
      await msp.run('run');
      await serve(msp, async (url) => {
        await forbidScript(true);
        await browser.goTo(url);
        expect(await heading()).toBe('prepaid-hours');
        expect(await findFaults()).toEqual([]);
        // The field has the focus.
        await browser.send('Input.insertText', { text: token });
        await browser.load(() => browser.press('Enter'));
        expect(await heading()).toMatch(/^\d problems? to look at$/);
        for (const scheme of ['light', 'dark']) {
          const features = [{ name: 'prefers-color-scheme', value: scheme }];
          await browser.send('Emulation.setEmulatedMedia', { features });
          for (const width of widths) {
            await browser.resize(width);
            expect([scheme, width, await findFaults()]).toEqual([scheme, width, []]);
            expect([scheme, width, await isTooWide()]).toEqual([scheme, width, false]);
          }
        }
        const focused = () => browser.evaluate<string>('document.activeElement.textContent');
        await browser.press('Tab');
        expect(await focused()).toBe('Refresh');
        await browser.press('Tab');
        expect(await focused()).toBe('Sign out');
        await browser.load(() => browser.press('Enter'));
        expect(await heading()).toBe('prepaid-hours');
      });
    });
  },
  120_000,
);
