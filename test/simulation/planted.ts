/** Faults that the simulation must find: each stands between the product and its store or its PSA. */
import { DatabaseSync } from 'node:sqlite';
import type { ConfiguredClient } from '../../src/config/loaded.ts';
import type { Connector } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import type { DebitBatch, Store } from '../../src/store/port.ts';
import type { Planted } from './machine.ts';
import type { Style } from './workload.ts';

export interface PlantedFault extends Planted {
  /** The rules of the auditor that may be the first to see it. */
  rules: readonly string[];
  /** The histories in which it can do harm; by default, all. */
  styles?: readonly Style[];
  /** Whether it is sought where sales are collected without the client; by default, elsewhere. */
  hasRecharges?: true;
  /** From which history on it is sought; by default, the first. Earlier ones do not show it, and take their time. */
  firstSeed?: number;
}

function withShorterGrace(client: ConfiguredClient): ConfiguredClient {
  const { agreement } = client;
  const { rounding } = agreement;
  const graceSeconds = rounding.graceSeconds - 1;
  return { ...client, agreement: { ...agreement, rounding: { ...rounding, graceSeconds } } };
}

function debitWith(change: (batch: DebitBatch) => DebitBatch) {
  return (store: Store): Store =>
    over(store, { writeDebits: (batch) => store.writeDebits(change(batch)) });
}

