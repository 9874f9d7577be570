/**
 * Settles by writing to a test client what reading cannot: each thing is written, read back and removed.
 * What could not be removed is named, for a person to take away.
 */
import { z } from 'zod';
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { createSteps, removeWritten, testBody, testSale, testSubject } from '../kit/probe.ts';
import type { Api } from './api.ts';
import { attempt } from './check.ts';
import { factResult, verifyFact } from './facts.ts';
import { readCustomer, writeField } from './push-balance.ts';
import { createInvoice } from './push-invoice.ts';
import { writeNote } from './push-note.ts';
import { createTicket } from './push-ticket.ts';
import { NumberId, TicketDetail } from './schema.ts';

interface Probe {
  api: Api;
  clientId: SourceId;
  key: string;
  /** Paths of what was written, the last first. */
  written: string[];
  signal: AbortSignal;
}

export async function probeConnection(
  api: Api,
  clientId: SourceId,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const probe: Probe = { api, clientId, key: `probe.${api.context.now()}`, written: [], signal };
  const results: CheckResult[] = [];
  const settle = createSteps(results, api.context, attempt, factResult);
  await settle(['ticket-key', 'timer-moves-ticket', 'note-audience'], () => probeTicket(probe));
  await settle(['client-fields'], () => probeFields(probe));
  await settle(['invoice-number'], () => probeInvoice(probe));
  const fix = 'Delete these by hand in Syncro; the token may not be allowed to.';
  results.push(await removeWritten(probe.written, (path) => removeForSure(probe, path), fix));
  return results;
}

const Timer = z.object({ id: NumberId });

async function probeTicket(probe: Probe): Promise<void> {
  const { api, clientId, key, written, signal } = probe;
  const ticket = { key, clientId, subject: testSubject, body: testBody };
  const { remoteId: ticketId } = await createTicket(api, ticket, signal);
  const path = `/tickets/${ticketId}`;
  written.unshift(path);
  const startMs = api.context.now() - 3_600_000;
  const [start_at, end_at] = [startMs, startMs + 900_000].map(instantFromMs);
  const moments = [await changedAt(probe, path)];
  const added = { start_at, end_at, duration_minutes: 15, notes: testBody };
  const { id } = await api.write('POST', `${path}/timer_entry`, added, Timer, signal);
  moments.push(await changedAt(probe, path));
  const timer = { timer_entry_id: Number(id) };
  const changed = { ...timer, start_at, duration_minutes: 30 };
  await api.write('PUT', `${path}/update_timer_entry`, changed, z.unknown(), signal);
  moments.push(await changedAt(probe, path));
  await api.write('POST', `${path}/delete_timer_entry`, timer, z.unknown(), signal);
  moments.push(await changedAt(probe, path));
  const isMoved = moments.every((at, index) => index === 0 || at > (moments[index - 1] ?? at));
  await verifyFact(api.context, 'timer-moves-ticket', isMoved);
  for (const audience of ['internal', 'client'] as const) {
    const note = { key: `${key}.${audience}`, clientId, ticketId, audience, body: testBody };
    await writeNote(api, note, signal);
    // The next note would answer for itself only.
    if ((await factResult(api.context, 'note-audience')).status !== 'ok') return;
  }
}

async function changedAt({ api, signal }: Probe, path: string): Promise<string> {
  return (await api.get(path, TicketDetail, signal)).ticket.updated_at;
}

/** A field is written back as it is, which must change nothing. */
async function probeFields({ api, clientId, signal }: Probe): Promise<void> {
  const before = (await readCustomer(api, clientId, signal)).properties ?? {};
  const [first] = Object.entries(before);
  if (first === undefined) return;
  const [field, value] = first;
  await writeField(api, clientId, { before, field, value }, signal);
}

async function probeInvoice(probe: Probe): Promise<void> {
  const { api, written, signal } = probe;
  const { remoteId } = await createInvoice(api, testSale(api.context, probe), signal);
  written.unshift(`/invoices/${remoteId}`);
}

/** Deleting an invoice answers 200 even where it failed, so it is looked for. */
async function removeForSure({ api, signal }: Probe, path: string): Promise<void> {
  await api.remove(path, signal);
  if ((await api.getIfThere(path, z.unknown(), signal)) === null) return;
  throw new KindError('rejected', `DELETE ${path} was answered, but it is still there.`);
}
