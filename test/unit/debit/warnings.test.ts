import { describe, expect, test } from '@jest/globals';
import { type Assignment, assignWork } from '../../../src/debit/assign.ts';
import { decideGroup } from '../../../src/debit/decide.ts';
import { findWarnings } from '../../../src/debit/warnings.ts';
import type {
  ChargeGroup,
  MirrorTicket,
  MirrorTimeEntry,
  QuarantinedSubject,
  Store,
} from '../../../src/store/port.ts';
import { contextOf, eleven, entryOf, ticketOf } from './work.ts';

interface Asked {
  tickets?: MirrorTicket[];
  /** Groups that were waiting so far. */
  waiting?: string[];
  names?: Record<string, string>;
}

async function warningsOf(entries: MirrorTimeEntry[], asked: Asked = {}) {
  const { tickets = [ticketOf()], waiting = [], names = {} } = asked;
  const readMirrorClientName = async (connection: string, sourceId: string) =>
    names[`${connection} ${sourceId}`] ?? null;
  const context = { ...contextOf(), store: { readMirrorClientName } as Partial<Store> as Store };
  const work = { entries, tickets, groups: [] };
  const assignment: Assignment = assignWork(work, context);
  const keys = new Set([
    ...assignment.assigned.flatMap(({ groupKey }) => groupKey ?? []),
    ...waiting,
  ]);
  const before = (groupKey: string): ChargeGroup => ({
    groupKey,
    clientId: null,
    status: 'waiting',
    reason: 'ticket-unseen',
    pendingSeconds: 0,
    revision: 0,
    chargeId: null,
    factsHash: null,
  });
  const decisions = [...keys].map((key) =>
    decideGroup(key, [], waiting.includes(key) ? before(key) : null, new Set()),
  );
  const affected = { ...assignment, work, groupKeys: keys, has: () => true };
  return findWarnings(context, affected, decisions);
}

const brief = ({ connection, stream, sourceId, reason }: QuarantinedSubject) =>
  `${connection} ${stream} ${sourceId}: ${reason === null ? 'settled' : 'told'}`;

describe('a person is told', () => {
  test('of a client in no config, once, by name and with the line to add', async () => {
    const strange = ticketOf({ clientId: '2' });
    const work = [entryOf(), entryOf({ sourceId: 'e2' })];
    const [told, ...others] = await warningsOf(work, {
      tickets: [strange],
      names: { 'psa 2': 'Cabinet Martin' },
    });
    expect(others).toEqual([]);
    expect(told).toMatchObject({ connection: 'psa', stream: 'clients', sourceId: '2' });
    expect(told?.reason).toMatch(/^Client "Cabinet Martin" \(2\) of "psa" .*\{ psa: 2 \}/);
    const [unnamed] = await warningsOf(work, { tickets: [strange] });
    expect(unnamed?.reason).toMatch(/^Client 2 of "psa"/);
  });

  test('of a ticket that was never seen, with what it may come from', async () => {
    const [told] = await warningsOf([entryOf()], { tickets: [] });
    expect(told).toMatchObject({ connection: 'psa', stream: 'tickets', sourceId: '100' });
    expect(told?.reason).toMatch(/^Ticket 100 of "psa" .*never read.*permissions/);
  });

  test.each([
    ['Ticket 100', {}, [ticketOf({ clientId: null })]],
    ['Time entry e1', { ticketId: null }, []],
  ])('that %s has no client', async (name, fields, tickets) => {
    const [told] = await warningsOf([entryOf(fields)], { tickets });
    expect(told?.reason?.startsWith(`${name} of "psa" has no client`)).toBe(true);
  });

  test('of a ticket with more taken off than logged, by how much, unless it waits for a client', async () => {
    const taken = entryOf({ sourceId: 'e2', kind: 'correction', seconds: -5400, endedAt: eleven });
    const [told, ...others] = await warningsOf([entryOf(), taken]);
    expect(others).toEqual([]);
    expect(told).toMatchObject({ connection: 'psa', stream: 'tickets', sourceId: '100' });
    expect(told?.reason).toMatch(/ticket 100 remove 30 min more than .*"psa"/);
    const without = await warningsOf([entryOf(), taken], {
      tickets: [ticketOf({ clientId: null })],
    });
    expect(without.map(({ reason }) => reason)).toEqual([expect.stringMatching(/has no client/)]);
  });
});

describe('a warning is settled', () => {
  test('once the work that waited waits no longer, for all that it may have waited for', async () => {
    const mended = [entryOf({ groupKey: 'e:psa:e1' })];
    const warnings = await warningsOf(mended, { waiting: ['e:psa:e1'] });
    expect(warnings.map(brief)).toEqual([
      'psa timeEntries e1: settled',
      'psa tickets 100: settled',
      'psa clients 1: settled',
    ]);
  });

  test('under the name of the ticket that survived a merge, too', async () => {
    const tickets = [ticketOf({ mergedInto: '101' }), ticketOf({ sourceId: '101' })];
    const mended = [entryOf({ groupKey: 'e:psa:e1' })];
    const warnings = await warningsOf(mended, { tickets, waiting: ['e:psa:e1'] });
    expect(warnings.map(brief)).toContain('psa tickets 101: settled');
    expect(warnings.map(brief)).toContain('psa tickets 100: settled');
  });

  test('of time without a ticket by itself and its client', async () => {
    const mended = [entryOf({ ticketId: null, clientId: '1', groupKey: 'e:psa:e1' })];
    const warnings = await warningsOf(mended, { tickets: [], waiting: ['e:psa:e1'] });
    expect(warnings.map(brief)).toEqual(['psa timeEntries e1: settled', 'psa clients 1: settled']);
  });

  test('of an entry that is gone without its client, for whom others may wait', async () => {
    const gone = [entryOf({ groupKey: 'e:psa:e1', deletedAt: eleven })];
    const warnings = await warningsOf(gone, { waiting: ['e:psa:e1'] });
    expect(warnings.map(brief)).not.toContain('psa clients 1: settled');
    expect(warnings.map(brief)).toContain('psa timeEntries e1: settled');
  });

  test('of a ticket whose corrections no longer take off too much', async () => {
    const taken = entryOf({ sourceId: 'e2', kind: 'correction', seconds: -60, endedAt: eleven });
    expect((await warningsOf([entryOf(), taken])).map(brief)).toEqual(['psa tickets 100: settled']);
    const negative = entryOf({ sourceId: 'e2', seconds: -60, endedAt: eleven });
    expect((await warningsOf([entryOf(), negative])).map(brief)).toEqual([
      'psa tickets 100: settled',
    ]);
  });

  test('not while other work still waits for the same', async () => {
    const strange = ticketOf({ sourceId: '200', clientId: '2' });
    const mended = entryOf({ groupKey: 'e:psa:e1', ticketId: null, clientId: '1' });
    const waits = entryOf({ sourceId: 'e2', ticketId: '200', groupKey: 'e:psa:e2' });
    const warnings = await warningsOf([mended, waits], {
      tickets: [strange],
      waiting: ['e:psa:e1', 'e:psa:e2'],
    });
    expect(warnings.map(brief)).toEqual([
      'psa timeEntries e1: settled',
      'psa clients 1: settled',
      // What it waited for before, if that was another thing.
      'psa timeEntries e2: settled',
      'psa tickets 200: settled',
      'psa clients 2: told',
    ]);
  });

  test('by nothing where nothing had waited: work as it should be is not spoken of', async () => {
    expect(await warningsOf([entryOf({ groupKey: 't:psa:100' })])).toEqual([]);
    expect(await warningsOf([entryOf()])).toEqual([]);
  });
});
