import { hash } from 'node:crypto';
import {
  chainHash,
  chainStart,
  type LedgerEntry,
  signedSeconds,
} from '../../domain/ledger/ledger.ts';
import type { Disagreement } from '../port.ts';
import { verifyAgreements } from './agreements.ts';
import type { Database } from './database.ts';
import { FactsReader, type StoredFacts } from './debit/charge-facts.ts';
import { type Remaining, readHeadFromLedger } from './ledger/balances.ts';
import { addedTo, belowZero, ledgerColumns, leftFault, reversalFault } from './ledger/ledger.ts';

/**
 * Recomputes everything that follows from other rows, from nothing, and names the first row that
 * disagrees. Reads row by row, in the order of the chains, so that memory stays flat.
 */
export function verify(database: Database): Disagreement | null {
  return (
    verifyChains(database) ??
    verifyReversals(database) ??
    verifyReferences(database) ??
    verifyCharges(database) ??
    verifyAgreements(database) ??
    verifyCaches(database) ??
    verifyStructure(database)
  );
}

interface Chain {
  clientId: string;
  clientSeq: number;
  hash: string;
  postedAt: string;
  overageSeconds: number;
  remaining: Map<string, Remaining>;
}

function verifyChains(database: Database): Disagreement | null {
  let chain: Chain | null = null;
  const entries = database.each<LedgerEntry>(
    `SELECT ${ledgerColumns} FROM ledger l ORDER BY l.client_id, l.client_seq`,
  );
  for (const entry of entries) {
    if (chain?.clientId !== entry.clientId) chain = newChain(entry.clientId);
    const fault = chainFault(chain, entry);
    if (fault !== null) return { where: `ledger ${entry.seq}`, detail: fault };
  }
  return null;
}

function newChain(clientId: string): Chain {
  return {
    clientId,
    clientSeq: 0,
    hash: chainStart,
    postedAt: '',
    overageSeconds: 0,
    remaining: new Map(),
  };
}

/** Moves the chain on by the entry. */
function chainFault(chain: Chain, entry: LedgerEntry): string | null {
  if (entry.clientSeq !== chain.clientSeq + 1) {
    return `position ${entry.clientSeq} of ${entry.clientId} follows ${chain.clientSeq}`;
  }
  if (chainHash(chain.hash, entry) !== entry.hash) {
    return `its hash does not cover it and the entry before it (${entry.key})`;
  }
  if (entry.postedAt < chain.postedAt) return `it is dated before the entry before it`;
  chain.clientSeq = entry.clientSeq;
  chain.hash = entry.hash;
  chain.postedAt = entry.postedAt;
  if (entry.blockId === null) {
    chain.overageSeconds -= signedSeconds(entry);
    return chain.overageSeconds < 0 ? `more overage is paid off than there was` : null;
  }
  const nothing: Remaining = { seconds: 0, minor: entry.minor === null ? null : 0 };
  const before = chain.remaining.get(entry.blockId) ?? nothing;
  const after = addedTo(before, entry);
  chain.remaining.set(entry.blockId, after);
  const fault = leftFault(before, entry) ?? belowZero(after);
  return fault === null ? null : `block ${entry.blockId} ${fault}`;
}

function verifyReversals(database: Database): Disagreement | null {
  type Found = {
    foundSeq: number | null;
    foundReason: LedgerEntry['reason'];
    foundSide: LedgerEntry['side'];
    foundClientId: string;
    foundBlockId: string | null;
    foundSeconds: number;
    foundMinor: number | null;
    foundUsedBy: string | null;
  };
  const pairs = database.each<LedgerEntry & Found>(
    `SELECT ${ledgerColumns}, o.seq AS foundSeq, o.reason AS foundReason, o.side AS foundSide,
       o.client_id AS foundClientId, o.block_id AS foundBlockId, o.seconds AS foundSeconds,
       o.minor AS foundMinor, o.used_by AS foundUsedBy
     FROM ledger l LEFT JOIN ledger o ON o.key = l.reverses WHERE l.reverses IS NOT NULL
     ORDER BY l.seq`,
  );
  for (const pair of pairs) {
    const original = {
      reason: pair.foundReason,
      side: pair.foundSide,
      clientId: pair.foundClientId,
      blockId: pair.foundBlockId,
      seconds: pair.foundSeconds,
      minor: pair.foundMinor,
      usedBy: pair.foundUsedBy,
    };
    const isEarlier = pair.foundSeq !== null && pair.foundSeq < pair.seq;
    const fault = isEarlier ? reversalFault(pair, original) : 'is not in the ledger before it';
    if (fault !== null) {
      return {
        where: `ledger ${pair.seq}`,
        detail: `the entry it reverses, ${pair.reverses}, ${fault}`,
      };
    }
  }
  return null;
}

/** Whatever an entry or a group names must be there, and be its own client's. */
function verifyReferences(database: Database): Disagreement | null {
  const stray = database.row<{ seq: number; blockId: string | null; chargeId: string | null }>(
    `SELECT l.seq, iif(l.block_id IS NOT NULL AND b.id IS NULL, l.block_id, NULL) AS blockId,
       l.charge_id AS chargeId
     FROM ledger l LEFT JOIN block b ON b.id = l.block_id AND b.client_id = l.client_id
     LEFT JOIN charge c ON c.id = l.charge_id AND c.client_id = coalesce(l.used_by, l.client_id)
     WHERE (l.block_id IS NOT NULL AND b.id IS NULL) OR (l.charge_id IS NOT NULL AND c.id IS NULL)
     ORDER BY l.seq LIMIT 1`,
  );
  if (stray !== undefined) {
    const { seq, blockId, chargeId } = stray;
    const name = blockId === null ? `charge ${chargeId}` : `block ${blockId}`;
    return { where: `ledger ${seq}`, detail: `it names ${name}, which its client does not have` };
  }
  const group = database.row<{ groupKey: string; chargeId: string }>(
    `SELECT g.group_key AS groupKey, g.charge_id AS chargeId FROM charge_group g
     LEFT JOIN charge c ON c.id = g.charge_id AND c.group_key = g.group_key
     WHERE g.charge_id IS NOT NULL AND c.id IS NULL LIMIT 1`,
  );
  if (group === undefined) return null;
  const detail = `it names charge ${group.chargeId}, which it does not have`;
  return { where: `charge_group ${group.groupKey}`, detail };
}

