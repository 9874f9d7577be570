import { afterEach, expect, test } from '@jest/globals';
import type { Agreement, Offer } from '../../src/domain/agreements/terms.ts';
import { addBlock } from '../../src/service/corrections/blocks.ts';
import { resumeSales } from '../../src/service/corrections/release.ts';
import { sellBlock } from '../../src/service/corrections/sell.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const onboarding = { followedBy: 'managed' };
const yearly: Offer = { ...ten, name: 'yearly', validForMonths: 12 };
const low = { when: { balance: 'settled', secondsLeft: 7200 }, do: ['alert', 'invoice'] } as const;
const managed = agreementOf({
  name: 'managed',
  replenish: [{ ...low, offer: yearly, tell: ['msp'] }],
});

async function openWith(
  block = openingOf(10, { purchasedOn: '2026-03-01', onboarding }),
  terms: Partial<Agreement> = {},
  mode: 'live' | 'observe' = 'live',
): Promise<void> {
  const agreement = agreementOf({ name: 'start', ...terms });
  const clients = [clientOf({ agreement, openingBlocks: [block] })];
  bench = await CoreBench.open({ mode, clients });
  const agreements = new Map([['managed', managed]]);
  bench.app.config = { ...bench.app.config, agreements, offers: new Map([['yearly', yearly]]) };
  await bench.run();
}

let tickets = 0;
function work(day: string, hours: number, isClosed = true): string {
  tickets += 1;
  const id = String(tickets);
  bench.psa.ticket(id);
  bench.psa.log(id, id, `${day}T09:00:00.000Z`, hours * 60);
  if (isClosed) bench.psa.close(id);
  return id;
}

async function runOn(day: string) {
  bench.at(`${day}T20:00:00.000Z`);
  return bench.run();
}

const alerts = () => bench.psa.sentOf('alert-ticket').map(({ message }) => message);
const subjects = () => alerts().map(({ subject }) => subject);
const usedUp = 'Prepaid hours – Dupont: onboarding hours used up, propose "managed"';

test('a block for onboarding that is used up proposes what follows, once, with the command', async () => {
  await openWith();
  work('2026-03-02', 4);
  await runOn('2026-03-02');
  expect(alerts()).toEqual([]);
  work('2026-03-05', 7);
  await runOn('2026-03-05');
  await runOn('2026-05-05');
  expect(subjects()).toEqual([usedUp]);
  expect(alerts()[0]?.body).toBe(
    [
      'To do: agree with the client on what was to follow, agreement "managed".',
      'The block for onboarding is used up.',
      '',
      'Used: 10 h of 10 h, 2–5 March 2026.',
      'Agreement "managed": blocks of 10 h at €120.00 an hour before tax, valid for 12 months.',
      '',
      'To carry on, set `agreement: managed` for Dupont in the config.',
      'To sell the first block: prepaid-hours sell "Dupont" --offer yearly',
    ].join('\n'),
  );
});

test('its work is done once all tickets are closed and nothing was charged for two weeks', async () => {
  await openWith();
  work('2026-03-02', 4);
  const open = work('2026-03-03', 1, false);
  await runOn('2026-03-03');
  await runOn('2026-03-20');
  expect(alerts()).toEqual([]);
  bench.psa.close(open);
  await runOn('2026-03-21');
  await runOn('2026-04-03');
  expect(alerts()).toEqual([]);
  await runOn('2026-04-04');
  await runOn('2026-06-01');
  expect(subjects()).toEqual(['Prepaid hours – Dupont: onboarding done, propose "managed"']);
  expect(alerts()[0]?.body).toContain('Used: 5 h of 10 h, 2–3 March 2026.');
});

test('a charged ticket that was opened again is not done', async () => {
  await openWith();
  const id = work('2026-03-02', 4);
  await runOn('2026-03-02');
  bench.psa.ticket(id, { isClosed: false });
  await runOn('2026-04-01');
  expect(alerts()).toEqual([]);
});

test('where time is charged as it is logged, an open ticket is not done', async () => {
  await openWith(undefined, { debitWhen: 'logged' });
  const id = work('2026-03-02', 4, false);
  await runOn('2026-03-02');
  expect(await bench.hours()).toEqual([6, 0]);
  await runOn('2026-04-01');
  expect(alerts()).toEqual([]);
  bench.psa.close(id);
  await runOn('2026-04-02');
  expect(alerts()).toHaveLength(1);
});

