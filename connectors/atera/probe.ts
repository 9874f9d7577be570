/**
 * Settles by writing to a test client what reading cannot: a ticket with two notes, read back and deleted.
 * What could not be removed is named, for a person to take away.
 */

import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { removeWritten, testBody, testSubject, verifyAgain } from '../kit/probe.ts';
import type { Api } from './api.ts';
import { attempt } from './check.ts';
import { type FactId, factResult, readFact } from './facts.ts';
import { createNotePush } from './push-note.ts';
import { createTicket } from './push-ticket.ts';

const settled: FactId[] = ['ticket-title', 'action-id', 'ticket-times', 'note-audience'];

export async function probeConnection(
  api: Api,
  clientId: SourceId,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const key = `probe.${api.context.now()}`;
  const written: string[] = [];
  const write = async (): Promise<CheckResult[]> => {
    const ticket = { key, clientId, subject: testSubject, body: testBody };
    const { remoteId: ticketId } = await createTicket(api, ticket, signal);
    written.unshift(`/tickets/${ticketId}`);
    const notes = createNotePush(api);
    for (const audience of ['internal', 'client'] as const) {
      const note = { key: `${key}.${audience}`, clientId, ticketId, audience, body: testBody };
      await notes.create(note, signal);
      // The next note would answer for itself only.
      if ((await readFact(api.context, 'note-audience')) === 'no') break;
    }
    return [];
  };
  const results = await verifyAgain(api.context, settled, () => attempt('probe.ticket', write));
  for (const id of settled) results.push(await factResult(api.context, id));
  const fix = 'Delete it by hand in Atera.';
  results.push(await removeWritten(written, (path) => api.remove(path, signal), fix));
  return results;
}
