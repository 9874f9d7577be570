/** A believable month of work, as data: about 600 tickets and 1,500 time entries in two systems. */
import { addDays, addSeconds, type DateText, type Instant } from '../../src/domain/time.ts';
import { clients, notes, technicians, topics } from './cast.ts';
import { Diary, msFromWallClock, today, workDaysBefore } from './office-days.ts';
import { Random } from './random.ts';

export type WorkType = 'Remote' | 'On-site' | 'Maintenance' | 'Travel';

export interface DemoEntry {
  /** Index among the technicians. */
  technician: number;
  start: Instant;
  minutes: number;
  workType: WorkType;
  isAfterHours: boolean;
  note: string;
  /** What was logged first, where it was corrected later. */
  minutesAtFirst?: number;
}

export interface DemoTicket {
  vendor: 'psa' | 'rmm';
  /** Index among the clients. */
  client: number;
  board: 'Help Desk' | 'Projects' | 'Managed Services';
  summary: string;
  openedAt: Instant;
  closedAt: Instant | null;
  /** It was closed once, and opened again. */
  reopenedAt?: Instant;
  entries: DemoEntry[];
}

export interface Month {
  today: DateText;
  firstDay: DateText;
  tickets: DemoTicket[];
}

/** How many tickets have so many entries: 600 tickets, 1,500 entries. */
const ticketsByEntries = [
  [1, 120],
  [2, 210],
  [3, 150],
  [4, 90],
  [5, 30],
] as const;
const monthDays = 31;
const workMinutes = [6, 6, 9, 9, 12, 12, 15, 15, 18, 24, 30];
const correctedCount = 8;

interface Slot {
  client: number;
  vendor: DemoTicket['vendor'];
}

export function createMonth(nowMs: number, seed = 20_260): Month {
  const day = today(nowMs);
  const random = new Random(seed);
  const days = workDaysBefore(day, monthDays);
  const slots = random.shuffle(clients.flatMap(slotsOf));
  const counts = random.shuffle(
    ticketsByEntries.flatMap(([entries, tickets]) => Array<number>(tickets).fill(entries)),
  );
  const work = new Work(random, days, day);
  const tickets = slots.map((slot, index) => {
    const dayIndex = Math.floor((index * days.length) / slots.length);
    return work.ticket(slot, dayIndex, counts[index] ?? 1);
  });
  leaveOpen(tickets);
  reopenOne(tickets);
  correctSome(tickets);
  return { today: day, firstDay: addDays(day, -monthDays), tickets };
}

function slotsOf(client: (typeof clients)[number], index: number): Slot[] {
  const of = (vendor: Slot['vendor'], count: number): Slot[] =>
    Array.from({ length: count }, () => ({ client: index, vendor }));
  return [...of('psa', client.psaTickets), ...of('rmm', client.rmmTickets)];
}

/** Fills the technicians' diaries, ticket by ticket. */
class Work {
  readonly #random: Random;
  readonly #days: readonly DateText[];
  readonly #today: DateText;
  readonly #diaries = technicians.map(() => new Diary());

  constructor(random: Random, days: readonly DateText[], day: DateText) {
    this.#random = random;
    this.#days = days;
    this.#today = day;
  }

  ticket({ client, vendor }: Slot, dayIndex: number, count: number): DemoTicket {
    const random = this.#random;
    const locale = clients[client]?.locale ?? 'en';
    const roll = random.next();
    const isVisit = vendor === 'psa' && count >= 2 && roll < 0.12;
    const isLate = !isVisit && roll > 0.93;
    const technician = random.whole(0, technicians.length - 1);
    const entries = Array.from({ length: count }, (_, index) => {
      const note = random.pick(notes[locale]);
      const workType = isVisit ? visitWorkType(index) : this.#workType(vendor);
      const minutes = this.#minutes(workType);
      if (isLate && index === count - 1) {
        return { ...this.#late(technician, dayIndex, minutes), workType, note };
      }
      const later = index > 1 ? 1 : 0;
      return { ...this.#inOffice(technician, dayIndex + later, minutes), workType, note };
    }).sort((a, b) => (a.start < b.start ? -1 : 1));
    const first = entries[0]?.start ?? '';
    const ends = entries.map(({ start, minutes }) => addSeconds(start, minutes * 60)).sort();
    return {
      vendor,
      client,
      board: this.#board(vendor, isVisit),
      summary: random.pick(topics[locale]),
      openedAt: addSeconds(first, -60 * random.whole(5, 50)),
      closedAt: addSeconds(ends.at(-1) ?? first, 60 * random.whole(2, 15)),
      entries,
    };
  }

  #workType(vendor: DemoTicket['vendor']): WorkType {
    return vendor === 'psa' && this.#random.next() < 0.1 ? 'Maintenance' : 'Remote';
  }

  #board(vendor: DemoTicket['vendor'], isVisit: boolean): DemoTicket['board'] {
    const roll = this.#random.next();
    if (vendor === 'rmm' || isVisit || roll < 0.9) return 'Help Desk';
    return roll < 0.96 ? 'Projects' : 'Managed Services';
  }

