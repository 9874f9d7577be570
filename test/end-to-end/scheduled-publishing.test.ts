import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Status } from '../../src/service/status/status.ts';
import { withSmallMsp } from '../support/small-msp.ts';
import { waitUntil } from '../support/wait-until.ts';

const never = '0 0 1 1 *';
const steps = ['pull', 'debit', 'replenish', 'push', 'sweep', 'reconcile'];
const schedule = `schedule:
${steps.map((step) => `  ${step}: "${never}"`).join('\n')}
  publish: "* * * * * *"
publish: { folder: site, url: "https://hours.example.com" }`;

test('the service publishes by the schedule, and status tells when that fails', async () => {
  await withSmallMsp({ schedule }, async (msp) => {
    const pages = join(dirname(msp.configFile), 'site/pages');
    await msp.run('run');
    const service = msp.start('start');
    const made = () => service.stderr().match(/"Pages published\."/g)?.length ?? 0;
    await waitUntil('they are published twice', () => made() >= 2, 40_000);
    const files = readdirSync(pages).filter((name) => /^[0-9a-f]{32}\.html$/.test(name));
    const texts = files.map((name) => readFileSync(join(pages, name), 'utf8'));
    const owners = texts.map((text) => /class="client">(\w+)</.exec(text)?.[1]);
    expect(owners.sort()).toEqual(['Dupont', 'Martin']);
    // The command works beside the service and names the same files.
    const { pages: listed } = await msp.ask<{ pages: { address: string }[] }>('publish');
    const addresses = listed.map(({ address }) => address);
    expect(addresses.sort()).toEqual(
      files.map((name) => `https://hours.example.com/${name}`).sort(),
    );
    while (existsSync(pages)) rmSync(pages, { recursive: true, force: true });
    writeFileSync(pages, 'no folder');
    await waitUntil('it fails', () => service.stderr().includes('could not be published'));
    service.kill('SIGTERM');
    expect(await service.done).toMatchObject({ exitCode: 0 });
    const { problems } = await msp.ask<Status>('status');
    const failed = expect.stringMatching(/failed: .*pages cannot be created/);
    expect(problems).toMatchObject([{ subject: 'publish', text: failed }]);
  });
}, 120_000);
