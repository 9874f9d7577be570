/**
 * What the month must come to, calculated from the story alone and in the simplest way, so that the
 * demo notices when the program comes to something else.
 */
import { clients, type DemoClient } from './cast.ts';
import type { DemoTicket, Month } from './month.ts';

export interface Expected {
  client: string;
  /** Debited, and what open work would add. */
  usedSeconds: number;
  pendingSeconds: number;
  openingSeconds: number;
  /** Bought in the first run; ordered only, while the invoice is to be paid first. */
  orderedSeconds: number;
  boughtSeconds: number;
  /** Left in the blocks less overage: below zero when overdrawn. */
  netSeconds: number;
}

const quarter = 15 * 60;
const graceSeconds = 5 * 60;
const hour = 3600;
const standardThresholdHours = 2;

/** `opening` and what is bought are those of the month as it was first told. */
export function expectMonth(month: Month, atFirst: Month = month): Expected[] {
  return clients.map((client, index) => {
    const opening = openingSeconds(atFirst, index);
    const first = workOf(atFirst, index);
    const orderedSeconds = orderFor(client, opening - first.usedSeconds);
    const boughtSeconds = client.activate === 'on-payment' ? 0 : orderedSeconds;
    const { usedSeconds, pendingSeconds } = workOf(month, index);
    const netSeconds = opening + boughtSeconds - usedSeconds;
    return {
      client: client.name,
      usedSeconds,
      pendingSeconds,
      openingSeconds: opening,
      orderedSeconds,
      boughtSeconds,
      netSeconds,
    };
  });
}

/** Blocks that leave the planned rest, in quarters of an hour. */
export function openingSeconds(month: Month, client: number): number {
  const { usedSeconds, pendingSeconds } = workOf(month, client);
  const planned = (clients[client]?.projectedHours ?? 0) * hour;
  return Math.round((usedSeconds + pendingSeconds + planned) / quarter) * quarter;
}

function workOf(month: Month, client: number): { usedSeconds: number; pendingSeconds: number } {
  const own = month.tickets.filter((ticket) => ticket.client === client);
  const sum = (tickets: readonly DemoTicket[]): number =>
    tickets.reduce((seconds, ticket) => seconds + costOf(ticket), 0);
  return {
    usedSeconds: sum(own.filter(isClosed)),
    pendingSeconds: sum(own.filter((ticket) => !isClosed(ticket))),
  };
}

export function isClosed(ticket: DemoTicket): boolean {
  return ticket.closedAt !== null && ticket.reopenedAt === undefined;
}

/** The sum of a ticket's covered time, rounded once, dearer at the site and after hours. */
export function costOf(ticket: DemoTicket): number {
  if (ticket.board === 'Managed Services') return 0;
  const parts = ticket.entries
    .filter((entry) => entry.workType !== 'Travel')
    .map((entry) => ({
      seconds: entry.minutes * 60,
      percent: entry.isAfterHours ? 200 : entry.workType === 'On-site' ? 125 : 100,
    }));
  if (parts.length === 0) return 0;
  const worked = parts.reduce((sum, part) => sum + part.seconds, 0);
  const begun = worked % quarter;
  const isForgiven = begun <= graceSeconds && worked > quarter;
  const added = begun === 0 ? 0 : isForgiven ? -begun : quarter - begun;
  const percents = parts.map((part) => part.percent);
  const addedPercent = added < 0 ? Math.max(...percents) : Math.min(...percents);
  const hundredths = parts.reduce((sum, part) => sum + part.seconds * part.percent, 0);
  return Math.round((hundredths + added * addedPercent) / 100);
}

/** One sale, large enough to lift the balance above the threshold. */
function orderFor(client: DemoClient, netSeconds: number): number {
  const threshold = (client.buys?.hoursLeft ?? standardThresholdHours) * hour;
  const block = (client.buys === undefined ? 10 : 20) * hour;
  if (netSeconds > threshold) return 0;
  return (Math.floor((threshold - netSeconds) / block) + 1) * block;
}
