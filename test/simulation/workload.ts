/** What people do, drawn from the seed before anything runs: the same with faults as without. */
import type { Random } from '../demo/random.ts';
import { type Psa, type PsaEntry, type PsaInvoice, type PsaTicket, rootOf } from './psa.ts';
import { dayMs, hour, rechargedEarlierSeconds, type Terms, workTypes } from './terms.ts';

export type DeedName =
  | 'open'
  | 'log'
  | 'log late'
  | 'close'
  | 'reopen'
  | 'edit'
  | 'remove'
  | 'merge'
  | 'move'
  | 'pay'
  | 'pay part'
  | 'bounce'
  | 'void'
  | 'settle'
  | 'give back'
  | 'approve'
  | 'cancel'
  | 'resume'
  | 'buy'
  | 'sell'
  | 'reprice'
  | 'rerate';

/** Its numbers are taken modulo what there is to choose from. */
export interface Deed {
  name: DeedName;
  a: number;
  b: number;
}

export type Step =
  | { kind: 'deed'; deed: Deed; afterMs: number }
  | { kind: 'attempt'; inside: readonly Deed[]; afterMs: number };

/**
 * How much of a history may be compared with one that saw no fault. `strict`: nothing changes between a
 * day's attempts, and each reads all there is, so that all must be the same. `frozen`: reading may break
 * off as well, so that hours may be bought in other portions. `busy`: people work on meanwhile.
 */
export type Style = 'strict' | 'frozen' | 'busy';

export const startMs = Date.parse('2026-03-02T00:00:00.000Z');
const minuteMs = 60_000;

const always: readonly DeedName[] = [
  ...(['open', 'open', 'open', 'log', 'log', 'log', 'log', 'log', 'log late'] as const),
  ...(['close', 'close', 'close', 'close', 'reopen', 'edit', 'edit', 'remove'] as const),
  ...(['merge', 'move', 'pay', 'pay', 'void', 'buy', 'sell', 'reprice'] as const),
];

/** With recharges: what the collector, its bank and the user of the command line do. */
const payments: readonly DeedName[] = [
  ...(['pay', 'pay', 'pay', 'pay', 'pay', 'pay part', 'bounce', 'bounce', 'bounce'] as const),
  ...(['settle', 'settle', 'settle', 'settle', 'give back'] as const),
  ...(['approve', 'approve', 'approve', 'approve', 'cancel', 'resume', 'resume'] as const),
];

/** Payments take days, and so do those who are asked about them; a declined charge is repeated after five. */
const daysMore = { psa: 3, pay: 6 } as const;
const deedsMore = 8;

/** The days of a history, each a list of steps that a run without faults ends. */
export function drawDays(
  random: Random,
  style: Style,
  { recharge }: Pick<Terms, 'recharge'>,
): Step[][] {
  const hasRecharges = recharge !== null;
  const known = hasRecharges ? [...always, ...payments] : always;
  // What is posted stays as it was rated: with other rates, what a run met on its way would matter.
  const names = style === 'busy' ? known : [...known, 'rerate' as const];
  const meanwhile = known.filter((name) => !isByCommand(name));
  const more = recharge === null ? 0 : daysMore[recharge.collect];
  const drawDeed = (among: readonly DeedName[]): Deed => {
    return { name: random.pick(among), a: random.whole(0, 9999), b: random.whole(0, 9999) };
  };
  return Array.from({ length: random.whole(3, 5) + more }, (_, day) => {
    const count = random.whole(4, 9) + (day === 0 ? 8 : 0) + (hasRecharges ? deedsMore : 0);
    const deeds = Array.from({ length: count }, (): Step => {
      return { kind: 'deed', deed: drawDeed(names), afterMs: random.whole(1, 10) * minuteMs };
    });
    const attempts = Array.from({ length: random.whole(1, 3) }, (): Step => {
      const count = style === 'busy' ? random.whole(0, 4) : 0;
      const inside = Array.from({ length: count }, () => drawDeed(meanwhile));
      return { kind: 'attempt', inside, afterMs: random.whole(20, 40) * minuteMs };
    });
    return style === 'busy' ? random.shuffle([...deeds, ...attempts]) : [...deeds, ...attempts];
  });
}

/** What takes a process of its own, or the next start, to be known. */
function isByCommand(name: DeedName): boolean {
  return ['buy', 'sell', 'reprice', 'rerate', 'approve', 'cancel', 'resume'].includes(name);
}

