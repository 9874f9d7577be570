import { afterEach, expect, test } from '@jest/globals';
import type { UnloggedTerms } from '../../src/domain/agreements/terms.ts';
import { rebuildRehearsal } from '../../src/service/app/rehearsal.ts';
import { planClients } from '../../src/service/plan/plan.ts';
import { agreementOf, CoreBench, clientOf } from '../support/core-bench.ts';

const debit: UnloggedTerms = {
  action: 'debit',
  workType: 'Remote session',
  minimumSeconds: 300,
  toleranceSeconds: 900,
  afterDays: 3,
  from: null,
};

let bench: CoreBench;

async function open(unlogged: Partial<UnloggedTerms> = {}) {
  bench = await CoreBench.open({ clients: [dupont(unlogged)] });
  // Ada is known in the PSA by what she logged once.
  bench.psa.ticket('100', { clientId: '1' });
  bench.psa.log('e0', '100', '2026-02-20T09:00:00.000Z', 15);
  bench.at('2026-03-02T20:00:00.000Z');
}

function dupont(unlogged: Partial<UnloggedTerms>) {
  return clientOf({
    sourceIds: new Map([
      ['psa', '1'],
      ['rmm', '17'],
    ]),
    agreement: agreementOf({ unloggedTime: { ...debit, ...unlogged } }),
  });
}

async function unlogged(): Promise<string[]> {
  const rows = await bench.app.store.readUnlogged(null, null, null);
  return rows.map(({ startedAt, seconds, done }) => {
    return `${startedAt.slice(5, 16)} ${seconds / 60} min${done === null ? '' : ` ${done}`}`;
  });
}

afterEach(() => bench.close());

test('an unlogged session is debited once the technician had time to log it, and only once', async () => {
  await open();
  bench.rmm.session('s1', '2026-03-02T13:00:00.000Z', 60);
  await bench.run();
  expect(await unlogged()).toEqual(['03-02T13:00 60 min']);
  expect(await bench.story()).toEqual(['+10 purchase']);
  bench.at('2026-03-05T14:01:00.000Z');
  await bench.run();
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase', '-1 usage']);
  expect(await unlogged()).toEqual(['03-02T13:00 60 min debited']);
});

test('time that is logged after all takes its place, as a dated correction', async () => {
  await open();
  bench.rmm.session('s1', '2026-03-02T13:00:00.000Z', 60);
  bench.at('2026-03-06T08:00:00.000Z');
  await bench.run();
  bench.psa.log('e1', '100', '2026-03-02T13:00:00.000Z', 60);
  bench.psa.close('100');
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase', '-1 usage', '+1 reversal', '-1.25 usage']);
  expect(await unlogged()).toEqual([]);
  bench.psa.timeEntries.splice(1, 1);
  bench.psa.editTicket('100', {});
  await bench.run('sweep', 'pull', 'debit');
  expect((await bench.story()).at(-1)).toBe('-1 usage');
});

test('with report, nothing is debited', async () => {
  await open({ action: 'report' });
  bench.rmm.session('s1', '2026-03-02T13:00:00.000Z', 60);
  bench.at('2026-03-16T08:00:00.000Z');
  await bench.run();
  expect(await unlogged()).toEqual(['03-02T13:00 60 min']);
  expect(await bench.story()).toEqual(['+10 purchase']);
});

test('changed rules leave what is debited as it is, and apply to the rest', async () => {
  await open();
  bench.rmm.session('s1', '2026-03-02T13:00:00.000Z', 60);
  bench.at('2026-03-06T08:00:00.000Z');
  await bench.run();
  bench.rmm.session('s2', '2026-03-06T07:00:00.000Z', 30);
  await bench.configure([dupont({ action: 'report', minimumSeconds: 7200 })]);
  await bench.run();
  expect(await unlogged()).toEqual(['03-02T13:00 60 min debited']);
  expect(await bench.story()).toEqual(['+10 purchase', '-1 usage']);
});

