import type { TimeEntryRow } from '../../src/contract/connector.ts';
import { nowOf, type Office, runAll } from './office.ts';
import { besideText, type Ratio, ratioOf, sideBySide } from './ratio.ts';
import { type Span, workOfTicket } from './work.ts';

const changedEntries = 100;
const rounds = 5;

/** An office with the work that its mirror holds. */
export interface Filled {
  office: Office;
  spans: readonly Span[];
}

/** A whole run after the vendor shows as many changed entries, on tickets all over each mirror. */
export async function measureChangedWork(large: Filled, small: Filled): Promise<Ratio> {
  // The first run stores what it knows of the config and has nothing to compare with.
  for (const { office } of [large, small]) await runAll(office);
  let edit = 0;
  const change = (filled: Filled) => {
    filled.office.changed = changedRows(filled, edit, changedEntries);
    edit += 1;
  };
  const run = async ({ office }: Filled) => {
    const { steps } = await runAll(office);
    const { changed = 0 } = steps.find(({ step }) => step === 'debit') ?? {};
    if (changed !== office.changed.length) throw new Error(`a run changed ${changed} charges`);
  };
  const took = await sideBySide(
    rounds,
    { prepare: () => change(large), work: () => run(large) },
    { prepare: () => change(small), work: () => run(small) },
  );
  const name = `run with ${changedEntries} changed entries beside a hundredth of the mirror`;
  const clients = large.office.app.clients.length;
  return ratioOf({ name, clients, atMost: 1.3 }, took, besideText(took));
}

/** One entry each of tickets spread evenly over the mirror, longer by an hour, then as it was. */
export function changedRows({ office, spans }: Filled, edit: number, most: number): TimeEntryRow[] {
  const updatedAt = nowOf(office);
  const total = spans.reduce((sum, span) => sum + span.tickets, 0);
  const wanted = Math.min(most, total);
  return Array.from({ length: wanted }, (_, index) => {
    let place = Math.floor((index * total) / wanted);
    const span = spans.find(({ tickets }) => {
      if (place < tickets) return true;
      place -= tickets;
      return false;
    });
    const work = span && workOfTicket(span, office.app.clients.length, place);
    const [entry] = work?.entries ?? [];
    if (entry === undefined) throw new Error('a ticket without work');
    const seconds = entry.seconds + (edit % 4 < 2 ? 3600 : 0);
    return { ...entry, seconds, secondsText: `${seconds} s`, updatedAt };
  });
}
