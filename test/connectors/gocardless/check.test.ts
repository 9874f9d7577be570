import { expect, test } from '@jest/globals';
import { gocardless } from '../../../connectors/gocardless/index.ts';
import { startGoCardlessSandbox } from '../../sandbox/gocardless/index.ts';
import { createTestContext } from '../../support/connector-context.ts';
import { soon } from '../pull-rows.ts';
import { withGoCardless } from './bench.ts';

test('shows what would be charged for each client, and what that allows', () =>
  withGoCardless(async (bench) => {
    const mandate = bench.state.addMandate(bench.dupont, 'ach', { needsApproval: true });
    const results = await bench.checked();
    expect(results.get(`client.${bench.dupont}`)).toEqual({
      id: `client.${bench.dupont}`,
      status: 'ok',
      detail: `${bench.dupont} ("Dupont"): charges ${mandate} (ach, active, reference REF-${mandate}), any amount in USD only, from 2026-03-12, each approved by the payer.`,
    });
    expect(results.get(`client.${bench.martin}`)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('no mandate that can be charged'),
      fix: expect.stringContaining('mandate link'),
    });
    expect(results.get('mode')).toMatchObject({
      status: 'warning',
      detail: 'This is a sandbox: no money is collected.',
    });
    expect(results.get('notices')?.detail).toBe('GoCardless notifies payers before each debit.');
  }));

test('says where a mandate is of another currency, a customer is gone, or nothing is paid out', () =>
  withGoCardless(async (bench) => {
    bench.state.addMandate(bench.dupont, 'sepa_core');
    bench.state.customer(bench.martin).isRemoved = true;
    Object.assign(bench.sandbox.organisation.creditor, {
      verification_status: 'action_required',
      merchant_responsible_for_notifications: true,
    });
    const results = await bench.checked();
    expect(results.get(`client.${bench.dupont}`)).toMatchObject({
      status: 'warning',
      detail: expect.stringContaining('Offers in USD cannot be charged.'),
    });
    expect(results.get(`client.${bench.martin}`)).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('was removed'),
    });
    expect(results.get('verification')).toMatchObject({ status: 'warning' });
    expect(results.get('notices')?.detail).toContain('The organisation itself');
  }));

test('verifies by what GoCardless shows whether a new mandate can be charged', () =>
  withGoCardless(async (bench) => {
    const fact = async () => (await bench.checked()).get('fact.new-mandate');
    const mandate = bench.state.addMandate(bench.dupont, 'ach');
    bench.state.addMandate(bench.martin, 'ach');
    expect(await fact()).toMatchObject({ status: 'warning', isUnverified: true });
    bench.state.moveMandate(mandate, 'submitted');
    expect(await fact()).toMatchObject({ status: 'ok' });
    bench.sandbox.faults.distort((json) => {
      const { mandates, ...rest } = json as { mandates?: object[] };
      if (!Array.isArray(mandates)) return json;
      return {
        ...rest,
        mandates: mandates.map((one) => ({ ...one, next_possible_charge_date: null })),
      };
    });
    expect(await fact()).toMatchObject({
      status: 'warning',
      detail: expect.stringMatching(/^Verified false/),
    });
  }));

test('is live at its own address', async () => {
  const config = gocardless.config.parse({ accessToken: 'a_token' });
  expect(config).toMatchObject({ baseUrl: 'https://api.gocardless.com' });
  const sandbox = await startGoCardlessSandbox();
  try {
    const [auth] = await gocardless
      .create(gocardless.config.parse(sandbox.settings), createTestContext())
      .check(['CU1'], soon());
    expect(auth).toMatchObject({ id: 'auth', detail: 'Signed in as Seine IT to a sandbox.' });
  } finally {
    await sandbox.close();
  }
});
