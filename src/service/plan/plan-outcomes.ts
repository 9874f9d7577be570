import { compareBlocks } from '../../debit/opening-blocks.ts';
import { firstDay } from '../../debit/post.ts';
import { type Replayed, replayMirror } from '../../debit/replay.ts';
import { familyOf, sharesIn } from '../../domain/agreements/shares.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { demandOf } from '../../domain/blocks/allocation.ts';
import type { ChargeFacts } from '../../domain/charges/charge-facts.ts';
import type { LedgerEntry } from '../../domain/ledger/ledger.ts';
import { countAlarms } from '../../domain/thresholds/alarms.ts';
import type {
  BalanceMove,
  SimulatedBlock,
  SimulatedCharge,
} from '../../domain/thresholds/simulated.ts';
import { dueAtOf, simulate } from '../../domain/thresholds/simulation.ts';
import { addSeconds, type DateText, type Instant, startOfDay } from '../../domain/time.ts';
import {
  type Block,
  type BlockEdit,
  type ClientLedger,
  readNameBook,
  type Store,
  type Work,
} from '../../store/port.ts';

/** The outcome of one client's terms over the whole history. */
export interface Outcome {
  seconds: number;
  pendingSeconds: number;
  /** Of the seconds charged, those that no block paid. */
  overageSeconds: number;
  /** Price of what the blocks paid. */
  money: { currency: string; minor: number }[];
  /** How many alerts or sales there would have been. */
  alerts: number;
  invoices: number;
}

/** What actually happened, whatever the terms. */
export interface Past {
  until: Instant;
  firstRunAt: Instant;
  /** By client ID; a client never seen has no entry. */
  accounts: ReadonlyMap<string, PastAccount>;
  /** Blocks whose hours were withdrawn by an undo. */
  undone: ReadonlySet<string>;
  /** Later changes to blocks. */
  edits: readonly BlockEdit[];
}

interface PastAccount {
  ledger: ClientLedger;
  /** Ledger entries that belong to no charge. */
  entries: LedgerEntry[];
}

export async function readPast(
  store: Store,
  clientIds: readonly string[],
  until: Instant,
): Promise<Past> {
  const known = new Set((await store.listClients()).map(({ id }) => id));
  const ledgers = await store.readLedgers(
    clientIds.filter((id) => known.has(id)),
    { isAllBlocks: true },
  );
  const accounts = new Map<string, PastAccount>();
  for (const ledger of ledgers) {
    const entries: LedgerEntry[] = [];
    for await (const page of store.streamLedger(ledger.clientId, null, null)) {
      entries.push(...page.filter((entry) => entry.chargeId === null));
    }
    accounts.set(ledger.clientId, { ledger, entries });
  }
  const firstRunAt = (await store.readMemory('', 'first-run')) ?? until;
  const undone = await store.readUndoneBlocks([...accounts.keys()]);
  const edits = await store.readBlockEdits([...accounts.keys()]);
  return { until, firstRunAt, accounts, undone, edits };
}

/** Simulates each client's posted charges over the same hours as a plan's. */
export async function postedOutcomes(
  store: Store,
  clients: readonly Client[],
  past: Past,
): Promise<Map<string, Outcome>> {
  const pending = await store.readPending([...past.accounts.keys()]);
  const charges = new Map<string, SimulatedCharge[]>();
  for (const client of clients) {
    if (!past.accounts.has(client.id)) continue;
    const standing = new Map<string, SimulatedCharge>();
    for await (const page of store.streamCharges(client.id, '', '9999')) {
      for (const { groupKey, seconds, facts } of page) {
        if (seconds === 0) standing.delete(groupKey);
        else standing.set(groupKey, toCharge(JSON.parse(facts) as ChargeFacts, client));
      }
    }
    charges.set(client.id, [...standing.values()]);
  }
  const seen = clients.filter(({ id }) => past.accounts.has(id));
  return outcomesOf(seen, charges, pending, past);
}

/**
 * Simulates what the mirrored work would cost the clients under each of several terms. These advance
 * together, page by page, so that each page is read once. `open` adds what terms make of sessions.
 */
export async function replayOutcomes(
  store: Store,
  variants: readonly (readonly Client[])[],
  past: Past,
  open: (store: Store, clients: readonly Client[]) => Promise<Store>,
): Promise<Map<string, Outcome>[]> {
  const shared = new Map<string, Promise<Work>>();
  const readOnce: Store = {
    ...store,
    readWork: (subjects) => {
      const key = JSON.stringify(subjects);
      const work = shared.get(key) ?? store.readWork(subjects);
      shared.set(key, work);
      return work;
    },
  };
  const replays: OpenReplay[] = [];
  for (const clients of variants) {
    const names = await readNameBook(store, clients);
    const opened = await open(readOnce, clients);
    const pages = replayMirror(opened, clients, past.firstRunAt, names);
    const charges = new Map<string, SimulatedCharge[]>(clients.map(({ id }) => [id, []]));
    replays.push({ clients, pages, charges, pending: new Map() });
  }
  for (let isLeft = true; isLeft; ) {
    isLeft = false;
    shared.clear();
    for (const replay of replays) isLeft = (await advance(replay)) || isLeft;
  }
  return replays.map(({ clients, charges, pending }) =>
    outcomesOf(clients, charges, pending, past),
  );
}

interface OpenReplay {
  clients: readonly Client[];
  pages: AsyncGenerator<Replayed[], void>;
  charges: Map<string, SimulatedCharge[]>;
  pending: Map<string, number>;
}

