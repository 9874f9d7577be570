import { moveLastDay } from '../../debit/move-last-day.ts';
import type { Onboarding } from '../../domain/agreements/terms.ts';
import { asScheduled, isScheduled } from '../../domain/blocks/validity.ts';
import { KindError } from '../../domain/errors.ts';
import { type Format, formatIn } from '../../domain/format.ts';
import { blockIdOf } from '../../domain/keys.ts';
import type { Posting } from '../../domain/ledger/ledger.ts';
import { payOffOverage } from '../../domain/ledger/postings.ts';
import { creditPurchase } from '../../domain/ledger/purchase.ts';
import { type DateText, dateInZone } from '../../domain/time.ts';
import type { Block, Store } from '../../store/port.ts';
import { byHand, type ManualApp, writeEntry } from './by-hand.ts';

export interface BlockRequest {
  clientId: string;
  /** 0 for money. */
  seconds: number;
  /** Size of a money block; null: hours. */
  amountMinor: number | null;
  /** 0 for money. */
  rateMinor: number;
  purchasedOn: DateText;
  expiresOn: DateText | null;
  priority: number;
  /** Work types that it pays for; null or absent: all. */
  workTypes?: readonly string[] | null;
  /** Absent: ordinary support. */
  onboarding?: Onboarding;
  reason: string;
}

export interface ExtendRequest {
  blockId: string;
  /** Its new last day; null: it never expires. */
  expiresOn: DateText | null;
  reason: string;
}

export interface VoidRequest {
  blockId: string;
  reason: string;
}

/** Adds a block sold outside prepaid-hours; usable from its first day. */
export async function addBlock(
  app: ManualApp,
  request: BlockRequest,
  runId?: string,
): Promise<{ blockId: string }> {
  const entry = { command: 'block add', clientId: request.clientId, request, runId } as const;
  return byHand(app, entry, async (scope) => {
    const { store, client, account } = scope;
    const key = `manual:${client.id}:${scope.runId}`;
    const sold: Block = {
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
      workTypes: request.workTypes ?? null,
      status: 'active',
      activate: 'at-once',
      invoiceKey: null,
      ...(request.onboarding && { onboarding: request.onboarding }),
    };
    const block = asScheduled(sold, dateInZone(scope.at, client.timezone));
    const postings: Posting[] = [];
    if (block.status === 'active') {
      postings.push(creditPurchase(account, block, request.reason));
      postings.push(...payOffOverage(account, await store.readOpenOverage(client.id)));
    }
    await writeEntry(scope, { blocks: [block], postings });
    return { blockId: block.id };
  });
}

/**
 * Changes a block's last day. Hours that had already expired are restored, and pay carried overage
 * first. Earlier statements keep showing the previous date.
 */
export async function extendBlock(
  app: ManualApp,
  request: ExtendRequest,
  runId?: string,
): Promise<{ returnedSeconds: number; returnedMinor: number | null; currency: string }> {
  const { clientId } = await findBlock(app, request.blockId);
  const entry = { command: 'block extend', clientId, request, runId } as const;
  return byHand(app, entry, async (scope) => {
    const { store, account, ledger, today } = scope;
    const block = ledger.blocks.find((candidate) => candidate.id === request.blockId);
    const held = account.blocks.find((candidate) => candidate.id === request.blockId);
    if (block === undefined || held === undefined || block.status !== 'active') {
      throw new KindError('config', `Block ${request.blockId} is not active.`);
    }
    refuseDay(block, request.expiresOn, today);
    const expiries = await store.readLiveExpiries([clientId]);
    const move = { expiresOn: request.expiresOn, expiries, note: request.reason };
    const postings = moveLastDay(account, held, ledger.blocks, move);
    const isBack = postings.length > 0;
    const { remainingSeconds, remainingMinor } = held;
    postings.push(...payOffOverage(account, await store.readOpenOverage(clientId)));
    const edit = { blockId: block.id, source: 'hand', seconds: 0, minor: 0 } as const;
    const days = { expiresOnBefore: block.expiresOn, expiresOn: request.expiresOn };
    const blockEdits = [{ ...edit, ...days, reason: request.reason }];
    await writeEntry(scope, { blockEdits, postings });
    return {
      returnedSeconds: isBack ? remainingSeconds : 0,
      returnedMinor: isBack ? remainingMinor : null,
      currency: block.currency,
    };
  });
}

