import type { Connector } from '../../connectors/contract.ts';
import { instantFromMs } from '../domain/time.ts';
import { type PullContext, type PullCounts, pullStream } from './pull-stream.ts';
import { pullTicketTime } from './pull-ticket-time.ts';

/**
 * Mirrors what changed in one connection. Throws the KindError that stopped it; everything stored up
 * to then stays, and the watermark of the stream that failed stays with it.
 */
export async function pullConnection(
  context: PullContext,
  connector: Connector,
  counts: PullCounts,
): Promise<void> {
  const { clients, tickets, timeEntries, ticketTime, sessions, invoices } = connector.pull;
  // A client's name is wanted however long ago it was given.
  const everKnown = { ...context, horizon: instantFromMs(0), isFromHorizon: false };
  if (clients) await pullStream(everKnown, 'clients', clients, counts);
  if (tickets) await pullStream(context, 'tickets', tickets, counts);
  if (ticketTime) await pullTicketTime(context, ticketTime, counts);
  if (timeEntries) await pullStream(context, 'timeEntries', timeEntries, counts);
  if (sessions) await pullStream(context, 'sessions', sessions, counts);
  if (invoices) await pullStream(context, 'invoices', invoices, counts);
}
