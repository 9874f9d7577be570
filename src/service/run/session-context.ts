import { clientFinder } from '../../debit/context.ts';
import type { SessionContext } from '../../debit/sessions/context.ts';
import { matchTechnicians, type TechnicianBook } from '../../domain/sessions/technicians.ts';
import { type RunContext, readFirstRun } from './step.ts';

export async function sessionContext(run: RunContext): Promise<SessionContext> {
  const { store, clients, connectors, startedAt, stop } = run;
  const timed = [...connectors].filter(([, { pull }]) => pull.timeEntries ?? pull.ticketTime);
  return {
    store,
    clients,
    findClient: clientFinder(clients),
    technicians: await readTechnicianBook(run),
    timeConnections: timed.map(([name]) => name),
    firstRunAt: await readFirstRun(run),
    at: startedAt,
    signal: stop,
  };
}

export async function readTechnicianBook({
  store,
  config,
}: Pick<RunContext, 'store' | 'config'>): Promise<TechnicianBook> {
  return matchTechnicians(await store.readTechnicians(), config.technicians);
}
