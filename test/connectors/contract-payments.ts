/** Charges and mandates as they go at a payment provider, read back as they are. */
import { expect, test } from '@jest/globals';
import type { MandateRow, PaymentRow } from '../../src/contract/connector.ts';
import type { ContractSubject, Opened, PaymentBench } from './contract-bench.ts';
import { messageOf } from './contract-pushing.ts';
import { pullRequest, readStream, withBench } from './contract-reads.ts';

const amountMinor = 120_000;

export function describePayments(subject: ContractSubject): void {
  const withPayments = (
    use: (payments: PaymentBench, opened: Opened) => Promise<void>,
  ): Promise<void> =>
    withBench(subject, async (opened) => {
      const { payments } = opened.bench;
      if (payments === undefined) throw new Error('The bench of a payment provider has none.');
      await use(payments, opened);
    });

  test('reads a charge as submitted, succeeded, and taken back in part and in full', () =>
    withPayments(async (payments, opened) => {
      const id = await payments.submit({ client: 0, amountMinor });
      const submitted = {
        clientId: opened.bench.clientIds[0],
        amountMinor,
        currency: expect.stringMatching(/^[A-Z]{3}$/),
        reference: null,
        failure: null,
      };
      expect(await paymentOf(opened, id)).toMatchObject({
        ...submitted,
        status: 'submitted',
        reversedMinor: 0,
        settledOn: null,
      });
      await payments.succeed(id);
      const succeeded = { ...submitted, status: 'succeeded', settledOn: expect.any(String) };
      expect(await paymentOf(opened, id)).toMatchObject({ ...succeeded, reversedMinor: 0 });
      await payments.reverse(id, 30_000);
      const back = { ...succeeded, reason: expect.stringMatching(/./) };
      expect(await paymentOf(opened, id)).toMatchObject({ ...back, reversedMinor: 30_000 });
      await payments.reverse(id, amountMinor - 30_000);
      expect(await paymentOf(opened, id)).toMatchObject({ ...back, reversedMinor: amountMinor });
    }));

  test.each(['funds', 'account'] as const)('reads why a charge failed: %s', (why) =>
    withPayments(async (payments, opened) => {
      const id = await payments.submit({ client: 0, amountMinor });
      await payments.fail(id, why);
      expect(await paymentOf(opened, id)).toMatchObject({
        status: 'failed',
        failure: why,
        reason: expect.stringMatching(/./),
        settledOn: null,
      });
    }),
  );

  test('reads no charge and no mandate of a customer who was not asked about', () =>
    withPayments(async (payments, opened) => {
      const [{ paymentId, mandateId } = { paymentId: '', mandateId: '' }] = await payments.add(1);
      const [, second = ''] = opened.bench.clientIds;
      const own = await payments.submit({ client: 1, amountMinor });
      const read = await readStream(opened, 'payments', { clientIds: [second] });
      expect(read.ids).toContain(own);
      expect(read.ids).not.toContain(paymentId);
      const mandates = await readStream(opened, 'mandates', { clientIds: [second] });
      expect(mandates.ids).not.toContain(mandateId);
    }));

  test('misses no charge where another comes up while it pages, and sees that one next time', () =>
    withPayments(async (payments, opened) => {
      const put = await payments.add(opened.bench.pageSize * 2);
      const ids: string[] = [];
      const late: string[] = [];
      for await (const page of opened.connector.pull.payments?.(pullRequest(opened)) ?? []) {
        ids.push(...page.rows.map(({ sourceId }) => sourceId));
        if (late.length === 0) late.push(await payments.submit({ client: 0, amountMinor }));
      }
      expect(ids).toEqual(expect.arrayContaining(put.map(({ paymentId }) => paymentId)));
      expect((await readStream(opened, 'payments')).ids).toEqual(expect.arrayContaining(late));
    }));

  test('reads the same whether everything is read or what has changed', () =>
    withPayments(async (payments, opened) => {
      const [first = { paymentId: '' }] = await payments.add(2);
      await payments.reverse(first.paymentId, 500);
      await payments.fail(await payments.submit({ client: 1, amountMinor }), 'funds');
      const all = { since: '2025-01-01T00:00:00.000Z' };
      for (const stream of ['payments', 'mandates'] as const) {
        const [whole, changed] = [
          await readStream(opened, stream, all),
          await readStream(opened, stream),
        ];
        expect(bySource(whole.rows)).toEqual(bySource(changed.rows));
      }
    }));

  test('reads a mandate as usable, and as ended once it cannot be charged any more', () =>
    withPayments(async (payments, opened) => {
      const [{ mandateId } = { mandateId: '' }] = await payments.add(1);
      expect(await mandateOf(opened, mandateId)).toMatchObject({
        clientId: opened.bench.clientIds[0],
        status: 'usable',
      });
      await payments.endMandate(mandateId);
      expect(await mandateOf(opened, mandateId)).toMatchObject({
        status: 'ended',
        detail: expect.stringMatching(/./),
      });
    }));

  test('reads a charge of ours with its key', () =>
    withPayments(async (_, opened) => {
      const message = messageOf('recharge', opened.bench, 'contract:key');
      const created = await opened.connector.push.recharge?.create(message, soon());
      expect(await paymentOf(opened, created?.remoteId ?? '')).toMatchObject({
        reference: message.key,
        clientId: message.clientId,
        amountMinor: message.amountMinor,
        currency: message.currency,
      });
    }));

  test('finds a charge of ours long after the provider has forgotten the key of its request', () =>
    withPayments(async (payments, opened) => {
      const message = messageOf('recharge', opened.bench, 'contract:forgotten');
      const created = await opened.connector.push.recharge?.create(message, soon());
      payments.forgetKeys();
      expect(await opened.connector.push.recharge?.find(message, soon())).toEqual(created);
    }));

  test('a charge that is declined at once is delivered, and read as failed', () =>
    withPayments(async (payments, opened) => {
      if (payments.declineNext === undefined) return;
      payments.declineNext();
      const message = messageOf('recharge', opened.bench, 'contract:declined');
      const created = await opened.connector.push.recharge?.create(message, soon());
      expect(opened.bench.countPushed('recharge', message.key)).toBe(1);
      expect(await opened.connector.push.recharge?.find(message, soon())).toEqual(created);
      expect(await paymentOf(opened, created?.remoteId ?? '')).toMatchObject({
        status: 'failed',
        failure: expect.any(String),
      });
    }));
}

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}

async function paymentOf(opened: Opened, id: string): Promise<PaymentRow | undefined> {
  const { rows, rejected } = await readStream(opened, 'payments');
  expect(rejected).toEqual([]);
  return (rows as PaymentRow[]).findLast(({ sourceId }) => sourceId === id);
}

async function mandateOf(opened: Opened, id: string): Promise<MandateRow | undefined> {
  const { rows, rejected } = await readStream(opened, 'mandates');
  expect(rejected).toEqual([]);
  return (rows as MandateRow[]).findLast(({ sourceId }) => sourceId === id);
}

/** When a row was last changed may be known less exactly the one way than the other. */
function bySource(rows: readonly { sourceId: string }[]): Map<string, unknown> {
  const plain = rows.map((row) => [row.sourceId, { ...row, updatedAt: '' }] as const);
  return new Map(plain.sort(([a], [b]) => (a < b ? -1 : 1)));
}
