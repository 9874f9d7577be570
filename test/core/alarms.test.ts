/** Alerts on hours worked: within a window, and on one ticket. */
import { afterEach, expect, test } from '@jest/globals';
import type { Agreement, UsageAlarm } from '../../src/domain/agreements/terms.ts';
import { formatIn } from '../../src/domain/format.ts';
import { markTold } from '../../src/service/corrections/mark-told.ts';
import { previewGoLive } from '../../src/service/go-live/preview.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const hour = 3600;
const used = (hours: number, within: number): UsageAlarm => ({
  usedSeconds: hours * hour,
  withinSeconds: within * hour,
  tell: ['msp'],
});
const onTicket = (hours: number): UsageAlarm => ({ ticketSeconds: hours * hour, tell: ['msp'] });

async function open(alarms: UsageAlarm[], terms: Partial<Agreement> = {}, mode?: 'observe') {
  const agreement = agreementOf({ alarms, ...terms });
  const clients = [clientOf({ agreement, startOn: '2026-01-01', openingBlocks: [openingOf(40)] })];
  bench = await CoreBench.open({ clients, ...(mode && { mode }) });
}

/** `ticket, start, hours`; the ticket stays open. */
let entries = 0;
function log(ticket: string, startedAt: string, hours: number, technician = 'Ada'): string {
  entries += 1;
  if (!bench.psa.tickets.some(({ sourceId }) => sourceId === ticket)) bench.psa.ticket(ticket);
  const id = `e${entries}`;
  bench.psa.log(id, ticket, `${startedAt}:00.000Z`, hours * 60, { technician });
  return id;
}

async function runAt(at: string): Promise<void> {
  bench.at(`${at}:00.000Z`);
  await bench.run();
}

const alerts = () => bench.psa.sentOf('alert-ticket').map(({ message }) => message.subject);

test('hours within a window are told once while the tickets are open, and again in another burst', async () => {
  await open([used(5, 24)]);
  log('1', '2026-03-02T09:00', 3);
  await runAt('2026-03-02T13:00');
  expect(alerts()).toEqual([]);
  log('2', '2026-03-02T14:00', 2, 'Ben');
  await runAt('2026-03-02T17:00');
  await runAt('2026-03-02T18:00');
  log('2', '2026-03-03T07:00', 1, 'Ben');
  await runAt('2026-03-03T08:00');
  expect(alerts()).toEqual(['Prepaid hours – Dupont: 5 h of work within 24 h']);
  // Below the level for a while, though nothing was read.
  await runAt('2026-03-03T14:30');
  log('2', '2026-03-03T15:00', 4.5, 'Ben');
  await runAt('2026-03-03T20:00');
  expect(alerts()).toHaveLength(2);
  const body = String(bench.psa.sentOf('alert-ticket')[1]?.message.body);
  expect(body).toContain(
    'Work within 24 h, charged or not: 5 h 30.\n- #2 Ticket 2: 5 h 30\nBy: Ben 5 h 30.',
  );
  expect(body).toContain('after it, 29 h 30 left');
});

test('a burst that grows is the same one, though its first hours leave the window', async () => {
  await open([used(5, 24)]);
  for (const day of ['02', '03', '04', '05']) {
    log(day, `2026-03-${day}T09:00`, 6);
    await runAt(`2026-03-${day}T16:00`);
  }
  expect(alerts()).toHaveLength(1);
});

test('work counts from when it was done, in hours of the clock, on the day of a clock change too', async () => {
  await open([used(5, 24)]);
  // 29 March has 23 hours in Paris; the entry reaches an hour into the window.
  log('1', '2026-03-28T13:00', 4);
  log('1', '2026-03-29T09:00', 3.5);
  await runAt('2026-03-29T16:05');
  expect(alerts()).toEqual([]);
  await open([used(5, 24)]);
  log('1', '2026-03-28T14:00', 4);
  log('1', '2026-03-29T09:00', 3.5);
  await runAt('2026-03-29T16:05');
  expect(alerts()).toHaveLength(1);
});

test('work counts when it was worked: not when it is read late, nor where it is planned', async () => {
  await open([used(5, 24), onTicket(7)]);
  await runAt('2026-03-02T08:00');
  log('1', '2026-03-02T09:00', 6);
  log('1', '2026-03-05T09:00', 6);
  await runAt('2026-03-04T09:00');
  expect(alerts()).toEqual([]);
});

test('an old history alarms nobody, at the first run and when more of it is read', async () => {
  await open([used(2, 24), used(100, 744), onTicket(2)]);
  log('1', '2026-02-02T09:00', 8);
  log('2', '2026-02-20T09:00', 8);
  await runAt('2026-03-02T09:00');
  log('3', '2025-12-02T09:00', 8);
  await runAt('2026-03-03T09:00');
  expect(alerts()).toEqual([]);
  // Somebody goes on with an old one.
  log('1', '2026-03-03T09:00', 0.5);
  await runAt('2026-03-03T10:00');
  expect(alerts()).toEqual(['Prepaid hours – Dupont: 8 h 30 on ticket #1 Ticket 1']);
});

