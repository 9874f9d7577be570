import { isOpeningEdit } from '../keys.ts';
import type { LedgerEntry } from '../ledger/ledger.ts';
import { type ValuedBlock, valueOfLeft, type Worth, worthOf } from './block-value.ts';

/** In the order of a roll-forward. */
export const movementKinds = [
  'sold',
  'takenOver',
  'earned',
  'breakage',
  'refunded',
  'reversed',
  'adjusted',
  'rolledOver',
] as const;
export type MovementKind = (typeof movementKinds)[number];

/** Kinds whose figures are shown as positive when they reduce what is deferred. */
const reducing: ReadonlySet<MovementKind> = new Set(['earned', 'breakage', 'refunded', 'reversed']);

export type Figures = Record<MovementKind, number>;

export function emptyFigures(): Figures {
  return Object.fromEntries(movementKinds.map((kind) => [kind, 0])) as Figures;
}

export function addFigures(into: Figures, from: Figures): void {
  for (const kind of movementKinds) into[kind] += from[kind];
}

/** By how much these figures change what is deferred. */
export function deferredChange(figures: Figures): number {
  return movementKinds.reduce(
    (sum, kind) => sum + (reducing.has(kind) ? -figures[kind] : figures[kind]),
    0,
  );
}

/** The money of one ledger entry. */
interface Movement {
  block: ValuedBlock;
  kind: MovementKind;
  /** Signed like its kind's figures. */
  minor: number;
  /** What is left of the block after it, and what that is worth. */
  left: number;
  leftMinor: number;
}

interface Held {
  block: ValuedBlock;
  worth: Worth | null;
  left: number;
  leftMinor: number;
}

/**
 * Values one client's entries, which must be passed in the order of its chain. The money of an entry
 * is the value of its block after it minus the value before it, so roundings cancel out and each
 * block ends at exactly the price it was sold for. Overage has no money until a block or a bill pays
 * it: null.
 */
export class EntryValuer {
  readonly #blocks: ReadonlyMap<string, ValuedBlock>;
  readonly #held = new Map<string, Held>();
  /** By key, for reversals. */
  readonly #kinds = new Map<string, MovementKind>();
  /** Money that left a block by a rollover, by the key of both entries without their number. */
  readonly #rolled = new Map<string, number>();

  constructor(blocks: Iterable<ValuedBlock>) {
    this.#blocks = new Map([...blocks].map((block) => [block.id, block]));
  }

  value(entry: LedgerEntry): Movement | null {
    if (entry.blockId === null) return null;
    const held = this.#hold(entry.blockId, entry);
    const kind = this.#classify(entry, held.block);
    const before = held.leftMinor;
    const amount = held.worth === null ? (entry.minor ?? 0) : entry.seconds;
    held.left += entry.side === 'credit' ? amount : -amount;
    held.leftMinor = valueOfLeft(held.left, held.worth);
    const change = held.leftMinor - before;
    if (entry.reason === 'rollover' && entry.side === 'debit') {
      this.#rolled.set(pairOf(entry), -change);
    }
    const { block, left, leftMinor } = held;
    return { block, kind, minor: reducing.has(kind) ? 0 - change : change, left, leftMinor };
  }

  /** A block that holds rolled-over hours is worth what left the other one, to the minor unit. */
  #hold(blockId: string, entry: LedgerEntry): Held {
    const known = this.#held.get(blockId);
    if (known !== undefined) return known;
    const block = this.#blocks.get(blockId);
    if (block === undefined) throw new Error(`ledger entry ${entry.key} names an unknown block`);
    const rolled = entry.reason === 'rollover' ? this.#rolled.get(pairOf(entry)) : undefined;
    const isHours = block.amountMinor === null && entry.seconds > 0;
    const worth =
      rolled !== undefined && isHours
        ? { seconds: entry.seconds, totalMinor: rolled }
        : worthOf(block);
    const held = { block, worth, left: 0, leftMinor: 0 };
    this.#held.set(blockId, held);
    return held;
  }

  /** A reversal belongs to the kind of what it reverses, in its own month. */
  #classify(entry: LedgerEntry, block: ValuedBlock): MovementKind {
    if (entry.reverses !== null) {
      const kind = this.#kinds.get(entry.reverses);
      if (kind === undefined) throw new Error(`${entry.key} reverses an unknown entry`);
      return kind === 'sold' ? 'reversed' : kind;
    }
    const kind = kindOf(entry, block);
    this.#kinds.set(entry.key, kind);
    return kind;
  }
}

function pairOf({ key }: LedgerEntry): string {
  return key.slice(0, key.lastIndexOf('/'));
}

function kindOf({ reason, key }: LedgerEntry, block: ValuedBlock): MovementKind {
  switch (reason) {
    case 'purchase':
      return block.source === 'opening' ? 'takenOver' : 'sold';
    case 'overage':
      return 'sold';
    case 'usage':
      return 'earned';
    case 'expiry':
      return 'breakage';
    case 'refund':
      return 'refunded';
    case 'rollover':
      return 'rolledOver';
    // The hours at go-live were corrected in the config.
    case 'adjustment':
      return isOpeningEdit(key) ? 'takenOver' : 'adjusted';
    case 'reversal':
      throw new Error(`${key} reverses nothing`);
  }
}
