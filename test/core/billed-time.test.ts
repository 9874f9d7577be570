import { afterEach, expect, test } from '@jest/globals';
import { explain } from '../../src/reports/explain/explain.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const nine = '2026-03-02T09:00:00.000Z';

async function openWith(timeFrom: 'worked' | 'billed'): Promise<void> {
  const clients = [clientOf({ agreement: agreementOf({ timeFrom }) })];
  bench = await CoreBench.open({ clients, isTimePerTicket: true });
  bench.psa.ticket('1');
  bench.psa.log('1', '1', nine, 120, { billedSeconds: 3600 });
  bench.psa.log('2', '1', '2026-03-02T12:00:00.000Z', 60);
  bench.psa.close('1');
  await bench.run();
}

test('hours to bill are debited where the agreement says so, hours worked where there are none', async () => {
  await openWith('billed');
  expect(await bench.hours()).toEqual([8, 0]);
  const [told] = await explain(bench.app.store, {
    id: '1',
    clients: bench.app.clients,
    connections: ['psa'],
    locale: null,
    fallback: { locale: 'en', durations: 'clock', timezone: 'UTC' },
  });
  const covered = told?.steps.find(({ step }) => step === 'covered')?.lines;
  expect(covered?.[0]).toMatch(/1 h \(billable hours, logged as/);
  expect(covered?.[1]).toMatch(/1 h \(logged as/);
  bench.psa.editEntry('1', { billedSeconds: 1800 });
  bench.psa.editTicket('1', {});
  await bench.run();
  expect(await bench.hours()).toEqual([8.5, 0]);
});

test('hours to bill that change are not changed work where hours worked are debited', async () => {
  await openWith('worked');
  expect(await bench.hours()).toEqual([7, 0]);
  const before = await bench.story();
  bench.psa.editEntry('1', { billedSeconds: 1800 });
  bench.psa.editTicket('1', {});
  await bench.run();
  expect(await bench.story()).toEqual(before);
});

/** Open work of two kinds, with blocks for any work and for each. */
async function openKinds(minutes: number) {
  const when = { balance: 'projected', secondsLeft: 7200 } as const;
  const rule = { when, do: ['alert'], offer: null, tell: ['msp'] } as const;
  const agreement = agreementOf({ timeFrom: 'billed', replenish: [rule] });
  const kinds = [null, ['Remote'], ['On-site']];
  const openingBlocks = kinds.map((workTypes) => openingOf(10, { workTypes }));
  bench = await CoreBench.open({ mode: 'live', clients: [clientOf({ agreement, openingBlocks })] });
  bench.psa.ticket('1');
  bench.psa.log('1', '1', nine, minutes, { workType: 'Remote', billedSeconds: 30 * 3600 });
  bench.psa.log('2', '1', nine, minutes, {
    workType: 'On-site',
    billedSeconds: 3600,
  });
  await bench.run();
}

const alerts = () => bench.psa.sentOf('alert-ticket').map(({ message }) => message.body);

test.each([0, 60])(
  'open work of two kinds counts by its hours to bill, with %s minutes worked on each',
  async (minutes) => {
    await openKinds(minutes);
    expect(alerts()).toEqual([
      expect.stringMatching(/after it, .* 20 h over \(Remote\) and 9 h left \(On-site\)/),
    ]);
  },
);
