import { expect } from '@jest/globals';
import type { Client } from '../../src/domain/agreements/terms.ts';
import type { LedgerEntry } from '../../src/domain/ledger/ledger.ts';
import { EntryValuer, movementKinds } from '../../src/domain/revenue/movements.ts';
import { dateInZone } from '../../src/domain/time.ts';
import {
  type Account,
  type MeasuredAccount,
  type RevenueBlock,
  readAccounts,
  readRevenue,
} from '../../src/reports/revenue/revenue-source.ts';
import type { Store } from '../../src/store/port.ts';
import { RevenueOracle } from './revenue-oracle.ts';

interface Checked {
  store: Store;
  file: string;
  clients: readonly Client[];
  /** To see the comparison fail. */
  spoil?: Spoil;
}

/** What the product takes in place of the real rows. */
export interface Spoil {
  entry?(entry: LedgerEntry): LedgerEntry;
  block?(block: RevenueBlock): RevenueBlock;
}

/**
 * Compares every figure of every block, month and currency with the second implementation; returns
 * the kinds of movement that there were.
 */
export async function compareWithOracle(checked: Checked): Promise<Set<string>> {
  const { store, file, clients, spoil } = checked;
  const oracle = new RevenueOracle(file);
  const accounts = await readAccounts(store, { clients, zone: 'Europe/Paris' });
  const compared = new Set<string>();
  for (const account of accounts) {
    const entries: LedgerEntry[] = [];
    for await (const page of store.streamLedger(account.id, null, null)) entries.push(...page);
    if (entries.length === 0) continue;
    const { entry = same, block = same } = spoil ?? {};
    const seen = { ...account, blocks: account.blocks.map((one) => block(one)) };
    const found = figuresOf(
      seen,
      entries.map((one) => entry(one)),
    );
    for (const { id } of account.blocks) {
      const expected = oracle.figuresOf(id, account.zone);
      expect({ id, figures: found.get(id) ?? new Map() }).toEqual({ id, figures: expected });
      for (const name of expected.keys()) compared.add(name.slice(8));
    }
    const period = periodOf(account, entries);
    const request = { clients, zone: 'Europe/Paris', period, clientId: account.id };
    for (const measured of await readRevenue(store, request)) await compareMonths(measured, oracle);
  }
  return compared;
}

function same<One>(one: One): One {
  return one;
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
