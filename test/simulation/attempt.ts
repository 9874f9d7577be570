/** A run in which things go wrong. */
import { isKindError } from '../../src/domain/errors.ts';
import { runOnce, runSteps, type StepName, usualSteps } from '../../src/service/run.ts';
import { Violation } from './auditor.ts';
import { drawMishap, type Interlude } from './mishaps.ts';
import { act, describeDefect, type Office, runOptions } from './office.ts';
import { type Interruption, Killed, Tripwire } from './tripwire.ts';
import type { Deed } from './workload.ts';

/** `inside` is what people do while it runs. */
export async function attempt(office: Office, inside: readonly Deed[]): Promise<void> {
  const { random, faults, world, clock, auditor } = office;
  const mishap = drawMishap(random, office.style, inside.length > 0);
  faults.plan(random, mishap.places);
  world.disturb(random);
  clock.aheadMs = Math.min(mishap.aheadMs, world.aheadMsMax);
  if (clock.aheadMs !== 0) faults.count(clock.aheadMs > 0 ? 'clock-ahead' : 'clock-back');
  let isInsideDone = false;
  const interlude = async () => {
    isInsideDone = true;
    await meanwhile(office, mishap.interlude, inside);
  };
  const interruption = mishap.interruption && { ...mishap.interruption, interlude };
  const isAlone = mishap.interlude !== 'unlocked';
  const isGone = await runUntilDeath(office, mishap.steps, interruption, isAlone);
  if (!isInsideDone) for (const deed of inside) act(office, deed);
  clock.aheadMs = 0;
  faults.clear();
  world.calm();
  if (!isGone) return auditor.compareAll();
  await crash(office);
  await restart(office);
}

/** The system starts it again, before a search of the PSA shows what the dead process wrote last. */
async function restart(office: Office): Promise<void> {
  office.clock.nowMs += 20_000;
  await runUntilDeath(office, usualSteps, null, true);
}

/** True: the process died on the way. */
async function runUntilDeath(
  office: Office,
  steps: readonly StepName[],
  interruption: Interruption | null,
  isAlone: boolean,
): Promise<boolean> {
  const { machine, auditor, clock } = office;
  const wire = new Tripwire(interruption, (call) => auditor.look(call));
  const app = await machine.start(wire);
  auditor.noteRun(app.now(), clock.nowMs);
  try {
    if (isAlone) await runOnce(app, steps, runOptions());
    else await runSteps(app, steps, 'first', runOptions());
  } catch (error) {
    wire.kill();
    // Beside a second process, a charge that stands already (one that costs nothing moves no position) is
    // refused by its key: the process ends there, and nothing of that batch is written.
    const isBeaten = !isAlone && /stands already/.test(String(error));
    if (error instanceof Killed || isBeaten) return true;
    throw describeDefect(error);
  }
  await app.close();
  return false;
}

/** What happens between two calls of the run under way. */
async function meanwhile(
  office: Office,
  interlude: Interlude | null,
  inside: readonly Deed[],
): Promise<void> {
  office.clock.nowMs += 1000;
  for (const deed of inside) act(office, deed);
  office.clock.nowMs += 1000;
  if (interlude === 'locked') await secondIsRefused(office);
  if (interlude === 'unlocked') await secondRuns(office);
}

/** The system's lock keeps a second process out. */
async function secondIsRefused({ machine, auditor, faults }: Office): Promise<void> {
  faults.count('second-instance-locked');
  const app = await machine.start(new Tripwire(null, (call) => auditor.look(call)));
  const refusal = await runOnce(app, usualSteps, runOptions()).then(
    () => new Violation('one at a time', 'a second process ran beside the first'),
    (error: unknown) => (isKindError(error, 'config') ? null : error),
  );
  await app.close();
  if (refusal !== null) throw refusal;
}

/** Where the lock does not hold: a file share that knows none. It sends nothing. */
async function secondRuns({ machine, auditor, clock, faults }: Office): Promise<void> {
  faults.count('second-instance-unlocked');
  const app = await machine.start(new Tripwire(null, (call) => auditor.look(call)));
  auditor.noteRun(app.now(), clock.nowMs);
  await runSteps(app, ['pull', 'debit', 'replenish'], 'second', runOptions());
  await app.close();
}

async function crash({ random, machine, auditor, faults }: Office): Promise<void> {
  const isTorn = random.next() < 0.3;
  faults.count('crash');
  if (isTorn) faults.count('torn-write');
  auditor.close();
  await machine.crash(isTorn, () => random.next());
  auditor.open(machine.file);
}
