import { expect, test } from '@jest/globals';
import { withMspHere } from '../support/small-msp.ts';

interface Unlogged {
  rows: { id: string; client: string; technician: string; seconds: number; state: string }[];
  uncounted: { reason: string }[];
}

const workTypes = `{ covered: [Remote], excluded: [Travel] }
    rounding: { increment: 5m }
    unloggedTime: { do: debit, workType: Remote, after: 0 }`;

test('a NinjaOne session that nobody logged in ConnectWise is debited, until somebody does', async () => {
  await withMspHere({ workTypes }, async (msp) => {
    const { rmm, psa, organization, technician: technicianId } = msp;
    const deviceId = rmm.state.addDevice(organization, 'SRV-1');
    const addSession = (startedAt: string, endedAt: string) =>
      rmm.state.addSession({ deviceId, technicianId, startedAt, endedAt });
    // The first is within an hour of work in the PSA.
    addSession('2026-03-02T10:10:00Z', '2026-03-02T10:50:00Z');
    addSession('2026-03-20T09:00:00Z', '2026-03-20T10:10:00Z');
    const hours = async () => {
      const { clients } = await msp.ask<{
        clients: { client: string; settledSeconds: number }[];
      }>('balances');
      return (clients.find(({ client }) => client === 'Martin')?.settledSeconds ?? 0) / 3600;
    };
    const ask = () => msp.ask<Unlogged>('report', 'unlogged', '--from', '2026-03-01');

    expect((await msp.run('run')).exitCode).toBe(0);
    const before = await hours();
    const { rows, uncounted } = await ask();
    expect(rows).toMatchObject([
      { client: 'Martin', technician: 'Anke Peeters', seconds: 4200, state: 'debited' },
    ]);
    expect(uncounted.map(({ reason }) => reason)).toEqual([]);
    const shown = await msp.run('report', 'unlogged', '--from', '2026-03-01');
    expect(shown.stdout).toMatch(
      /^Martin +Anke Peeters +2026-03-20 +10:00–11:10 +SRV-1 +1 h 10 +€140\.00 +debited$/m,
    );
    const table = await msp.run('report', 'unlogged', 'martin', '--from', '2026-03-01', '--csv');
    expect(table.stdout).toContain('Martin,Anke Peeters,2026-03-20,2026-03-20T09:00:00.000Z');
    const explained = await msp.run('explain', rows[0]?.id ?? '');
    expect(explained.stdout).toContain(
      'Anke Peeters, 20 March 2026, 1 h 10 (from remote sessions recorded by rmm, not logged), work type “Remote”',
    );
    const month = new Date().toISOString().slice(0, 7);
    const statement = await msp.run('statement', 'Martin', '--month', month, '--format', 'csv');
    expect(statement.stdout).toContain('"Remote sessions recorded by rmm, not logged"');
    const quiet = await msp.run('run');
    expect(quiet.exitCode).toBe(0);
    expect(await hours()).toBe(before);

    const at = new Date(Date.now() + 1000).toISOString();
    const company = msp.ids.martin;
    const ticket = psa.state.addTicket({ company, board: msp.ids.board, summary: 'Till', at });
    const start = '2026-03-20T09:00:00Z';
    const { member } = msp.ids;
    const { remote: workType } = msp.workTypes;
    psa.state.addTime({ ticket, member, workType, start, hours: '1.25', at });
    expect((await msp.run('run')).exitCode).toBe(0);
    expect((await ask()).rows).toEqual([]);
    expect(await hours()).toBeCloseTo(before + 4200 / 3600, 6);
    expect((await msp.run('verify')).exitCode).toBe(0);
  });
}, 120_000);