test('a ticket is told once for each level while it is open, however often it is read', async () => {
  await open([onTicket(6), onTicket(12)]);
  log('1', '2026-03-02T09:00', 5);
  await runAt('2026-03-02T17:00');
  log('1', '2026-03-03T09:00', 1, 'Ben');
  await runAt('2026-03-03T17:00');
  bench.psa.editTicket('1', { summary: 'Renamed' });
  await runAt('2026-03-03T18:00');
  log('1', '2026-03-04T09:00', 7);
  await runAt('2026-03-04T17:00');
  bench.psa.close('1');
  await runAt('2026-03-04T18:00');
  expect(alerts()).toEqual([
    'Prepaid hours – Dupont: 6 h on ticket #1 Ticket 1',
    'Prepaid hours – Dupont: 13 h on ticket #1 Renamed',
  ]);
});

test('two levels of a ticket reached at once are one alert, and a closed ticket is none', async () => {
  await open([onTicket(2), onTicket(4)]);
  log('1', '2026-03-02T09:00', 5);
  log('2', '2026-03-02T09:00', 5);
  bench.psa.close('2');
  await runAt('2026-03-02T17:00');
  await runAt('2026-03-02T18:00');
  expect(alerts()).toEqual(['Prepaid hours – Dupont: 5 h on ticket #1 Ticket 1']);
  expect(bench.psa.sentOf('alert-ticket')[0]?.message.body).toContain(
    'Threshold reached: 2 h or more on one ticket; 4 h or more on one ticket.',
  );
});

test('a ticket into which one that was told is merged is not told again', async () => {
  await open([onTicket(4)]);
  log('1', '2026-03-02T09:00', 4);
  await runAt('2026-03-02T17:00');
  log('2', '2026-03-02T15:00', 1);
  bench.psa.editTicket('1', { mergedInto: '2' });
  await runAt('2026-03-02T18:00');
  expect(alerts()).toHaveLength(1);
});

test('free work, removed work and work outside the agreement do not count', async () => {
  await open([onTicket(4)], {
    workTypes: { covered: [], excluded: ['Travel'], unlisted: 'covered' },
    applies: { boards: ['Help Desk'], ticketTypes: null, agreements: null },
  });
  log('1', '2026-03-02T09:00', 3);
  bench.psa.editEntry(log('1', '2026-03-02T14:00', 2), { workType: 'Travel' });
  bench.psa.log('off', '1', '2026-03-02T13:00:00.000Z', -30, { kind: 'correction' });
  bench.psa.ticket('2', { board: 'Sales' });
  log('2', '2026-03-02T09:00', 9);
  await runAt('2026-03-02T17:00');
  expect(alerts()).toEqual([]);
  log('1', '2026-03-02T16:00', 1.5);
  await runAt('2026-03-02T18:00');
  expect(alerts()).toEqual(['Prepaid hours – Dupont: 4 h on ticket #1 Ticket 1']);
});

test('a client told by the rule gets a note on the alert, and both in one transaction', async () => {
  await open([{ ...onTicket(4), tell: ['msp', 'client'] }]);
  log('1', '2026-03-02T09:00', 4);
  bench.psa.fail('create alert-ticket', 'transient');
  await runAt('2026-03-02T17:00');
  expect(bench.psa.sent).toEqual([]);
  await runAt('2026-03-02T18:00');
  expect(bench.psa.sent.map(({ kind }) => kind)).toEqual(['alert-ticket', 'ticket-note']);
  expect(bench.psa.sentOf('ticket-note')[0]?.message).toMatchObject({
    ticketId: 'alert-ticket-1',
    audience: 'client',
    subject: 'Your ticket #1 Ticket 1: 4 h so far',
  });
});

test('what was decided and not sent is worded by the current config', async () => {
  await open([onTicket(4)]);
  log('1', '2026-03-02T09:00', 4);
  bench.psa.fail('create alert-ticket', 'transient');
  await runAt('2026-03-02T17:00');
  bench.app.config = { ...bench.app.config, locale: 'fr' };
  await runAt('2026-03-02T20:00');
  expect(alerts()).toEqual(['Heures prépayées – Dupont : 4 h sur le ticket #1 Ticket 1']);
});

test('a stop between debit and replenish loses no alarm', async () => {
  await open([used(2, 24)]);
  log('1', '2026-03-02T09:00', 3);
  bench.at('2026-03-02T13:00:00.000Z');
  await bench.run('pull', 'debit');
  await bench.run('replenish', 'push');
  await bench.run('replenish', 'push');
  expect(alerts()).toHaveLength(1);
});

