/** A run in which things go wrong. */
import { linkSync, symlinkSync } from 'node:fs';
import { isKindError } from '../../src/domain/errors.ts';
import { runOnce, runSteps, usualSteps } from '../../src/service/run/run.ts';
import type { StepName } from '../../src/service/run/step.ts';
import { drawMishap, type Interlude } from './mishaps.ts';
import { act, describeDefect, type Office, runOptions } from './office.ts';
import { type Interruption, Killed, Tripwire } from './tripwire.ts';
import { Violation } from './violation.ts';
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
  const isAlone = mishap.interlude !== 'unlocked' && mishap.interlude !== 'pushing';
  const isGone = await runUntilDeath(office, mishap.steps, interruption, isAlone);
  if (!isInsideDone) for (const deed of inside) act(office, deed);
  faults.clear();
  world.calm();
  if (isGone) {
    // The clock is not put right in the very minute of a crash: no wait by the clock could outlast that.
    await crash(office);
    await restart(office);
  }
  clock.aheadMs = 0;
  if (!isGone) auditor.compareAll();
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
    // Beside a second process, a charge that already exists (one that costs nothing moves no position) is
    // refused by its key: the process ends there, and nothing of that batch is written.
    const isBeaten = !isAlone && /append-only: .* already exists/.test(String(error));
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
  if (interlude === 'pushing') await secondPushes(office);
  office.clock.nowMs += 1000;
  for (const deed of inside) act(office, deed);
  office.clock.nowMs += 1000;
  if (interlude === 'locked') await secondIsRefused(office, office.machine.file);
  if (interlude === 'symbolic-link') await secondIsKnown(office, symlinkSync);
  if (interlude === 'hard-link') await secondIsKnown(office, linkSync);
  if (interlude === 'unlocked') await secondRuns(office);
}

/** The system's lock keeps a second process out. */
async function secondIsRefused(office: Office, name: string): Promise<void> {
  office.faults.count('second-instance-locked');
  await refuseSecond(office, name);
}

/** So it does where the second one knows the database by another name. */
async function secondIsKnown(
  office: Office,
  link: (file: string, name: string) => void,
): Promise<void> {
  office.faults.count('second-instance-renamed');
  await office.machine.withOtherName(link, (name) => refuseSecond(office, name));
}

async function refuseSecond({ machine, auditor }: Office, name: string): Promise<void> {
  const wire = new Tripwire(null, (call) => auditor.look(call));
  const run = async () => {
    const app = await machine.start(wire, name);
    await runOnce(app, usualSteps, runOptions()).finally(() => app.close());
  };
  const refusal = await run().then(
    () => new Violation('one at a time', 'a second process ran beside the first'),
    (error: unknown) => (isKindError(error, 'config') ? null : error),
  );
  if (refusal !== null) throw refusal;
}

/** One that began at the same time, where no lock holds: it sends what the first has not claimed. */
async function secondPushes({ machine, auditor, faults }: Office): Promise<void> {
  faults.count('second-instance-pushing');
  const app = await machine.start(new Tripwire(null, (call) => auditor.look(call)));
  await runSteps(app, ['push'], 'second', runOptions());
  await app.close();
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
  auditor.open(machine.look());
}
