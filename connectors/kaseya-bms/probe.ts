/**
 * Settles by writing to a test client what reading cannot: each thing is written, read back and removed.
 * What could not be removed is named, for a person to take away.
 */

import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { createSteps, removeWritten, testBody, testSale, testSubject } from '../kit/probe.ts';
import type { Api } from './api.ts';
import { attempt } from './check.ts';
import { factResult } from './facts.ts';
import { readFields, writeField } from './push-balance.ts';
import { chargePath, createSale } from './push-invoice.ts';
import { notesPath, writeNote } from './push-note.ts';
import { alertsOf, createTicket, ticketsPath } from './push-ticket.ts';

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
  const { config, context } = api;
  const probe: Probe = { api, clientId, key: `probe.${context.now()}`, written: [], signal };
  const results: CheckResult[] = [];
  const settle = createSteps(results, context, attempt, factResult);
  if (config.alerts !== undefined) {
    const facts = ['ticket-key-kept', 'title-filter', 'note-audience', 'moments-zone'] as const;
    await settle(facts, () => probeTicket(probe));
  }
  if (config.alerts !== undefined && config.billing.product !== undefined) {
    await settle(['charge-key-kept'], () => probeSale(probe));
  }
  if (config.balance !== undefined) await settle(['account-field'], () => probeField(probe));
  const fix = 'Delete these by hand in BMS; the API user may not be allowed to.';
  results.push(await removeWritten(probe.written, (path) => api.remove(path, signal), fix));
  return results;
}

async function probeTicket({ api, clientId, key, written, signal }: Probe): Promise<void> {
  const { queue } = alertsOf(api.config);
  const ticket = { key, clientId, queue, subject: testSubject, body: testBody };
  const { id: ticketId } = await createTicket(api, ticket, signal);
  written.unshift(`${ticketsPath}/${ticketId}`);
  for (const audience of ['client', 'internal'] as const) {
    const message = { key: `${key}.${audience}`, ticketId, audience, body: testBody };
    const note = await writeNote(api, message, signal);
    written.unshift(`${notesPath(ticketId)}/${note.id}`);
    // The next note would answer for itself only.
    if (note.isinternal !== (audience === 'internal')) return;
  }
}

async function probeSale(probe: Probe): Promise<void> {
  const { api, written, key, signal } = probe;
  const sale = testSale(api.context, { ...probe, key: `${key}.sale` });
  const { remoteId } = await createSale(api, sale, signal);
  written.unshift(`${ticketsPath}/${remoteId.slice(0, remoteId.indexOf('-'))}`);
  const path = chargePath(remoteId);
  if (path !== null) written.unshift(path);
}

/** A field is written back as it is, which must change nothing. */
async function probeField({ api, clientId, signal }: Probe): Promise<void> {
  const [field] = await readFields(api, clientId, signal);
  if (field !== undefined) await writeField(api, clientId, field, signal);
}
