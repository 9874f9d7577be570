import { describe, expect, test } from '@jest/globals';
import { type Bench, soon, withConnectwise } from './bench.ts';

const signal = soon();

async function alertOn({ company, connector }: Bench) {
  const push = connector.push['alert-ticket'];
  const message = { key: 'lowbal:1', clientId: String(company), subject: 'Low', body: 'Low.' };
  const created = await push?.create(message, signal);
  if (push?.withdraw === undefined || created === undefined) throw new Error('no alert push');
  const withdrawal = { ...created, reason: 'Run r-1 was undone.' };
  return { message, withdrawal, withdraw: () => push.withdraw?.(message, withdrawal, signal) };
}

describe('A ConnectWise ticket that is withdrawn', () => {
  test('is closed, after an internal note that says why, and the second time left alone', () =>
    withConnectwise({}, async (bench) => {
      const { withdraw, withdrawal } = await alertOn(bench);
      expect(await withdraw()).toEqual({ remoteId: withdrawal.remoteId });
      expect(await withdraw()).toEqual({ remoteId: withdrawal.remoteId });
      const row = bench.sandbox.state.tables.tickets.get(Number(withdrawal.remoteId));
      expect(row).toMatchObject({ closedFlag: true, status: { name: 'Closed' } });
      const [ticket] = bench.sandbox.state.listTickets();
      expect(ticket?.notes).toEqual([
        expect.objectContaining({ text: 'Low.', audience: 'internal' }),
        expect.objectContaining({
          text: 'Run r-1 was undone.\n\n[undo:lowbal:1]',
          audience: 'internal',
        }),
      ]);
    }));

  test('gets the status that the config names, on whatever board it is now', () =>
    withConnectwise(
      { settings: { alerts: { board: 'Sales', withdrawnStatus: 'Cancelled' } } },
      async (bench) => {
        const { state } = bench.sandbox;
        state.addBoard({ name: 'Sales', statuses: ['New', 'Done', 'Cancelled'] });
        const { withdraw, withdrawal } = await alertOn(bench);
        const row = state.tables.tickets.get(Number(withdrawal.remoteId));
        await expect(withdraw()).resolves.not.toBeNull();
        expect(state.tables.tickets.get(Number(row.id))).toMatchObject({
          status: { name: 'Cancelled' },
        });
      },
    ));

  test('without such a status there is refused, before a note is written', () =>
    withConnectwise(
      { settings: { alerts: { board: 'Billing', withdrawnStatus: 'Withdrawn' } } },
      async (bench) => {
        const { withdraw } = await alertOn(bench);
        await expect(withdraw()).rejects.toMatchObject({
          kind: 'config',
          fix: expect.stringMatching(/alerts\.withdrawnStatus.*Closed/),
        });
        expect(bench.sandbox.state.listTickets()[0]?.notes).toHaveLength(1);
      },
    ));

  test('is left to a person where it no longer has our key', () =>
    withConnectwise({}, async (bench) => {
      const { withdraw, withdrawal } = await alertOn(bench);
      const { tickets } = bench.sandbox.state.tables;
      tickets.change(Number(withdrawal.remoteId), { externalXRef: 'of another program' });
      expect(await withdraw()).toBeNull();
      expect(tickets.get(Number(withdrawal.remoteId)).closedFlag).toBe(false);
    }));

  test('and stays open though the answer was 200 is left to a person', () =>
    withConnectwise({}, async (bench) => {
      const { withdraw } = await alertOn(bench);
      bench.sandbox.state.switches.setsStatus = false;
      expect(await withdraw()).toBeNull();
      expect(await withdraw()).toBeNull();
      expect(bench.sandbox.state.listTickets()[0]?.notes).toHaveLength(2);
    }));

  test('and was noted when the status could not be set is not noted again', () =>
    withConnectwise({}, async (bench) => {
      const { withdraw, withdrawal } = await alertOn(bench);
      bench.sandbox.faults.add('server-error', { method: 'PATCH' });
      await expect(withdraw()).rejects.toMatchObject({ kind: 'unknown-outcome' });
      expect(await withdraw()).toEqual({ remoteId: withdrawal.remoteId });
      expect(bench.sandbox.state.listTickets()[0]?.notes).toHaveLength(2);
    }));

  test('and cannot be seen does not count as withdrawn', () =>
    withConnectwise({}, async (bench) => {
      const { withdraw, withdrawal } = await alertOn(bench);
      bench.sandbox.state.tables.tickets.rows.delete(Number(withdrawal.remoteId));
      await expect(withdraw()).rejects.toMatchObject({ kind: 'rejected', status: 404 });
    }));
});
