import { isDeepStrictEqual } from 'node:util';
import type { SpendableBlock } from '../domain/blocks/allocation.ts';
import { isScheduled } from '../domain/blocks/validity.ts';
import { KindError } from '../domain/errors.ts';
import { type Format, sizeIn } from '../domain/format.ts';
import { openingEditKey } from '../domain/keys.ts';
import type { LedgerEntry, Posting } from '../domain/ledger/ledger.ts';
import type { Account } from '../domain/ledger/postings.ts';
import type { DateText } from '../domain/time.ts';
import type { Block, BlockEdit, BlockTerms } from '../store/port.ts';
import { moveLastDay } from './move-last-day.ts';

/** An opening block's config when it was last applied. */
interface AppliedTerms {
  seconds: number;
  amountMinor: number | null;
  expiresOn: DateText | null;
  /** How often the block was changed, by the config or by hand. */
  edits: number;
}

/** An opening block that was changed in the config. */
export interface OpeningChange {
  applied: Block;
  configured: Block;
  known: AppliedTerms;
}

/** A last day changed by hand is kept until the config changes it again. */
export function readAppliedTerms(block: Block, edits: readonly BlockEdit[]): AppliedTerms {
  const own = edits.filter(({ blockId }) => blockId === block.id);
  const byConfig = own.filter(({ source }) => source === 'config');
  const last = byConfig.findLast(({ seconds, minor }) => seconds === 0 && minor === 0);
  const first = own[0] === undefined ? block.expiresOn : own[0].expiresOnBefore;
  const sum = (of: 'seconds' | 'minor') => byConfig.reduce((total, edit) => total + edit[of], 0);
  return {
    seconds: block.seconds + sum('seconds'),
    amountMinor: block.amountMinor === null ? null : block.amountMinor + sum('minor'),
    expiresOn: last === undefined ? first : last.expiresOn,
    edits: own.length,
  };
}

export function isChanged({ applied, configured, known }: OpeningChange): boolean {
  return (
    configured.seconds !== known.seconds ||
    configured.amountMinor !== known.amountMinor ||
    configured.expiresOn !== known.expiresOn ||
    fixedFields(applied, configured).length > 0
  );
}

/** Changed fields that cannot change once a block is credited, by their config names. */
function fixedFields(applied: Block, configured: Block): string[] {
  const isMoney = (block: Block) => block.amountMinor !== null;
  const changed = {
    rate: applied.rateMinor !== configured.rateMinor,
    currency: applied.currency !== configured.currency,
    purchasedOn: applied.purchasedOn !== configured.purchasedOn,
    priority: applied.priority !== configured.priority,
    workTypes: !isDeepStrictEqual(applied.workTypes, configured.workTypes),
    'kind (hours or money)': isMoney(applied) !== isMoney(configured),
  };
  return Object.entries(changed).flatMap(([field, is]) => (is ? [field] : []));
}

interface OpeningContext {
  expiries: readonly LedgerEntry[];
  today: DateText;
  /** As the client reads. */
  format: Format;
}

/**
 * Applies a change to the account; a block that has not started just takes it. Throws `config` if
 * it cannot be applied; nothing is changed then.
 */
