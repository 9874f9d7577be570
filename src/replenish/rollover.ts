import type { Rollover } from '../domain/agreements/terms.ts';
import { lastDayFrom } from '../domain/blocks/validity.ts';
import { blockIdOf } from '../domain/keys.ts';
import type { Posting } from '../domain/ledger/ledger.ts';
import { type Account, holdBlock } from '../domain/ledger/postings.ts';
import { addDays, type DateText } from '../domain/time.ts';
import type { Block, BlockBalance, ClientLedger } from '../store/port.ts';

interface RolledOver {
  block: Block;
  postings: Posting[];
}

/**
 * Rolls hours of expiring blocks over to new ones: the same price and burn order, from the next
 * day. Hours roll over once: those of a new block are lost with it. Hours returned to an expired
 * block roll over too, into a separate block, as long as the block's total stays within the limit.
 * With a limit in hours, money does not roll over.
 */
export function rollOver(
  ledger: ClientLedger,
  account: Account,
  ending: readonly BlockBalance[],
  rollover: Rollover,
): RolledOver[] {
  return ending.flatMap((block) => {
    if (block.status !== 'active' || block.source === 'rollover' || block.expiresOn === null) {
      return [];
    }
    const before = ledger.blocks
      .filter(({ key }) => key.startsWith(`rollover:${block.id}:`))
      .reduce((sum, { seconds }) => sum + seconds, 0);
    const limit = rollover.seconds === null ? block.remainingSeconds : rollover.seconds - before;
    const seconds = Math.max(0, Math.min(block.remainingSeconds, limit));
    const minor = rollover.seconds === null ? block.remainingMinor : null;
    if (seconds === 0 && minor === null) return [];
    const passed = { seconds, minor };
    return [passOn(ledger, account, { ...block, expiresOn: block.expiresOn }, passed, rollover)];
  });
}

function passOn(
  ledger: ClientLedger,
  account: Account,
  { remainingSeconds: _, remainingMinor: __, ...from }: BlockBalance & { expiresOn: DateText },
  { seconds, minor }: { seconds: number; minor: number | null },
  rollover: Rollover,
): RolledOver {
  const key = `rollover:${from.id}:${ledger.clientSeq}`;
  const purchasedOn = addDays(from.expiresOn, 1);
  const block: Block = {
    ...from,
    id: blockIdOf(key),
    key,
    source: 'rollover',
    seconds,
    amountMinor: minor,
    purchasedOn,
    expiresOn: lastDayFrom(from, purchasedOn, rollover.validForMonths),
    activate: 'at-once',
    invoiceKey: null,
  };
  const held = account.blocks.find((candidate) => candidate.id === from.id);
  if (held === undefined) throw new Error(`block ${from.id} is in no account`);
  held.remainingSeconds -= seconds;
  if (minor !== null) held.remainingMinor = 0;
  holdBlock(account, block);
  const posting = {
    clientId: ledger.clientId,
    reason: 'rollover' as const,
    seconds,
    minor,
    usedBy: null,
    chargeId: null,
    reverses: null,
    workedOn: from.expiresOn,
    note: null,
  };
  return {
    block,
    // Both entries have the same cause: a statement shows them as one line.
    postings: [
      { ...posting, key: `${key}/1`, side: 'debit', blockId: from.id },
      { ...posting, key: `${key}/2`, side: 'credit', blockId: block.id },
    ],
  };
}
