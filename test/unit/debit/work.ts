import { assignWork } from '../../../src/debit/assign.ts';
import { clientFinder } from '../../../src/debit/context.ts';
import { decideGroup, type GroupDecision } from '../../../src/debit/decide.ts';
import type { Client } from '../../../src/domain/agreements/terms.ts';
import { createNameBook } from '../../../src/domain/records/names.ts';
import type { ChargeGroup, MirrorTicket, MirrorTimeEntry, Store } from '../../../src/store/port.ts';
import { clientOf } from '../../support/terms.ts';

export const nine = '2026-03-02T09:00:00.000Z';
export const ten = '2026-03-02T10:00:00.000Z';
export const eleven = '2026-03-02T11:00:00.000Z';

export const dupont: Client = { ...clientOf(), paidBy: null, id: 'dupont' };

export function ticketOf(fields: Partial<MirrorTicket> = {}): MirrorTicket {
  return {
    connection: 'psa',
    sourceId: '100',
    number: 'T100',
    clientId: '1',
    summary: 'Printer',
    board: null,
    ticketType: null,
    agreement: null,
    status: 'Closed',
    isClosed: true,
    closedAt: eleven,
    mergedInto: null,
    updatedAt: eleven,
    ...fields,
  };
}

export function entryOf(fields: Partial<MirrorTimeEntry> = {}): MirrorTimeEntry {
  return {
    connection: 'psa',
    sourceId: 'e1',
    ticketId: '100',
    clientId: null,
    technicianId: 't1',
    technician: 'Ada',
    startedAt: nine,
    endedAt: ten,
    isTimed: true,
    seconds: 3600,
    secondsText: '1',
    kind: 'work',
    workType: 'Remote',
    role: null,
    isBillable: true,
    isApproved: null,
    agreement: null,
    note: null,
    updatedAt: ten,
    deletedAt: null,
    groupKey: null,
    isCharged: false,
    ...fields,
  };
}

/** What a run works with, where no store is asked. */
export function contextOf(clients: readonly Client[] = [dupont]) {
  return {
    clients,
    findClient: clientFinder(clients),
    store: {} as Store,
    runId: 'r-1',
    at: eleven,
    firstRunAt: '2026-03-01T23:30:00.000Z',
    signal: new AbortController().signal,
    limitedAccounts: new Set<string>(),
    names: createNameBook([], [], []),
  };
}

export function assign(
  entries: readonly MirrorTimeEntry[],
  tickets: readonly MirrorTicket[] = [ticketOf()],
  clients?: readonly Client[],
) {
  return assignWork(
    { entries: [...entries], tickets: [...tickets], groups: [] },
    contextOf(clients),
  );
}

/** Decides the one group that the entries come to. */
export function decide(
  entries: readonly MirrorTimeEntry[],
  tickets: readonly MirrorTicket[] = [ticketOf()],
  { clients, before = null }: { clients?: readonly Client[]; before?: ChargeGroup | null } = {},
): GroupDecision {
  const { assigned } = assign(entries, tickets, clients);
  return decideGroup('t:psa:100', assigned, before, new Set());
}
