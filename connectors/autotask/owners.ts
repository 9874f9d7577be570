/** Whose a ticket or a project task is: time entries do not say, so it is asked for in batches. */
import { z } from 'zod';
import { Id } from '../http/wire.ts';
import type { Api } from './api.ts';
import { readAll } from './look-up.ts';
import { inChunks, isOneOf } from './query.ts';
import type { TimeEntryWire } from './schema.ts';

/** Past this many the notes are thrown away: one batch of questions more. */
const knownMax = 200_000;

const Owned = z.object({ id: Id, companyID: Id.nullish(), projectID: Id.nullish() });

export interface Owners {
  /** What the stream of tickets has just shown. */
  learn(ticketId: string, companyId: string | null): void;
  /** Forgets all: tickets move from one company to another. */
  forget(): void;
  /** Companies by ticket; a ticket that we are not shown is missing. */
  ofTickets(
    ticketIds: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string | null>>;
  /** Companies of the entries' tickets, else of their tasks' projects, by entry. */
  ofEntries(
    entries: readonly Pick<TimeEntryWire, 'id' | 'ticketID' | 'taskID'>[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string | null>>;
}

export function createOwners(api: Api): Owners {
  const companyOfTicket = new Map<string, string | null>();
  const companyOfTask = new Map<string, string | null>();

  async function read(
    entity: 'Tickets' | 'Tasks' | 'Projects',
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<z.infer<typeof Owned>[]> {
    const fields = ['id', entity === 'Tasks' ? 'projectID' : 'companyID'];
    const rows: z.infer<typeof Owned>[] = [];
    for (const chunk of inChunks([...new Set(ids)])) {
      const query = { entity, filter: [isOneOf('id', chunk)], fields };
      rows.push(...(await readAll(api, query, Owned, signal)));
    }
    return rows;
  }

  async function ofTickets(ticketIds: readonly string[], signal: AbortSignal) {
    if (companyOfTicket.size > knownMax) companyOfTicket.clear();
    const unknown = ticketIds.filter((id) => !companyOfTicket.has(id));
    for (const { id, companyID } of await read('Tickets', unknown, signal)) {
      companyOfTicket.set(id, companyID ?? null);
    }
    return companyOfTicket;
  }

  async function ofTasks(taskIds: readonly string[], signal: AbortSignal) {
    const unknown = taskIds.filter((id) => !companyOfTask.has(id));
    const tasks = await read('Tasks', unknown, signal);
    const projectIds = tasks.flatMap(({ projectID }) => projectID ?? []);
    const projects = await read('Projects', projectIds, signal);
    const companyOfProject = new Map(projects.map(({ id, companyID }) => [id, companyID ?? null]));
    for (const { id, projectID } of tasks) {
      const companyId = companyOfProject.get(projectID ?? '');
      if (companyId !== undefined) companyOfTask.set(id, companyId);
    }
    return companyOfTask;
  }

  return {
    learn: (ticketId, companyId) => void companyOfTicket.set(ticketId, companyId),
    forget: () => {
      companyOfTicket.clear();
      companyOfTask.clear();
    },
    ofTickets,
    async ofEntries(entries, signal) {
      const ids = (field: 'ticketID' | 'taskID') => entries.flatMap((entry) => entry[field] ?? []);
      const tickets = await ofTickets(ids('ticketID'), signal);
      const tasks = await ofTasks(ids('taskID'), signal);
      const owners = new Map<string, string | null>();
      for (const { id, ticketID, taskID } of entries) {
        const owner = ticketID == null ? tasks.get(taskID ?? '') : tickets.get(ticketID);
        if (owner !== undefined) owners.set(id, owner);
      }
      return owners;
    },
  };
}
