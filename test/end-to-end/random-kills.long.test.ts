import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { randomFrom } from '../../src/domain/forecast/random.ts';
import { type Ending, endingOf } from '../support/ending.ts';
import { passSearchLag } from '../support/pass-search-lag.ts';
import { type SmallMsp, withMspHere } from '../support/small-msp.ts';

/** `KILLS=100 npm run test:full -- test/end-to-end/random-kills`, as the build does; a few by default. */
const kills = Number(process.env.KILLS ?? 8);

/** `SEED=…`, which the test's name shows, kills at the same times again (as far as clocks allow). */
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

/** A quarter of an hour for Martin, who has hours enough; every second time, so that there is work left. */
function addWork(msp: SmallMsp, round: number): void {
  if (round % 2 === 1) msp.addWork({ company: msp.ids.martin, hours: '0.25', isNew: true });
}

/** The same work, told to one run. */
async function undisturbed(): Promise<{ ending: Ending; runMs: number }> {
  let runMs = 0;
  let ending: Ending | null = null;
  await withMspHere({}, async (msp) => {
    for (let round = 0; round < kills; round += 1) addWork(msp, round);
    // Of a process, as those that are killed.
    const startedAt = performance.now();
    expect(await msp.start('run').done).toMatchObject({ exitCode: 0 });
    runMs = performance.now() - startedAt;
    ending = await endingOf(msp);
  });
  if (ending === null) throw new Error('there is no ending');
  return { ending, runMs };
}

test(
  `killed at ${kills} random times, it comes to the same (seed ${seed})`,
  async () => {
    const { ending, runMs } = await undisturbed();
    const random = randomFrom(seed);
    await withMspHere({}, async (msp) => {
      let killed = 0;
      for (let round = 0; round < kills; round += 1) {
        addWork(msp, round);
        const run = msp.start('run');
        await Promise.race([sleep(random() * runMs), run.done]);
        run.kill('SIGKILL');
        if ((await run.done).exitCode === null) killed += 1;
      }
      // A run that was quicker than its kill is none.
      expect(killed).toBeGreaterThan(kills / 4);
      await msp.run('run');
      passSearchLag(msp.store);
      expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
      expect(await endingOf(msp)).toEqual(ending);
      expect(await msp.ask('verify')).toMatchObject({ ok: true });
    });
  },
  60_000 + kills * 10_000,
);