test('an undo of the run that told does not tell again', async () => {
  await open([used(2, 24), onTicket(2)], { debitWhen: 'logged' });
  await runAt('2026-03-02T08:00');
  log('1', '2026-03-02T09:00', 3);
  bench.at('2026-03-02T13:00:00.000Z');
  const run = await bench.run();
  expect(alerts()).toHaveLength(2);
  await bench.undo(run);
  await bench.run();
  await runAt('2026-03-02T15:00');
  expect(alerts()).toHaveLength(2);
});

test('work of clients that share blocks counts together, and their payer is told', async () => {
  const agreement = agreementOf({ alarms: [used(5, 24)] });
  const payer = clientOf({ agreement, isSharing: true });
  const paid = clientOf({
    ...{ name: 'Durand', sourceIds: new Map([['psa', '2']]), agreement, openingBlocks: [] },
    ...{ isSharing: true, paidBy: { name: 'Dupont' } },
  });
  bench = await CoreBench.open({ clients: [payer, paid] });
  bench.psa.ticket('9', { clientId: '2' });
  log('1', '2026-03-02T09:00', 3);
  log('9', '2026-03-02T09:00', 3);
  await runAt('2026-03-02T13:00');
  expect(alerts()).toEqual(['Prepaid hours – Dupont: 6 h of work within 24 h']);
});

test('observe mode tells nobody; going live tells of what goes on, and the preview shows it', async () => {
  await open([used(2, 24), onTicket(2)], {}, 'observe');
  log('1', '2026-03-02T09:00', 3);
  log('2', '2026-03-02T09:00', 3);
  await runAt('2026-03-02T13:00');
  expect(alerts()).toEqual([]);
  bench.psa.close('2');
  await runAt('2026-03-02T14:00');
  const { clients } = await previewGoLive(bench.app, new AbortController().signal);
  expect(clients[0]?.levels.map(({ level }) => level)).toEqual([
    '2 h or more within 24 h',
    '2 h or more on one ticket',
  ]);
  expect(clients[0]?.left).toBe(formatIn(bench.client()).duration(37 * hour));
  bench.setMode('live');
  await runAt('2026-03-02T15:00');
  await runAt('2026-03-02T16:00');
  expect(alerts()).toEqual([
    'Prepaid hours – Dupont: 6 h of work within 24 h',
    'Prepaid hours – Dupont: 3 h on ticket #1 Ticket 1',
  ]);
});

test('what an admin marks as told before going live is not sent', async () => {
  await open([used(2, 24), onTicket(2)], {}, 'observe');
  log('1', '2026-03-02T09:00', 3);
  await runAt('2026-03-02T13:00');
  const { clients } = await previewGoLive(bench.app, new AbortController().signal);
  const clientId = bench.clientId();
  const levels = clients[0]?.levels.map(({ threshold, number, pendingSeconds }) => {
    return { threshold, number, pendingSeconds };
  });
  await markTold(bench.app, {
    clientId,
    at: new Date(bench.nowMs).toISOString(),
    levels: levels ?? [],
  });
  const withheld = await bench.app.store.listMessages({ statuses: ['withheld'] });
  expect(withheld).toEqual([]);
  bench.setMode('live');
  await runAt('2026-03-02T15:00');
  expect(alerts()).toEqual([]);
});

test('a decision that cannot be stored is taken once, by the next run', async () => {
  await open([used(2, 24), onTicket(2)]);
  log('1', '2026-03-02T09:00', 3);
  const { store } = bench.app;
  bench.app.store = Object.assign(Object.create(store) as typeof store, {
    writeReplenish: async (batch: Parameters<typeof store.writeReplenish>[0]) => {
      if (batch.lookedAt !== undefined) throw new Error('the process ends here');
      await store.writeReplenish(batch);
    },
  });
  await expect(runAt('2026-03-02T13:00')).rejects.toThrow('the process ends here');
  bench.app.store = store;
  expect(alerts()).toEqual([]);
  await runAt('2026-03-02T14:00');
  await runAt('2026-03-02T15:00');
  expect(alerts()).toHaveLength(2);
});

test('with nothing new, alarms read no work and write nothing', async () => {
  await open([used(20, 24), onTicket(20)]);
  log('1', '2026-03-02T09:00', 3);
  await runAt('2026-03-02T13:00');
  const before = bench.dump();
  const { store } = bench.app;
  let reads = 0;
  bench.app.store = Object.assign(Object.create(store) as typeof store, {
    readRecentWork: async () => {
      reads += 1;
      return [];
    },
  });
  await runAt('2026-03-02T14:00');
  expect(reads).toBe(0);
  bench.app.store = store;
  expect([...bench.dump()].filter(([name]) => name !== 'watermark')).toEqual(
    [...before].filter(([name]) => name !== 'watermark'),
  );
});
