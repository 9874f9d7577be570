/**
 * The year before the month, of two clients whose past blocks are in the config: the same few hours every
 * month, so that what leaked and what a flat price would have come to can be told in one's head.
 */
import { addDays, addSeconds, type DateText } from '../../src/domain/time.ts';
import type { DemoTicket, Month } from './month.ts';
import { msFromWallClock, workDaysBefore } from './office-days.ts';

/** Indexes of Cabinet Martin and Harbour Dental. */
export const pastClients = [1, 2] as const;

export const pastRate = '115.00';

/** Bought at once; the work of the last months goes beyond it. */
export const pastBlockHours = 60;

/** Two hours each, at ten: four visits a month to the help desk, and half an hour on the road. */
const ticketsPerMonth = 4;
const ticketMinutes = [105, 120, 120, 135] as const;
const travelMinutes = 30;

export interface Past {
  /** First day of the block. */
  purchasedOn: DateText;
  tickets: DemoTicket[];
}

/** Asked for again and again, and a calendar of holidays takes its time. */
const made = new Map<DateText, Past>();

export function createPast({ firstDay }: Month): Past {
  const past = made.get(firstDay) ?? makePast(firstDay);
  made.set(firstDay, past);
  return past;
}

function makePast(firstDay: DateText): Past {
  const days = Map.groupBy(workDaysBefore(firstDay, 330), (day) => day.slice(0, 7));
  const [begun = '', ...months] = [...days.keys()];
  const tickets = months.flatMap((month) =>
    pastClients.flatMap((client) =>
      (days.get(month) ?? []).slice(0, ticketsPerMonth).map((day, index) => {
        return toTicket(client, day, index);
      }),
    ),
  );
  return { purchasedOn: addDays(`${begun}-28`, 1), tickets };
}

function toTicket(client: number, day: DateText, index: number): DemoTicket {
  const work = { technician: 0, isAfterHours: false, note: 'Found the cause and put it right.' };
  const minutes = ticketMinutes[index] ?? 120;
  // The two clients one after the other: nobody is in two places at once.
  const start = msFromWallClock(day, (client === 1 ? 9 : 14) * 60);
  const road = msFromWallClock(day, (client === 1 ? 8 : 13.5) * 60);
  const travel = { ...work, start: road, minutes: travelMinutes, workType: 'Travel' as const };
  return {
    ...{ vendor: 'psa', client, board: 'Help Desk' },
    summary: client === 1 ? 'Le VPN se coupe toutes les dix minutes' : 'Till freezes',
    openedAt: addSeconds(road, -600),
    closedAt: addSeconds(start, minutes * 60 + 300),
    entries: [
      ...(index === 0 ? [travel] : []),
      { ...work, start, minutes, workType: 'Remote' as const },
    ],
  };
}

export interface PastFigures {
  /** Beyond the past block, and on the road. */
  beyondSeconds: number;
  travelSeconds: number;
  /** Hours used in each month that the past filled completely. */
  used: Map<string, number>;
}

/** What the reports must come to for one of the two clients. */
export function expectPast(month: Month): PastFigures {
  const own = createPast(month).tickets.filter(({ client }) => client === pastClients[1]);
  const of = (isTravel: boolean, tickets: readonly DemoTicket[] = own) =>
    tickets
      .flatMap(({ entries }) => entries)
      .filter(({ workType }) => (workType === 'Travel') === isTravel)
      .reduce((sum, { minutes }) => sum + minutes * 60, 0);
  const monthOf = ({ openedAt }: DemoTicket) => openedAt.slice(0, 7);
  const complete = own.filter((one) => monthOf(one) < month.firstDay.slice(0, 7));
  return {
    beyondSeconds: Math.max(0, of(false) - pastBlockHours * 3600),
    travelSeconds: of(true),
    used: new Map(
      [...Map.groupBy(complete, monthOf)].map(([name, tickets]) => [name, of(false, tickets)]),
    ),
  };
}
