import { isDeepStrictEqual } from 'node:util';
import { serviceClient } from '../../domain/records/messages.ts';
import type { Instant } from '../../domain/time.ts';
import type {
  NewMessage,
  OutboxStore,
  PushMessageRow,
  Recomposition,
  Settlement,
} from '../port.ts';
import { type Database, listValue } from './database.ts';
import { purposeOf } from './replenish/onboarding.ts';
import { isUnapproved } from './replenish/recharges.ts';

export function outboxStore(database: Database): OutboxStore {
  return {
    claimMessages: async (request) => database.write(() => claim(database, request)),
    settleMessage: async (key, owner, at, settlement) =>
      settle(database, key, owner, at, settlement),
    listMessages: async ({ statuses, clientId }) =>
      database.rows(
        `${messageRows} WHERE (?1 IS NULL OR ${shownStatus} IN (SELECT value FROM json_each(?1)))
           AND (?2 IS NULL OR m.client_id = ?2) ORDER BY m.seq`,
        statuses === undefined ? null : listValue(statuses),
        clientId ?? null,
      ),
    readLatestMessages: async (kind) => {
      const rows = database.rows<PushMessageRow>(
        `${messageRows} WHERE m.seq IN (
           SELECT max(seq) FROM push_message WHERE kind = ? GROUP BY client_id)`,
        kind,
      );
      return new Map(rows.map((row) => [row.clientId, row]));
    },
    readMessage: async (key) =>
      database.row<PushMessageRow>(`${messageRows} WHERE m.key = ?`, key) ?? null,
    findMessageKeys: async (prefix) =>
      database
        .rows<{ key: string }>(
          'SELECT key FROM push_message WHERE substr(key, 1, length(?1)) = ?1 LIMIT 2',
          prefix,
        )
        .map(({ key }) => key),
    readUnsent: async () =>
      database.rows(
        `SELECT key, client_id AS clientId, connection, payload, basis FROM push_message
         WHERE ${isUnsent} AND basis IS NOT NULL ORDER BY seq`,
      ),
    recompose: async (recomposition) => database.write(() => recompose(database, recomposition)),
    addMessage: async (message, at, runId) =>
      database.write(() => addMessage(database, message, at, runId)),
    noteCreate: async (key, owner, at) =>
      database.run(
        `UPDATE push_message SET create_attempted_at = ?
         WHERE key = ? AND status = 'claimed' AND claimed_by = ?`,
        at,
        key,
        owner,
      ) === 1,
    cancelWithheld: async (at) => {
      database.run(
        `UPDATE push_message SET status = 'cancelled', settled_at = ?,
           last_error = 'It was written while observing; live mode has begun.'
         WHERE status = 'withheld'`,
        at,
      );
    },
    retryMessage: async (key, at) =>
      database.run(
        `UPDATE push_message SET status = 'pending', next_attempt_at = ?1, settled_at = NULL
         WHERE key = ?2 AND (status = 'dead' OR status = 'withheld' AND kind <> 'invoice')
           AND (kind <> 'recharge' OR EXISTS (SELECT 1 FROM recharge r
             WHERE r.charge_key = ?2 AND r.retry_on IS NULL AND r.state <> 'ended'))`,
        at,
        key,
      ) === 1,
    cancelMessage: async (key, at) =>
      database.run(
        `UPDATE push_message SET status = 'cancelled', settled_at = ?, claimed_by = NULL,
           claimed_at = NULL WHERE key = ? AND status NOT IN ('delivered', 'cancelled')`,
        at,
        key,
      ) === 1,
  };
}

const isUnsent = `status IN ('pending', 'claimed') AND create_attempted_at IS NULL`;

const shownStatus = `iif(m.status = 'pending' AND ${isUnapproved}, 'unapproved', m.status)`;

export const messageRows = `SELECT m.key, m.kind, m.client_id AS clientId,
    coalesce(c.name, m.client_id) AS clientName, m.connection, m.payload, m.after_key AS afterKey,
    iif(a.status = 'delivered', a.remote_id, NULL) AS afterRemoteId,
    ${shownStatus} AS status, m.attempts,
    m.next_attempt_at AS nextAttemptAt, m.create_attempted_at AS createAttemptedAt, m.remote_id AS remoteId, m.remote_label AS remoteLabel,
    m.last_error AS lastError, m.created_at AS createdAt, m.settled_at AS settledAt,
    m.run_id AS runId
  FROM push_message m LEFT JOIN client c ON c.id = m.client_id
  LEFT JOIN push_message a ON a.key = m.after_key`;

