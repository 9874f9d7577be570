import { KindError } from '../../../domain/errors.ts';
import {
  chainColumns,
  chainHash,
  type LedgerEntry,
  type Posting,
  signedMinor,
  signedSeconds,
} from '../../../domain/ledger/ledger.ts';
import type { Instant } from '../../../domain/time.ts';
import { type Database, listValue } from '../database.ts';
import { markHeldDirty } from '../mirror/held.ts';
import {
  type Head,
  laterOf,
  openRemaining,
  type Remaining,
  readHeads,
  writeHead,
  writeRemaining,
} from './balances.ts';

export const ledgerColumns = `l.seq, l.client_id AS clientId, l.client_seq AS clientSeq, l.key, l.side,
  l.reason, l.block_id AS blockId, l.seconds, l.minor, l.used_by AS usedBy,
  l.charge_id AS chargeId, l.reverses,
  l.worked_on AS workedOn, l.note, l.posted_at AS postedAt, l.run_id AS runId, l.hash`;

/** Postings decided on a ledger's state, for one timestamp and one run. */
interface PostingBatch {
  at: Instant;
  runId: string;
  expected: readonly { clientId: string; clientSeq: number }[];
  postings: readonly Posting[];
}

/** A client's ledger while a batch is written to it. */
interface OpenLedger {
  head: Head;
  remaining: Map<string, Remaining>;
  touchedBlockIds: Set<string>;
  isMoved: boolean;
}

/**
 * Appends the postings to their clients' chains, in order, and updates the caches. Runs inside the
 * caller's transaction. Returns each expected client's posting timestamp: never before that of its
 * previous rows, so that a clock set back adds nothing to a closed month. If a block received
 * hours, held work becomes dirty.
 */
export function appendPostings(database: Database, batch: PostingBatch): Map<string, Instant> {
  const ledgers = openLedgers(database, batch);
  for (const posting of batch.postings) {
    const ledger = ledgers.get(posting.clientId);
    if (ledger === undefined) {
      throw new Error(`ledger entry ${posting.key}: position of ${posting.clientId} is not stated`);
    }
    append(database, ledger, posting, batch.runId);
  }
  const postedAt = new Map<string, Instant>();
  for (const [clientId, ledger] of ledgers) {
    postedAt.set(clientId, ledger.head.postedAt);
    if (!ledger.isMoved) continue;
    writeHead(database, clientId, ledger.head);
    for (const blockId of ledger.touchedBlockIds) {
      const left = ledger.remaining.get(blockId);
      if (left !== undefined) writeRemaining(database, blockId, left);
    }
  }
  const credited = batch.postings.filter(
    ({ side, blockId }) => side === 'credit' && blockId !== null,
  );
  markHeldDirty(database, [...new Set(credited.map(({ clientId }) => clientId))]);
  return postedAt;
}

function openLedgers(database: Database, batch: PostingBatch): Map<string, OpenLedger> {
  const { expected, at, postings } = batch;
  const clientIds = expected.map(({ clientId }) => clientId);
  const blockIds = new Set(postings.flatMap(({ blockId }) => blockId ?? []));
  const remaining = openRemaining(database, clientIds, [...blockIds]);
  const headOf = readHeads(database, clientIds);
  const ledgers = new Map<string, OpenLedger>();
  for (const { clientId, clientSeq } of expected) {
    const head = headOf(clientId);
    if (head.clientSeq !== clientSeq) {
      throw new KindError(
        'transient',
        `The ledger of client ${clientId} changed in the meantime (from ${clientSeq} to ${head.clientSeq}).`,
        { fix: 'The next run decides it again.' },
      );
    }
    ledgers.set(clientId, {
      head: { ...head, postedAt: laterOf(at, head.postedAt) },
      remaining: remaining.get(clientId) ?? new Map(),
      touchedBlockIds: new Set(),
      isMoved: false,
    });
  }
  alignSharers(ledgers, batch.postings);
  return ledgers;
}

/** A charge has one timestamp, in order for both its client and the account that pays it. */
function alignSharers(
  ledgers: ReadonlyMap<string, OpenLedger>,
  postings: readonly Posting[],
): void {
  const pairs = postings.flatMap(({ clientId, usedBy }) => {
    const payer = ledgers.get(clientId);
    const sharer = usedBy === null || usedBy === clientId ? undefined : ledgers.get(usedBy);
    return payer === undefined || sharer === undefined ? [] : [{ payer, sharer }];
  });
  const align = (one: OpenLedger, other: OpenLedger): void => {
    one.head = { ...one.head, postedAt: laterOf(one.head.postedAt, other.head.postedAt) };
  };
  for (const { payer, sharer } of pairs) align(payer, sharer);
  for (const { payer, sharer } of pairs) align(sharer, payer);
}

