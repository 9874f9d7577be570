import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import type { TicketRow, TimeEntryRow } from '../../src/contract/connector.ts';
import type { Posting } from '../../src/domain/ledger/ledger.ts';
import { storeOn } from '../../src/store/open.ts';
import type {
  Block,
  Charge,
  ChargeGroup,
  DebitBatch,
  MirrorRows,
  PullPage,
  ReplenishBatch,
  Store,
} from '../../src/store/port.ts';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';
import { newPlace, openNew, openRawAt, type RawDatabase } from '../support/databases.ts';

export const at = '2026-03-02T09:00:00.000Z';
export const now = () => Date.parse(at);

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A folder of the test's own, gone afterwards. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Bench {
  file: string;
  store: Store;
  /** A connection of its own that sees the bare tables, and may damage them. */
  raw: RawDatabase;
}

/** A store in a real file, with the client `dupont` (psa 1234). */
export async function openBench(file = newPlace(makeFolder(), 'prepaid-hours.db')): Promise<Bench> {
  const store = storeOn(await openNew(file, now));
  cleanUps.push(() => store.close());
  await store.assignClientIds(
    [{ name: 'Dupont', sourceIds: new Map([['psa', '1234']]), formerIds: new Map(), paidBy: null }],
    at,
  );
  return { file, store, raw: openRaw(file) };
}

export function openRaw(file: string): RawDatabase {
  const raw = openRawAt(file);
  cleanUps.push(() => raw.isOpen && raw.close());
  return raw;
}

export function openBare(file: string): SqliteDatabase {
  const database = new SqliteDatabase(file, { isReadOnly: false });
  cleanUps.push(() => database.close());
  return database;
}

export function closeAfterwards(store: Store): Store {
  cleanUps.push(() => store.close());
  return store;
}

export function ticket(change: Partial<TicketRow> = {}): TicketRow {
  return {
    sourceId: 't1',
    number: '1001',
    clientId: '1234',
    summary: 'Printer',
    board: 'Help Desk',
    ticketType: null,
    agreement: null,
    status: 'Closed',
    createdAt: null,
    isClosed: true,
    closedAt: '2026-03-01T10:00:00.000Z',
    mergedInto: null,
    updatedAt: '2026-03-01T10:00:00.000Z',
    ...change,
  };
}

export function timeEntry(change: Partial<TimeEntryRow> = {}): TimeEntryRow {
  return {
    sourceId: 'e1',
    ticketId: 't1',
    clientId: null,
    technicianId: '7',
    technician: 'Ann',
    startedAt: '2026-03-01T09:00:00.000Z',
    endedAt: '2026-03-01T10:00:00.000Z',
    isTimed: true,
    seconds: 3600,
    secondsText: '1.0',
    kind: 'work',
    workType: 'Remote',
    role: null,
    isBillable: true,
    isApproved: null,
    agreement: null,
    note: null,
    updatedAt: '2026-03-01T10:00:00.000Z',
    ...change,
  };
}

export function page(rows: MirrorRows, change: Partial<Omit<PullPage, 'rows' | 'stream'>> = {}) {
  const since = '2026-01-01T00:00:00.000Z';
  return { ...rows, connection: 'psa', at, runId: 'r1', rejected: [], since, ...change };
}

/** The dirty subjects, as `ticket t1`, after which they count as dealt with. */
export function takeMarks(raw: RawDatabase): string[] {
  const rows = raw.prepare("SELECT kind || ' ' || source_id AS mark FROM dirty ORDER BY seq").all();
  raw.exec('DELETE FROM dirty');
  return rows.map((row) => String(row.mark));
}

export function block(change: Partial<Block> = {}): Block {
  const id = change.id ?? 'b-1';
  return {
    id,
    key: `opening:${id}`,
    clientId: 'dupont',
    source: 'opening',
    offer: null,
    seconds: 36_000,
    amountMinor: null,
    rateMinor: 12_000,
    currency: 'EUR',
    purchasedOn: '2026-01-01',
    expiresOn: null,
    priority: 0,
    status: 'active',
    workTypes: null,
    activate: 'at-once',
    invoiceKey: null,
    ...change,
  };
}

export function posting(change: Partial<Posting> = {}): Posting {
  return {
    key: 'u1',
    clientId: 'dupont',
    side: 'debit',
    reason: 'usage',
    blockId: 'b-1',
    seconds: 3600,
    minor: null,
    usedBy: null,
    chargeId: null,
    reverses: null,
    workedOn: '2026-03-01',
    note: null,
    ...change,
  };
}

export function purchase(change: Partial<Posting> = {}): Posting {
  const blockId = change.blockId ?? 'b-1';
  const key = `purchase:${blockId}`;
  return posting({ key, side: 'credit', reason: 'purchase', seconds: 36_000, ...change, blockId });
}

export function charge(change: Partial<Charge> = {}): Charge {
  const facts = change.facts ?? '{}';
  const { groupKey = 't:psa:t1', revision = 1 } = change;
  return {
    id: `${groupKey}#${revision}`,
    groupKey,
    revision,
    clientId: 'dupont',
    seconds: 3600,
    workedOn: '2026-03-01',
    facts,
    factsHash: hash('sha256', facts, 'hex'),
    ...change,
  };
}

export function debits(clientSeq: number, change: Partial<DebitBatch> = {}): DebitBatch {
  return {
    at,
    runId: 'r1',
    expected: [{ clientId: 'dupont', clientSeq }],
    charges: [],
    postings: [],
    groups: [],
    removedGroupKeys: [],
    entryGroups: [],
    dirtySeqs: [],
    warnings: [],
    ...change,
  };
}

export function replenishment(
  clientSeq: number,
  change: Partial<ReplenishBatch> = {},
): ReplenishBatch {
  return {
    at,
    runId: 'r1',
    expected: [{ clientId: 'dupont', clientSeq }],
    blocks: [],
    blockStatuses: [],
    postings: [],
    episodes: [],
    messages: [],
    superseded: [],
    ...change,
  };
}

/** One block of 10 h, and one charge of 1 h that it paid: two entries in the ledger. */
export async function postOneCharge(store: Store): Promise<void> {
  await store.writeReplenish(replenishment(0, { blocks: [block()], postings: [purchase()] }));
  const one = charge();
  await store.writeDebits(
    debits(1, {
      charges: [one],
      postings: [posting({ key: `${one.id}/1`, chargeId: one.id })],
      groups: [group({ chargeId: one.id, revision: 1 })],
    }),
  );
}

export function group(change: Partial<ChargeGroup> = {}): ChargeGroup {
  return {
    groupKey: 't:psa:t1',
    clientId: 'dupont',
    status: 'posted',
    reason: null,
    pendingSeconds: 0,
    revision: 0,
    chargeId: null,
    factsHash: null,
    ...change,
  };
}
