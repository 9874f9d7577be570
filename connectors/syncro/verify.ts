/**
 * How each fact is verified: filters by timestamp by reading; the rest by writing to a test client, reading
 * back and removing.
 */
import { z } from 'zod';
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { WireInstant } from '../http/answers/wire.ts';
import { createProbe, testBody } from '../kit/checking/probe.ts';
import { firstPage, parseAll } from '../kit/reading/lists.ts';
import { createKeyed } from '../kit/writing/push.ts';
import type { Syncro } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { invoiceList, resolvedTickets, ticketList, timerList } from './lists.ts';
import { alertRecord, clientFields, notes } from './push.ts';
import { saleRecord } from './sales.ts';
import { NumberId, TicketDetail } from './schema.ts';

/** `from`: list from which the expected row is taken. */
const trials = [
  { fact: 'tickets-since', from: ticketList.all, by: 'updated_at', since: ticketList.since },
  { fact: 'closed-listed', from: resolvedTickets, by: 'updated_at', since: ticketList.since },
  { fact: 'timers-since', from: timerList.all, by: 'created_at', since: timerList.since },
  { fact: 'invoices-since', from: invoiceList.all, by: 'updated_at', since: invoiceList.since },
] as const;

/** A fact without data to verify it keeps its earlier answer. */
export async function verifyByReading(syncro: Syncro): Promise<CheckResult[]> {
  const answers: { [id in FactId]?: boolean | null } = {};
  for (const trial of trials) answers[trial.fact] = await isListed(syncro, trial);
  return facts.verifyAll(syncro.context, answers);
}

const Dated = z.object({ id: NumberId, created_at: WireInstant, updated_at: WireInstant });

/** The newest row must be listed since a second before its timestamp. */
async function isListed(
  syncro: Syncro,
  { from, by, since }: (typeof trials)[number],
): Promise<boolean | null> {
  const seen = parseAll((await firstPage(syncro, from)).rows, Dated);
  const [newest] = seen.toSorted((a, b) => (a[by] < b[by] ? 1 : -1));
  if (newest === undefined) return null;
  const { rows, isLast } = await firstPage(syncro, since(newest[by]));
  if (parseAll(rows, Dated).some(({ id }) => id === newest.id)) return true;
  // With more new rows than fit on a page, it may be on another page.
  return isLast === true ? false : null;
}

export const probeConnection = createProbe<Syncro, FactId>('Syncro', facts, () => ({
  ticket: {
    facts: ['ticket-key', 'timer-moves-ticket'],
    create: (syncro, alert) => createKeyed(syncro, facts, alertRecord, alert),
    path: (id) => `/tickets/${id}`,
    verify: probeTimer,
    noteFact: 'note-audience',
    writeNote: notes.write,
  },
  field: clientFields,
  sale: {
    facts: ['invoice-number'],
    async create(syncro, sale, wrote) {
      wrote(`/invoices/${(await createKeyed(syncro, facts, saleRecord, sale)).remoteId}`);
    },
  },
  fix: 'Delete these by hand in Syncro; the token may lack permission.',
}));

const Timer = z.object({ id: NumberId });

/** Adds a timer, changes and deletes it: each must move the ticket. */
async function probeTimer(syncro: Syncro, ticketId: SourceId): Promise<void> {
  const path = `/tickets/${ticketId}`;
  const changedAt = async () => (await syncro.get(path, TicketDetail)).updated_at;
  const startMs = syncro.context.now() - 3_600_000;
  const [start_at, end_at] = [startMs, startMs + 900_000].map(instantFromMs);
  const changes = [await changedAt()];
  const added = { start_at, end_at, duration_minutes: 15, notes: testBody };
  const { id } = await syncro.write('POST', `${path}/timer_entry`, added, Timer);
  changes.push(await changedAt());
  const timer = { timer_entry_id: Number(id) };
  const changed = { ...timer, start_at, duration_minutes: 30 };
  await syncro.write('PUT', `${path}/update_timer_entry`, changed);
  changes.push(await changedAt());
  await syncro.write('POST', `${path}/delete_timer_entry`, timer);
  changes.push(await changedAt());
  const isMoved = changes.every((at, index) => index === 0 || at > (changes[index - 1] ?? at));
  await facts.verifyFact(syncro.context, 'timer-moves-ticket', isMoved);
}
