/**
 * Tickets on which time is running, kept in the connection's memory: when it ends may show nowhere but on its
 * ticket, which is read at every run until then.
 */
import type { PullRequest, SourceId } from '../../src/contract/connector.ts';
import type { Api } from './api.ts';

const memoryKey = 'running-tickets';

export interface RunningTickets {
  /** As the last pass left them, each with its client: a pass may be about some clients alone. */
  before: readonly (readonly [ticketId: SourceId, clientId: SourceId])[];
  add(ticketId: SourceId, clientId: SourceId): void;
  /** The ticket has gone to another client. */
  move(ticketId: SourceId, clientId: SourceId): void;
  /** After the last page was stored. Only tickets of the clients asked for are let go. */
  write(): Promise<void>;
}

export async function readRunning(
  { context }: Api,
  { clientIds, isStored }: Pick<PullRequest, 'clientIds' | 'isStored'>,
): Promise<RunningTickets> {
  const stored = (await context.memory.get(memoryKey)) ?? '';
  const known = new Map(
    stored.split(' ').flatMap((text): [SourceId, SourceId][] => {
      const [ticketId = '', clientId] = text.split(':');
      return clientId === undefined ? [] : [[ticketId, clientId]];
    }),
  );
  // What a comparison sees is stored by nobody, so it lets go of no ticket.
  const isLetGo = (owner: SourceId): boolean => isStored && clientIds.includes(owner);
  const now = new Map([...known].filter(([, owner]) => !isLetGo(owner)));
  return {
    before: [...known],
    add: (ticketId, clientId) => void now.set(ticketId, clientId),
    move(ticketId, clientId) {
      if (known.has(ticketId)) now.set(ticketId, clientId);
    },
    async write() {
      const text = [...now]
        .map((one) => one.join(':'))
        .sort()
        .join(' ');
      if (text !== stored) await context.memory.set(memoryKey, text);
    },
  };
}