/** Whether there was another page. */
async function advance({ pages, charges, pending }: OpenReplay): Promise<boolean> {
  const { done, value } = await pages.next();
  for (const { client, charge, pendingSeconds } of value ?? []) {
    if (client === null) continue;
    pending.set(client.id, (pending.get(client.id) ?? 0) + pendingSeconds);
    if (charge === null || charge.seconds === 0) continue;
    charges.get(client.id)?.push(toCharge(charge, client));
  }
  return done !== true;
}

function toCharge(facts: ChargeFacts, { id: clientId }: Client): SimulatedCharge {
  const worked = facts.parts.filter(({ pieces }) => pieces.length > 0);
  let lastWorkedOn: DateText | undefined;
  for (const { workedOn } of worked) {
    if (workedOn > (lastWorkedOn ?? '')) lastWorkedOn = workedOn;
  }
  return {
    ...demandOf(facts),
    dueAt: dueAtOf(facts),
    workedOn: firstDay(facts),
    ...(lastWorkedOn === undefined ? {} : { lastWorkedOn }),
    worked: worked.map(({ startedAt, seconds, ticketNumber }) => ({
      ticket: ticketNumber === null ? null : `${facts.connection} ${ticketNumber}`,
      ...{ startedAt, seconds, endedAt: addSeconds(startedAt, seconds) },
    })),
    clientId,
  };
}

/** Clients that share blocks are simulated together; alerts and sales count for the payer. */
function outcomesOf(
  clients: readonly Client[],
  charges: ReadonlyMap<string, SimulatedCharge[]>,
  pending: ReadonlyMap<string, number>,
  past: Past,
): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const payer of clients) {
    if (payer.paidBy !== null) continue;
    const family = familyOf(payer, clients);
    const pendingOf = ({ id }: Client) => pending.get(id) ?? 0;
    const own = family.flatMap(({ id }) => charges.get(id) ?? []);
    const alarms = countAlarms(
      payer.agreement.alarms ?? [],
      own.flatMap(({ worked }) => worked ?? []),
    );
    const { byClient, alerts, invoices } = simulate({
      ...hoursOf(payer, past),
      charges: own,
      shares: sharesIn(family),
      pendingSeconds: family.reduce((sum, client) => sum + pendingOf(client), 0),
      until: past.until,
      rules: payer.agreement.replenish,
      zone: payer.timezone,
    });
    for (const client of family) {
      const used = byClient.get(client.id);
      outcomes.set(client.id, {
        seconds: used?.seconds ?? 0,
        pendingSeconds: pendingOf(client),
        overageSeconds: used?.overageSeconds ?? 0,
        money: [...(used?.moneyMinor ?? [])].map(([currency, minor]) => ({ currency, minor })),
        ...(client === payer ? { alerts: alerts + alarms, invoices } : { alerts: 0, invoices: 0 }),
      });
    }
  }
  return outcomes;
}

/**
 * The blocks bought, those that the config would newly open, and their movements other than work.
 */
function hoursOf(
  client: Client,
  past: Past,
): { blocks: readonly SimulatedBlock[]; moves: BalanceMove[] } {
  const account = past.accounts.get(client.id);
  const ledger = account?.ledger ?? newLedger(client);
  const blocks: readonly Block[] = ledger.blocks.filter(({ status }) => status !== 'ordered');
  const { fresh } = compareBlocks(client, ledger, past);
  const opened = fresh.map((block): BalanceMove => {
    const at = startOfDay(block.purchasedOn, client.timezone);
    const { id: blockId, seconds, amountMinor: minor, purchasedOn: workedOn } = block;
    return { at, kind: 'credit', blockId, seconds, minor, workedOn };
  });
  const moves = (account?.entries ?? []).flatMap((entry) => toMove(entry, client, blocks));
  const undone = new Set(
    (account?.entries ?? []).flatMap(({ reverses, note }) =>
      note === overagePaidNote ? [] : (reverses ?? []),
    ),
  );
  const standing = moves.filter(({ key }) => !undone.has(key)).map(({ move }) => move);
  return { blocks: [...blocks, ...fresh], moves: [...opened, ...standing] };
}

function newLedger({ id }: Client): ClientLedger {
  return { clientId: id, blocks: [], sharedUse: [], overageSeconds: 0, clientSeq: 0 };
}

/** Both sides of overage that a block paid later; the simulation pays it itself. */
const overagePaidNote = 'overage-paid';

/** Expiries follow from the last day; a reversal removes its original instead. */
function toMove(
  entry: LedgerEntry,
  client: Client,
  blocks: readonly Block[],
): { key: string; move: BalanceMove }[] {
  const { key, side, reason, blockId, seconds, minor, postedAt } = entry;
  if (reason === 'reversal' || reason === 'expiry' || entry.note === overagePaidNote) return [];
  const block = blocks.find(({ id }) => id === blockId);
  const boughtAt = block === undefined ? postedAt : startOfDay(block.purchasedOn, client.timezone);
  const isWithdrawn = reason === 'refund' || reason === 'rollover';
  const kind = side === 'credit' ? 'credit' : isWithdrawn ? 'withdraw' : 'spend';
  // A block counts from its first day, even if it was entered later.
  const at = reason === 'purchase' && boughtAt < postedAt ? boughtAt : postedAt;
  const workedOn = entry.workedOn ?? postedAt.slice(0, 10);
  return [{ key, move: { at, kind, blockId, seconds, minor, workedOn } }];
}
