import { Calendar, toBusinessHours } from '../../src/config/schema/business-hours.ts';
import type { TicketRow, TimeEntryRow } from '../../src/contract/connector.ts';
import type { Agreement, Client } from '../../src/domain/agreements/terms.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { agreementOf, clientOf, openingOf } from '../support/terms.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Of ten tickets; together twenty entries. */
const entriesOfTicket = [1, 2, 1, 3, 2, 2, 1, 3, 2, 3];
export const entriesPerTicket = 2;

/** A stretch of years or a month in which the clients' tickets were worked on and closed, evenly. */
export interface Span {
  /** Number of the first ticket; ids count on from it. */
  firstTicket: number;
  tickets: number;
  from: number;
  days: number;
}

/** Eight years of work before the last months. */
export function historyOf(entries: number): Span {
  const tickets = Math.floor(entries / entriesPerTicket);
  return { firstTicket: 1_000_000, tickets, from: Date.UTC(2017, 6, 1), days: 3000 };
}

/** February 2026, which is looked at. */
export function lastMonthOf(entries: number): Span {
  const tickets = Math.floor(entries / entriesPerTicket);
  return { firstTicket: 9_000_000, tickets, from: Date.UTC(2026, 1, 1), days: 27 };
}

/** The same work every time: most of it in office hours, some early, late and on weekends. */
export function* workOf(span: Span, clients: number): Generator<Work> {
  for (let index = 0; index < span.tickets; index += 1) yield workOfTicket(span, clients, index);
}

export interface Work {
  ticket: TicketRow;
  entries: TimeEntryRow[];
}

export function workOfTicket(span: Span, clients: number, index: number): Work {
  const number = span.firstTicket + index;
  const day = Math.floor((index * span.days) / span.tickets);
  const startMs = span.from + day * dayMs + 7 * hourMs + (scatter(number) % 660) * 60_000;
  const entries = Array.from({ length: entriesOfTicket[index % 10] ?? 1 }, (_, place) =>
    entryOf(number, place, startMs + place * 2 * hourMs),
  );
  const closedAt = instantFromMs(startMs + 8 * hourMs);
  const ticket: TicketRow = {
    sourceId: `${number}`,
    number: `${number}`,
    clientId: `${index % clients}`,
    summary: `Request ${number}`,
    board: 'Help Desk',
    ticketType: null,
    agreement: null,
    status: 'Closed',
    isClosed: true,
    closedAt,
    mergedInto: null,
    updatedAt: closedAt,
  };
  return { ticket, entries };
}

function entryOf(ticket: number, place: number, startMs: number): TimeEntryRow {
  const random = scatter(ticket * 4 + place + 1);
  const minutes = 5 + (random % 80);
  const technician = random % 8;
  const endedAt = instantFromMs(startMs + minutes * 60_000);
  return {
    sourceId: `${ticket * 4 + place}`,
    ticketId: `${ticket}`,
    clientId: null,
    technicianId: `${technician}`,
    technician: `Technician ${technician}`,
    startedAt: instantFromMs(startMs),
    endedAt,
    isTimed: true,
    seconds: minutes * 60,
    secondsText: (minutes / 60).toFixed(2),
    kind: 'work',
    workType: random % 3 === 0 ? 'On-site' : 'Remote',
    role: null,
    isBillable: true,
    isApproved: null,
    agreement: null,
    note: 'Looked into it, mended it and told the user.',
    updatedAt: endedAt,
  };
}

/** The same pseudo-random whole number for the same place. */
function scatter(place: number): number {
  return Math.imul(place ^ (place >>> 7), 0x9e3779b1) >>> 8;
}

/** The agreement of the example config: rounded per ticket, dearer out of hours and on site. */
function agreement(): Agreement {
  const office = Calendar.parse({ 'mon-fri': '08:00-12:00, 13:30-18:00', holidays: 'FR' });
  return agreementOf({
    applies: { boards: ['Help Desk', 'Projects'], ticketTypes: null, agreements: null },
    rounding: { per: 'ticket', incrementSeconds: 900, minimumSeconds: 900, graceSeconds: 300 },
    workTypes: {
      covered: ['Remote', 'On-site', 'Maintenance'],
      excluded: ['Travel', 'Warranty'],
      unlisted: 'covered',
    },
    multipliers: [
      {
        workType: null,
        role: null,
        outside: toBusinessHours('office', office),
        factorThousandths: 2000,
      },
      { workType: 'On-site', role: null, outside: null, factorThousandths: 1250 },
    ],
  });
}

/** Clients with a large block for each year. */
export function clientsOf(count: number): Omit<Client, 'id'>[] {
  const terms = agreement();
  const years = Array.from({ length: 10 }, (_, index) => 2017 + index);
  return Array.from({ length: count }, (_, index) => ({
    ...clientOf({ name: `Client ${index}`, sourceIds: new Map([['psa', `${index}`]]) }),
    agreement: terms,
    paidBy: null,
    openingBlocks: years.map((year) => openingOf(180, { purchasedOn: `${year}-01-01` })),
  }));
}
