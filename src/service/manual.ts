import { randomBytes } from 'node:crypto';
import { byBurnOrder, canPayFor } from '../domain/allocation.ts';
import { formatDuration } from '../domain/duration.ts';
import { KindError } from '../domain/errors.ts';
import { blockIdOf } from '../domain/keys.ts';
import type { Posting } from '../domain/ledger.ts';
import { type Account, payOffOverage, spend } from '../domain/postings.ts';
import { creditPurchase } from '../domain/purchase.ts';
import { sharersOf } from '../domain/shares.ts';
import type { Client } from '../domain/terms.ts';
import { type DateText, dateInZone, type Instant, instantFromMs } from '../domain/time.ts';
import { emptyBatch } from '../replenish/orders.ts';
import type { Block, ClientLedger, ReplenishBatch } from '../store/port.ts';
import { accountFrom } from '../store/port.ts';
import type { App } from './app.ts';

export interface AdjustRequest {
  clientId: string;
  /** Given (above zero) or taken (below). */
  seconds: number;
  reason: string;
}

export interface BlockRequest {
  clientId: string;
  /** 0 for money. */
  seconds: number;
  /** Size of a block of money; null: hours. */
  amountMinor: number | null;
  /** 0 for money. */
  rateMinor: number;
  purchasedOn: DateText;
  expiresOn: DateText | null;
  priority: number;
  reason: string;
}

export interface VoidRequest {
  blockId: string;
  reason: string;
}

/** What entries by hand need of the process. */
export type ManualApp = Pick<App, 'config' | 'store' | 'clients' | 'now'>;

interface Deed {
  runId: string;
  at: Instant;
  client: Client;
  ledger: ClientLedger;
  account: Account;
}

/** Gives or takes hours by hand. Hours given go to the block that is used next and pay overage first. */
export async function adjustBalance(
  app: ManualApp,
  request: AdjustRequest,
  runId?: string,
): Promise<{ key: string; settledSeconds: number; overageSeconds: number }> {
  if (request.seconds === 0) {
    throw new KindError('config', 'An adjustment of no hours changes nothing.');
  }
  const entry = { command: 'adjust', clientId: request.clientId, request, runId } as const;
  return byHand(app, entry, async (deed) => {
    const postings = request.seconds > 0 ? await give(app, deed, request) : take(deed, request);
    await write(app, deed, { postings });
    return {
      key: postings[0]?.key ?? '',
      settledSeconds: deed.account.blocks
        .filter((block) => block.isActive)
        .reduce((sum, block) => sum + block.remainingSeconds, 0),
      overageSeconds: deed.account.overageSeconds,
    };
  });
}

async function give(app: ManualApp, deed: Deed, request: AdjustRequest): Promise<Posting[]> {
  const { account, client, runId, at } = deed;
  const today = dateInZone(at, client.timezone);
  const block = [...account.blocks]
    .sort(byBurnOrder)
    .find((candidate) => canPayFor(candidate, { workedOn: today, workTypes: null, price: null }));
  if (block === undefined) {
    throw new KindError('config', `${client.name} has no usable block of hours to add to.`, {
      fix: 'Add one with `prepaid-hours block add`, which also sets the price of the hours.',
    });
  }
  block.remainingSeconds += request.seconds;
  const credit: Posting = {
    key: `adjust:${runId}`,
    clientId: client.id,
    side: 'credit',
    reason: 'adjustment',
    blockId: block.id,
    seconds: request.seconds,
    minor: null,
    usedBy: null,
    chargeId: null,
    reverses: null,
    workedOn: today,
    note: request.reason,
  };
  return [credit, ...payOffOverage(account, await app.store.readOpenOverage(client.id))];
}

function take({ account, client, runId, at }: Deed, request: AdjustRequest): Posting[] {
  return spend(account, {
    key: `adjust:${runId}`,
    seconds: -request.seconds,
    workedOn: dateInZone(at, client.timezone),
    workTypes: null,
    price: null,
    usedBy: null,
    chargeId: null,
    reason: 'adjustment',
    note: request.reason,
  });
}

/** Adds a block that was sold outside the program; usable at once. */
export async function addBlock(
  app: ManualApp,
  request: BlockRequest,
  runId?: string,
): Promise<{ blockId: string }> {
  const entry = { command: 'block add', clientId: request.clientId, request, runId } as const;
  return byHand(app, entry, async (deed) => {
    const { client, account } = deed;
    const key = `manual:${client.id}:${deed.runId}`;
    const block: Block = {
      id: blockIdOf(key),
      key,
      clientId: client.id,
      source: 'manual',
      offer: null,
      seconds: request.seconds,
      amountMinor: request.amountMinor,
      rateMinor: request.rateMinor,
      currency: client.currency,
      purchasedOn: request.purchasedOn,
      expiresOn: request.expiresOn,
      priority: request.priority,
      workTypes: null,
      status: 'active',
      activate: 'at-once',
      invoiceKey: null,
    };
    const postings = [creditPurchase(account, block, request.reason)];
    postings.push(...payOffOverage(account, await app.store.readOpenOverage(client.id)));
    await write(app, deed, { blocks: [block], postings });
    return { blockId: block.id };
  });
}

