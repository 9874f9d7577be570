import { expect, test } from '@jest/globals';
import type { Push, PushKind, PushMessages } from '../../src/contract/connector.ts';
import type { FaultOptions } from '../sandbox/server.ts';
import type { ContractBench, ContractSubject, Opened } from './contract-bench.ts';
import { withBench } from './contract-reads.ts';
import { tenHours } from './ten-hours.ts';

export function describePushing<Kind extends PushKind>(subject: ContractSubject, kind: Kind): void {
  const withPush = (
    use: (push: Push<Kind>, bench: ContractBench, opened: Opened) => Promise<void>,
  ): Promise<void> =>
    withBench(subject, async (opened) => {
      const push: Push<Kind> | undefined = opened.connector.push[kind];
      if (push === undefined) throw new Error(`The connector does not push ${kind}.`);
      await use(push, opened.bench, opened);
    });

  test('is not found before it is created, and is found once afterwards', () =>
    withPush(async (push, bench) => {
      const message = messageOf(kind, bench, 'contract:once');
      expect(await push.find(message, soon())).toBeNull();
      const created = await push.create(message, soon());
      expect(created.remoteId).toMatch(/./);
      expect(await push.find(message, soon())).toMatchObject({ remoteId: created.remoteId });
      expectStanding(bench, kind, message.key, 1);
    }));

  test('shows its state once it exists, and that another does not exist', () =>
    withPush(async (push, bench) => {
      if (push.inspect === undefined) return;
      const message = messageOf(kind, bench, 'contract:standing');
      const { remoteId } = await push.create(message, soon());
      expect(await push.inspect(message, remoteId, soon())).toEqual(expect.any(Object));
      if (kind === 'invoice' || kind === 'alert-ticket' || kind === 'recharge') {
        const other = messageOf(kind, bench, 'contract:standing-not');
        expect(await push.inspect(other, '99999999', soon())).toBeNull();
      }
    }));

  test('is not taken for another whose key begins alike', () =>
    withPush(async (push, bench) => {
      await push.create(messageOf(kind, bench, 'contract:alike-10'), soon());
      expect(await push.find(messageOf(kind, bench, 'contract:alike-1'), soon())).toBeNull();
    }));

  test('leaves its outcome open when the answer is lost, and is then found once', () =>
    withPush(async (push, bench) => {
      const request = await lastWrite(push, kind, bench);
      const message = messageOf(kind, bench, 'contract:lost');
      expect(await push.find(message, soon())).toBeNull();
      bench.sandbox.faults.add('lost-answer', request);
      await expect(push.create(message, soon())).rejects.toMatchObject({
        kind: 'unknown-outcome',
      });
      expect(await push.find(message, soon())).toMatchObject({ remoteId: expect.any(String) });
      expectStanding(bench, kind, message.key, 1);
    }));

  test('is there once in the end, whichever of its answers is lost', () =>
    withPush(async (push, bench) => {
      const writes = await countWrites(push, kind, bench);
      for (let skip = 0; skip < writes; skip += 1) {
        const message = messageOf(kind, bench, `contract:lost-${skip}`);
        bench.sandbox.faults.add('lost-answer', { isWrite: true, skip });
        await expect(push.create(message, soon())).rejects.toMatchObject({
          kind: 'unknown-outcome',
        });
        // As it is delivered: looked for first, and made, or made complete, where it is not found.
        if ((await push.find(message, soon())) === null) await push.create(message, soon());
        expect(await push.find(message, soon())).not.toBeNull();
        expectStanding(bench, kind, message.key, 1);
        expect(bench.sandbox.faults.waiting()).toEqual([]);
      }
    }));

  test('is withdrawn twice as it is once, where the vendor lets us', () =>
    withPush(async (push, bench) => {
      const message = messageOf(kind, bench, 'contract:withdrawn');
      const delivered = await push.create(message, soon());
      const withdrawal = { ...delivered, reason: 'It was a mistake.' };
      const first = await push.withdraw?.(message, withdrawal, soon());
      // What only people can withdraw is not promised before.
      if (kind === 'invoice' && push.withdraw !== undefined) {
        expect(push.isWithdrawnByHand === true).toBe(first === null);
      }
      expect(await push.withdraw?.(message, withdrawal, soon())).toEqual(first);
      // Closed or void, and not gone: a look for its key still finds it, once.
      expectStanding(bench, kind, message.key, 1);
      expect([undefined, delivered.remoteId]).toContain(first?.remoteId);
    }));

  if (kind === 'alert-ticket') {
    test('is closed where it is withdrawn, with a word that says why', () =>
      withBench(subject, async ({ bench, connector }) => {
        const push = connector.push['alert-ticket'];
        if (push?.withdraw === undefined) return;
        const message = messageOf('alert-ticket', bench, 'contract:closed');
        const delivered = await push.create(message, soon());
        const withdrawal = { ...delivered, reason: 'Miscounted.' };
        expect(await push.inspect?.(message, delivered.remoteId, soon())).toMatchObject({
          isClosed: false,
        });
        expect(await push.withdraw(message, withdrawal, soon())).toEqual({
          remoteId: delivered.remoteId,
        });
        expect(await push.inspect?.(message, delivered.remoteId, soon())).toMatchObject({
          isClosed: true,
        });
        const told = bench.sandbox.exchanges.filter(({ request }) =>
          request.body.includes('Miscounted'),
        );
        expect(told).toHaveLength(1);
      }));

    test('is left alone where it has another key', () =>
      withBench(subject, async ({ bench, connector }) => {
        const push = connector.push['alert-ticket'];
        if (push?.withdraw === undefined) return;
        const delivered = await push.create(
          messageOf('alert-ticket', bench, 'contract:theirs'),
          soon(),
        );
        const other = messageOf('alert-ticket', bench, 'contract:ours');
        const withdrawal = { ...delivered, reason: 'It was a mistake.' };
        expect(await push.withdraw(other, withdrawal, soon())).toBeNull();
      }));
  }

  test('is never sent twice by itself after a server error', () =>
    withPush(async (push, bench) => {
      const request = await lastWrite(push, kind, bench);
      bench.sandbox.faults.add('server-error', request);
      const message = messageOf(kind, bench, 'contract:error');
      await expect(push.create(message, soon())).rejects.toMatchObject({
        kind: 'unknown-outcome',
      });
      expect(await push.find(message, soon())).toBeNull();
      expectStanding(bench, kind, message.key, 0);
    }));

  test('is sent again after a refusal for too many requests', () =>
    withPush(async (push, bench) => {
      const request = await lastWrite(push, kind, bench);
      bench.sandbox.faults.add('rate-limited', { ...request, retryAfterSeconds: 0 });
      const message = messageOf(kind, bench, 'contract:limited');
      await push.create(message, soon());
      expectStanding(bench, kind, message.key, 1);
    }));

  if (kind === 'ticket-note') {
    test('reaches both audiences, each note found as itself', () =>
      withBench(subject, async ({ bench, connector }) => {
        const push = connector.push['ticket-note'];
        const plain = messageOf('ticket-note', bench, 'contract:note');
        const internal = { ...plain, key: 'contract:in', audience: 'internal' as const };
        const client = { ...plain, key: 'contract:out', audience: 'client' as const };
        const first = await push?.create(internal, soon());
        const second = await push?.create(client, soon());
        expect(await push?.find(internal, soon())).toMatchObject({ remoteId: first?.remoteId });
        expect(await push?.find(client, soon())).toMatchObject({ remoteId: second?.remoteId });
        expect(first?.remoteId).not.toBe(second?.remoteId);
      }));
  }
}

