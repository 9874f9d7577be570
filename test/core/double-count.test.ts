import { afterEach, expect, test } from '@jest/globals';
import { agreementOf, CoreBench, clientOf } from '../support/core-bench.ts';

let bench: CoreBench;

async function open() {
  const sourceIds = new Map([
    ['psa', '1'],
    ['rmm', '17'],
  ]);
  const agreement = agreementOf({ debitWhen: 'logged' });
  bench = await CoreBench.open({ clients: [clientOf({ sourceIds, agreement })] });
  bench.psa.ticket('100', { clientId: '1' });
  bench.rmm.ticket('7', { clientId: '17' });
}

function logBoth(rmmStart = '2026-03-02T09:30:00.000Z'): void {
  bench.psa.log('e1', '100', '2026-03-02T09:00:00.000Z', 60);
  logInRmm(rmmStart);
}

function logInRmm(start = '2026-03-02T09:30:00.000Z') {
  bench.rmm.log('x1', '7', start, 60, { technicianId: 'user//ada' });
}

afterEach(() => bench.close());

test('an hour in two systems is debited once, and the second waits for a decision', async () => {
  await open();
  logBoth();
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase', '-1 usage']);
  const [row] = await bench.app.store.listQuarantine(['open']);
  expect(row).toMatchObject({ connection: 'rmm', stream: 'timeEntries', sourceId: 'x1' });
  expect(row?.reason).toContain('time entry e1 in "psa"');
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase', '-1 usage']);
});

test('what is debited already stays, and the one that is read later waits', async () => {
  await open();
  logInRmm();
  await bench.run();
  bench.psa.log('e1', '100', '2026-03-02T09:00:00.000Z', 60);
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase', '-1 usage']);
  expect(await bench.quarantine()).toEqual(['psa timeEntries e1']);
});

test('accepted, both count, also after a later change', async () => {
  await open();
  logBoth();
  await bench.run();
  const [row] = await bench.app.store.listQuarantine(['open']);
  await bench.app.store.acceptQuarantine(row?.id ?? 0, bench.psa.now, 'test');
  await bench.run();
  expect(await bench.hours()).toEqual([8, 0]);
  bench.rmm.editEntry('x1', { seconds: 7200, endedAt: '2026-03-02T11:30:00.000Z' });
  await bench.run();
  expect(await bench.hours()).toEqual([7, 0]);
  expect(await bench.quarantine()).toEqual([]);
});

test.each(['deleted', 'moved away'])('once one is %s, the other is debited', async (what) => {
  await open();
  logBoth();
  await bench.run();
  if (what === 'deleted') {
    bench.psa.timeEntries.splice(0, 1);
    bench.advance(3600);
    await bench.runWith(['pull', 'sweep', 'debit'], { acceptedSweeps: ['psa'] });
    expect(await bench.story()).toEqual(['+10 purchase', '-1 usage', '+1 reversal', '-1 usage']);
  } else {
    bench.psa.editEntry('e1', {
      startedAt: '2026-03-02T07:00:00.000Z',
      endedAt: '2026-03-02T08:00:00.000Z',
    });
    await bench.run();
    expect(await bench.hours()).toEqual([8, 0]);
  }
  expect(await bench.quarantine()).toEqual([]);
});

test('one after the other, or of two technicians, is not one hour twice', async () => {
  await open();
  logBoth('2026-03-02T10:00:00.000Z');
  bench.rmm.log('x2', '7', '2026-03-02T09:00:00.000Z', 60, {
    technicianId: 'user//bo',
    technician: 'Bo',
  });
  await bench.run();
  expect(await bench.hours()).toEqual([7, 0]);
  expect(await bench.quarantine()).toEqual([]);
});

test('an entry that was accepted waits again for a third one', async () => {
  await open();
  logBoth();
  await bench.run();
  const [row] = await bench.app.store.listQuarantine(['open']);
  await bench.app.store.acceptQuarantine(row?.id ?? 0, bench.psa.now, 'test');
  bench.rmm.log('x2', '7', '2026-03-02T09:00:00.000Z', 5, { technicianId: 'user//ada' });
  await bench.run();
  expect(await bench.quarantine()).toEqual(['rmm timeEntries x2']);
  bench.psa.log('e2', '100', '2026-03-02T10:15:00.000Z', 5);
  await bench.run();
  // What is charged stays; the new one waits.
  expect(await bench.quarantine()).toEqual(['rmm timeEntries x2', 'psa timeEntries e2']);
  expect((await bench.story()).filter((line) => line.startsWith('-'))).toContain('-1 usage');
});
