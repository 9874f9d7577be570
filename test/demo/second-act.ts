/** What happens between the first run and the second: three corrections, and one ticket is closed. */
import { isQuiet, type Month } from './month.ts';
import { isWithinOffice } from './office-days.ts';

export interface Correction {
  /** Index of the ticket, and of the entry on it. */
  ticket: number;
  entry: number;
  minutes: number;
}

export interface SecondAct {
  corrections: Correction[];
  /** The ticket that had been opened again. */
  closes: number;
}

const newMinutes = [60, 6, 75];

/** Upwards twice and downwards once, by three clients who stay far from their thresholds. */
export function planSecondAct(month: Month): SecondAct {
  const corrections: Correction[] = [];
  const seen = new Set<number>();
  for (const [index, ticket] of month.tickets.entries()) {
    const minutes = newMinutes[corrections.length];
    if (minutes === undefined) break;
    if (!isQuiet(ticket) || seen.has(ticket.client)) continue;
    const entry = ticket.entries.findIndex(
      (each) => each.minutes >= 24 && isWithinOffice(each.start, minutes),
    );
    if (entry < 0) continue;
    seen.add(ticket.client);
    corrections.push({ ticket: index, entry, minutes });
  }
  if (corrections.length < newMinutes.length) throw new Error('Too few entries to correct.');
  return {
    corrections,
    closes: month.tickets.findIndex((ticket) => ticket.reopenedAt !== undefined),
  };
}

export function afterSecondAct(month: Month, act: SecondAct): Month {
  const tickets = month.tickets.map((ticket, index) => {
    const entries = ticket.entries.map((entry, position) => {
      const correction = act.corrections.find(
        (each) => each.ticket === index && each.entry === position,
      );
      return correction === undefined ? entry : { ...entry, minutes: correction.minutes };
    });
    const { reopenedAt, ...rest } = ticket;
    const isReopened = reopenedAt !== undefined && index !== act.closes;
    return { ...rest, ...(isReopened ? { reopenedAt } : {}), entries };
  });
  return { ...month, tickets };
}
