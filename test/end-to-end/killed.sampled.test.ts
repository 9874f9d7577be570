import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Ending, endingOf } from '../support/ending.ts';
import { passSearchLag } from '../support/pass-search-lag.ts';
import type { StartedCommand } from '../support/run-command.ts';
import { sampleSize } from '../support/sample-size.ts';
import { type SmallMsp, withMspHere } from '../support/small-msp.ts';
import { waitUntil } from '../support/wait-until.ts';

let undisturbed: Ending;

beforeAll(async () => {
  await withMspHere({}, async (msp) => {
    const { exitCode } = await msp.run('run');
    expect(exitCode).toBe(0);
    undisturbed = await endingOf(msp);
  });
}, 60_000);

test('an undisturbed first run makes one ticket, its two notes and one invoice', () => {
  expect(undisturbed.tickets).toHaveLength(1);
  expect(undisturbed.notes).toHaveLength(2);
  expect(undisturbed.invoices).toEqual([{ reference: 'ph:inv:dupont:KEY', total: 1200, lines: 1 }]);
});

/** The run is killed, then run again: the ending must be the undisturbed one. */
async function recover(kill: (msp: SmallMsp, run: StartedCommand) => Promise<void>): Promise<void> {
  await withMspHere({}, async (msp) => {
    const run = msp.start('run');
    await kill(msp, run);
    run.kill('SIGKILL');
    const { exitCode } = await run.done;
    expect(exitCode).toBeNull();
    msp.psa.faults.clear();
    msp.rmm.faults.clear();

    // What was being sent is looked for, and written only once the PSA's search has had its time.
    await msp.run('run');
    passSearchLag(msp.store);
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
    expect(await endingOf(msp)).toEqual(undisturbed);
    expect(await msp.ask('verify')).toMatchObject({ ok: true });
  });
}

/** What hurts most comes first, for `npm test` plays only that. */
const answers = [
  ['the invoice', 'psa', 'POST', /finance\/invoices$/],
  ['a page of time', 'psa', 'GET', /time\/entries$/],
  ['the first request of all', 'psa', 'GET', /companyinfo/],
  ['the log of a ticket in the RMM', 'rmm', 'GET', /log-entry$/],
  ['the alert ticket', 'psa', 'POST', /service\/tickets$/],
  ['the note for the client', 'psa', 'POST', /notes$/],
  ['the product on the invoice', 'psa', 'POST', /procurement\/products$/],
  ['the balance field', 'psa', 'PATCH', /company\/companies\/\d+$/],
] as const;

describe('killed while an answer is under way', () => {
  test.each(answers.slice(0, sampleSize({ short: 2, full: answers.length })))(
    '%s',
    async (what, vendor, method, path) => {
      await recover(async (msp) => {
        const sandbox = msp[vendor];
        sandbox.faults.add('slow', { method, path, delayMs: 30_000 });
        await waitUntil(what, () =>
          sandbox.exchanges.some(
            ({ request }) => request.method === method && path.test(request.path),
          ),
        );
      });
    },
    60_000,
  );
});

test('killed in the middle of the debit', async () => {
  await recover(async (_msp, run) => {
    await waitUntil('both pulls are done', () => {
      return (run.stderr().match(/"step":"pull"/g) ?? []).length === 2;
    });
  });
}, 60_000);

test('killed three times in a row', async () => {
  await recover(async (msp, first) => {
    let run = first;
    for (const path of [/time\/entries$/, /service\/tickets$/, /finance\/invoices$/]) {
      const method = path.source.startsWith('time') ? 'GET' : 'POST';
      msp.psa.faults.add('slow', { method, path, delayMs: 30_000 });
      await waitUntil(path.source, () =>
        msp.psa.exchanges.some(
          ({ request }) => request.method === method && path.test(request.path),
        ),
      );
      run.kill('SIGKILL');
      await run.done;
      if (path.source.startsWith('finance')) return;
      run = msp.start('run');
    }
  });
}, 60_000);