interface ChargeSum extends StoredFacts {
  id: string;
  groupKey: string;
  revision: number;
  seconds: number;
  factsHash: string;
  isStanding: number;
  postedSeconds: number;
}

/** The standing charge of a group is posted in full; of one that was replaced nothing is left. */
function verifyCharges(database: Database): Disagreement | null {
  const charges = database.each<ChargeSum>(
    `SELECT c.id, c.group_key AS groupKey, c.revision, c.seconds, c.facts,
       c.facts_hash AS factsHash, c.whole_revision AS wholeRevision, c.kept_first AS keptFirst,
       c.kept_last AS keptLast,
       EXISTS (SELECT 1 FROM charge_group g
         WHERE g.group_key = c.group_key AND g.charge_id = c.id) AS isStanding,
       (SELECT coalesce(sum(iif(l.side = 'debit', l.seconds, -l.seconds)), 0) FROM ledger l
        WHERE l.charge_id = c.id AND l.reason <> 'reversal'
          AND NOT EXISTS (SELECT 1 FROM ledger r WHERE r.reverses = l.key)) AS postedSeconds
     FROM charge c ORDER BY c.group_key, c.revision`,
  );
  const rebuild = factsRebuilder();
  for (const charge of charges) {
    const where = `charge ${charge.id}`;
    const facts = rebuild(charge);
    if (facts === null || hash('sha256', facts, 'hex') !== charge.factsHash) {
      return { where, detail: 'its hash does not cover its facts' };
    }
    const wanted = charge.isStanding === 1 ? charge.seconds : 0;
    if (charge.postedSeconds !== wanted) {
      const detail = `${charge.postedSeconds} s of it stand in the ledger instead of ${wanted} s`;
      return { where, detail };
    }
  }
  return null;
}

/** The facts of revisions that come in order, each group by itself; null: they cannot be rebuilt. */
function factsRebuilder(): (charge: ChargeSum) => string | null {
  let reader = new FactsReader();
  // Whole facts are only taken apart if the next revision builds on them.
  let before: ChargeSum | null = null;
  return (charge) => {
    const { wholeRevision, facts, keptFirst, keptLast } = charge;
    const previous = before;
    before = charge;
    if (wholeRevision === null) return facts.replaceAll('\n', '');
    if (previous?.groupKey !== charge.groupKey || previous.revision !== charge.revision - 1) {
      return null;
    }
    try {
      if (previous.wholeRevision === null) {
        reader = new FactsReader();
        reader.read(previous.facts, 0, 0);
      }
      reader.read(facts, keptFirst ?? 0, keptLast ?? 0);
      return reader.text();
    } catch {
      return null;
    }
  };
}

/** A cached row may be missing, never wrong. */
function verifyCaches(database: Database): Disagreement | null {
  const block = database.row<{ blockId: string; cached: string; summed: string }>(
    `SELECT blockId, cached, summed FROM (
       SELECT c.block_id AS blockId,
         iif(c.remaining_minor IS NULL, c.remaining_seconds || ' s', c.remaining_minor || '') AS cached,
         iif(b.amount_minor IS NULL, coalesce(s.seconds, 0) || ' s', coalesce(s.minor, 0) || '') AS summed
       FROM block_balance c LEFT JOIN block b ON b.id = c.block_id LEFT JOIN (
         SELECT block_id, sum(iif(minor IS NOT NULL, 0, iif(side = 'credit', seconds, -seconds))) AS seconds,
           sum(iif(side = 'credit', minor, -minor)) AS minor
         FROM ledger GROUP BY block_id) s ON s.block_id = c.block_id) found
     WHERE cached <> summed ORDER BY blockId LIMIT 1`,
  );
  if (block !== undefined) {
    const detail = `it says ${block.cached}, the ledger ${block.summed}`;
    return { where: `block_balance ${block.blockId}`, detail };
  }
  const clients = database.each<{
    clientId: string;
    overageSeconds: number;
    clientSeq: number;
    hash: string;
    postedAt: string;
  }>(
    `SELECT client_id AS clientId, overage_seconds AS overageSeconds, client_seq AS clientSeq, hash,
       posted_at AS postedAt FROM client_balance ORDER BY client_id`,
  );
  for (const { clientId, ...cached } of clients) {
    const summed = readHeadFromLedger(database, clientId);
    for (const name of ['overageSeconds', 'clientSeq', 'hash', 'postedAt'] as const) {
      if (cached[name] === summed[name]) continue;
      const detail = `its ${name} is ${cached[name]}, the ledger has ${summed[name]}`;
      return { where: `client_balance ${clientId}`, detail };
    }
  }
  return null;
}

/** Tables, indexes and the triggers that make the ledger append-only are those of the migrations. */
function verifyStructure(database: Database): Disagreement | null {
  const { found, wanted } = database.structure();
  for (const [where, sql] of wanted) {
    if (found.get(where) !== sql) return { where, detail: 'it is missing or was changed' };
  }
  for (const where of found.keys()) {
    if (!wanted.has(where)) return { where, detail: 'it is not of this program' };
  }
  return null;
}
