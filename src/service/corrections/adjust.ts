import { byBurnOrder, couldPay, type SpendableBlock } from '../../domain/blocks/allocation.ts';
import { KindError } from '../../domain/errors.ts';
import type { Posting } from '../../domain/ledger/ledger.ts';
import { payOffOverage, spend } from '../../domain/ledger/postings.ts';
import { moneyLeftIn } from '../../domain/thresholds/thresholds.ts';
import { byHand, type EntryScope, type ManualApp, writeEntry } from './by-hand.ts';

export interface AdjustRequest {
  clientId: string;
  /** Hours given (positive) or taken (negative); 0 for money. */
  seconds: number;
  /** Money given or taken, in minor units of the client's currency; null or absent: hours. */
  minor?: number | null;
  /** The only block to change; absent: those that pay for any work, in burn order. */
  blockId?: string | null;
  /** Whether hours beyond the blocks may be taken as overage. */
  isOverageAllowed?: boolean;
  reason: string;
}

interface Adjusted {
  key: string;
  settledSeconds: number;
  moneyLeft: ReadonlyMap<string, number>;
  overageSeconds: number;
}

/**
 * Gives or takes hours or money by hand. Hours given go to the block that is used next and pay
 * overage first. A block limited to certain work types is only changed when its ID is given.
 */
export async function adjustBalance(
  app: ManualApp,
  request: AdjustRequest,
  runId?: string,
): Promise<Adjusted> {
  const change = request.minor ?? request.seconds;
  if (change === 0) throw new KindError('config', 'An adjustment cannot be zero.');
  const entry = { command: 'adjust', clientId: request.clientId, request, runId } as const;
  return byHand(app, entry, async (scope) => {
    const { store, account, client } = scope;
    const blocks = findBlocks(scope, request);
    const postings = change > 0 ? give(scope, blocks, request) : take(scope, blocks, request);
    if (change > 0) {
      postings.push(...payOffOverage(account, await store.readOpenOverage(client.id)));
    }
    await writeEntry(scope, { postings });
    const active = account.blocks.filter((block) => block.isActive);
    return {
      key: postings[0]?.key ?? '',
      settledSeconds: active.reduce((sum, block) => sum + block.remainingSeconds, 0),
      moneyLeft: moneyLeftIn(account.blocks),
      overageSeconds: account.overageSeconds,
    };
  });
}

/** Finds the blocks that may be changed, in burn order. Throws `config` if there are none. */
function findBlocks(
  scope: EntryScope,
  { minor = null, blockId = null }: AdjustRequest,
): SpendableBlock[] {
  const { account, client, today } = scope;
  const price = minor === null ? null : { minor: 0, currency: client.currency };
  const usable = account.blocks
    .filter((block) => (block.remainingMinor !== null) === (minor !== null))
    .filter((block) => couldPay(block, { workedOn: today, workTypes: null, price, usedBy: null }))
    .sort(byBurnOrder);
  const found = usable.filter((block) =>
    blockId === null ? block.workTypes === null : block.id === blockId,
  );
  if (found.length > 0) return found;
  const kind = minor === null ? 'hours' : 'money';
  const named = usable.map(({ id, workTypes }) => `${id} (${workTypes?.join(', ') ?? 'any work'})`);
  throw new KindError(
    'config',
    blockId === null
      ? `${client.name} has no active block of ${kind} that pays for any work.`
      : `${blockId} is not a block of ${kind} that ${client.name} can use today.`,
    {
      fix:
        named.length > 0
          ? `Choose one with --block: ${named.join('; ')}.`
          : 'Add one with `prepaid-hours block add`, which also sets the price.',
    },
  );
}

function give(
  scope: EntryScope,
  blocks: readonly SpendableBlock[],
  request: AdjustRequest,
): Posting[] {
  // An empty one may end before the hours in use, and be of an old price.
  const block =
    blocks.find((one) => (one.remainingMinor ?? one.remainingSeconds) > 0) ?? blocks.at(-1);
  if (block === undefined) return [];
  block.remainingSeconds += request.seconds;
  if (block.remainingMinor !== null) block.remainingMinor += request.minor ?? 0;
  return [adjustment(scope, 'credit', block, request)];
}

function take(
  scope: EntryScope,
  blocks: readonly SpendableBlock[],
  request: AdjustRequest,
): Posting[] {
  return request.minor == null
    ? takeHours(scope, blocks, request)
    : takeMoney(scope, blocks, request, -request.minor);
}

function takeHours(
  scope: EntryScope,
  blocks: readonly SpendableBlock[],
  { seconds, isOverageAllowed = false, reason }: AdjustRequest,
): Posting[] {
  const { account, client, runId, today } = scope;
  const held = blocks.reduce((sum, block) => sum + block.remainingSeconds, 0);
  if (-seconds > held && !isOverageAllowed) {
    throw new KindError('config', `${client.name} has only ${scope.format.duration(held)} left.`, {
      fix: 'Take less, choose another block with --block, or add --allow-overage to take the rest as overage.',
    });
  }
  // From these blocks only; the overage belongs to the account.
  const chosen = { ...account, blocks: [...blocks] };
  const postings = spend(chosen, {
    key: `adjust:${runId}`,
    seconds: -seconds,
    workedOn: today,
    workTypes: null,
    price: null,
    usedBy: null,
    chargeId: null,
    reason: 'adjustment',
    note: reason,
  });
  account.overageSeconds = chosen.overageSeconds;
  return postings;
}

function takeMoney(
  scope: EntryScope,
  blocks: readonly SpendableBlock[],
  request: AdjustRequest,
  wanted: number,
): Posting[] {
  const { client } = scope;
  const held = blocks.reduce((sum, block) => sum + (block.remainingMinor ?? 0), 0);
  if (wanted > held) {
    const text = scope.format.money(held, client.currency);
    throw new KindError('config', `${client.name} has only ${text} left.`, {
      fix: 'Take less, or choose another block with --block.',
    });
  }
  const postings: Posting[] = [];
  let left = wanted;
  for (const block of blocks) {
    const minor = Math.min(left, block.remainingMinor ?? 0);
    if (minor === 0) continue;
    block.remainingMinor = (block.remainingMinor ?? 0) - minor;
    left -= minor;
    const part = { ...request, seconds: 0, minor: -minor };
    postings.push(adjustment(scope, 'debit', block, part, postings.length + 1));
  }
  return postings;
}

function adjustment(
  { client, runId, today }: EntryScope,
  side: Posting['side'],
  block: SpendableBlock,
  { seconds, minor = null, reason }: AdjustRequest,
  number?: number,
): Posting {
  return {
    key: `adjust:${runId}${number === undefined ? '' : `/${number}`}`,
    clientId: client.id,
    side,
    reason: 'adjustment',
    blockId: block.id,
    seconds: Math.abs(seconds),
    minor: minor === null ? null : Math.abs(minor),
    usedBy: null,
    chargeId: null,
    reverses: null,
    workedOn: today,
    note: reason,
  };
}
