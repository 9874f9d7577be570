/** Settles by writing to a test client what reading cannot. Nothing can be deleted; what is left is named. */

import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { createSteps, testBody, testSale, testSubject } from '../kit/probe.ts';
import type { Api } from './api.ts';
import { attempt } from './check.ts';
import { factResult } from './facts.ts';
import { readFields, writeField } from './push-balance.ts';
import { createInvoicePush } from './push-invoice.ts';
import { createNotePush } from './push-note.ts';
import { writeTicket } from './push-ticket.ts';
import { withdrawTicket } from './withdraw-ticket.ts';

interface Probe {
  api: Api;
  clientId: SourceId;
  key: string;
  /** What was written and stays. */
  left: string[];
  signal: AbortSignal;
}

export async function probeConnection(
  api: Api,
  clientId: SourceId,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const probe: Probe = { api, clientId, key: `probe.${api.context.now()}`, left: [], signal };
  const results: CheckResult[] = [];
  const settle = createSteps(results, api.context, attempt, factResult);
  const ticketFacts = ['ticket-key', 'subject-filter', 'dates-utc', 'note-audience'] as const;
  await settle(ticketFacts, () => probeTicket(probe));
  await settle(['client-fields'], () => probeFields(probe));
  if (api.config.billing.route === 'invoice') {
    await settle(['invoice-key'], () => probeInvoice(probe));
  }
  const fix = 'Delete these by hand in SuperOps, which lets no token do it.';
  const detail = `Still there: ${probe.left.join('; ') || 'nothing'}.`;
  const isClean = probe.left.length === 0;
  const id = 'probe.removed';
  results.push(isClean ? { id, status: 'ok', detail } : { id, status: 'warning', detail, fix });
  return results;
}

async function probeTicket({ api, clientId, key, left, signal }: Probe): Promise<void> {
  const ticket = { key, clientId, subject: testSubject, body: testBody };
  const delivered = await writeTicket(api, ticket, signal);
  const { remoteId: ticketId, label = ticketId } = delivered;
  left.push(`ticket ${label}`);
  const notes = createNotePush(api);
  const note = { clientId, ticketId, body: testBody };
  await notes.create({ ...note, key: `${key}.in`, audience: 'internal' }, signal);
  // Refused where the first was seen by the client: one leak is enough.
  await notes.create({ ...note, key: `${key}.out`, audience: 'client' }, signal);
  const withdrawal = { ...delivered, reason: testBody };
  const isClosed = (await withdrawTicket(api, ticket, withdrawal, signal)) !== null;
  if (isClosed) left.splice(-1, 1, `ticket ${label}, closed`);
}

/** A field is written back as it is, which must change nothing. */
async function probeFields({ api, clientId, signal }: Probe): Promise<void> {
  const before = await readFields(api, clientId, signal);
  const [field] = Object.keys(before);
  if (field === undefined) return;
  await writeField(api, clientId, { before, field, value: before[field] }, signal);
}

async function probeInvoice(probe: Probe): Promise<void> {
  const { api, left, signal } = probe;
  const { remoteId, label } = await createInvoicePush(api).create(
    testSale(api.context, probe),
    signal,
  );
  left.push(`invoice ${label ?? remoteId}`);
}
