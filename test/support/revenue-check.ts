import { expect } from '@jest/globals';
import type { Client } from '../../src/domain/agreements/terms.ts';
import type { LedgerEntry } from '../../src/domain/ledger/ledger.ts';
import { EntryValuer, movementKinds } from '../../src/domain/revenue/movements.ts';
import { dateInZone } from '../../src/domain/time.ts';
import {
  type Account,
  type MeasuredAccount,
  readAccounts,
  readRevenue,
} from '../../src/reports/revenue/revenue-source.ts';
import type { Store } from '../../src/store/port.ts';
import { RevenueOracle } from './revenue-oracle.ts';

interface Checked {
  store: Store;
  file: string;
  clients: readonly Client[];
  /** In place of the product's own, to see the comparison fail. */
  spoil?(entry: LedgerEntry): LedgerEntry;
}

/** Compares every figure of every block, month and currency with the second implementation. */
export async function compareWithOracle({ store, file, clients, spoil }: Checked): Promise<number> {
  const oracle = new RevenueOracle(file);
  const accounts = await readAccounts(store, { clients, zone: 'Europe/Paris' });
  let compared = 0;
  for (const account of accounts) {
    const entries: LedgerEntry[] = [];
    for await (const page of store.streamLedger(account.id, null, null)) entries.push(...page);
    if (entries.length === 0) continue;
    const seen = spoil === undefined ? entries : entries.map(spoil);
    const found = figuresOf(account, seen);
    for (const { id } of account.blocks) {
      const expected = oracle.figuresOf(id, account.zone);
      expect({ id, figures: found.get(id) ?? new Map() }).toEqual({ id, figures: expected });
      compared += expected.size;
    }
    await compareMonths(await readRevenue(store, account, periodOf(account, entries)), oracle);
  }
  return compared;
}

function figuresOf(account: Account, entries: readonly LedgerEntry[]) {
  const valuer = new EntryValuer(account.blocks);
  const figures = new Map<string, Map<string, number>>();
  for (const entry of entries) {
    const movement = valuer.value(entry);
    if (movement === null || movement.minor === 0) continue;
    const own = figures.get(movement.block.id) ?? new Map<string, number>();
    figures.set(movement.block.id, own);
    const name = `${monthOf(entry, account)} ${movement.kind}`;
    own.set(name, (own.get(name) ?? 0) + movement.minor);
  }
  for (const [id, own] of figures) {
    figures.set(id, new Map([...own].filter(([, minor]) => minor !== 0).sort()));
  }
  return figures;
}

function monthOf(entry: LedgerEntry, { zone }: Account): string {
  return dateInZone(entry.postedAt, zone).slice(0, 7);
}

/** Not the first month, so that the opening balance counts. */
function periodOf(account: Account, entries: readonly LedgerEntry[]) {
  const months = [...new Set(entries.map((entry) => monthOf(entry, account)))];
  return { from: months[1] ?? months[0] ?? '', to: months.at(-1) ?? '' };
}

/** Each currency's rows: opening, movements and closing are sums of its blocks', in each month. */
async function compareMonths(account: MeasuredAccount, oracle: RevenueOracle): Promise<void> {
  const { rows, left } = account.revenue;
  const ids = account.blocks.map(({ id }) => id);
  for (const [blockId, { closingMinor }] of left) {
    const expected = oracle.deferredAt(blockId, '9999-12', account.zone);
    expect([blockId, closingMinor]).toEqual([blockId, expected]);
  }
  for (const row of rows) {
    const own = ids.filter(
      (id) => oracle.blocks.find((one) => one.id === id)?.currency === row.currency,
    );
    const closing = own.reduce(
      (sum, id) => sum + oracle.deferredAt(id, row.month, account.zone),
      0,
    );
    const before = monthBefore(row.month);
    const opening = own.reduce((sum, id) => sum + oracle.deferredAt(id, before, account.zone), 0);
    const figures = Object.fromEntries(
      movementKinds.map((kind) => [
        kind,
        own.reduce(
          (sum, id) => sum + (oracle.figuresOf(id, account.zone).get(`${row.month} ${kind}`) ?? 0),
          0,
        ),
      ]),
    );
    expect(row).toMatchObject({ ...figures, openingMinor: opening, closingMinor: closing });
  }
}

function monthBefore(month: string): string {
  return new Date(Date.parse(`${month}-01`) - 86_400_000).toISOString().slice(0, 7);
}
