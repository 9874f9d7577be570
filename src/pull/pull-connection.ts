import type { Connector } from '../contract/connector.ts';
import { isKindError, KindError } from '../domain/errors.ts';
import type { ClientLoss } from '../domain/records/vanished.ts';
import { instantFromMs } from '../domain/time.ts';
import type { PullCounts } from './counts.ts';
import { type PullContext, pullStream } from './pull-stream.ts';
import { pullTicketTime } from './pull-ticket-time.ts';

/**
 * Mirrors what changed in one connection. Throws the KindError that stopped it; everything stored
 * until then is kept, and the failed stream's watermark does not move.
 */
export async function pullConnection(
  context: PullContext,
  connector: Connector,
  counts: PullCounts,
): Promise<void> {
  const { clients, tickets, timeEntries, ticketTime, sessions } = connector.pull;
  const { invoices, payments, mandates } = connector.pull;
  // A client's name is needed however long ago it was set.
  const everKnown = { ...context, horizon: instantFromMs(0), isFromHorizon: false };
  // Whatever names a client by its name alone finds it; and a refused login is refused once.
  if (clients) await pullStream(everKnown, 'clients', clients, counts);
  await sideBySide(
    async () => {
      if (tickets) await pullStream(context, 'tickets', tickets, counts);
      if (ticketTime) await pullTicketTime(context, ticketTime, counts);
      if (timeEntries) await pullStream(context, 'timeEntries', timeEntries, counts);
    },
    async () => sessions && pullStream(context, 'sessions', sessions, counts),
    async () => invoices && pullStream(context, 'invoices', invoices, counts),
    async () => payments && pullStream(context, 'payments', payments, counts),
    async () => mandates && pullStream(everKnown, 'mandates', mandates, counts),
  );
  refuseVanished(context.connection, counts.vanished);
}

/** None is left under way when another fails; then a bug is thrown, else the first failure. */
async function sideBySide(...works: readonly (() => Promise<void>)[]): Promise<void> {
  const ended = await Promise.allSettled(works.map((work) => work()));
  const failures = ended.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
  if (failures.length > 0) throw failures.find((error) => !isKindError(error)) ?? failures[0];
}

/** Nothing was removed, and everything else is stored: this needs review. */
export function refuseVanished(connection: string, losses: readonly ClientLoss[]): void {
  if (losses.length === 0) return;
  const clients = [...new Set(losses.map(({ clientId }) => clientId))].join(', ');
  throw new KindError(
    'permission',
    `Most time entries of client ${clients} are missing from their tickets in "${connection}".`,
    {
      fix: `Check whether the API role lost a permission. If the time was really deleted: \`prepaid-hours sweep ${connection} --accept\`. Nothing was removed.`,
    },
  );
}
