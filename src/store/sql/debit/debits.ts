import type { Instant } from '../../../domain/time.ts';
import type { Charge, ChargeGroup, DebitBatch, DebitStore } from '../../port.ts';
import { type Database, listValue } from '../database.ts';
import { readLedgers } from '../ledger/balances.ts';
import { appendPostings, readLiveExpiries, readLiveSlices } from '../ledger/ledger.ts';
import { markOpenGroupsDirty, takeDirty } from '../mirror/dirty.ts';
import { readHeldSubjects } from '../mirror/held.ts';
import { writeWarnings } from '../mirror/quarantine.ts';
import { writeDoubles } from '../sessions/doubles.ts';
import { toStoredFacts } from './charge-facts.ts';
import { readGroups, readWork, readWorkBetween } from './work.ts';

export function debitStore(database: Database): DebitStore {
  return {
    takeDirty: async (limit) => takeDirty(database, limit),
    readHeldSubjects: async (clientIds) => readHeldSubjects(database, clientIds),
    markOpenGroupsDirty: async () => markOpenGroupsDirty(database),
    readWork: async (subjects) => database.read(() => readWork(database, subjects)),
    readWorkBetween: async (sources, from, to) =>
      database.read(() => readWorkBetween(database, sources, from, to)),
    readGroups: async (groupKeys) => readGroups(database, groupKeys),
    readMirrorClientName: async (connection, sourceId) =>
      database.row<{ name: string }>(
        'SELECT name FROM mirror_client WHERE connection = ? AND source_id = ?',
        connection,
        sourceId,
      )?.name ?? null,
    listLimitedAccounts: async () =>
      database
        .rows<{ id: string }>(
          'SELECT DISTINCT client_id AS id FROM block WHERE work_types IS NOT NULL',
        )
        .map(({ id }) => id),
    readLedgers: async (clientIds, options = {}) =>
      database.read(() => readLedgers(database, clientIds, options)),
    readLiveSlices: async (chargeIds) => readLiveSlices(database, chargeIds),
    readLiveExpiries: async (clientIds) => readLiveExpiries(database, clientIds),
    writeDebits: async (batch) => database.write(() => writeDebits(database, batch)),
  };
}

export function writeDebits(database: Database, batch: DebitBatch): void {
  const postedAt = appendPostings(database, batch);
  for (const charge of batch.charges) {
    const at = postedAt.get(charge.clientId);
    if (at === undefined) {
      throw new Error(`charge ${charge.id}: position of ${charge.clientId} is not stated`);
    }
    insertCharge(database, charge, at, batch.runId);
  }
  // A free charge has no ledger entry, but nothing may be dated before it.
  const moved = new Set(batch.postings.map((posting) => posting.clientId));
  for (const clientId of new Set(batch.charges.map((charge) => charge.clientId))) {
    if (moved.has(clientId)) continue;
    database.run(
      'UPDATE client_balance SET posted_at = ?1 WHERE client_id = ?2 AND posted_at < ?1',
      postedAt.get(clientId) ?? batch.at,
      clientId,
    );
  }
  for (const group of batch.groups) writeGroup(database, group);
  noteChangedWork(database, batch.groups);
  removeGroups(database, batch.removedGroupKeys);
  for (const { connection, entryId, groupKey, isCharged } of batch.entryGroups) {
    const entry = { connection, entryId };
    if (groupKey === null) database.remove('entry_group', entry);
    else database.upsert('entry_group', entry, { groupKey, isCharged });
  }
  database.run(
    'DELETE FROM dirty WHERE seq IN (SELECT CAST(value AS INTEGER) FROM json_each(?))',
    listValue(batch.dirtySeqs),
  );
  writeWarnings(database, batch.warnings, batch.at);
  if (batch.doubles !== undefined) writeDoubles(database, batch.doubles);
}

function insertCharge(database: Database, charge: Charge, postedAt: Instant, runId: string): void {
  const { id, groupKey, revision, clientId, seconds, workedOn, factsHash } = charge;
  const { facts, wholeRevision, keptFirst, keptLast } = toStoredFacts(database, charge);
  const stored = { facts, factsHash, wholeRevision, keptFirst, keptLast };
  const row = { id, groupKey, revision, clientId, seconds, workedOn, ...stored, postedAt, runId };
  database.insert('charge', row);
}

function writeGroup(database: Database, group: ChargeGroup): void {
  const { groupKey, clientId, status, reason, pendingSeconds, revision, chargeId, factsHash } =
    group;
  const state = { clientId, status, reason, pendingSeconds, revision, chargeId, factsHash };
  database.upsert('charge_group', { groupKey }, state);
}

/** For alarms, which look at the work of these clients alone. */
function noteChangedWork(database: Database, groups: readonly ChargeGroup[]): void {
  database.run(
    `INSERT INTO changed_work (client_id) SELECT DISTINCT value FROM json_each(?) WHERE true
     ON CONFLICT DO NOTHING`,
    listValue(groups.flatMap(({ clientId }) => clientId ?? [])),
  );
}

/** A group that was ever charged keeps its row, because its revisions continue. */
function removeGroups(database: Database, groupKeys: readonly string[]): void {
  const charged = database.row<{ groupKey: string }>(
    `SELECT c.group_key AS groupKey FROM json_each(?) k
     CROSS JOIN charge c ON c.group_key = k.value LIMIT 1`,
    listValue(groupKeys),
  );
  if (charged !== undefined) throw new Error(`group ${charged.groupKey} has charges and must stay`);
  database.run(
    'DELETE FROM charge_group WHERE group_key IN (SELECT value FROM json_each(?))',
    listValue(groupKeys),
  );
}
