import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { verifyAgain } from '../kit/probe.ts';
import type { Api } from './api.ts';
import { attempt } from './attempt.ts';
import { verifyKept } from './facts.ts';
import { createNotePush } from './push-note.ts';
import { createTicket, findTicket, queueFor } from './push-ticket.ts';
import { discarded } from './withdraw-ticket.ts';

/**
 * Makes a ticket in the alerts queue (or the billing queue), finds it by its key, comments it, finds
 * the comment, and rejects the ticket: RT's REST cannot remove one without DeleteTicket.
 */
export async function probeRequestTracker(
  api: Api,
  clientId: SourceId,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  // A probe that fails leaves what was known before.
  const facts = ['key-field', 'find-ticket', 'find-note'];
  return verifyAgain(api.context, facts, () => writeAndFind(api, clientId, signal));
}

async function writeAndFind(
  api: Api,
  clientId: SourceId,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const { now } = api.context;
  const setting = api.config.alerts === undefined ? 'billing' : 'alerts';
  const key = `probe:${instantFromMs(now()).replace(/\D/g, '')}`;
  let ticketId: string | null = null;
  const ticketResults = await attempt('fact.find-ticket', async () => {
    const queue = queueFor(api, setting);
    const subject = `Test of prepaid hours for client ${clientId}`;
    const body = 'This ticket is a test. It can be ignored.';
    const made = await createTicket(api, { queue, key, subject, body }, signal);
    ticketId = made.remoteId;
    const found = await findTicket(api, key, signal);
    const isSo = found?.remoteId === made.remoteId;
    await verifyKept(api.context, 'fact.find-ticket', isSo);
    return [answer('fact.find-ticket', isSo, `ticket ${made.remoteId} in "${queue}"`)];
  });
  if (ticketId === null) return ticketResults;
  const noteResults = await probeNote(api, clientId, ticketId, key, signal);
  return [...ticketResults, ...noteResults, ...(await discard(api, ticketId, signal))];
}

function probeNote(
  api: Api,
  clientId: SourceId,
  ticketId: string,
  key: string,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  return attempt('fact.find-note', async () => {
    const notes = createNotePush(api);
    const body = 'This comment is a test.';
    const note = { key, clientId, ticketId, audience: 'internal' as const, body };
    const made = await notes.create(note, signal);
    const found = await notes.find(note, signal).catch((error: unknown) => {
      if (isKindError(error, 'config')) return null;
      throw error;
    });
    const isSo = found?.remoteId === made.remoteId;
    await verifyKept(api.context, 'fact.find-note', isSo);
    return [answer('fact.find-note', isSo, `the comment on ticket ${ticketId}`)];
  });
}

function answer(id: string, isSo: boolean, what: string): CheckResult {
  if (isSo) return { id, status: 'ok', detail: `Made ${what}, and found it by its key.` };
  return {
    id,
    status: 'failed',
    detail: `Made ${what}, and could not find it by its key.`,
    fix: 'Give the RT user ShowTicket and ShowTicketComments there; with keyField also SetInitialCustomField on it.',
  };
}

async function discard(api: Api, ticketId: string, signal: AbortSignal): Promise<CheckResult[]> {
  const id = 'probe.discard';
  const messages = await api.setStatus(ticketId, discarded, signal).catch((error: unknown) => {
    if (isKindError(error)) return [error.message];
    throw error;
  });
  const { Status } = (await api.ticket(ticketId, signal)).data;
  if (Status === discarded) {
    return [{ id, status: 'ok', detail: `Ticket ${ticketId} of the test is ${discarded}.` }];
  }
  return [
    {
      id,
      status: 'warning',
      detail: `Ticket ${ticketId} of the test is still there: ${messages.join(' ')}`,
      fix: 'Close it by hand; with ModifyTicket on the queue we would do it.',
    },
  ];
}
