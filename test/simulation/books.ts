/** What stands in the database, read with the auditor's own eyes. */
import type { RawDatabase } from '../support/databases.ts';

export interface LedgerRow {
  seq: number;
  clientId: string;
  key: string;
  side: 'credit' | 'debit';
  reason: string;
  blockId: string | null;
  seconds: number;
  chargeId: string | null;
  reverses: string | null;
  workedOn: string | null;
  note: string | null;
  runId: string;
  hash: string;
}

export interface ChargeRow {
  seq: number;
  id: string;
  groupKey: string;
  revision: number;
  clientId: string;
  seconds: number;
  /** Of a long charge only with the parts that the revision before does not have. */
  facts: string;
  /** Parts of the revision before that are kept, at its beginning and at its end. */
  keptFirst: number;
  keptLast: number;
  runId: string;
}

export interface ChargePart {
  entryId: string;
  seconds: number;
}

/** All parts of each of these charges, by its ID; `charges`: all there are, in their order. */
export function partsOf(charges: readonly ChargeRow[]): Map<string, ChargePart[]> {
  const last = new Map<string, ChargePart[]>();
  const parts = charges.map(({ id, groupKey, facts, keptFirst, keptLast }) => {
    const own = (JSON.parse(facts) as { parts: ChargePart[] }).parts;
    const before = last.get(groupKey) ?? [];
    const all = before.toSpliced(keptFirst, before.length - keptFirst - keptLast, ...own);
    last.set(groupKey, all);
    return [id, all] as const;
  });
  return new Map(parts);
}

export interface MessageRow {
  seq: number;
  key: string;
  kind: string;
  clientId: string;
  connection: string;
  payload: string;
  /** The message whose record it belongs to. */
  afterKey: string | null;
  status: string;
  /** The run that is sending it. */
  claimedBy: string | null;
  createAttemptedAt: string | null;
  remoteId: string | null;
  runId: string;
}

export interface BlockRow {
  id: string;
  clientId: string;
  source: string;
  seconds: number;
  expiresOn: string | null;
  status: string;
  activate: string;
  invoiceKey: string | null;
}

/** A sale that is collected without the client. */
export interface RechargeRow {
  clientId: string;
  blockId: string;
  invoiceKey: string;
  ticketKey: string;
  /** Of its invoice's message. */
  status: string;
  priceMinor: number;
  issuedOn: string;
  alertBody: string;
}

export interface WatermarkRow {
  connection: string;
  stream: string;
  since: string | null;
}

export class Books {
  readonly #database: RawDatabase;
  readonly #asked = new Map<string, ReturnType<RawDatabase['prepare']>>();

  constructor(database: RawDatabase) {
    this.#database = database;
  }

  close(): void {
    this.#database.close();
  }

