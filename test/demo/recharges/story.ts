/** Seven weeks of recharges, from the first low balance to a payment that comes back. */
import { join } from 'node:path';
import { wrapWords } from '../../../src/cli/output/wrap.ts';
import {
  BalancesDocument,
  PaymentsDocument,
  RunDocument,
  StatementsDocument,
  VerifyDocument,
} from '../documents.ts';
import { type Place, type RevenuePapers, writeRevenue } from '../papers.ts';
import { createProgram, type Program } from '../program.ts';
import { clients, lastDay } from './cast.ts';
import { Clock } from './clock.ts';
import { writeRechargeConfig } from './config-file.ts';
import { type Entry, Journal } from './journal.ts';
import { openRechargeStage, type RechargeStage } from './stage.ts';

export interface RechargeOutcome {
  journal: Entry[];
  runs: RunDocument[];
  psa: {
    tickets: ReturnType<RechargeStage['psa']['state']['listTickets']>;
    invoices: ReturnType<RechargeStage['psa']['state']['listInvoices']>;
  };
  payments: PaymentsDocument;
  balances: BalancesDocument;
  statements: StatementsDocument['statements'];
  verify: VerifyDocument;
  revenue: RevenuePapers;
}

interface Play {
  program: Program;
  stage: RechargeStage;
  journal: Journal;
  runs: RunDocument[];
}

const dayMs = 86_400_000;

/** `folder` is the demo's; the story has a folder of its own in it. */
export async function tellRecharges(
  { folder, shown }: Place,
  { nowMs, isQuiet }: { nowMs: number; isQuiet: boolean },
): Promise<RechargeOutcome> {
  // The last day is yesterday, at 10 or 11 in the morning in Boston.
  const yesterday = Math.floor(nowMs / dayMs) - 1;
  const clock = new Clock((yesterday - lastDay) * dayMs + 15 * 3_600_000);
  const stage = await openRechargeStage(clock);
  try {
    const program = createProgram({
      configFile: writeRechargeConfig(join(folder, 'recharges'), stage),
      shownConfig: join(shown, 'recharges', 'connector.yaml'),
      store: join(folder, 'recharges', 'data', 'prepaid-hours.db'),
      isQuiet,
      clock: clock.now,
    });
    const play = { program, stage, journal: new Journal(stage), runs: [] };
    await playDays(play);
    return await sumUp(play, { folder, shown });
  } finally {
    await stage.close();
  }
}

async function playDays(play: Play): Promise<void> {
  const { program, stage } = play;
  program.say(
    '── Recharges: an MSP in Boston has the next block collected without the client.\n' +
      '   Seven weeks pass: Stripe debits two clients by ACH, and another program\n' +
      '   collects the invoices of the third.',
  );
  await runOn(play, 0);
  await approve(play);
  for (const day of [0, 1, 3, 8]) await runOn(play, day);
  stage.clock.goToDay(11);
  // The tickets have asked for the first two; the third one's collector has got its money at last.
  for (const { name } of clients) stage.book(name);
  for (const day of [11, 21, 30, 31, 33, 38, 43]) await runOn(play, day);
  stage.book('Beacon Dental');
  await runOn(play, lastDay);
  program.say('');
}

/** What was worked until then, a run, and what came of it. */
async function runOn({ program, stage, journal, runs }: Play, day: number): Promise<void> {
  stage.clock.goToDay(day);
  stage.workUntil(day);
  runs.push(await program.ask(['run'], RunDocument));
  tell(program, stage.clock.at(day), journal.look(day));
}

/** As each alert says. */
async function approve({ program, stage }: Play): Promise<void> {
  const texts = stage.psa.state.listTickets().flatMap(({ notes }) => notes.map(({ text }) => text));
  const keys = texts.flatMap((text) => /prepaid-hours outbox approve (\S+)/.exec(text)?.[1] ?? []);
  for (const key of keys) {
    const { exitCode, stderr } = await program.attempt(['outbox', 'approve', key]);
    if (exitCode !== 0) throw new Error(`${key} was not approved: ${stderr}`);
  }
  program.say(
    `${' '.repeat(margin)}You approve the first recharge of each: prepaid-hours outbox approve KEY`,
  );
}

const margin = 10;
const widthMax = 100;

function tell(program: Program, at: string, entries: readonly Entry[]): void {
  const width = Math.min(process.stdout.columns ?? widthMax, widthMax) - margin - 4;
  const day = new Date(at).toLocaleDateString('en-US', { month: 'short', day: 'numeric' });
  const indent = `\n${' '.repeat(margin + 2)}`;
  entries.forEach(({ client, text }, index) => {
    const head = (index === 0 ? `  ${day}` : '').padEnd(margin);
    if (entries[index - 1]?.client !== client) program.say(head + client);
    program.say(indent.slice(1) + wrapWords(text, width).join(`${indent}  `));
  });
}

async function sumUp({ program, stage, journal, runs }: Play, { folder, shown }: Place) {
  await program.show(['report', 'payments']);
  await program.show(['balances']);
  const month = stage.clock.now().slice(0, 7);
  const own = { folder: join(folder, 'recharges'), shown: join(shown, 'recharges') };
  const all = ['statement', '--all', '--month', month, '--out', join(folder, 'statements')];
  return {
    journal: journal.entries,
    runs,
    psa: {
      tickets: stage.psa.state.listTickets().filter((ticket) => ticket.externalXRef !== null),
      invoices: stage.psa.state.listInvoices(),
    },
    payments: await program.ask(['report', 'payments'], PaymentsDocument),
    balances: await program.ask(['balances'], BalancesDocument),
    statements: (await program.ask(all, StatementsDocument)).statements,
    verify: await program.ask(['verify'], VerifyDocument),
    revenue: await writeRevenue(program, own),
  };
}