test.each(['time', 'a session'])(
  'a new e-mail on %s leaves what is debited as it is',
  async (where) => {
    await open();
    bench.rmm.session('s1', '2026-03-02T13:00:00.000Z', 60);
    bench.psa.log('e1', '100', '2026-03-02T16:00:00.000Z', 15);
    bench.at('2026-03-06T08:00:00.000Z');
    await bench.run();
    await bench.configure([dupont({ action: 'report', minimumSeconds: 7200 })]);
    const change = { technicianEmail: 'ada@msp.test', updatedAt: '2026-03-06T08:00:00.000Z' };
    if (where === 'time') bench.psa.editEntry('e1', change);
    else Object.assign(bench.rmm.sessions[0] ?? {}, change);
    await bench.run();
    const known = (await bench.app.store.readTechnicians()).map(({ email }) => email);
    expect(known).toContain(change.technicianEmail);
    expect(await unlogged()).toEqual(['03-02T13:00 60 min debited']);
    expect(await bench.story()).toEqual(['+10 purchase', '-1 usage']);
  },
);

test('a new note or name on time of that day leaves what is debited as it is', async () => {
  await open();
  bench.rmm.session('s1', '2026-03-02T13:00:00.000Z', 60);
  bench.psa.log('e1', '100', '2026-03-02T16:00:00.000Z', 15);
  bench.at('2026-03-06T08:00:00.000Z');
  await bench.run();
  await bench.configure([dupont({ action: 'report', minimumSeconds: 7200 })]);
  const change = { note: 'Rebooted', technician: 'Ada B.', updatedAt: '2026-03-06T08:00:00.000Z' };
  bench.psa.editEntry('e1', change);
  await bench.run();
  expect(await unlogged()).toEqual(['03-02T13:00 60 min debited']);
  expect(await bench.story()).toEqual(['+10 purchase', '-1 usage']);
});

test('the sweep, which finds no such entry at the vendor, leaves it alone', async () => {
  await open({ afterDays: 0 });
  bench.rmm.session('s1', '2026-03-02T13:00:00.000Z', 60);
  await bench.run();
  await bench.run('sweep', 'debit', 'reconcile');
  expect(await bench.story()).toEqual(['+10 purchase', '-1 usage']);
});

test('a technician whom nobody can match is not taken for one who logs nothing', async () => {
  await open({ afterDays: 0 });
  const unknown = { technicianId: 'user//x', technician: 'Unheard of' };
  bench.rmm.session('s1', '2026-03-02T13:00:00.000Z', 60, unknown);
  await bench.run();
  expect(await unlogged()).toEqual([]);
  const technicians = [
    {
      name: 'Ada',
      ids: new Map([
        ['rmm', 'user//x'],
        ['psa', 't1'],
      ]),
    },
  ];
  bench.app.config = { ...bench.app.config, technicians };
  await bench.run();
  expect(await unlogged()).toEqual(['03-02T13:00 60 min debited']);
});

test('a proposal is a note on the session’s ticket, once', async () => {
  await open({ action: 'propose' });
  bench.rmm.ticket('7', { clientId: '17' });
  bench.rmm.session('s1', '2026-03-02T13:02:00.000Z', 60, { ticketId: '7' });
  bench.rmm.session('s2', '2026-03-02T15:00:00.000Z', 70, { ticketId: '7', device: 'PC-2' });
  await bench.run();
  expect(bench.rmm.sent).toEqual([]);
  bench.at('2026-03-05T20:00:00.000Z');
  await bench.run();
  await bench.run();
  const [note, ...more] = bench.rmm.sent;
  expect(more).toEqual([]);
  expect(note?.message).toMatchObject({ ticketId: '7', clientId: '17', audience: 'internal' });
  expect(note?.message.body).toContain(
    'Ada, 2 March 2026: 2 h 10 of remote sessions on PC-1 and PC-2 for Dupont, not logged: 14:02–15:02 and 16:00–17:10.',
  );
  expect(await bench.story()).toEqual(['+10 purchase']);
});

test('without a ticket it is an alert ticket of the client’s own system', async () => {
  await open({ action: 'propose', afterDays: 0 });
  bench.rmm.session('s1', '2026-03-02T13:00:00.000Z', 60);
  await bench.run();
  expect(bench.rmm.sent).toEqual([]);
  expect(bench.psa.sent.map(({ kind, message }) => [kind, message.clientId])).toEqual([
    ['alert-ticket', '1'],
  ]);
});