export function applyChange(
  account: Account,
  blocks: readonly Block[],
  change: OpeningChange,
  { expiries, today, format }: OpeningContext,
): { postings: Posting[]; edits: BlockEdit[]; terms: BlockTerms[] } {
  const { applied, configured, known } = change;
  const fixed = fixedFields(applied, configured);
  if (isScheduled(applied) && fixed.every((field) => field === 'purchasedOn')) {
    return { postings: [], edits: [], terms: [{ ...configured, id: applied.id }] };
  }
  const held = account.blocks.find(({ id }) => id === applied.id);
  if (held === undefined || applied.status === 'void') {
    throw new KindError('config', 'The block is void.', { fix: putBack });
  }
  if (fixed.length > 0) {
    const text = `Its ${fixed.join(', ')} cannot be changed any more.`;
    const fix = `Restore the old line; or void the block with \`prepaid-hours block void ${applied.id}\`, remove the line, and add the correct one with \`prepaid-hours block add\`.`;
    throw new KindError('config', text, { fix });
  }
  refuseTooLittle(change, held, { expiries, format });
  const { expiresOn } = configured;
  const isDayChanged = expiresOn !== known.expiresOn;
  const move = { expiresOn, expiries, note: 'opening-edit' };
  const isMoved = isDayChanged && expiresOn !== applied.expiresOn;
  const postings = isMoved ? moveLastDay(account, held, blocks, move) : [];
  const edit = { blockId: applied.id, source: 'config', reason: 'opening-edit' } as const;
  const before = { expiresOnBefore: applied.expiresOn, expiresOn: applied.expiresOn };
  const { seconds, minor } = growthOf(change);
  const edits: BlockEdit[] = [];
  if (seconds !== 0 || minor !== 0) {
    postings.push({ ...adjust(account, held, change, format), workedOn: today });
    edits.push({ ...edit, ...before, seconds, minor });
  }
  if (isDayChanged) edits.push({ ...edit, ...before, expiresOn, seconds: 0, minor: 0 });
  return { postings, edits, terms: [] };
}

const putBack =
  'Restore the old line. Use `prepaid-hours adjust` to change the hours, or `prepaid-hours block add` to add more.';

/** By how much the configured size grew: seconds, or money. */
function growthOf({ configured, known }: OpeningChange): { seconds: number; minor: number } {
  const minor = (configured.amountMinor ?? 0) - (known.amountMinor ?? 0);
  return { seconds: configured.seconds - known.seconds, minor };
}

function refuseTooLittle(
  change: OpeningChange,
  held: SpendableBlock,
  { expiries, format }: Omit<OpeningContext, 'today'>,
): void {
  const { applied, configured, known } = change;
  const { seconds, minor } = growthOf(change);
  const isReturned = configured.expiresOn !== known.expiresOn;
  const ended = isReturned ? expiries.filter(({ blockId }) => blockId === applied.id) : [];
  const left = ended.reduce(
    (sum, entry) => sum + (entry.minor ?? entry.seconds),
    held.remainingMinor ?? held.remainingSeconds,
  );
  if (seconds + minor >= -left) return;
  const rest =
    held.remainingMinor === null ? { seconds: left, amountMinor: null } : { amountMinor: left };
  const text = `Only ${sizeOf({ ...applied, ...rest }, format)} are left.`;
  throw new KindError('config', text, { fix: putBack });
}

/** `10 h → 12 h`, the same in any language. */
function adjust(
  account: Account,
  held: SpendableBlock,
  change: OpeningChange,
  format: Format,
): Omit<Posting, 'workedOn'> {
  const { applied, configured, known } = change;
  const { seconds, minor } = growthOf(change);
  held.remainingSeconds += seconds;
  if (held.remainingMinor !== null) held.remainingMinor += minor;
  return {
    key: openingEditKey(applied.id, known.edits + 1),
    clientId: account.clientId,
    side: seconds + minor > 0 ? 'credit' : 'debit',
    reason: 'adjustment',
    blockId: applied.id,
    seconds: Math.abs(seconds),
    minor: held.remainingMinor === null ? null : Math.abs(minor),
    usedBy: null,
    chargeId: null,
    reverses: null,
    note: `${sizeOf({ ...applied, ...known }, format)} → ${sizeOf(configured, format)}`,
  };
}

/** `10 h`, `€500.00`. */
function sizeOf(
  { seconds, amountMinor, currency }: Pick<Block, 'seconds' | 'amountMinor' | 'currency'>,
  format: Format,
): string {
  return sizeIn(format, seconds, amountMinor, currency);
}

/** `10 h of 2026-01-01, to 2026-12-31`. */
export function describeBlock(block: Block, format: Format): string {
  const { purchasedOn, expiresOn } = block;
  return `${sizeOf(block, format)} of ${purchasedOn}, ${expiresOn === null ? 'without end' : `to ${expiresOn}`}`;
}