function refuseDay(block: Block, expiresOn: DateText | null, today: DateText): void {
  if (block.expiresOn === expiresOn) {
    const day = expiresOn === null ? 'already never expires' : `already ends on ${expiresOn}`;
    throw new KindError('config', `Block ${block.id} ${day}.`);
  }
  if (expiresOn !== null && expiresOn < today) {
    throw new KindError('config', `${expiresOn} is in the past.`, {
      fix: `Use today or a later date, or close the block with \`prepaid-hours block void ${block.id}\`.`,
    });
  }
}

/** Withdraws what is left of a block and closes it. Hours already used stay used. */
export async function voidBlock(
  app: ManualApp,
  request: VoidRequest,
  runId?: string,
): Promise<{ removedSeconds: number; removedMinor: number | null; currency: string }> {
  const found = await findBlock(app, request.blockId);
  const entry = { command: 'block void', clientId: found.clientId, request, runId } as const;
  return byHand(app, entry, async (scope) => {
    const block = scope.ledger.blocks.find((candidate) => candidate.id === request.blockId);
    if (block === undefined || block.status === 'void') {
      throw new KindError('config', `Block ${request.blockId} is already void.`);
    }
    await refuseInvoiceUnderWay(scope.store, block);
    const { remainingSeconds, remainingMinor, currency } = block;
    const isPosted = remainingSeconds > 0 || (remainingMinor ?? 0) > 0;
    const refund: Posting = {
      key: `void:${block.id}:${scope.ledger.clientSeq}`,
      clientId: block.clientId,
      side: 'debit',
      reason: 'refund',
      blockId: block.id,
      seconds: remainingSeconds,
      minor: remainingMinor,
      usedBy: null,
      chargeId: null,
      reverses: null,
      workedOn: scope.today,
      note: request.reason,
    };
    await writeEntry(scope, {
      blockStatuses: [{ blockId: block.id, status: 'void' }],
      postings: isPosted ? [refund] : [],
    });
    // Nothing of a block is credited before its first day, and all of it is lost.
    return isScheduled(block)
      ? { removedSeconds: block.seconds, removedMinor: block.amountMinor, currency }
      : { removedSeconds: remainingSeconds, removedMinor: remainingMinor, currency };
  });
}

/** Otherwise an invoice would be sent for hours that nobody gets. */
async function refuseInvoiceUnderWay(store: Store, block: Block): Promise<void> {
  if (block.status !== 'ordered' || block.invoiceKey === null) return;
  const invoice = await store.readMessage(block.invoiceKey);
  if (invoice === null || invoice.status === 'delivered' || invoice.status === 'cancelled') return;
  throw new KindError('config', `The invoice for block ${block.id} has not been sent yet.`, {
    fix: `Cancel it with \`prepaid-hours outbox cancel ${block.invoiceKey}\`; this also withdraws the block.`,
  });
}

async function findBlock({ config, store, clients }: ManualApp, blockId: string): Promise<Block> {
  const ids = clients.map((client) => client.id);
  const ledgers = await store.readLedgers(ids, { isAllBlocks: true });
  const blocks = ledgers.flatMap((ledger) => ledger.blocks);
  const block = blocks.find((candidate) => candidate.id === blockId);
  if (block !== undefined) return block;
  const format = formatIn(config);
  const known = clients.flatMap(({ id, name }) => {
    const usable = blocks.filter(
      (candidate) =>
        candidate.clientId === id && (candidate.status === 'active' || isScheduled(candidate)),
    );
    return usable.map((candidate) => `${name}: ${blockText(candidate, format)}`);
  });
  throw new KindError('config', `There is no block ${blockId}.`, {
    fix: `Blocks that are usable, now or later: ${known.slice(0, 10).join(', ') || 'none'}.`,
  });
}

function blockText(block: Block, format: Format): string {
  const { id, seconds, amountMinor, currency, purchasedOn } = block;
  const size =
    amountMinor === null ? format.duration(seconds) : format.money(amountMinor, currency);
  return `${id} (${size}${isScheduled(block) ? ` from ${purchasedOn}` : ''})`;
}
