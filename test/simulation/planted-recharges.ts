/** Faults of recharges that the simulation must find. */
import type { ConfiguredClient } from '../../src/config/loaded.ts';
import type { Connector, Push } from '../../src/contract/connector.ts';
import type { RechargeUsage } from '../../src/domain/recharge/envelope.ts';
import type { Order, Recharge, ReplenishBatch, Store } from '../../src/store/port.ts';
import { over, type PlantedFault } from './planted.ts';

function withUsage(store: Store, change: (usage: RechargeUsage) => Partial<RechargeUsage>): Store {
  return over(store, {
    async readRechargeUsage(...asked) {
      const usage = await store.readRechargeUsage(...asked);
      return { ...usage, ...change(usage) };
    },
  });
}

/** Some of the orders from which nothing follows but that no other is placed. */
function withoutOpen(store: Store, isHidden: (order: Order) => boolean): Partial<Store> {
  const isOpen = ({ block, messageStatus, invoice }: Order): boolean => {
    if (block.status !== 'ordered' || messageStatus === 'cancelled' || invoice?.isVoid)
      return false;
    const isPaidFirst = block.activate === 'on-payment';
    return isPaidFirst ? !invoice?.isPaid : messageStatus !== 'delivered';
  };
  return {
    readOrders: async () =>
      (await store.readOrders()).filter((order) => !isOpen(order) || !isHidden(order)),
  };
}

/** None of those that a return has caused. */
function withoutHolds(store: Store): Partial<Store> {
  return {
    async readSalesHolds() {
      const returned = (await store.readRecharges('all')).filter(
        ({ state }) => state === 'returned',
      );
      const holds = await store.readSalesHolds();
      return holds.filter((hold) => !returned.some(({ clientId }) => clientId === hold.clientId));
    },
  };
}

/** The client's notes of a step, a second time under another key. */
function repeatNotes({ messages, ...batch }: ReplenishBatch): ReplenishBatch {
  return {
    ...batch,
    messages: messages.flatMap((message) =>
      message.kind === 'ticket-note' ? [message, { ...message, key: `${message.key}-2` }] : message,
    ),
  };
}

export const plantedRechargeFaults: readonly PlantedFault[] = [
  {
    name: 'what is in flight is known to its process alone',
    rules: ['one in flight', 'one order'],
    firstSeed: 6,
    hasRecharges: true,
    store(store) {
      const own = new Set<string>();
      return over(
        withUsage(store, () => ({ isInFlight: false })),
        {
          ...withoutOpen(store, ({ block }) => !own.has(block.id)),
          async writeReplenish(batch) {
            for (const { id } of batch.blocks) own.add(id);
            await store.writeReplenish(batch);
          },
        },
      );
    },
  },
  {
    name: 'a returned recharge is sold again',
    rules: ['no sale on hold', 'one order'],
    hasRecharges: true,
    firstSeed: 270,
    store: (store) =>
      over(store, {
        ...withoutOpen(store, ({ wasCredited }) => wasCredited),
        ...withoutHolds(store),
      }),
  },
  {
    name: 'limits are ignored',
    rules: ['within limits'],
    hasRecharges: true,
    clients: (clients) => clients.map(withoutLimits),
    store: (store) =>
      withUsage(store, () => ({ dayMinor: 0, monthMinor: 0, allDayMinor: 0, allMonthMinor: 0 })),
  },
  {
    name: 'a step is told twice',
    rules: ['client told once'],
    firstSeed: 8,
    hasRecharges: true,
    store: (store) =>
      over(store, {
        writeReplenish: (batch) =>
          store.writeReplenish(batch.rechargeChanges ? repeatNotes(batch) : batch),
      }),
  },
  {
    name: 'what waits for an approval is sent',
    rules: ['approved first'],
    firstSeed: 8,
    hasRecharges: true,
    store: (store) =>
      over(store, {
        async claimMessages(request) {
          for (const { key } of await store.listMessages({ statuses: ['unapproved'] })) {
            await store.approveRecharge(key);
          }
          return store.claimMessages(request);
        },
      }),
  },
  {
    name: 'the key of a charge is stored after the call',
    rules: ['charged once', 'notice first'],
    hasRecharges: true,
    firstSeed: 166,
    connector: (connector) =>
      withCharges(connector, ({ find, create }) => ({
        find: async () => null,
        // The key of the attempt before is lost with its process, or with its answer.
        async create(message, signal) {
          const isLost = (await find(message, signal)) !== null;
          return create(isLost ? { ...message, key: `${message.key}-2` } : message, signal);
        },
      })),
  },
  {
    name: 'a charge is not looked up once its key is forgotten',
    rules: ['charged once', 'notice first'],
    hasRecharges: true,
    firstSeed: 166,
    connector: (connector) =>
      withCharges(connector, ({ create }) => ({ find: async () => null, create })),
  },
  {
    name: 'a returned charge is made again',
    rules: ['charged once'],
    firstSeed: 8,
    hasRecharges: true,
    store: (store) =>
      over(store, {
        ...withoutHolds(store),
        readRecharges: async (filter) => (await store.readRecharges(filter)).map(asDeclined),
        async writeReplenish({ rechargeChanges = [], ...batch }) {
          const all = await store.readRecharges('all');
          const changes = rechargeChanges.map((change) => ({
            ...change,
            before: all.find(({ blockId }) => blockId === change.blockId)?.state ?? change.before,
          }));
          await store.writeReplenish({ ...batch, rechargeChanges: changes });
        },
      }),
  },
];

function withoutLimits(client: ConfiguredClient): ConfiguredClient {
  const { recharge } = client.agreement;
  const limits = { chargeMinor: null, dayMinor: null, monthMinor: null };
  const without = recharge && { ...recharge, limits };
  return { ...client, agreement: { ...client.agreement, recharge: without } };
}

/** A return as a decline for lack of funds, after which it is charged again. */
function asDeclined(recharge: Recharge): Recharge {
  const { charge, state } = recharge;
  if (charge === null || charge.reversedMinor === 0 || state !== 'returned') return recharge;
  const declined = { ...charge, status: 'failed', failure: 'funds', reversedMinor: 0 } as const;
  return { ...recharge, state: 'failed', retryOn: '2026-01-01', charge: declined };
}

function withCharges(
  connector: Connector,
  change: (push: Push<'recharge'>) => Push<'recharge'>,
): Connector {
  const { recharge } = connector.push;
  if (recharge === undefined) return connector;
  return { ...connector, push: { ...connector.push, recharge: change(recharge) } };
}
