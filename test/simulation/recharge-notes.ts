/** What the client was told of a recharge, read from the notes in the PSA as the client reads them. */
import type { PsaNote, PsaState } from './psa.ts';

const patterns = {
  announced: /^A short note on .* is on its way\.$/m,
  collected: /^We have collected /m,
  overdue: /^We have not received /m,
  failed: /^Your bank declined /m,
  retry: /^Your bank could not pay /m,
  returned: /^Your bank has returned /m,
  ended: / that we announced was cancelled\. /m,
};

export type NoteEvent = keyof typeof patterns;

/** Null: it is about something else. */
export function eventOf({ body }: PsaNote): NoteEvent | null {
  const events = Object.keys(patterns) as NoteEvent[];
  return events.find((event) => patterns[event].test(body)) ?? null;
}

/** The notes on the ticket of a recharge, which is known by its key. */
export function notesOn({ alerts, notes }: PsaState, ticketKey: string): PsaNote[] {
  const ids = new Set(alerts.filter(({ key }) => key === ticketKey).map(({ id }) => id));
  return notes.filter(({ ticketId }) => ids.has(ticketId));
}

export function countNotes(state: PsaState, ticketKey: string): Record<NoteEvent, number> {
  const steps = { announced: 0, collected: 0, overdue: 0, failed: 0, retry: 0, returned: 0 };
  const counts = { ...steps, ended: 0 };
  for (const note of notesOn(state, ticketKey)) {
    const event = eventOf(note);
    if (event !== null) counts[event] += 1;
  }
  return counts;
}

/** The price that a note announces. */
export function announcedMinor({ body }: PsaNote): number {
  const text = /invoice for €([\d,.]+) before tax/.exec(body)?.[1] ?? '';
  return Math.round(Number(text.replaceAll(',', '')) * 100);
}