  ledger(afterSeq = 0): LedgerRow[] {
    return this.#all(
      `SELECT seq, client_id AS clientId, key, side, reason, block_id AS blockId, seconds,
         charge_id AS chargeId, reverses, worked_on AS workedOn, note, run_id AS runId, hash
       FROM ledger WHERE seq > ? ORDER BY seq`,
      afterSeq,
    );
  }

  charges(afterSeq = 0): ChargeRow[] {
    return this.#all(
      `SELECT seq, id, group_key AS groupKey, revision, client_id AS clientId, seconds, facts,
         coalesce(kept_first, 0) AS keptFirst, coalesce(kept_last, 0) AS keptLast, run_id AS runId
       FROM charge WHERE seq > ? ORDER BY seq`,
      afterSeq,
    );
  }

  messages(): MessageRow[] {
    return this.#all(
      `SELECT seq, key, kind, client_id AS clientId, connection, payload, status,
         claimed_by AS claimedBy, create_attempted_at AS createAttemptedAt, remote_id AS remoteId,
         after_key AS afterKey, run_id AS runId FROM push_message ORDER BY seq`,
    );
  }

  blocks(): BlockRow[] {
    return this.#all(
      `SELECT id, client_id AS clientId, source, seconds, expires_on AS expiresOn, status, activate,
         invoice_key AS invoiceKey FROM block ORDER BY id`,
    );
  }

  recharges(): RechargeRow[] {
    return this.#all(
      `SELECT r.client_id AS clientId, r.block_id AS blockId, r.invoice_key AS invoiceKey,
         r.ticket_key AS ticketKey, m.status, m.payload ->> '$.totalMinor' AS priceMinor,
         m.payload ->> '$.issuedOn' AS issuedOn, t.payload ->> '$.body' AS alertBody
       FROM recharge r JOIN push_message m ON m.key = r.invoice_key
       JOIN push_message t ON t.key = r.ticket_key ORDER BY m.seq`,
    );
  }

  watermarks(): WatermarkRow[] {
    return this.#all('SELECT connection, stream, since FROM watermark');
  }

  /** Whether a sweep has found time that had been hidden, for which all is read again. */
  isReadAgain(connection: string): boolean {
    const rows = this.#all<{ connection: string }>(
      'SELECT connection FROM sweep_unseen WHERE sweeps > 1',
    );
    return rows.some((row) => row.connection === connection);
  }

  /** Our id of each client, by connection and the id there: `psa 1`. */
  clientIds(): Map<string, string> {
    const rows = this.#all<{ place: string; clientId: string }>(
      "SELECT connection || ' ' || source_id AS place, client_id AS clientId FROM client_source",
    );
    return new Map(rows.map(({ place, clientId }) => [place, clientId]));
  }

  /** What is pending of each client. */
  pending(): Map<string, number> {
    const rows = this.#all<{ clientId: string; seconds: number }>(
      `SELECT client_id AS clientId, sum(pending_seconds) AS seconds FROM charge_group
       WHERE status <> 'posted' AND client_id IS NOT NULL GROUP BY 1`,
    );
    return new Map(rows.map(({ clientId, seconds }) => [clientId, seconds]));
  }

  mirrorTickets(connection: string): { id: string; text: string; updatedAt: string }[] {
    return this.#all(
      `SELECT source_id AS id, updated_at AS updatedAt,
         client_id || ' ' || is_closed || ' ' || coalesce(merged_into, '') AS text
       FROM mirror_ticket WHERE connection = ?`,
      connection,
    );
  }

  mirrorEntries(connection: string): { id: string; text: string; updatedAt: string }[] {
    return this.#all(
      `SELECT source_id AS id, updated_at AS updatedAt,
         ticket_id || ' ' || started_at || ' ' || seconds || ' ' || work_type AS text
       FROM mirror_time_entry WHERE connection = ? AND deleted_at IS NULL`,
      connection,
    );
  }

  /** All time that was ever mirrored, with the client of its ticket. */
  mirrorTime(connection: string): { id: string; client: string; deletedAt: string | null }[] {
    return this.#all(
      `SELECT e.source_id AS id, t.client_id AS client, e.deleted_at AS deletedAt
       FROM mirror_time_entry e JOIN mirror_ticket t
         ON t.connection = e.connection AND t.source_id = e.ticket_id
       WHERE e.connection = ?`,
      connection,
    );
  }

  count(what: 'dirty' | 'time_due'): number {
    return this.#all<{ count: number }>(`SELECT count(*) AS count FROM ${what}`)[0]?.count ?? 0;
  }

  /** `psa clients 9` of what waits for a person. */
  quarantine(): string[] {
    return this.#all<{ place: string }>(
      `SELECT connection || ' ' || stream || ' ' || source_id AS place FROM quarantine
       WHERE status = 'open' ORDER BY 1`,
    ).map(({ place }) => place);
  }

  #all<Row>(sql: string, ...values: (string | number)[]): Row[] {
    const statement = this.#asked.get(sql) ?? this.#database.prepare(sql);
    this.#asked.set(sql, statement);
    return statement.all(...values) as unknown as Row[];
  }
}
