/**
 * Settles by writing to a test client what reading cannot: each thing is written, read back and removed.
 * What could not be removed is named, for a person to take away.
 */

import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { instantFromMs, msFromInstant } from '../../src/domain/time.ts';
import { removeWritten, settlingInto, testBody, testSale, testSubject } from '../check/probe.ts';
import type { Api } from './api.ts';
import { attempt } from './attempt.ts';
import { factResult, settleFact } from './facts.ts';
import type { Names } from './names.ts';
import { readFields, writeField } from './push-balance.ts';
import { createInvoice } from './push-invoice.ts';
import { writeNote } from './push-note.ts';
import { createTicket } from './push-ticket.ts';
import { TicketDetail } from './schema.ts';

interface Probe {
  api: Api;
  names: Names;
  clientId: SourceId;
  key: string;
  /** Paths of what was written, the last first. */
  written: string[];
  signal: AbortSignal;
}

/** Halo's clock and ours may differ by so much; a zone differs by more. */
const clockMsMax = 10 * 60_000;

export async function probeConnection(
  api: Api,
  names: Names,
  clientId: SourceId,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const key = `probe.${api.context.now()}`;
  const probe: Probe = { api, names, clientId, key, written: [], signal };
  const results: CheckResult[] = [];
  const settle = settlingInto(results, api.context, attempt, factResult);
  if (api.config.alerts !== undefined) {
    const facts = ['ticket-key', 'ticket-search', 'dates-utc'] as const;
    await settle([...facts, 'action-moves-ticket', 'note-audience'], () => probeTicket(probe));
  }
  await settle(['client-fields'], () => probeFields(probe));
  await settle(['invoice-key'], () => probeInvoice(probe));
  const fix = 'Delete these by hand in Halo; the API application may not be allowed to.';
  results.push(await removeWritten(probe.written, (path) => api.remove(path, signal), fix));
  return results;
}

async function probeTicket(probe: Probe): Promise<void> {
  const { api, names, clientId, key, written, signal } = probe;
  const ticket = { key, clientId, subject: testSubject, body: testBody };
  const { remoteId: ticketId } = await createTicket(api, names, ticket, signal);
  written.unshift(`/Tickets/${ticketId}`);
  const before = await changedAt(probe, ticketId);
  const offMs = Math.abs(api.context.now() - msFromInstant(before ?? instantFromMs(0)));
  if (before !== null) await settleFact(api.context, 'dates-utc', offMs < clockMsMax);
  const body = 'Test by prepaid-hours.';
  await writeNote(api, { key: `${key}.in`, ticketId, audience: 'internal', body }, signal);
  const after = await changedAt(probe, ticketId);
  if (before !== null && after !== null) {
    await settleFact(api.context, 'action-moves-ticket', after > before);
  }
  const isInternalKept = (await factResult(api.context, 'note-audience')).status === 'ok';
  // The next note would answer for itself only.
  if (!isInternalKept) return;
  await writeNote(api, { key: `${key}.out`, ticketId, audience: 'client', body }, signal);
}

async function changedAt({ api, signal }: Probe, ticketId: SourceId): Promise<string | null> {
  const ticket = await api.get(`/Tickets/${ticketId}`, {}, TicketDetail, signal);
  return ticket.last_update ?? ticket.lastactiondate ?? null;
}

/** A field is written back as it is, which must change nothing. */
async function probeFields({ api, clientId, signal }: Probe): Promise<void> {
  const before = await readFields(api, clientId, signal);
  const [target] = before;
  if (target === undefined) return;
  await writeField(api, clientId, { before, target, value: target.value ?? null }, signal);
}

async function probeInvoice(probe: Probe): Promise<void> {
  const { api, written, signal } = probe;
  const invoice = await createInvoice(api, testSale(api.context, probe), null, signal);
  written.unshift(`/Invoice/${invoice.id}`);
}