test('what is logged before a proposal has left is not proposed any more', async () => {
  await open({ action: 'propose', afterDays: 0 });
  bench.rmm.session('s1', '2026-03-02T13:00:00.000Z', 60);
  bench.rmm.session('s2', '2026-03-02T17:00:00.000Z', 30);
  await bench.run('pull', 'debit', 'replenish');
  bench.psa.log('e1', '100', '2026-03-02T13:00:00.000Z', 60);
  await bench.run('pull', 'debit');
  bench.psa.fail('find alert-ticket', 'transient', { times: 1 });
  await bench.run('push');
  expect(bench.psa.sent).toEqual([]);
  const [waiting] = await bench.app.store.listMessages({ statuses: ['pending'] });
  expect(waiting?.payload).toContain('30 min of remote sessions');
  bench.psa.log('e2', '100', '2026-03-02T17:00:00.000Z', 30);
  bench.advance(3600);
  await bench.run();
  expect(bench.psa.sent).toEqual([]);
  const [cancelled] = await bench.app.store.listMessages({ statuses: ['cancelled'] });
  expect(cancelled?.key).toBe(waiting?.key);
});

test('what observe mode would have proposed is proposed in live mode', async () => {
  await open({ action: 'propose', afterDays: 0 });
  bench.setMode('observe');
  bench.rmm.session('s1', '2026-03-02T13:00:00.000Z', 60);
  await bench.run();
  await bench.run();
  expect(bench.psa.sent).toEqual([]);
  bench.setMode('live');
  await bench.run();
  await bench.run();
  expect(bench.psa.sent.length).toBe(1);
});

test('what was recorded weeks before proposals were switched on is only reported', async () => {
  await open({ action: 'report' });
  bench.rmm.session('s1', '2026-02-02T13:00:00.000Z', 60);
  await bench.run();
  await bench.configure([dupont({ action: 'propose' })]);
  await bench.run();
  expect(bench.psa.sent).toEqual([]);
  expect(await unlogged()).toEqual(['02-02T13:00 60 min']);
});

test('a run that debited unlogged time can be undone', async () => {
  await open({ afterDays: 0 });
  await bench.run();
  bench.rmm.session('s1', '2026-03-02T13:00:00.000Z', 60);
  const run = await bench.run();
  await bench.undo(run);
  await bench.run();
  expect((await bench.story()).at(-1)).toBe('+1 reversal');
  expect(await bench.hours()).toEqual([10, 1.25]);
});

test('a plan shows what debiting unlogged time would have cost, and writes nothing', async () => {
  await open({ action: 'report' });
  bench.rmm.session('s1', '2026-03-02T13:00:00.000Z', 60);
  bench.at('2026-03-09T20:00:00.000Z');
  await bench.run();
  const before = bench.dump();
  const client = bench.client();
  const tried = { ...client, agreement: { ...client.agreement, unloggedTime: { ...debit } } };
  const plan = await planClients(bench.app, [tried], { file: 'new.yaml', isOther: true });
  expect(plan.clients).toMatchObject([
    { posted: { seconds: 0 }, planned: { seconds: 3600 }, rules: [{ rule: 'unloggedTime' }] },
  ]);
  expect(bench.dump()).toEqual(before);
});

test('before anything was sent, changed rules apply to what was debited of sessions, too', async () => {
  await open({ afterDays: 0 });
  bench.setMode('observe');
  bench.rmm.session('s1', '2026-03-02T13:00:00.000Z', 60);
  await bench.run();
  expect(await bench.hours()).toEqual([9, 0.25]);
  const rebuild = async (terms: Partial<UnloggedTerms>) => {
    await bench.configure([dupont({ afterDays: 0, ...terms })]);
    bench.app.store = await rebuildRehearsal(bench.app);
    await bench.run();
    return bench.hours();
  };
  expect(await rebuild({ action: 'report' })).toEqual([10, 0.25]);
  expect(await rebuild({ action: 'debit' })).toEqual([9, 0.25]);
});

test('a session over the client’s midnight counts on both days', async () => {
  await open({ afterDays: 0 });
  bench.rmm.session('s1', '2026-03-02T22:30:00.000Z', 60);
  bench.at('2026-03-03T09:00:00.000Z');
  await bench.run();
  const rows = await bench.app.store.readUnlogged(null, null, null);
  expect(rows.map(({ workedOn, seconds }) => [workedOn, seconds])).toEqual([
    ['2026-03-02', 1800],
    ['2026-03-03', 1800],
  ]);
});
