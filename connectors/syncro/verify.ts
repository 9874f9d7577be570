/**
 * How each fact is verified: filters by timestamp by reading; the rest by writing to a test client, reading
 * back and removing.
 */
import { z } from 'zod';
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { addSeconds, instantFromMs } from '../../src/domain/time.ts';
import { WireInstant } from '../http/answers/wire.ts';
import {
  fieldStep,
  type ProbeStep,
  runProbe,
  testBody,
  testSale,
  testSubject,
} from '../kit/checking/probe.ts';
import { firstPage, parseAll } from '../kit/reading/lists.ts';
import { createKeyed } from '../kit/writing/push.ts';
import type { Syncro } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { invoiceList, resolvedTickets, ticketList, timerList } from './lists.ts';
import { alertRecord, clientFields, writeNote } from './push.ts';
import { saleRecord } from './sales.ts';
import { InvoiceDetail, NumberId, PaymentWire, TicketDetail } from './schema.ts';

/** `from`: list from which the expected row is taken. */
const trials = [
  { fact: 'tickets-since', from: ticketList.all, by: 'updated_at', since: ticketList.since },
  { fact: 'closed-listed', from: resolvedTickets, by: 'updated_at', since: ticketList.since },
  { fact: 'timers-since', from: timerList.all, by: 'created_at', since: timerList.since },
  { fact: 'invoices-since', from: invoiceList.all, by: 'updated_at', since: invoiceList.since },
] as const;

/** A fact without data to verify it keeps its earlier answer. */
export async function verifyByReading(syncro: Syncro): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const trial of trials) {
    await facts.verifyFact(syncro.context, trial.fact, await isListed(syncro, trial));
    results.push(await facts.factResult(syncro.context, trial.fact));
  }
  return results;
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

/** An invoice and its payment are written one after the other. */
const paySeconds = 60;

/** An invoice must have changed no earlier than its newest payment. */
export async function verifyPayments(syncro: Syncro): Promise<CheckResult[]> {
  const { rows } = await firstPage(syncro, { path: '/payments', rows: 'payments' });
  const [newest] = parseAll(rows, PaymentWire)
    .flatMap(({ updated_at: at, invoice_ids }) => invoice_ids.map((invoice) => ({ at, invoice })))
    .filter(({ invoice }) => invoice !== null)
    .toSorted((a, b) => (a.at < b.at ? 1 : -1));
  const id = 'payment-moves-invoice';
  if (newest !== undefined) {
    const invoice = await syncro.getIfThere(`/invoices/${newest.invoice}`, InvoiceDetail);
    const paidAt = addSeconds(newest.at, -paySeconds);
    await facts.verifyFact(syncro.context, id, invoice && invoice.updated_at >= paidAt);
  }
  return [await facts.factResult(syncro.context, id)];
}

export function probeConnection(syncro: Syncro, clientId: SourceId): Promise<CheckResult[]> {
  const key = `probe.${syncro.context.now()}`;
  const written: string[] = [];
  const ticket = async () => {
    const alert = { key, clientId, subject: testSubject, body: testBody };
    const { remoteId } = await createKeyed(syncro, facts, alertRecord, alert);
    written.unshift(`/tickets/${remoteId}`);
    await probeTimer(syncro, remoteId);
    const note = { clientId, ticketId: remoteId, body: testBody };
    for (const audience of ['internal', 'client'] as const) {
      await writeNote(syncro, { ...note, key: `${key}.${audience}`, audience });
      // Another note would prove nothing more.
      if ((await facts.readFact(syncro.context, 'note-audience')) !== 'yes') return;
    }
  };
  const invoice = async () => {
    const sale = testSale(syncro.context, { key, clientId });
    const { remoteId } = await createKeyed(syncro, facts, saleRecord, sale);
    written.unshift(`/invoices/${remoteId}`);
  };
  const steps: ProbeStep<FactId>[] = [
    { facts: ['ticket-key', 'timer-moves-ticket', 'note-audience'], work: ticket },
    fieldStep(syncro, facts, 'client-fields', clientFields, clientId),
    { facts: ['invoice-number'], work: invoice },
  ];
  const remove = (path: string) => removeForSure(syncro, path);
  const fix = 'Delete these by hand in Syncro; the token may lack permission.';
  return runProbe(syncro, facts, steps, { written, remove, fix }, 'Syncro');
}

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

/** Deleting an invoice returns 200 even if it failed, so it is looked up. */
async function removeForSure(syncro: Syncro, path: string): Promise<void> {
  await syncro.remove(path);
  if ((await syncro.getIfThere(path, z.unknown())) === null) return;
  throw new KindError('rejected', `DELETE ${path} succeeded, but it still exists.`);
}
