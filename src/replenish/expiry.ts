import type { Rollover } from '../domain/agreements/terms.ts';
import type { Posting } from '../domain/ledger/ledger.ts';
import { type Account, payOffOverage } from '../domain/ledger/postings.ts';
import type { DateText } from '../domain/time.ts';
import type { Block, BlockBalance, ClientLedger, Store } from '../store/port.ts';
import { rollOver } from './rollover.ts';

/** The result of a client's expiring blocks. */
interface ExpiryResult {
  postings: Posting[];
  /** Blocks that hold rolled-over hours. */
  blocks: Block[];
}

/**
 * Expires blocks at the end of their last day, and hours returned to an expired or void block: one
 * entry each time, made unique by the client's ledger position. Hours that roll over move to a new
 * block and pay carried overage first.
 */
export async function endBlocks(
  store: Pick<Store, 'readOpenOverage' | 'readUndoneBlocks'>,
  ledger: ClientLedger,
  account: Account,
  { rollover, today }: { rollover: Rollover | null; today: DateText },
): Promise<ExpiryResult> {
  const payOff = async (): Promise<Posting[]> => {
    if (account.overageSeconds === 0) return [];
    return payOffOverage(account, await store.readOpenOverage(ledger.clientId));
  };
  const ending = ledger.blocks.filter((block) => isLeft(block) && hasEnded(block, today));
  if (ending.length === 0) return { postings: [], blocks: [] };
  if (rollover === null) {
    // Work of their days comes first, even if another process has only just given the hours back.
    const paid = await payOff();
    return { postings: [...paid, ...expire(ledger, account, ending, today)], blocks: [] };
  }
  const rolled = rollOver(await withoutUndone(store, ledger), account, ending, rollover);
  const postings = rolled.flatMap((one) => one.postings);
  const blocks = rolled.map(({ block }) => block);
  postings.push(...expire(ledger, account, ending, today));
  if (blocks.length > 0) postings.push(...(await payOff()));
  // After a long pause the new block may have expired too.
  const alsoEnded = blocks.filter((block) => hasEnded(block, today));
  postings.push(...expire(ledger, account, alsoEnded, today));
  return { postings, blocks };
}

/** Leaves out rollovers by runs that have been undone. */
async function withoutUndone(
  store: Pick<Store, 'readUndoneBlocks'>,
  ledger: ClientLedger,
): Promise<ClientLedger> {
  const undone = await store.readUndoneBlocks([ledger.clientId]);
  return { ...ledger, blocks: ledger.blocks.filter(({ id }) => !undone.has(id)) };
}

function expire(
  ledger: ClientLedger,
  account: Account,
  blocks: readonly Block[],
  today: DateText,
): Posting[] {
  return blocks.flatMap((block): Posting[] => {
    const held = account.blocks.find((candidate) => candidate.id === block.id);
    if (held === undefined || !isLeft(held)) return [];
    const { remainingSeconds: seconds, remainingMinor: minor } = held;
    held.remainingSeconds = 0;
    if (minor !== null) held.remainingMinor = 0;
    return [
      {
        key: `expiry:${block.id}:${ledger.clientSeq}`,
        clientId: ledger.clientId,
        side: 'debit',
        reason: block.status === 'void' ? 'refund' : 'expiry',
        blockId: block.id,
        seconds,
        minor,
        usedBy: null,
        chargeId: null,
        reverses: null,
        workedOn: block.expiresOn ?? today,
        note: null,
      },
    ];
  });
}

function isLeft({
  remainingSeconds,
  remainingMinor,
}: Pick<BlockBalance, 'remainingSeconds' | 'remainingMinor'>): boolean {
  return remainingSeconds > 0 || (remainingMinor ?? 0) > 0;
}

function hasEnded(block: Block | BlockBalance, today: DateText): boolean {
  if (block.status === 'void') return true;
  return block.status === 'active' && block.expiresOn !== null && block.expiresOn < today;
}