/** Takes what is left of a block and closes it. What was used from it stays used. */
export async function voidBlock(
  app: ManualApp,
  request: VoidRequest,
  runId?: string,
): Promise<{ removedSeconds: number; removedMinor: number | null; currency: string }> {
  const found = await findBlock(app, request.blockId);
  const entry = { command: 'block void', clientId: found.clientId, request, runId } as const;
  return byHand(app, entry, async (deed) => {
    const block = deed.ledger.blocks.find((candidate) => candidate.id === request.blockId);
    if (block === undefined || block.status === 'void') {
      throw new KindError('config', `Block ${request.blockId} is void already.`);
    }
    await refuseInvoiceUnderWay(app, block);
    const { remainingSeconds: removedSeconds, remainingMinor: removedMinor, currency } = block;
    const refund: Posting = {
      key: `void:${block.id}:${deed.ledger.clientSeq}`,
      clientId: block.clientId,
      side: 'debit',
      reason: 'refund',
      blockId: block.id,
      seconds: removedSeconds,
      minor: removedMinor,
      usedBy: null,
      chargeId: null,
      reverses: null,
      workedOn: dateInZone(deed.at, deed.client.timezone),
      note: request.reason,
    };
    await write(app, deed, {
      blockStatuses: [{ blockId: block.id, status: 'void' }],
      postings: removedSeconds > 0 || (removedMinor ?? 0) > 0 ? [refund] : [],
    });
    return { removedSeconds, removedMinor, currency };
  });
}

/** Else the invoice would go out for hours that nobody gets. */
async function refuseInvoiceUnderWay(app: ManualApp, block: Block): Promise<void> {
  if (block.status !== 'ordered' || block.invoiceKey === null) return;
  const invoice = await app.store.readMessage(block.invoiceKey);
  if (invoice === null || invoice.status === 'delivered' || invoice.status === 'cancelled') return;
  throw new KindError('config', `The invoice for block ${block.id} is not sent yet.`, {
    fix: `Cancel it with \`prepaid-hours outbox cancel ${block.invoiceKey}\`; the block is withdrawn with it.`,
  });
}

async function findBlock(app: ManualApp, blockId: string): Promise<Block> {
  const ids = app.clients.map((client) => client.id);
  const ledgers = await app.store.readLedgers(ids, { isAllBlocks: true });
  const blocks = ledgers.flatMap((ledger) => ledger.blocks);
  const block = blocks.find((candidate) => candidate.id === blockId);
  if (block !== undefined) return block;
  const known = blocks
    .filter((candidate) => candidate.status === 'active')
    .map(({ id, seconds }) => `${id} (${formatDuration(seconds)})`);
  throw new KindError('config', `There is no block ${blockId}.`, {
    fix: `Blocks in use: ${known.slice(0, 10).join(', ') || 'none'}.`,
  });
}

/** Each entry by its command, to make it again from the request that was stored with its run. */
const entries = {
  adjust: (app, request, runId) => adjustBalance(app, request as AdjustRequest, runId),
  'block add': (app, request, runId) => addBlock(app, request as BlockRequest, runId),
  'block void': (app, request, runId) => voidBlock(app, request as VoidRequest, runId),
} satisfies Record<string, (app: ManualApp, request: unknown, runId: string) => Promise<unknown>>;

/** Makes an entry again in a store that does not have it yet, under the id of its run. */
export async function repeatEntry(
  app: ManualApp,
  run: { id: string; command: string; result: string },
): Promise<void> {
  const { request } = JSON.parse(run.result) as { request: unknown };
  await entries[run.command as keyof typeof entries](app, request, run.id);
}

interface ManualEntry {
  command: keyof typeof entries;
  clientId: string;
  request: unknown;
  /** Of the run that made the entry first; undefined: this is the first time. */
  runId: string | undefined;
}

/** Every change by hand is a run of its own in the record, so that it can be seen and asked about. */
async function byHand<Result>(
  app: ManualApp,
  { command, clientId, request, runId: knownId }: ManualEntry,
  work: (deed: Deed) => Promise<Result>,
): Promise<Result> {
  const client = app.clients.find((candidate) => candidate.id === clientId);
  if (client === undefined) throw new KindError('config', `There is no client ${clientId}.`);
  if (client.paidBy !== null) {
    throw new KindError('config', `${client.name} has no blocks of its own.`, {
      fix: `Do this with ${client.paidBy.name}, whose blocks pay for its work.`,
    });
  }
  const at = instantFromMs(app.now());
  const runId = knownId ?? manualRunId(at);
  const [ledger] = await app.store.readLedgers([clientId], { isAllBlocks: true });
  if (ledger === undefined) throw new Error(`client ${clientId} has no ledger`);
  if (knownId === undefined) {
    await app.store.startRun({ id: runId, command, mode: app.config.mode, at });
  }
  const account = accountFrom(ledger, sharersOf(app.clients));
  const result = await work({ runId, at, client, ledger, account });
  const record = JSON.stringify({ ok: true, request });
  await app.store.finishRun(runId, instantFromMs(app.now()), record);
  return result;
}

export function manualRunId(at: Instant): string {
  return `m-${at.slice(0, 19).replace(/[-:]/g, '')}-${randomBytes(3).toString('hex')}`;
}

async function write(app: ManualApp, deed: Deed, batch: Partial<ReplenishBatch>): Promise<void> {
  const { at, runId, ledger } = deed;
  await app.store.writeReplenish({ ...emptyBatch({ at, runId }), expected: [ledger], ...batch });
}