function append(database: Database, ledger: OpenLedger, posting: Posting, runId: string): void {
  if (posting.reverses !== null) refuseUnequal(database, posting, posting.reverses);
  const { head } = ledger;
  const entry = {
    ...posting,
    clientSeq: head.clientSeq + 1,
    postedAt: head.postedAt,
    runId,
  };
  const hash = chainHash(head.hash, entry);
  move(ledger, posting);
  try {
    insert(database, { ...entry, hash });
  } catch (error) {
    if (error instanceof KindError) throw error;
    throw new Error(`ledger entry ${posting.key} was rejected by the database`, { cause: error });
  }
  ledger.head = { ...ledger.head, clientSeq: entry.clientSeq, hash };
  ledger.isMoved = true;
}

/** Neither a block nor the overage may go below zero, not even between two rows of one batch. */
function move(ledger: OpenLedger, posting: Posting): void {
  const { blockId, key } = posting;
  if (blockId === null) {
    const overageSeconds = ledger.head.overageSeconds - signedSeconds(posting);
    if (overageSeconds < 0) throw new Error(`ledger entry ${key} pays off more than is overdrawn`);
    ledger.head = { ...ledger.head, overageSeconds };
    return;
  }
  const before = ledger.remaining.get(blockId);
  if (before === undefined) {
    throw new Error(`ledger entry ${key} names block ${blockId}, which its client does not have`);
  }
  const after = addedTo(before, posting);
  const fault = leftFault(before, posting) ?? belowZero(after);
  if (fault !== null) throw new Error(`ledger entry ${key}: block ${blockId} ${fault}`);
  ledger.remaining.set(blockId, after);
  ledger.touchedBlockIds.add(blockId);
}

/** What is left of a block after the posting. */
export function addedTo(
  left: Remaining,
  posting: Pick<Posting, 'side' | 'seconds' | 'minor'>,
): Remaining {
  return {
    seconds: left.seconds + signedSeconds(posting),
    minor: left.minor === null ? null : left.minor + signedMinor(posting),
  };
}

/** Money is never posted to a block of hours, nor hours to a money block. */
export function leftFault(left: Remaining, { minor }: Pick<Posting, 'minor'>): string | null {
  if ((left.minor === null) === (minor === null)) return null;
  return left.minor === null
    ? 'holds hours, and money is moved'
    : 'holds money, and hours are moved';
}

export function belowZero({ seconds, minor }: Remaining): string | null {
  if (seconds < 0) return `is left with ${seconds} s`;
  return minor !== null && minor < 0 ? `is left with ${minor} minor units` : null;
}

function refuseUnequal(database: Database, posting: Posting, reverses: string): void {
  const original = database.row<LedgerEntry>(
    `SELECT ${ledgerColumns} FROM ledger l WHERE l.key = ?`,
    reverses,
  );
  const fault = original === undefined ? 'is not in the ledger' : reversalFault(posting, original);
  if (fault !== null) throw new Error(`ledger entry ${posting.key}: ${reverses} ${fault}`);
}

/** Why the posting does not reverse the original exactly; null: it does. */
export function reversalFault(
  reversal: Pick<Posting, 'clientId' | 'blockId' | 'seconds' | 'minor' | 'usedBy' | 'side'>,
  original: Pick<
    Posting,
    'clientId' | 'blockId' | 'seconds' | 'minor' | 'usedBy' | 'side' | 'reason'
  >,
): string | null {
  if (original.reason === 'reversal') return 'is a reversal itself';
  if (original.clientId !== reversal.clientId) return 'is another client’s';
  if (original.blockId !== reversal.blockId) return 'is of another block';
  if (original.seconds !== reversal.seconds) return 'is of another length';
  if (original.minor !== reversal.minor) return 'is of another amount';
  if (original.usedBy !== reversal.usedBy) return 'is of another client’s work';
  return original.side === reversal.side ? 'is on the same side' : null;
}

function insert(database: Database, entry: Omit<LedgerEntry, 'seq'>): void {
  database.run(
    `INSERT INTO ledger (client_id, client_seq, key, side, reason, block_id, seconds, minor,
       used_by, charge_id, reverses, worked_on, note, posted_at, run_id, hash)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...chainColumns(entry),
    entry.hash,
  );
}

/** Unreversed entries other than reversals. */
export function readLiveSlices(database: Database, chargeIds: readonly string[]): LedgerEntry[] {
  return database.rows(
    `SELECT ${ledgerColumns} FROM json_each(?) k CROSS JOIN ledger l ON l.charge_id = k.value
     WHERE l.reason <> 'reversal' AND NOT EXISTS (SELECT 1 FROM ledger r WHERE r.reverses = l.key)
     ORDER BY l.seq`,
    listValue(chargeIds),
  );
}

export function readLiveExpiries(database: Database, clientIds: readonly string[]): LedgerEntry[] {
  return database.rows(
    `SELECT ${ledgerColumns} FROM json_each(?) k CROSS JOIN ledger l ON l.client_id = k.value
     WHERE l.reason = 'expiry' AND NOT EXISTS (SELECT 1 FROM ledger r WHERE r.reverses = l.key)
     ORDER BY l.seq`,
    listValue(clientIds),
  );
}
