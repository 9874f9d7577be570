/** One history by its seed, day after day, audited all the way. */
import { resumeSales } from '../../src/service/corrections/release.ts';
import { allSteps, type RunResult, runOnce } from '../../src/service/run/run.ts';
import { Random } from '../demo/random.ts';
import { attempt } from './attempt.ts';
import { Auditor } from './auditor.ts';
import { command } from './commands.ts';
import { toClients, toOffer } from './configured.ts';
import type { Faults } from './faults.ts';
import { checkLoss } from './losses.ts';
import { Machine, type Planted } from './machine.ts';
import { act, type Clock, describeDefect, type Office, runOptions, type World } from './office.ts';
import type { PaymentCounts } from './seen-recharge.ts';
import { auditSettled } from './settled.ts';
import { type Summary, summarize } from './summary.ts';
import {
  dayMs,
  drawRecharge,
  drawTerms,
  hour,
  rechargedEarlierSeconds,
  type Terms,
} from './terms.ts';
import { Tripwire } from './tripwire.ts';
import { Violation } from './violation.ts';
import { changedTerms, drawDays, type Step, type Style, startMs } from './workload.ts';

export interface HistoryOptions {
  seed: number;
  style: Style;
  /** Else it is the same history with no run but each day's last. */
  isFaulty: boolean;
  /** Whether some sales are collected without the client. */
  hasRecharges: boolean;
  planted: Planted | null;
  /** Of PostgreSQL; null: the database is a file. */
  server: string | null;
  faults: Faults;
  createWorld(clock: Clock, faults: Faults): Promise<World>;
}

/** A clean run comes this late, when every pause after a fault is over. */
const eveningMs = 19 * hour * 1000;
const morningMs = 6 * hour * 1000;
const minuteMs = 60_000;

interface History {
  /** What stood at the end of each. */
  days: Summary[];
  payments: PaymentCounts;
  ledger: string;
}

/** Throws the first Violation. */
export async function playHistory(options: HistoryOptions): Promise<History> {
  const { seed, style, isFaulty, planted, faults } = options;
  const drawn = new Random(seed);
  const clock = { nowMs: startMs, aheadMs: 0 };
  const world = await options.createWorld(clock, faults);
  const now = () => clock.nowMs + clock.aheadMs;
  const terms = termsOf(options, drawn);
  const provider = terms.recharge?.collect === 'pay' ? world.provider : null;
  const systems = [...world.systems, ...(provider ? [provider] : [])];
  const machine = new Machine({ systems, now, planted, server: options.server });
  const auditor = new Auditor(world.systems, terms, provider);
  // The seed of the faults is another: people do the same with them and without.
  const random = new Random(seed ^ 0x5eed);
  const office = { style, isFaulty, clock, world, machine, auditor, faults, random };
  try {
    await machine.format();
    agree(office, terms);
    auditor.open(machine.look());
    const days = await playDays(office, drawDays(drawn, style, terms));
    return { days, payments: auditor.recharges.count(), ledger: auditor.ledgerHash() };
  } finally {
    auditor.close();
    await machine.scrap();
    await world.close();
  }
}

/** Recharges are drawn apart: all else is the same with them and without. */
function termsOf({ seed, style, hasRecharges }: HistoryOptions, drawn: Random): Terms {
  const terms = drawTerms(drawn);
  if (!hasRecharges) return terms;
  const [alert, sale] = terms.levelSeconds;
  return {
    ...terms,
    levelSeconds: [alert + rechargedEarlierSeconds, sale + rechargedEarlierSeconds],
    recharge: drawRecharge(new Random(seed ^ 0x9a1d), terms, style),
  };
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
  if (!(await command(office, deed))) agree(office, changedTerms(deed, office.auditor.terms));
}

/** The config file says so from the next start on. */
function agree({ auditor, machine, world }: Office, terms: Terms): void {
  auditor.terms = terms;
  const provider = terms.recharge?.collect === 'pay' ? world.provider : null;
  machine.clients = toClients(terms, world.systems, provider);
  machine.offers = [toOffer(terms)];
}

/** The faults have stopped; a person sees to what waited for one, and to clients that nothing is sold to. */
async function runCleanly(office: Office): Promise<void> {
  const { machine, auditor, clock } = office;
  const app = await machine.start(new Tripwire(null, (call) => auditor.look(call)));
  for (const { key, kind } of await app.store.listMessages({ statuses: ['dead'] })) {
    // A rejected charge is repeated, under another key, once sales are resumed.
    if (kind === 'recharge') continue;
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
    if (await app.store.hasUnreadInvoices('psa')) {
      // What was paid before its delivery was known is read once more.
      clock.nowMs += minuteMs;
      ({ steps } = await run([]));
    }
    const failed = steps.find((step) => step.error !== null || step.failed > 0);
    if (failed) throw new Violation('one run', `${failed.step} failed: ${failed.error}`);
    auditSettled(auditor, new Date(clock.nowMs).toISOString().slice(0, 10));
    // With recharges, a person resumes sales whenever they come to it.
    const holds = auditor.terms.recharge === null ? await app.store.readSalesHolds() : [];
    for (const { clientId } of holds) {
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
