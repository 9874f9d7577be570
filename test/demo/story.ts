/** The demo from beginning to end, as acts of one play. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDays } from '../../src/domain/time.ts';
import { clients } from './cast.ts';
import {
  BalancesDocument,
  DoublesDocument,
  type RunDocument,
  UnloggedDocument,
  VerifyDocument,
} from './documents.ts';
import { isClosed } from './expected.ts';
import { messagesPage } from './messages.ts';
import { type DemoTicket, isDebitable, type Month } from './month.ts';
import { type Papers, type Place, writePapers } from './papers.ts';
import type { Program } from './program.ts';
import { type RechargeOutcome, tellRecharges } from './recharges/story.ts';
import type { SecondAct } from './second-act.ts';
import { playSecondAct, type Stage } from './stage.ts';

export interface Outcome {
  runs: RunDocument[];
  balances: BalancesDocument;
  psa: {
    tickets: ReturnType<Stage['psa']['state']['listTickets']>;
    invoices: ReturnType<Stage['psa']['state']['listInvoices']>;
  };
  verify: VerifyDocument;
  unlogged: UnloggedDocument;
  doubles: DoublesDocument;
  recharges: RechargeOutcome;
  papers: Papers;
}

export interface Play {
  program: Program;
  stage: Stage;
  month: Month;
  act: SecondAct;
  place: Place;
  nowMs: number;
  isQuiet: boolean;
}

export async function tellStory(play: Play): Promise<Outcome> {
  const { program, stage, month } = play;
  program.say(opening(month));

  program.say('── Check: credentials, permissions and every name in the config. Only reading.');
  await program.show(['check']);

  program.say('── First run, live: all work since the month began; alerts and invoices go out.');
  const runs = [await program.run()];
  program.say(`── In the PSA now, each made once:\n${inPsa(stage)}\n`);

  program.say('── Balances: debited, still open (pending), and what is left of each block.');
  await program.show(['balances']);
  await explainTwo(play);

  program.say('── What the RMM recorded and nobody logged: for the service manager, not debited.');
  await program.show(['report', 'unlogged']);
  program.say('── An hour in two systems: the second one waits, until somebody decides.');
  await program.show(['report', 'doubles']);

  program.say(secondActText(play));
  playSecondAct(stage, play.act);
  program.say('── Second run: those four changes and nothing else, as dated corrections.');
  runs.push(await program.run());
  program.say('── Third run: nothing has changed, so nothing is written and nothing is sent.');
  runs.push(await program.run());

  program.say('── Verify: the whole ledger recalculated from scratch.');
  await program.show(['verify']);
  const outcome = {
    runs,
    balances: await program.ask(['balances'], BalancesDocument),
    psa: psaOf(stage),
    verify: await program.ask(['verify'], VerifyDocument),
    unlogged: await program.ask(['report', 'unlogged'], UnloggedDocument),
    doubles: await program.ask(['report', 'doubles'], DoublesDocument),
    recharges: await tellRecharges(play.place, play),
    papers: await writePapers(program, play.place, addDays(month.today, -1).slice(0, 7)),
  };
  const sections = [
    { title: 'Meridian IT', currency: 'EUR', ...outcome.psa },
    { title: 'Harborview IT, with recharges', currency: 'USD', ...outcome.recharges.psa },
  ];
  writeFileSync(messagesFile(play.place.folder), messagesPage(sections));
  return outcome;
}

function opening({ tickets }: Month): string {
  const entries = tickets.reduce((sum, ticket) => sum + ticket.entries.length, 0);
  return (
    `A month at an MSP in Brussels: ${clients.length} clients, ${tickets.length} tickets and ` +
    `${entries} time entries,\nin a ConnectWise PSA and a NinjaOne that both run on this machine.\n`
  );
}

/** Tickets that the program made carry its key. */
export function psaOf({ psa }: Stage): Outcome['psa'] {
  return {
    tickets: psa.state.listTickets().filter((ticket) => ticket.externalXRef !== null),
    invoices: psa.state.listInvoices(),
  };
}

function inPsa(stage: Stage): string {
  const { tickets, invoices } = psaOf(stage);
  return [
    ...tickets.map(({ id, board, summary }) => `  ticket ${id} on ${board}: ${summary}`),
    ...invoices.map(
      ({ number, company, total }) => `  invoice ${number}: ${company}, EUR ${total}`,
    ),
  ].join('\n');
}

async function explainTwo({ program, stage, month }: Play): Promise<void> {
  const late = findDebit(month, 'en', ({ entries }) => entries.some((entry) => entry.isAfterHours));
  const visit = findDebit(month, 'fr', ({ entries }) =>
    entries.some((entry) => entry.workType === 'On-site'),
  );
  const idOf = (index: number) => String(stage.tickets[index]?.ticketId);
  program.say('── Explain a debit: what was worked after hours counts twice.');
  await program.show(['explain', idOf(late)]);
  program.say('── The same for a French-speaking client: a visit, and travel that costs nothing.');
  await program.show(['explain', idOf(visit)]);
}

function findDebit(
  month: Month,
  locale: 'en' | 'fr',
  isWanted: (ticket: DemoTicket) => boolean,
): number {
  const index = month.tickets.findIndex(
    (ticket) =>
      isDebitable(ticket) &&
      isClosed(ticket) &&
      clients[ticket.client]?.locale === locale &&
      isWanted(ticket),
  );
  if (index < 0) throw new Error(`The month has no such debit (${locale}).`);
  return index;
}

function secondActText({ stage, month, act }: Play): string {
  const lines = act.corrections.map(({ ticket, entry, minutes }) => {
    const { client, entries } = month.tickets[ticket] ?? { client: -1, entries: [] };
    const before = entries[entry]?.minutes;
    return `  ${clients[client]?.name}, ticket ${stage.tickets[ticket]?.ticketId}: ${before} min become ${minutes} min`;
  });
  const closes = month.tickets[act.closes];
  lines.push(
    `  ${clients[closes?.client ?? -1]?.name}, ticket ${stage.tickets[act.closes]?.ticketId}: closed again`,
  );
  return `── Meanwhile technicians correct three entries and close one ticket in the PSA:\n${lines.join('\n')}\n`;
}

export function messagesFile(folder: string): string {
  return join(folder, 'messages.md');
}
