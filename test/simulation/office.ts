/** All that a history has to do with: the PSAs, the machine, the clock, and who looks at them. */
import type { RunOptions } from '../../src/service/run/run.ts';
import type { Random } from '../demo/random.ts';
import type { Auditor } from './auditor.ts';
import type { Faults } from './faults.ts';
import type { Machine } from './machine.ts';
import type { Psa } from './psa.ts';
import type { ScriptedProvider } from './scripted-provider.ts';
import { Violation } from './violation.ts';
import { type Deed, doDeed, type Style } from './workload.ts';

export interface Clock {
  /** The vendors' time, and by how much the machine's own is ahead of it. */
  nowMs: number;
  aheadMs: number;
}

/** The PSAs of a history. */
export interface World {
  systems: readonly Psa[];
  /** Null: nothing is charged. */
  provider: ScriptedProvider | null;
  /** How far ahead the machine's clock may be without lying about the vendors'. */
  aheadMsMax: number;
  /** Plans what goes wrong on the wire. */
  disturb(random: Random): void;
  /** Nothing goes wrong any more. */
  calm(): void;
  close(): Promise<void>;
}

export interface Office {
  style: Style;
  isFaulty: boolean;
  clock: Clock;
  world: World;
  machine: Machine;
  auditor: Auditor;
  faults: Faults;
  /** Of the faults alone: people do the same with them and without. */
  random: Random;
}

/** False: it is no affair of the PSAs. */
export function act({ world, clock, faults, isFaulty, auditor }: Office, deed: Deed): boolean {
  if (deed.name === 'log late' && isFaulty) faults.count('late-row');
  if (deed.name === 'settle') world.provider?.settle(deed.a, deed.b);
  if (deed.name === 'give back') world.provider?.giveBack(deed.a);
  const isTheirs = doDeed(deed, world.systems, clock.nowMs, (invoice) => {
    return auditor.recharges.isCharged(invoice);
  });
  auditor.recharges.followPayments();
  return isTheirs;
}

export function runOptions(acceptedSweeps: readonly string[] = []): RunOptions {
  return { signal: new AbortController().signal, acceptedSweeps };
}

/** An error that no step expects ends the process: where nobody killed it, that is a fault of the product. */
export function describeDefect(error: unknown): Violation {
  if (error instanceof Violation) return error;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Violation('no defect', text);
}
