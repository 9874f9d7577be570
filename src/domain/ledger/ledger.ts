import { hash } from 'node:crypto';
import type { DateText, Instant } from '../time.ts';

type Side = 'credit' | 'debit';

export type Reason =
  | 'purchase'
  | 'usage'
  | 'reversal'
  | 'expiry'
  | 'rollover'
  | 'adjustment'
  | 'overage'
  | 'refund';

/** An entry to post. Its key is derived from its cause, so that posting is idempotent. */
export interface Posting {
  key: string;
  clientId: string;
  side: Side;
  reason: Reason;
  /** Null: overage, hours used beyond all blocks. */
  blockId: string | null;
  /**
   * Charged time. Above zero for hours; on a money block, the time that its money paid for, or zero
   * if it is not work.
   */
  seconds: number;
  /** Above zero for a money block, in minor units of its currency; null for hours. */
  minor: number | null;
  /** The client whose work it was, if blocks are shared; null: the account's own. */
  usedBy: string | null;
  chargeId: string | null;
  /** Key of the entry that this one reverses; present exactly if the reason is `reversal`. */
  reverses: string | null;
  workedOn: DateText | null;
  note: string | null;
}

/** A posting in the ledger and in its client's chain. */
export interface LedgerEntry extends Posting {
  /** Position in the whole ledger. */
  seq: number;
  /** Position in the client's chain, from 1. */
  clientSeq: number;
  postedAt: Instant;
  runId: string;
  /** Covers the hash of the client's previous entry, so that any changed row is detected. */
  hash: string;
}

/** Hash before a client's first entry. */
export const chainStart = '0'.repeat(64);

/** Every column of the entry but its hash, in a fixed order: that of the hash, and of the table. */
export function chainColumns(entry: Omit<LedgerEntry, 'seq' | 'hash'>) {
  return [
    entry.clientId,
    entry.clientSeq,
    entry.key,
    entry.side,
    entry.reason,
    entry.blockId,
    entry.seconds,
    entry.minor,
    entry.usedBy,
    entry.chargeId,
    entry.reverses,
    entry.workedOn,
    entry.note,
    entry.postedAt,
    entry.runId,
  ];
}

/** SHA-256 in hex over the previous hash and the columns. */
export function chainHash(previous: string, entry: Omit<LedgerEntry, 'seq' | 'hash'>): string {
  return hash('sha256', previous + JSON.stringify(chainColumns(entry)), 'hex');
}

/**
 * Hours that the entry adds to (or subtracts from) its block, or its client's overage; 0 for money.
 */
export function signedSeconds(entry: Pick<Posting, 'side' | 'seconds' | 'minor'>): number {
  if (entry.minor !== null) return 0;
  return entry.side === 'credit' ? entry.seconds : -entry.seconds;
}

/** Money that the entry adds to (or subtracts from) its block; 0 for hours. */
export function signedMinor(entry: Pick<Posting, 'side' | 'minor'>): number {
  const minor = entry.minor ?? 0;
  return entry.side === 'credit' ? minor : 0 - minor;
}