function claim(
  database: Database,
  request: Parameters<OutboxStore['claimMessages']>[0],
): PushMessageRow[] {
  const { owner, at, staleBefore, latest, connections, limit, only } = request;
  const claimed = database.rows<{ seq: number }>(
    `UPDATE push_message SET status = 'claimed', claimed_by = ?1, claimed_at = ?2,
       attempts = attempts + 1
     WHERE seq IN (
       SELECT m.seq FROM push_message m
       WHERE m.status IN ('pending', 'claimed')
         AND iif(m.status = 'pending', m.next_attempt_at <= ?2 OR m.next_attempt_at > ?4,
           m.claimed_at < ?3 OR m.claimed_at > ?4)
         AND m.connection IN (SELECT value FROM json_each(?5))
         AND (m.client_id = ?7) = (?8 = 1) AND (m.kind = 'balance-field') = (?9 = 1)
         AND (m.after_key IS NULL OR EXISTS (
           SELECT 1 FROM push_message a WHERE a.key = m.after_key AND a.status = 'delivered'))
         AND NOT ${isUnapproved}
       ORDER BY m.attempts, m.seq LIMIT ?6)
     RETURNING seq`,
    owner,
    at,
    staleBefore,
    latest,
    listValue(connections),
    limit,
    serviceClient,
    Number(only === 'service'),
    Number(only === 'balances'),
  );
  return database.rows(
    `${messageRows} WHERE m.seq IN (SELECT CAST(value AS INTEGER) FROM json_each(?)) ORDER BY m.attempts, m.seq`,
    listValue(claimed.map(({ seq }) => seq)),
  );
}

function settle(
  database: Database,
  key: string,
  owner: string,
  at: Instant,
  settlement: Settlement,
): boolean {
  const isDelivered = settlement.status === 'delivered';
  const isPending = settlement.status === 'pending';
  const isUntried = isPending && settlement.isUntried === true;
  const changed = database.run(
    `UPDATE push_message SET status = ?, remote_id = ?, remote_label = ?, last_error = ?,
       next_attempt_at = coalesce(?, next_attempt_at), settled_at = ?,
       is_unread = iif(? = 1 AND kind = 'invoice', 1, 0),
       create_attempted_at = iif(? = 1, create_attempted_at, ?), attempts = attempts - ?,
       claimed_by = NULL, claimed_at = NULL
     WHERE key = ? AND status = 'claimed' AND claimed_by = ?`,
    settlement.status,
    isDelivered ? settlement.remoteId : null,
    isDelivered ? settlement.remoteLabel : null,
    isDelivered ? null : settlement.lastError,
    isPending ? settlement.nextAttemptAt : null,
    isPending ? null : at,
    Number(isDelivered),
    Number(isDelivered),
    isDelivered ? null : settlement.createAttemptedAt,
    Number(isUntried),
    key,
    owner,
  );
  return changed === 1;
}

function recompose(database: Database, { at, messages, blocks }: Recomposition): void {
  for (const { key, connection, payload } of messages) {
    database.run(
      `UPDATE push_message SET connection = ?, payload = ?, next_attempt_at = ?
       WHERE key = ? AND ${isUnsent}`,
      connection,
      payload,
      at,
      key,
    );
  }
  for (const block of blocks) {
    database.run(
      `UPDATE block SET offer = ?, seconds = ?, amount_minor = ?, rate_minor = ?, currency = ?,
         expires_on = ?, work_types = ?, activate = ?, purpose = ?, followed_by = ?
       WHERE id = ? AND status = 'ordered'`,
      block.offer,
      block.seconds,
      block.amountMinor,
      block.rateMinor,
      block.currency,
      block.expiresOn,
      block.workTypes === null ? null : JSON.stringify(block.workTypes),
      block.activate,
      ...purposeOf(block),
      block.id,
    );
  }
}

export function addMessage(
  database: Database,
  message: NewMessage,
  at: Instant,
  runId: string,
): void {
  const { basis, ...content } = message;
  const standing = database.row<Omit<NewMessage, 'status'>>(
    `SELECT key, kind, client_id AS clientId, connection, payload, after_key AS afterKey
     FROM push_message WHERE key = ?`,
    message.key,
  );
  if (standing !== undefined) {
    refuseOther(`message ${message.key}`, { ...standing, status: message.status }, content);
    return;
  }
  database.run(
    `INSERT INTO push_message (key, kind, client_id, connection, payload, basis, after_key, status,
       next_attempt_at, created_at, run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    message.key,
    message.kind,
    message.clientId,
    message.connection,
    message.payload,
    basis ?? null,
    message.afterKey,
    message.status,
    at,
    at,
    runId,
  );
}

export class DifferentContent extends Error {}

/** A key is derived from its cause: the same key with different content means a missing cause. */
export function refuseOther(name: string, standing: object, wanted: object): void {
  if (!isDeepStrictEqual({ ...standing }, { ...wanted })) {
    throw new DifferentContent(`${name} already exists with different content`);
  }
}

export function hasUnreadInvoices(database: Database, connection: string): boolean {
  const sql = 'SELECT 1 FROM push_message WHERE is_unread = 1 AND connection = ? LIMIT 1';
  return database.row(sql, connection) !== undefined;
}

/** The invoices were read completely: the mirror has all that were delivered before. */
export function noteInvoicesRead(database: Database, connection: string): void {
  database.run(
    'UPDATE push_message SET is_unread = 0 WHERE is_unread = 1 AND connection = ?',
    connection,
  );
}
