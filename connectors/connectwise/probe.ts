/**
 * Settles by writing to a test client what reading cannot: each thing is written, read back and
 * removed. What could not be removed is named, for a person to take away.
 */

import type { CheckResult } from '../../src/contract/connector.ts';
import { secondsOf } from '../http/exact.ts';
import { createSteps, removeWritten, testBody, testSale } from '../kit/probe.ts';
import { topUpAgreement } from './agreements.ts';
import type { Api } from './api.ts';
import { attempt } from './check.ts';
import { type FactId, factResult, verifyFact } from './facts.ts';
import { readRecap } from './native-blocks.ts';
import { readCustomFields, writeCustomFields } from './push-balance.ts';
import { notesPath, writeNote } from './push-note.ts';
import { createTicket } from './push-ticket.ts';
import { createAdjustment } from './route-agreement.ts';
import { createInvoice } from './route-invoice.ts';
import { createProductLine } from './sale.ts';

interface Probe {
  api: Api;
  clientId: string;
  key: string;
  /** Paths of what was written, the last first. */
  written: string[];
  signal: AbortSignal;
}

export async function probeConnection(
  api: Api,
  clientId: string,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const key = `probe.${api.context.now()}`;
  const probe: Probe = { api, clientId, key, written: [], signal };
  const results: CheckResult[] = [];
  const route = api.config.billing.invoiceRoute;
  const settle = createSteps(results, api.context, attempt, factResult);
  await settle(['conditions-external-xref', 'note-flags'], () => probeTicket(probe));
  await settle(['custom-fields'], () => probeCustomFields(probe));
  if (route === 'invoice') {
    const facts: FactId[] = ['conditions-reference', 'conditions-integration-xref'];
    await settle([...facts, 'product-on-invoice'], () => probeInvoice(probe));
  }
  if (route === 'ticket-product') {
    const facts: FactId[] = ['conditions-integration-xref', 'product-on-ticket'];
    await settle(facts, () => probeTicketProduct(probe));
  }
  if (route === 'agreement')
    await settle(['adjustment-hours', 'recap-hours'], () => probeAdjustment(probe));
  const fix = 'Delete these by hand in ConnectWise; the API member may not be allowed to.';
  results.push(await removeWritten(probe.written, (path) => api.remove(path, signal), fix));
  return results;
}

async function newTicket({ api, clientId, key, written, signal }: Probe, board: string) {
  const subject = 'Test by prepaid-hours, to be deleted';
  const ticket = { key, clientId, board, subject, body: testBody };
  const { remoteId } = await createTicket(api, ticket, signal);
  written.unshift(`/service/tickets/${remoteId}`);
  return remoteId;
}

async function probeTicket(probe: Probe): Promise<void> {
  const { api, key, written, signal } = probe;
  const ticketId = await newTicket(probe, api.config.alerts.board);
  const body = 'Test by prepaid-hours.';
  for (const audience of ['client', 'internal'] as const) {
    const message = { key, ticketId, audience, body, isAnnounced: false };
    const note = await writeNote(api, message, signal);
    written.unshift(`${notesPath(ticketId)}/${note.id}`);
    const isKept = note.detailDescriptionFlag === (audience === 'client');
    // The next note would answer for itself only.
    if (!isKept) return;
  }
}

/** All fields are written back as they are, which must change nothing. */
async function probeCustomFields({ api, clientId, signal }: Probe): Promise<void> {
  const before = await readCustomFields(api, clientId, signal);
  if (before.length > 0) await writeCustomFields(api, clientId, { before, wanted: before }, signal);
}

async function probeInvoice(probe: Probe): Promise<void> {
  const { api, written, signal } = probe;
  const sale = testSale(api.context, probe);
  const invoice = await createInvoice(api, sale, signal);
  written.unshift(`/finance/invoices/${invoice.id}`);
  const line = await createProductLine(api, sale, { invoice: { id: Number(invoice.id) } }, signal);
  written.unshift(`/procurement/products/${line.id}`);
  await verifyFact(api.context, 'product-on-invoice', line.invoice?.id === invoice.id);
}

async function probeTicketProduct(probe: Probe): Promise<void> {
  const { api, written, signal } = probe;
  const ticketId = await newTicket(probe, api.config.billing.board ?? '');
  const link = { ticket: { id: Number(ticketId) } };
  const line = await createProductLine(api, testSale(api.context, probe), link, signal);
  written.unshift(`/procurement/products/${line.id}`);
  await verifyFact(api.context, 'product-on-ticket', line.ticket?.id === ticketId);
}

async function probeAdjustment(probe: Probe): Promise<void> {
  const { api, clientId, key, written, signal } = probe;
  const agreement = await topUpAgreement(api, clientId, signal);
  const seconds = (text: string | null | undefined) => secondsOf(text ?? '0', 'hours');
  const before = await readRecap(api, agreement.id, signal);
  const { issuedOn, title } = testSale(api.context, probe);
  const topUp = { key, title, issuedOn, amount: 1 };
  const { id } = await createAdjustment(api, agreement, topUp, signal);
  written.unshift(`/finance/agreements/${agreement.id}/adjustments/${id}`);
  const after = await readRecap(api, agreement.id, signal);
  const isRaised = (field: 'adjustmentAmount' | 'remainingAmount') =>
    seconds(after[field]) - seconds(before[field]) === 3600;
  await verifyFact(api.context, 'adjustment-hours', isRaised('adjustmentAmount'));
  await verifyFact(api.context, 'recap-hours', isRaised('remainingAmount'));
}
