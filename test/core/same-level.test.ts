/** Rules with the same level share its episode: each keeps its own offer, and the alert tells what is sold. */
import { afterEach, expect, test } from '@jest/globals';
import type { Offer } from '../../src/domain/agreements/terms.ts';
import { agreementOf, CoreBench, clientOf, openingOf, ten } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());
const low = { balance: 'settled', secondsLeft: 7200 } as const;
const project: Offer = { ...ten, name: 'project', product: 'PROJECT-10', workTypes: ['Project'] };
const onsite: Offer = { ...ten, name: 'onsite', product: 'ONSITE-10', workTypes: ['Onsite'] };
let tickets = 0;
function use(hours: number, workType = 'Remote'): void {
  tickets += 1;
  const id = String(tickets);
  bench.psa.ticket(id);
  bench.psa.log(id, id, '2026-03-02T09:00:00.000Z', hours * 60, { workType });
  bench.psa.close(id);
}
const offersSold = () => bench.psa.sentOf('invoice').map(({ message }) => message.product);
const alerts = () =>
  bench.psa.sentOf('alert-ticket').map(({ message }) => `${message.subject} | ${message.body}`);
const rule = (offer: Offer, actions = ['alert', 'invoice']) =>
  ({ when: low, do: actions, offer, tell: ['msp'] }) as never;

test.each([
  ['limited first', [project, ten]],
  ['general first', [ten, project]],
])(
  'one rule per kind, %s: the alert tells the sale, not that nothing was sold',
  async (_, offers) => {
    const agreement = agreementOf({ replenish: offers.map((offer) => rule(offer)) });
    const openingBlocks = [openingOf(10), openingOf(10, { workTypes: ['Project'] })];
    bench = await CoreBench.open({
      mode: 'live',
      clients: [clientOf({ agreement, openingBlocks })],
    });
    use(9);
    await bench.run();
    expect(offersSold()).toEqual(['BLOCK-10']);
    expect(alerts()[0]).not.toMatch(/nothing sold/);
  },
);

/** A rule and a block for each of two kinds of hours. */
async function openKinds(actions?: string[]): Promise<void> {
  const offers = [onsite, project];
  const agreement = agreementOf({ replenish: offers.map((offer) => rule(offer, actions)) });
  const openingBlocks = offers.map(({ workTypes }) => openingOf(10, { workTypes }));
  bench = await CoreBench.open({ mode: 'live', clients: [clientOf({ agreement, openingBlocks })] });
}

test('two limited kinds: the alert tells the sale', async () => {
  await openKinds();
  use(9, 'Project');
  await bench.run();
  expect(offersSold()).toEqual(['PROJECT-10']);
  expect(alerts()[0]).not.toMatch(/nothing sold/);
});

test('invoice alone, two limited kinds: no alert of a refused sale', async () => {
  await openKinds(['invoice']);
  use(9, 'Project');
  await bench.run();
  expect(offersSold()).toEqual(['PROJECT-10']);
  expect(alerts()).toEqual([]);
});

test('an offer in an alert never replaces the one that the invoice of the same level sells', async () => {
  const five: Offer = { ...ten, name: 'five', product: 'BLOCK-5', seconds: 18_000 };
  const agreement = agreementOf({ replenish: [rule(five, ['alert']), rule(ten, ['invoice'])] });
  bench = await CoreBench.open({ mode: 'live', clients: [clientOf({ agreement })] });
  use(9);
  bench.advance(60);
  await bench.runWith(['pull', 'debit', 'replenish'], {});
  const decided = (await bench.app.store.listMessages({}))
    .filter(({ kind }) => kind === 'invoice')
    .map(({ payload }) => JSON.parse(payload).product);
  await bench.run();
  const [ledger] = await bench.app.store.readLedgers([bench.clientId()], { isAllBlocks: true });
  expect([decided, offersSold(), ledger?.blocks.map(({ seconds }) => seconds / 3600)]).toEqual([
    ['BLOCK-10'],
    ['BLOCK-10'],
    [10, 10],
  ]);
});

test('two limited kinds, both low: the alert tells both sales', async () => {
  await openKinds();
  use(9, 'Project');
  use(9, 'Onsite');
  await bench.run();
  expect(offersSold()).toEqual(['ONSITE-10', 'PROJECT-10']);
  expect(alerts()[0]).toMatch(/\("project"\)/);
});
