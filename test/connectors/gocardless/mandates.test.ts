import { expect, test } from '@jest/globals';
import { pagesOf } from '../pull-rows.ts';
import { withGoCardless } from './bench.ts';

const everything = { since: '2025-01-01T00:00:00.000Z' };

test.each([
  ['active', 'usable', null],
  ['pending_submission', 'usable', null],
  ['submitted', 'usable', null],
  ['pending_customer_approval', 'pending', 'not approved by the payer'],
  ['failed', 'ended', 'failed'],
  ['cancelled', 'ended', 'cancelled'],
  ['expired', 'ended', 'expired'],
  ['consumed', 'ended', 'consumed'],
  ['blocked', 'ended', 'blocked'],
  ['suspended_by_payer', 'ended', 'suspended by payer'],
])('a mandate that is %s is %s', (state, status, detail) =>
  withGoCardless(async (bench) => {
    const sourceId = bench.state.addMandate(bench.dupont, 'bacs', { status: 'submitted' });
    bench.state.moveMandate(sourceId, state);
    const row = { sourceId, clientId: bench.dupont, scheme: 'bacs', status, detail };
    for (const change of [{}, everything, { isStored: false }]) {
      expect(await bench.mandates(change)).toEqual([
        { ...row, expiresOn: null, updatedAt: expect.any(String) },
      ]);
    }
  }),
);

test('a mandate that was replaced names the new one, which is read too, and charged', () =>
  withGoCardless(async (bench) => {
    const old = bench.state.addMandate(bench.dupont, 'ach');
    bench.state.passDays(10);
    const next = bench.state.replaceMandate(old);
    // Only the event of the replacement is still listed.
    bench.sandbox.faults.distort((json) => {
      const { events, ...rest } = json as { events?: { action: string }[] };
      if (events === undefined) return json;
      return { ...rest, events: events.filter(({ action }) => action === 'replaced') };
    });
    expect(await bench.mandates()).toMatchObject([
      { sourceId: old, status: 'ended', detail: `replaced by ${next}` },
      { sourceId: next, status: 'usable', clientId: bench.dupont },
    ]);
    bench.sandbox.faults.clear();
    expect(bench.state.payment(await bench.charge()).mandate.id).toBe(next);
  }));

test('a change of a mandate is one request more than a quiet run', () =>
  withGoCardless(async (bench) => {
    const mandate = bench.state.addMandate(bench.dupont, 'ach');
    await bench.mandates();
    bench.requests();
    const since = '2026-03-11T00:00:00.000Z';
    expect(await bench.mandates({ since })).toEqual([]);
    expect(bench.requests()).toEqual(['GET /events']);
    bench.state.passDays(1);
    bench.state.moveMandate(mandate, 'expired');
    expect(await bench.mandates({ since })).toMatchObject([{ status: 'ended' }]);
    expect(bench.requests()).toEqual(['GET /events', `GET /mandates/${mandate}`]);
  }));

test('consents with limits of their own are left out, and a scheme that is not known is quarantined', () =>
  withGoCardless(async (bench) => {
    for (const scheme of ['faster_payments', 'pay_to'] as const) {
      bench.state.addMandate(bench.dupont, scheme);
    }
    expect(await bench.mandates()).toEqual([]);
    const odd = bench.state.addMandate(bench.dupont, 'becs');
    bench.state.mandate(odd).scheme = 'letters';
    const pages = await pagesOf(bench.connector, 'mandates', bench.asked());
    expect(pages.flatMap(({ rejected }) => rejected)).toMatchObject([
      { sourceId: odd, reason: expect.stringContaining('"letters"') },
    ]);
  }));

test('no bank account is ever read or stored', () =>
  withGoCardless(async (bench) => {
    bench.state.addMandate(bench.dupont, 'ach');
    await bench.charge();
    const rows = [
      ...(await pagesOf(bench.connector, 'payments', bench.asked())),
      ...(await pagesOf(bench.connector, 'mandates', bench.asked())),
    ];
    expect(JSON.stringify(rows)).not.toMatch(/bank_account|"BA\d/);
    expect(bench.requests().filter((request) => /bank/.test(request))).toEqual([]);
  }));

test('a mandate without a scheme is none that is charged, and stops no other one', () =>
  withGoCardless(async ({ state, dupont, charge }) => {
    const old = state.addMandate(dupont, 'ach', {});
    state.addMandate(dupont, 'ach', {});
    Object.assign(state.mandate(old), { status: 'cancelled', scheme: null });
    expect(await charge()).toMatch(/^PM/);
  }));