/** What the PSAs show of it. False: it is none of theirs. */
export function doDeed(
  { name, a, b }: Deed,
  systems: readonly Psa[],
  nowMs: number,
  isCharged: (invoice: PsaInvoice) => boolean,
): boolean {
  const psa = systems[b % systems.length] ?? systems[0];
  if (psa === undefined || isByCommand(name)) return false;
  const { tickets, entries } = psa.state();
  if (name === 'open') {
    // Seldom for a client whom nobody has configured.
    psa.openTicket(psa.clients[a % 12 === 0 ? 2 : a % 2] ?? '');
    return true;
  }
  if (isOnInvoice(name)) doInvoice(name, systems, a, isCharged);
  // The latest tickets, so that much happens to each.
  const ticket = tickets.toReversed()[a % Math.max(1, Math.min(5, tickets.length))];
  if (ticket === undefined) return true;
  const lateMs = name === 'log late' ? (1 + (b % 5)) * minuteMs : 0;
  if (name === 'log' || name === 'log late') {
    psa.log({ ticketId: ticket.id, ...drawnWork(a, b, nowMs), lateMs });
  } else doTicket(name, psa, tickets, ticket, b);
  const entry = entries[b % Math.max(1, entries.length)];
  if (entry !== undefined) doEntry(name, psa, entry, drawnWork(b, a, nowMs));
  return true;
}

function doTicket(
  name: DeedName,
  psa: Psa,
  tickets: readonly PsaTicket[],
  ticket: PsaTicket,
  b: number,
): void {
  if (name === 'close') psa.close(ticket.id);
  else if (name === 'reopen' && ticket.mergedInto === null) psa.reopen(ticket.id);
  else if (name === 'move' && ticket.client !== psa.clients[2]) {
    psa.moveTicket(ticket.id, psa.clients[b % 2] ?? '');
  } else if (name === 'merge' && ticket.mergedInto === null) {
    const others = tickets.filter(({ client }) => client === ticket.client);
    const into = others[b % Math.max(1, others.length)];
    if (into === undefined || rootOf(tickets, into.id)?.id === ticket.id) return;
    psa.merge(ticket.id, into.id);
  }
}

function doEntry(
  name: DeedName,
  psa: Psa,
  entry: PsaEntry,
  change: ReturnType<typeof drawnWork>,
): void {
  if (name === 'edit') psa.edit(entry.id, change);
  else if (name === 'remove') psa.remove(entry.id);
}

/** Which invoices it can be done to. */
const suited = {
  pay: ({ isPaid }: PsaInvoice) => !isPaid,
  'pay part': ({ paidMinor }: PsaInvoice) => paidMinor === 0,
  bounce: ({ isPaid }: PsaInvoice) => isPaid,
  // Nobody voids what was paid.
  void: ({ paidMinor }: PsaInvoice) => paidMinor === 0,
};

function isOnInvoice(name: DeedName): name is keyof typeof suited {
  return name in suited;
}

/** An invoice of ours is paid, comes back from the bank, or is voided by hand. */
function doInvoice(
  name: keyof typeof suited,
  systems: readonly Psa[],
  a: number,
  isCharged: (invoice: PsaInvoice) => boolean,
): void {
  const psa = systems.find((one) => one.name === 'psa');
  if (psa === undefined) return;
  const { invoices } = psa.state();
  // What is charged at a provider is left to it.
  const open = invoices.filter((one) => !one.isVoid && suited[name](one) && !isCharged(one));
  // A retry may have written one after another: which it is must not depend on that.
  open.sort((one, other) => (rankOf(one) < rankOf(other) ? -1 : 1));
  const invoice = open[a % Math.max(1, open.length)];
  if (invoice === undefined) return;
  const { id, totalMinor } = invoice;
  if (name === 'void') psa.void(id);
  else
    psa.collect(id, { pay: totalMinor, 'pay part': Math.floor(totalMinor / 2), bounce: 0 }[name]);
}

function rankOf({ client, totalMinor, id }: PsaInvoice): string {
  return `${client} ${String(totalMinor).padStart(9, '0')} ${id.padStart(9, '0')}`;
}

/** Three minutes to three hours, in hundredths of hours, on one of the last four days. */
function drawnWork(a: number, b: number, nowMs: number) {
  const midnightMs = Math.floor(nowMs / dayMs) * dayMs;
  const startsMs = midnightMs - (1 + (a % 4)) * dayMs + (8 + (b % 6)) * hour * 1000;
  return {
    startMs: startsMs + (a % 20) * 3 * minuteMs,
    seconds: (1 + (b % 60)) * 180,
    workType: workTypes[(a + b) % workTypes.length] ?? 'Remote',
  };
}

/** The terms after a deed that changed them. */
export function changedTerms({ name, a, b }: Deed, terms: Terms): Terms {
  if (name === 'reprice') {
    const levelSeconds = [[3, 4][a % 2] ?? 3, [1, 2][b % 2] ?? 1] as const;
    const [alert, invoice] = levelSeconds;
    const earlier = terms.recharge === null ? 0 : rechargedEarlierSeconds;
    return {
      ...terms,
      levelSeconds: [alert * hour + earlier, invoice * hour + earlier],
      rateMinor: 9_000 + (a % 5) * 1_005,
    };
  }
  return {
    ...terms,
    per: (['ticket', 'entry', 'day'] as const)[a % 3] ?? 'ticket',
    incrementSeconds: [900, 1800, 360][b % 3] ?? 900,
    onSiteThousandths: [1000, 1500, 2000][(a + b) % 3] ?? 1000,
    graceSeconds: [0, 180][a % 2] ?? 0,
  };
}
