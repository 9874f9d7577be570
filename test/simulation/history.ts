/** One history by its seed, day after day, audited all the way. */
import { addBlock } from '../../src/service/corrections/blocks.ts';
import { resumeSales } from '../../src/service/corrections/release.ts';
import { allSteps, type RunResult, runOnce } from '../../src/service/run/run.ts';
import { Random } from '../demo/random.ts';
import { attempt } from './attempt.ts';
import { Auditor, Violation } from './auditor.ts';
import { toClients, toOffer } from './configured.ts';
import type { Faults } from './faults.ts';
import { checkLoss } from './losses.ts';
import { Machine, type Planted } from './machine.ts';
import { act, type Clock, describeDefect, type Office, runOptions, type World } from './office.ts';
import { auditSettled } from './settled.ts';
import { type Summary, summarize } from './summary.ts';
import { drawTerms, hour, type Terms } from './terms.ts';
import { Tripwire } from './tripwire.ts';
import {
  changedTerms,
  type Deed,
  dayMs,
  drawDays,
  type Step,
  type Style,
  startMs,
} from './workload.ts';

export interface HistoryOptions {
  seed: number;
  style: Style;
  /** Else it is the same history with no run but each day's last. */
  isFaulty: boolean;
  planted: Planted | null;
  faults: Faults;
  createWorld(clock: Clock, faults: Faults): Promise<World>;
}

/** A clean run comes this late, when every pause after a fault is over. */
const eveningMs = 19 * hour * 1000;
const morningMs = 6 * hour * 1000;
const minuteMs = 60_000;

/** What stood at the end of each day. Throws the first Violation. */
export async function playHistory(options: HistoryOptions): Promise<Summary[]> {
  const { seed, style, isFaulty, planted, faults } = options;
  const drawn = new Random(seed);
  const clock = { nowMs: startMs, aheadMs: 0 };
  const world = await options.createWorld(clock, faults);
  const now = () => clock.nowMs + clock.aheadMs;
  const machine = new Machine({ systems: world.systems, now, planted });
  const terms = drawTerms(drawn);
  const auditor = new Auditor(world.systems, terms);
  // The seed of the faults is another: people do the same with them and without.
  const random = new Random(seed ^ 0x5eed);
  const office = { style, isFaulty, clock, world, machine, auditor, faults, random };
  try {
    await machine.format();
    agree(office, terms);
    auditor.open(machine.file);
    return await playDays(office, drawDays(drawn, style));
  } finally {
    auditor.close();
    await machine.scrap();
    await world.close();
  }
}

async function playDays(office: Office, days: readonly Step[][]): Promise<Summary[]> {
  const summaries: Summary[] = [];
  for (const [day, steps] of days.entries()) {
    office.clock.nowMs = startMs + day * dayMs + morningMs;
    for (const step of steps) await take(office, step);
    office.clock.nowMs = startMs + day * dayMs + eveningMs;
    await runCleanly(office);
    summaries.push(summarize(office.auditor, office.style));
  }
  return summaries;
}

async function take(office: Office, step: Step): Promise<void> {
  office.clock.nowMs += step.afterMs;
  if (step.kind === 'attempt') {
    if (office.isFaulty) await attempt(office, step.inside);
    else for (const deed of step.inside) act(office, deed);
    return;
  }
  const { deed } = step;
  if (act(office, deed)) return;
  if (deed.name === 'buy') await buy(office, deed);
  else agree(office, changedTerms(deed, office.auditor.terms));
}

/** The config file says so from the next start on. */
function agree({ auditor, machine, world }: Office, terms: Terms): void {
  auditor.terms = terms;
  machine.clients = toClients(terms, world.systems);
  machine.offers = [toOffer(terms)];
}

/** A block that was sold by hand. */
async function buy({ machine, auditor, clock }: Office, { a, b }: Deed): Promise<void> {
  const app = await machine.start(new Tripwire(null, (call) => auditor.look(call)));
  auditor.noteRun(app.now(), clock.nowMs);
  await addBlock(app, {
    clientId: app.clients[a % app.clients.length]?.id ?? '',
    amountMinor: null,
    seconds: (1 + (b % 4)) * hour,
    rateMinor: 12_000,
    priority: 0,
    reason: 'sold',
    purchasedOn: '2026-03-01',
    expiresOn: null,
  });
  await app.close();
}

/** The faults have stopped; a person sees to what waited for one, and to clients that nothing is sold to. */
async function runCleanly(office: Office): Promise<void> {
  const { machine, auditor, clock } = office;
  const app = await machine.start(new Tripwire(null, (call) => auditor.look(call)));
  for (const { key } of await app.store.listMessages({ statuses: ['dead'] })) {
    await app.store.retryMessage(key, new Date(app.now()).toISOString());
  }
  const run = (accepted: readonly string[]): Promise<RunResult> => {
    auditor.noteRun(app.now(), clock.nowMs);
    return runOnce(app, allSteps, runOptions(accepted));
  };
  try {
    let { steps } = await run([]);
    const asking = steps.filter(({ error }) => / sweep \S+ --accept/.test(error ?? ''));
    if (asking.length > 0) {
      // So much was deleted that a person is asked, and agrees once they have looked.
      const connections = [...new Set(asking.flatMap(({ connection }) => connection ?? []))];
      for (const connection of connections) checkLoss(auditor, connection, clock.nowMs);
      clock.nowMs += minuteMs;
      ({ steps } = await run(connections));
    }
    const failed = steps.find((step) => step.error !== null || step.failed > 0);
    if (failed) throw new Violation('one run', `${failed.step} failed: ${failed.error}`);
    auditSettled(auditor, new Date(clock.nowMs).toISOString().slice(0, 10));
    for (const { clientId } of await app.store.readSalesHolds()) {
      await resumeSales(app, clientId);
      auditor.resumeSales(clientId);
    }
    const disagreement = await app.store.verify();
    if (disagreement) throw new Violation('verify', JSON.stringify(disagreement));
  } catch (error) {
    throw describeDefect(error);
  }
  await app.close();
}
