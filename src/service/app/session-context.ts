import { clientFinder } from '../../debit/context.ts';
import type { SessionContext } from '../../debit/sessions/context.ts';
import { matchTechnicians, type TechnicianBook } from '../../domain/sessions/technicians.ts';
import type { App } from './app.ts';

type Parts = Pick<App, 'store' | 'clients' | 'config' | 'connectors'>;

/** What comparing sessions with time needs, at a time. */
export async function sessionContext(
  { store, clients, config, connectors }: Parts,
  { at, firstRunAt, signal }: Pick<SessionContext, 'at' | 'firstRunAt' | 'signal'>,
): Promise<SessionContext> {
  const timed = [...connectors].filter(([, { pull }]) => pull.timeEntries ?? pull.ticketTime);
  return {
    store,
    clients,
    findClient: clientFinder(clients),
    technicians: await readTechnicianBook({ store, config }),
    timeConnections: timed.map(([name]) => name),
    firstRunAt,
    at,
    signal,
  };
}

export async function readTechnicianBook({
  store,
  config,
}: Pick<App, 'store' | 'config'>): Promise<TechnicianBook> {
  return matchTechnicians(await store.readTechnicians(), config.technicians);
}