function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}

/** A balance has no key on the vendor's side and can exist there only once. */
function expectStanding(bench: ContractBench, kind: PushKind, key: string, count: number): void {
  if (kind !== 'balance-field') expect(bench.countPushed(kind, key)).toBe(count);
}

/** How many requests that change something `create` sends, counted in a first, undisturbed one. */
async function countWrites<Kind extends PushKind>(
  push: Push<Kind>,
  kind: Kind,
  bench: ContractBench,
): Promise<number> {
  const { sandbox } = bench;
  const warmUp = messageOf(kind, bench, 'contract:warm-up');
  await push.find(warmUp, soon());
  const before = sandbox.exchanges.length;
  await push.create(warmUp, soon());
  const sent = sandbox.exchanges.slice(before).map(({ request }) => request);
  const writes = sent.filter((request) => !sandbox.isRead(request)).length;
  expect(writes).toBeGreaterThan(0);
  return writes;
}

/** The last of the writes, with which what `create` makes is complete. */
async function lastWrite<Kind extends PushKind>(
  push: Push<Kind>,
  kind: Kind,
  bench: ContractBench,
): Promise<FaultOptions> {
  return { isWrite: true, skip: (await countWrites(push, kind, bench)) - 1 };
}

export function messageOf<Kind extends PushKind>(
  kind: Kind,
  bench: ContractBench,
  key: string,
): PushMessages[Kind] {
  const clientId = bench.clientIds[0] ?? '';
  const messages: PushMessages = {
    'alert-ticket': {
      key,
      clientId,
      subject: 'Block of hours running low',
      body: 'There are 2 h left in the block.\n\nPlease order the next one.',
    },
    'ticket-note': {
      key,
      clientId,
      ticketId: bench.noteTicketId,
      audience: 'internal',
      body: 'There are 2 h left in the block.',
    },
    invoice: tenHours(clientId, key, { quantity: 10, ...bench.invoice }),
    recharge: {
      key,
      clientId,
      amountMinor: 120_000,
      currency: 'EUR',
      description: '10 h support block',
      invoice: 'INV-1',
      requestedAt: '2026-03-02T08:00:00.000Z',
      ...bench.recharge,
    },
    'invoice-payment': {
      key,
      clientId,
      invoiceId: '',
      amountMinor: 120_000,
      currency: 'EUR',
      paidOn: '2026-03-02',
      // It is found by this, and not by its key.
      reference: key,
      method: 'stripe',
      ...bench.payment,
    },
    'balance-field': {
      key,
      clientId,
      field: bench.balanceField ?? 'Hours left',
      hoursText: hoursTextOf(key),
    },
  };
  return messages[kind];
}

/** A balance of its own for each key, since a field that already shows it is as good as written. */
function hoursTextOf(key: string): string {
  const sum = [...key].reduce((total, letter) => total + letter.charCodeAt(0), key.length);
  return `${sum}.25`;
}
