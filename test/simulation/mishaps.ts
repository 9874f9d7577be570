/** What will go wrong in one run, drawn from the seed. */
import { allSteps, usualSteps } from '../../src/service/run/run.ts';
import type { StepName } from '../../src/service/run/step.ts';
import type { Random } from '../demo/random.ts';
import type { Place } from './faults.ts';
import type { Interruption, Kind } from './tripwire.ts';
import type { Style } from './workload.ts';

/**
 * Who comes between two calls: a second process that the lock keeps out, by whatever name it knows the database,
 * one that decides or sends beside the first where no lock holds, or people alone.
 */
export type Interlude =
  | 'locked'
  | 'symbolic-link'
  | 'hard-link'
  | 'unlocked'
  | 'pushing'
  | 'people';

export interface Mishap {
  steps: readonly StepName[];
  /** Where vendors may fail. */
  places: readonly Place[];
  /** By how much the machine's clock is ahead of the vendors'. */
  aheadMs: number;
  interlude: Interlude | null;
  interruption: Omit<Interruption, 'interlude'> | null;
}

const minuteMs = 60_000;

const kindsAfterPull: readonly Kind[] = ['any', 'books', 'books', 'outbox', 'psa'];
const kindsOfCalls: readonly Kind[] = [...kindsAfterPull, 'page', 'page'];
/** About as many calls of the kind as a run makes. */
const callsMost: Readonly<Record<Kind, number>> = {
  any: 70,
  page: 8,
  books: 6,
  outbox: 8,
  psa: 10,
};

export function drawMishap(random: Random, style: Style, hasDeeds: boolean): Mishap {
  const isReadingSpared = style === 'strict';
  const interlude = drawInterlude(random, hasDeeds);
  // Time that nobody knows to be deleted is debited: where all must be the same, each run looks.
  const isSweeping = isReadingSpared || random.next() < 0.25;
  return {
    steps: isSweeping ? allSteps : usualSteps,
    places: isReadingSpared
      ? ['find', 'create', 'create']
      : ['page', 'page', 'present', 'find', 'create', 'create'],
    aheadMs: drawJump(random, isReadingSpared),
    interlude,
    interruption: drawInterruption(random, interlude, { isReadingSpared, hasDeeds }),
  };
}

function drawInterlude(random: Random, hasDeeds: boolean): Interlude | null {
  const draw = random.next();
  if (draw < 0.05) return 'locked';
  if (draw < 0.08) return random.pick(['symbolic-link', 'hard-link']);
  if (draw < 0.18) return 'unlocked';
  if (draw < 0.24) return 'pushing';
  return hasDeeds && draw < 0.6 ? 'people' : null;
}

/** Within the day; a small jump ahead goes unnoticed, a large one stops all reading. */
function drawJump(random: Random, isReadingSpared: boolean): number {
  const draw = random.next();
  if (draw < 0.7) return 0;
  if (draw > 0.85) return -random.whole(1, 180) * minuteMs;
  const isFar = !isReadingSpared && random.next() < 0.5;
  return (isFar ? random.whole(11, 240) : random.whole(1, 9)) * minuteMs;
}

function drawInterruption(
  random: Random,
  interlude: Interlude | null,
  { isReadingSpared, hasDeeds }: { isReadingSpared: boolean; hasDeeds: boolean },
): Mishap['interruption'] {
  if (interlude === null) {
    if (random.next() < 0.2) return null;
    const of = random.pick(isReadingSpared ? kindsAfterPull : kindsOfCalls);
    const act = random.pick(['die-before', 'die-after'] as const);
    return { of, nth: random.whole(1, callsMost[of]), act, isAfterPull: isReadingSpared };
  }
  if (interlude === 'pushing') {
    const nth = random.whole(1, callsMost.psa);
    return { of: 'psa', nth, act: 'interlude', isAfterPull: true };
  }
  if (interlude !== 'unlocked') {
    const nth = random.whole(1, 60);
    return { of: 'any', nth, act: 'interlude', isAfterPull: isReadingSpared };
  }
  // Without a lock, what was decided is refused by the positions of the ledgers that it was decided on.
  // While messages are sent nothing is being decided, and people may have worked on.
  const of = hasDeeds ? 'psa' : 'books';
  return { of, nth: random.whole(1, callsMost[of]), act: 'interlude', isAfterPull: true };
}