test('hours that nobody used are proposed for when they expire, not before', async () => {
  await openWith(openingOf(10, { purchasedOn: '2026-03-01', expiresOn: '2026-06-30', onboarding }));
  await runOn('2026-06-29');
  expect(alerts()).toEqual([]);
  await runOn('2026-07-01');
  expect(subjects()).toEqual([
    'Prepaid hours – Dupont: onboarding hours expired, propose "managed"',
  ]);
});

test('hours that rolled over go on with their new block', async () => {
  const rollover = { seconds: null, validForMonths: 6 };
  const block = openingOf(10, { purchasedOn: '2026-03-01', expiresOn: '2026-03-31', onboarding });
  await openWith(block, { rollover });
  await runOn('2026-04-01');
  await runOn('2026-04-02');
  expect(alerts()).toEqual([]);
  work('2026-04-03', 10);
  await runOn('2026-04-03');
  expect(subjects()).toEqual([usedUp]);
});

test('other blocks, and other clients’ payments, do not end it; resumed sales do not repeat it', async () => {
  await openWith();
  await addBlock(bench.app, {
    ...{ clientId: bench.clientId(), seconds: 3600, amountMinor: null, rateMinor: 0, priority: -1 },
    ...{ purchasedOn: '2026-03-02', expiresOn: null, reason: 'sold' },
  });
  work('2026-03-02', 1);
  await runOn('2026-03-02');
  expect(alerts()).toEqual([]);
  work('2026-03-03', 10);
  await runOn('2026-03-03');
  expect(subjects()).toEqual([usedUp]);
  await bench.app.store.writeReplenish({
    ...{ at: new Date(bench.nowMs).toISOString(), runId: 'x', expected: [], blocks: [] },
    ...{ blockStatuses: [], postings: [], episodes: [], messages: [], superseded: [] },
    salesHolds: [{ clientId: bench.clientId(), reason: 'INV-1' }],
  });
  await resumeSales(bench.app, bench.clientId());
  work('2026-03-04', 1);
  await runOn('2026-03-04');
  expect(subjects()).toEqual([usedUp]);
});

test('an undone alert is repeated only if the work was undone too', async () => {
  await openWith();
  work('2026-03-02', 10);
  const run = await runOn('2026-03-02');
  await bench.undo(run);
  await bench.runWith(['debit', 'replenish', 'push'], { isUndoneReleased: true });
  expect(subjects()).toEqual([usedUp, usedUp]);
  await bench.close();
  await openWith();
  work('2026-03-02', 5);
  await runOn('2026-03-02');
  const alone = await runOn('2026-03-17');
  expect(alerts()).toHaveLength(1);
  await bench.undo(alone);
  await runOn('2026-03-18');
  expect(alerts()).toHaveLength(1);
});

test('an offer for onboarding is sold as such, also by a price that changes before the push', async () => {
  await openWith(openingOf(1));
  const first: Offer = { ...ten, name: 'first', onboarding };
  bench.app.config = { ...bench.app.config, offers: new Map([['first', first]]) };
  const sale = { client: bench.client(), offer: 'first', quantity: 1, isRecharge: false };
  const { block } = await sellBlock(bench.app, { ...sale, reason: null, isDone: true });
  const dearer = new Map([['first', { ...first, rateMinor: 13_000 }]]);
  bench.app.config = { ...bench.app.config, offers: dearer };
  await bench.run();
  const [ledger] = await bench.app.store.readLedgers([bench.clientId()], { isAllBlocks: true });
  const sold = ledger?.blocks.find(({ id }) => id === block);
  expect(sold).toMatchObject({ status: 'active', rateMinor: 13_000, onboarding });
});

test('an opening block follows its purpose in the config, which changes no hours', async () => {
  await openWith(openingOf(10, { purchasedOn: '2026-03-01' }));
  const before = await bench.ledger();
  const agreement = agreementOf({ name: 'start' });
  const block = openingOf(10, { purchasedOn: '2026-03-01', onboarding });
  await bench.configure([clientOf({ agreement, openingBlocks: [block] })]);
  bench.app.config = { ...bench.app.config, agreements: new Map([['managed', managed]]) };
  await bench.run();
  expect(await bench.ledger()).toEqual(before);
  work('2026-03-02', 10);
  await runOn('2026-03-03');
  expect(subjects()).toEqual([usedUp]);
});

test('what observe mode found is sent once when the installation goes live', async () => {
  await openWith(undefined, {}, 'observe');
  work('2026-03-02', 10);
  await runOn('2026-03-02');
  bench.setMode('live');
  await runOn('2026-03-03');
  await runOn('2026-03-04');
  expect(subjects()).toEqual([usedUp]);
});