export const plantedFaults: readonly PlantedFault[] = [
  {
    name: 'the watermark is stored before its rows',
    rules: ['watermark'],
    firstSeed: 89,
    styles: ['frozen', 'busy'],
    store: (store) =>
      over(store, {
        async writePage(page) {
          const { watermark, timeDue, completeTicketIds, ...rows } = page;
          if (watermark === undefined || page.rows.length === 0) return store.writePage(page);
          const early = { ...rows, rows: [], rejected: [], watermark, watermarkWhen: 'always' };
          await store.writePage(early as typeof page);
          return store.writePage({ ...rows, ...(timeDue === undefined ? {} : { timeDue }) });
        },
      }),
  },
  {
    name: 'the overlap is forgotten',
    rules: ['watermark', 'mirror'],
    firstSeed: 11,
    connector: (connector) =>
      withPulls(connector, (request) => ({
        ...request,
        since: new Date(Date.parse(request.since) + 15 * 60_000).toISOString(),
      })),
  },
  {
    name: 'a write without a look first',
    // A second alert is a level that is told again.
    rules: ['exactly once', 'told once'],
    connector: (connector) =>
      withPushes(connector, ({ create }) => ({
        find: async () => null,
        create,
      })),
  },
  {
    name: 'a lost answer is taken for a success',
    rules: ['exactly once', 'bought once', 'field'],
    firstSeed: 15,
    connector: (connector) =>
      withPushes(connector, ({ find, create }) => ({
        find,
        create: async (...asked) => {
          try {
            return await create(...asked);
          } catch (error) {
            if (!isKindError(error, 'unknown-outcome')) throw error;
            return { remoteId: 'unknown' };
          }
        },
      })),
  },
  {
    name: 'an order whose invoice is void stays open',
    rules: ['order ends'],
    store: (store) =>
      over(store, {
        readOrders: async () =>
          (await store.readOrders()).filter(({ invoice }) => invoice?.isVoid !== true),
      }),
  },
  {
    name: 'a reversal is forgotten',
    // Where it would leave a block below zero, the store refuses the batch before the auditor looks.
    rules: ['debited once', 'no defect'],
    firstSeed: 5,
    store: debitWith((batch) => ({
      ...batch,
      postings: batch.postings.filter(({ reason }) => reason !== 'reversal'),
    })),
  },
  {
    name: 'an entry is debited twice',
    rules: ['debited once'],
    firstSeed: 15,
    store: debitWith((batch) => ({
      ...batch,
      postings: batch.postings.flatMap((one) =>
        one.reason === 'overage' ? [one, { ...one, key: `${one.key}-again` }] : [one],
      ),
    })),
  },
  {
    name: 'messages are written outside the transaction of their crossing',
    rules: ['told once', 'same as without faults', 'bought once'],
    firstSeed: 39,
    store: (store) =>
      over(store, {
        async writeReplenish(batch) {
          await store.writeReplenish({ ...batch, messages: [], superseded: [] });
          if (batch.messages.length === 0) return;
          const { messages, superseded } = batch;
          await store.writeReplenish({
            ...batch,
            expected: [],
            expectedOrders: [],
            blocks: [],
            blockStatuses: [],
            postings: [],
            episodes: [],
            messages,
            superseded,
          });
        },
      }),
  },
  {
    name: 'a claim is settled by whoever comes',
    rules: ['settled once'],
    firstSeed: 41,
    styles: ['busy'],
    store: (store, file) =>
      over(store, {
        async settleMessage(key, owner, at, settlement) {
          execute(
            file,
            `UPDATE push_message SET status = 'claimed', claimed_by = '${owner}' WHERE key = '${key}'`,
          );
          return store.settleMessage(key, owner, at, settlement);
        },
      }),
  },
  {
    name: 'a dead process’s write is not waited for',
    rules: ['exactly once'],
    firstSeed: 21,
    store: (store) =>
      over(store, {
        claimMessages: async (request) =>
          (await store.claimMessages(request)).map((message) => ({
            ...message,
            createAttemptedAt: null,
          })),
      }),
  },
  {
    name: 'a fresh claim is taken from its living owner',
    rules: ['one owner'],
    firstSeed: 21,
    store: (store) =>
      over(store, {
        claimMessages: (request) =>
          store.claimMessages({ ...request, staleBefore: '9999-12-31T23:59:59.000Z' }),
      }),
  },
  {
    name: 'the lock of a second name is another',
    rules: ['one at a time'],
    firstSeed: 9,
    lockedFile: (name) => `${name}-by-name`,
  },
  {
    name: 'the boundary of the grace is off by one',
    rules: ['debited once', 'pending'],
    firstSeed: 13,
    clients: (clients) => clients.map(withShorterGrace),
  },
  {
    name: 'deleted time is not looked for',
    rules: ['mirror'],
    firstSeed: 13,
    store: (store) => over(store, { sweep: async () => 0 }),
  },
  {
    name: 'a level is told every time',
    rules: ['told once', 'no defect'],
    store: (store) =>
      over(store, {
        readEpisodes: async (ids) =>
          (await store.readEpisodes(ids)).map((episode) => ({ ...episode, isFired: false })),
      }),
  },
  {
    name: 'a purchase re-arms no level',
    rules: ['told once'],
    firstSeed: 87,
    store: (store) => over(store, { readLastCredits: async () => new Map() }),
  },
  {
    name: 'an invoice is composed again after it left',
    rules: ['no row changes'],
    store: (store, file) =>
      over(store, {
        async readUnsent() {
          execute(
            file,
            `UPDATE push_message SET payload = json_set(payload, '$.title', 'Again')
             WHERE kind = 'invoice' AND create_attempted_at IS NOT NULL`,
          );
          return store.readUnsent();
        },
      }),
  },
  {
    name: 'a ledger row is edited',
    rules: ['no row changes'],
    firstSeed: 5,
    store: (store, file) =>
      over(store, {
        async writeDebits(batch) {
          await store.writeDebits(batch);
          if (!batch.postings.some(({ reason }) => reason === 'reversal')) return;
          execute(
            file,
            `DROP TRIGGER IF EXISTS ledger_is_append_only_update;
           UPDATE ledger SET seconds = seconds + 60 WHERE seq = 1`,
          );
        },
      }),
  },
];

/** The store with some calls in the place of its own. */
export function over(store: Store, calls: Partial<Store>): Store {
  return Object.assign(Object.create(store) as Store, calls);
}

function execute(file: string, sql: string): void {
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec(sql);
  database.close();
}

type Asked = { since: string };

function withPulls(connector: Connector, change: <R extends Asked>(request: R) => R): Connector {
  const { tickets, timeEntries } = connector.pull;
  return {
    ...connector,
    pull: {
      ...connector.pull,
      ...(tickets ? { tickets: (request) => tickets(change(request)) } : {}),
      ...(timeEntries ? { timeEntries: (request) => timeEntries(change(request)) } : {}),
    },
  };
}

interface AnyPush {
  find(...asked: unknown[]): Promise<{ remoteId: string } | null>;
  create(...asked: unknown[]): Promise<{ remoteId: string }>;
}

function withPushes(connector: Connector, change: (push: AnyPush) => AnyPush): Connector {
  const pushes = Object.entries(connector.push).map(([kind, push]) => [
    kind,
    change(push as AnyPush),
  ]);
  return { ...connector, push: Object.fromEntries(pushes) as Connector['push'] };
}
