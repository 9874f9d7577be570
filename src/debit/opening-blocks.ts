import { isDeepStrictEqual } from 'node:util';
import { blockIdOf } from '../domain/keys.ts';
import { payOffOverage } from '../domain/postings.ts';
import { creditPurchase } from '../domain/purchase.ts';
import { sharersOf } from '../domain/shares.ts';
import type { Client, OpeningBlock } from '../domain/terms.ts';
import { dateInZone } from '../domain/time.ts';
import { asScheduled, isScheduled } from '../domain/validity.ts';
import type { Block, ClientLedger, ReplenishBatch } from '../store/port.ts';
import { accountFrom } from '../store/port.ts';
import type { DebitContext } from './context.ts';

/** Blocks of which the config now says something else than was applied. */
export interface OpeningConflict {
  client: Client;
  applied: Block;
  configured: OpeningBlock;
}

export interface OpeningOutcome {
  applied: number;
  conflicts: OpeningConflict[];
}

type OpeningContext = Pick<DebitContext, 'store' | 'clients' | 'runId' | 'at'>;

/**
 * Brings the config's opening blocks into the ledger, each once: its key is the client and the day
 * (and its place among that day's), so that a corrected figure in the config is noticed and told,
 * never credited a second time.
 */
export async function applyOpeningBlocks(context: OpeningContext): Promise<OpeningOutcome> {
  const begun = await beginBlocks(context);
  const clients = context.clients.filter((client) => client.openingBlocks.length > 0);
  const ids = clients.map((client) => client.id);
  const ledgers = await context.store.readLedgers(ids, { isAllBlocks: true });
  const byClient = new Map(ledgers.map((ledger) => [ledger.clientId, ledger]));
  const undone = await context.store.readUndoneBlocks(ids);
  const outcome: OpeningOutcome = { applied: begun, conflicts: [] };
  for (const client of clients) {
    const ledger = byClient.get(client.id);
    if (ledger === undefined) continue;
    const { fresh, conflicts } = compareBlocks(client, ledger, undone);
    outcome.conflicts.push(...conflicts);
    if (fresh.length === 0) continue;
    await creditBlocks(context, client, ledger, fresh);
    outcome.applied += fresh.length;
  }
  return outcome;
}

/** Credits the blocks whose first day has come; they pay earlier overage first. */
async function beginBlocks(context: OpeningContext): Promise<number> {
  const orders = await context.store.readOrders();
  const future = orders.map(({ block }) => block).filter(isScheduled);
  let begun = 0;
  for (const block of future) {
    const client = context.clients.find(({ id }) => id === block.clientId);
    if (client === undefined || block.purchasedOn > dateInZone(context.at, client.timezone))
      continue;
    const [ledger] = await context.store.readLedgers([client.id], { isAllBlocks: true });
    if (ledger === undefined) continue;
    const change = { blockId: block.id, status: 'active' } as const;
    await creditBlocks(context, client, ledger, [{ ...block, status: 'active' }], [change]);
    begun += 1;
  }
  return begun;
}

/**
 * What is to be credited, and what the config now says otherwise. A block of a day that was not there
 * before, while an applied one is no longer listed, is taken for that one with its date corrected. One
 * that was undone comes back as the config has it by now.
 */
export function compareBlocks(
  client: Client,
  ledger: ClientLedger,
  undone: ReadonlySet<string>,
): { fresh: Block[]; conflicts: OpeningConflict[] } {
  const wanted = client.openingBlocks.map((configured, index) => ({
    configured,
    block: toBlock(client, configured, index),
  }));
  const keys = new Set(wanted.map(({ block }) => block.key));
  const known = new Map(ledger.blocks.map((block) => [block.key, block]));
  const unlisted = ledger.blocks.filter(
    ({ source, key, status }) =>
      source === 'opening' && status !== 'void' && !keys.has(key.replace(/:again-\d+$/, '')),
  );
  const fresh: Block[] = [];
  const conflicts: OpeningConflict[] = [];
  for (const { configured, block } of wanted) {
    const applied = known.get(keysInTurn(known, block.key).last) ?? unlisted.shift();
    if (applied === undefined) fresh.push(block);
    else if (undone.has(applied.id)) fresh.push(asNext(block, known));
    else if (!isSame(applied, block)) conflicts.push({ client, applied, configured });
  }
  return { fresh, conflicts };
}

/** Keys are used once. After an undo the next block of `opening:…:1` is `opening:…:1:again-1`. */
function keysInTurn(
  known: ReadonlyMap<string, Block>,
  key: string,
): { last: string; next: string } {
  let last = key;
  for (let round = 1; ; round += 1) {
    const next = `${key}:again-${round}`;
    if (!known.has(next)) return { last, next };
    last = next;
  }
}

function asNext(block: Block, known: ReadonlyMap<string, Block>): Block {
  const { next: key } = keysInTurn(known, block.key);
  return { ...block, id: blockIdOf(key), key };
}

function toBlock(client: Client, block: OpeningBlock, index: number): Block {
  const sameDay = client.openingBlocks.slice(0, index);
  const place = sameDay.filter((one) => one.purchasedOn === block.purchasedOn).length + 1;
  const key = `opening:${client.id}:${block.purchasedOn}:${place}`;
  return {
    ...block,
    id: blockIdOf(key),
    key,
    clientId: client.id,
    source: 'opening',
    offer: null,
    status: 'active',
    activate: 'at-once',
    invoiceKey: null,
  };
}

function isSame(a: Block, b: Block): boolean {
  return (
    a.seconds === b.seconds &&
    a.amountMinor === b.amountMinor &&
    a.rateMinor === b.rateMinor &&
    a.currency === b.currency &&
    a.purchasedOn === b.purchasedOn &&
    a.expiresOn === b.expiresOn &&
    a.priority === b.priority &&
    isDeepStrictEqual(a.workTypes, b.workTypes)
  );
}

async function creditBlocks(
  context: OpeningContext,
  client: Client,
  ledger: ClientLedger,
  blocks: readonly Block[],
  blockStatuses: ReplenishBatch['blockStatuses'] = [],
): Promise<void> {
  const account = accountFrom(ledger, sharersOf(context.clients));
  const today = dateInZone(context.at, client.timezone);
  const scheduled = blocks.map((block) => asScheduled(block, today));
  const usable = scheduled.filter(({ status }) => status === 'active');
  const postings = usable.map((block) => creditPurchase(account, block, noteOf(block)));
  const open = usable.length === 0 ? [] : await context.store.readOpenOverage(client.id);
  postings.push(...payOffOverage(account, open));
  await context.store.writeReplenish({
    at: context.at,
    runId: context.runId,
    expected: [{ clientId: client.id, clientSeq: ledger.clientSeq }],
    blocks: scheduled,
    blockStatuses,
    postings,
    episodes: [],
    messages: [],
    superseded: [],
  });
}

function noteOf({ source }: Block): string | null {
  return source === 'opening' ? 'opening' : null;
}