  #minutes(workType: WorkType): number {
    if (workType === 'Travel') return this.#random.pick([21, 30, 36]);
    if (workType === 'On-site') return this.#random.pick([45, 60, 75]);
    return this.#random.pick(workMinutes);
  }

  #inOffice(technician: number, dayIndex: number, minutes: number) {
    for (let index = dayIndex; ; index += 1) {
      const day = this.#days[Math.min(index, this.#days.length - 1)] ?? this.#today;
      for (let turn = 0; turn < technicians.length; turn += 1) {
        const who = (technician + turn) % technicians.length;
        const pause = this.#random.whole(1, 8) * 3;
        const start = this.#diaries[who]?.takeInOffice(day, minutes, pause) ?? null;
        if (start === null) continue;
        return {
          technician: who,
          start: msFromWallClock(day, start),
          minutes,
          isAfterHours: false,
        };
      }
      if (index >= this.#days.length) throw new Error('The month has more work than hours.');
    }
  }

  #late(technician: number, dayIndex: number, minutes: number) {
    const day = this.#days[dayIndex] ?? this.#today;
    const start = this.#diaries[technician]?.takeInEvening(day, minutes, 3) ?? null;
    if (start === null) throw new Error('The evenings are full.');
    return { technician, start: msFromWallClock(day, start), minutes, isAfterHours: true };
  }
}

function visitWorkType(index: number): WorkType {
  if (index === 0) return 'Travel';
  return index === 1 ? 'On-site' : 'Remote';
}

/** The newest tickets of each client are still being worked on. */
function leaveOpen(tickets: readonly DemoTicket[]): void {
  for (const [index, client] of clients.entries()) {
    const own = tickets.filter((ticket) => ticket.client === index && isDebitable(ticket));
    for (const ticket of own.slice(own.length - client.openTickets)) ticket.closedAt = null;
  }
}

/** One that was closed and came back, by a client with hours to spare. */
function reopenOne(tickets: readonly DemoTicket[]): void {
  const ticket = tickets.find((each) => isQuiet(each) && each.entries.length >= 3);
  if (ticket === undefined || ticket.closedAt === null) throw new Error('No ticket to open again.');
  ticket.reopenedAt = addSeconds(ticket.closedAt, 26 * 3600);
}

function correctSome(tickets: readonly DemoTicket[]): void {
  const entries = tickets
    .filter((ticket) => ticket.vendor === 'psa' && ticket.closedAt !== null)
    .flatMap((ticket) => ticket.entries.slice(0, 1));
  const step = Math.floor(entries.length / correctedCount);
  for (let index = 0; index < correctedCount; index += 1) {
    const entry = entries[index * step];
    if (entry !== undefined) entry.minutesAtFirst = entry.minutes + (index % 2 === 0 ? 30 : -3);
  }
}

export function isDebitable(ticket: DemoTicket): boolean {
  return ticket.vendor === 'psa' && ticket.board !== 'Managed Services';
}

/** Closed, plain remote work in the PSA, by a client far from its threshold. */
export function isQuiet(ticket: DemoTicket): boolean {
  const client = clients[ticket.client];
  return (
    isDebitable(ticket) &&
    ticket.closedAt !== null &&
    ticket.reopenedAt === undefined &&
    client !== undefined &&
    client.projectedHours >= 8 &&
    ticket.entries.every((entry) => entry.workType === 'Remote' && !entry.isAfterHours)
  );
}
