/** The story as it must be: every step of every client, in order, and nothing besides. */
import { clients, lastDay, work } from './cast.ts';
import type { Entry } from './journal.ts';
import type { RechargeOutcome } from './story.ts';

type Step = [day: number, kind: Entry['kind'], text: RegExp];

const hours = (left: string): RegExp => new RegExp(`: ${left.replace('.', '\\.')}$`);
const announced = /^Client reads: .*, so your next block of 10 h is on its way\.$/;
const invoiced = /^Invoice \d+, \$1,200\.00$/;
const booked = /^Invoice \d+, \$1,200\.00, is paid$/;
const requested = /^ACH debit of \$1,200\.00: processing$/;
const succeeded = /^ACH debit of \$1,200\.00: succeeded$/;
const toBook = /^Ticket: \$1,200\.00 collected for invoice \d+, please book it$/;
const collected = (left: string): RegExp =>
  new RegExp(`^Client reads: We have collected \\$1,200\\.00 .* you have ${left} h left\\.$`);

/** Low, approved, announced, charged three days later, settled, usable, and told. */
const charged = (low: string, after: string): Step[] => [
  [0, 'ticket', /^Ticket: 1\.2?5 h left, 10 h to approve$/],
  [0, 'hours', hours(low)],
  [0, 'invoice', invoiced],
  [0, 'note', announced],
  [3, 'charge', requested],
  [8, 'charge', succeeded],
  [8, 'ticket', toBook],
  [8, 'note', collected(after)],
];

const steps: Record<string, Step[]> = {
  'Beacon Dental': [
    ...charged('1.50', '11.5'),
    [8, 'hours', hours('11.50')],
    [11, 'paid', booked],
    [21, 'hours', hours('4.00')],
    // Of the usual size, and not the first one: nobody has to approve it.
    [30, 'invoice', invoiced],
    [30, 'ticket', /^Ticket: 1\.5 h left, 10 h invoiced$/],
    [30, 'note', announced],
    [30, 'hours', hours('1.50')],
    [33, 'charge', requested],
    [38, 'charge', succeeded],
    [38, 'ticket', toBook],
    [38, 'note', collected('11.5')],
    [38, 'hours', hours('11.50')],
    [lastDay, 'paid', booked],
  ],
  'Cobalt Robotics': [
    ...charged('1.25', '11.25'),
    [8, 'hours', hours('11.25')],
    [11, 'paid', booked],
    [11, 'hours', hours('8.25')],
    [30, 'hours', hours('6.25')],
    [43, 'charge', /^ACH debit of \$1,200\.00: returned \(debit_not_authorized\)$/],
    [43, 'ticket', /^Ticket: invoice \d+ is no longer paid$/],
    [43, 'note', /^Client reads: Your bank has returned \$1,200\.00 .* you are 3\.75 h over\.$/],
    [43, 'hours', hours('-3.75')],
    // Sales are on hold: no invoice, no charge, however low.
    [lastDay, 'hours', hours('-4.75')],
  ],
  'Maple Street School': [
    [0, 'ticket', /^Ticket: 1 h left, 10 h to approve$/],
    [0, 'hours', hours('1.00')],
    [0, 'invoice', invoiced],
    [0, 'note', announced],
    [8, 'ticket', /^Ticket: invoice \d+ is still unpaid after 7 days$/],
    [8, 'note', /^Client reads: We have not received \$1,200\.00 /],
    [11, 'paid', booked],
    [11, 'note', collected('11')],
    [11, 'hours', hours('11.00')],
  ],
};

const collectedBlocks: Record<string, number> = {
  'Beacon Dental': 2,
  'Cobalt Robotics': 0,
  'Maple Street School': 1,
};

/** Empty when all is as it should be. */
export function findRechargeFaults(outcome: RechargeOutcome): string[] {
  return [
    ...outcome.runs.filter((run) => !run.ok).map((run) => `Run ${run.run} was not ok.`),
    ...clients.flatMap(({ name }) => [
      ...stepFaults(outcome, name),
      ...balanceFaults(outcome, name),
      ...paymentFaults(outcome, name),
    ]),
    ...(outcome.verify.ok ? [] : ['The ledger of the recharges does not verify.']),
    ...revenueFaults(outcome),
  ];
}

const rateMinor = 12_000;

/** What is left of all blocks, at their price, and the hash that the buyer finds again. */
function revenueFaults({ revenue, balances }: RechargeOutcome): string[] {
  const { report, buyer, verified } = revenue;
  const left = balances.clients.reduce((sum, { settledSeconds }) => sum + settledSeconds, 0);
  const wanted = (left * rateMinor) / 3600;
  const closing = report.currencies[0]?.total.closingMinor;
  return [
    ...(closing === wanted ? [] : [`Deferred revenue is ${closing}, not ${wanted}.`]),
    ...(verified.ok && verified.sha256 === buyer.sha256
      ? []
      : ['The buyer’s file does not verify.']),
  ];
}

function stepFaults({ journal }: RechargeOutcome, client: string): string[] {
  const seen = journal.filter((entry) => entry.client === client);
  const wanted = steps[client] ?? [];
  const length = Math.max(seen.length, wanted.length);
  return Array.from({ length }, (_, index) => index).flatMap((index) => {
    const [entry, step] = [seen[index], wanted[index]];
    const [day, kind, text] = step ?? [];
    if (entry?.day === day && entry?.kind === kind && text?.test(entry?.text ?? '')) return [];
    const was =
      entry === undefined ? 'nothing' : `${entry.kind} on day ${entry.day}: ${entry.text}`;
    return [
      `${client}, step ${index + 1}: ${was}, not ${kind ?? 'anything'} on day ${day}: ${text}`,
    ];
  });
}

/** What was opened with and collected, less what was worked. */
function balanceFaults({ balances, statements }: RechargeOutcome, client: string): string[] {
  const index = clients.findIndex(({ name }) => name === client);
  const used = work
    .filter((item) => item.client === index)
    .reduce((sum, item) => sum + item.hours, 0);
  const wanted = (clients[index]?.openingHours ?? 0) + 10 * (collectedBlocks[client] ?? 0) - used;
  const shown = balances.clients.find((each) => each.client === client);
  const left = ((shown?.settledSeconds ?? 0) - (shown?.overageSeconds ?? 0)) / 3600;
  const papers = statements.filter((statement) => statement.client === client).length;
  return [
    ...(left === wanted ? [] : [`${client} has ${left} h left, not ${wanted} h.`]),
    ...(papers === 1 ? [] : [`${client} has ${papers} statements, not 1.`]),
  ];
}

/** What is reported as collected is what hours were given for. */
function paymentFaults({ payments }: RechargeOutcome, client: string): string[] {
  const own = payments.recharges.filter((recharge) => recharge.client === client);
  const collected = own.filter(({ state }) => state === 'collected').length;
  const wanted = collectedBlocks[client] ?? 0;
  const returned = own.filter(({ state }) => state !== 'collected').map(({ state }) => state);
  const isBack = clients.some(
    ({ name, returnedAfterDays }) => name === client && returnedAfterDays,
  );
  return [
    ...(collected === wanted
      ? []
      : [`${client} has ${collected} collected recharges, not ${wanted}.`]),
    ...(returned.join() === (isBack ? 'returned' : '')
      ? []
      : [`${client} has these other recharges: ${returned.join(', ')}.`]),
  ];
}
