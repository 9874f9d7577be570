import { chainHash, chainStart } from '../../domain/ledger/ledger.ts';
import { measureAccount, type RevenuePeriod } from '../../domain/revenue/account.ts';
import type { Disagreement } from '../../store/port.ts';
import { sumUpRevenue } from '../revenue/revenue.ts';
import type { MeasuredAccount } from '../revenue/revenue-source.ts';
import { filesOfRevenue } from './buyer-files.ts';
import { type ExportedEntry, readAccountsFrom, readLedgerFrom } from './buyer-rows.ts';
import { type Manifest, manifestName, toManifest } from './manifest.ts';

interface VerifiedExport {
  /** Null: everything agrees. */
  disagreement: Disagreement | null;
  sha256: string;
  clients: number;
  entries: number;
  /** Their notes were taken out, so that only the next entry's hash covers them. */
  removedNotes: number;
}

type Files = ReadonlyMap<string, string>;

/**
 * Verifies a buyer's file from its texts alone: hashes, chains, what is left of each block, and
 * every figure of revenue. Finds the first disagreement.
 */
export function verifyFiles(files: Files): VerifiedExport {
  const found = toManifest(new Map([...files].filter(([name]) => name !== manifestName)));
  const result = { sha256: found.sha256, clients: 0, entries: 0, removedNotes: 0 };
  try {
    const stated = JSON.parse(files.get(manifestName) ?? '') as Manifest;
    const changed = compareManifests(stated, found);
    if (changed !== null) return { ...result, disagreement: changed };
    const rows = readLedgerFrom(files.get('ledger.csv') ?? '');
    return {
      ...result,
      clients: new Set(rows.map(({ clientId }) => clientId)).size,
      entries: rows.length,
      removedNotes: rows.filter(({ isNoteRemoved }) => isNoteRemoved).length,
      disagreement: findBrokenChain(rows) ?? compareRevenue(files, rows),
    };
  } catch (error) {
    // Files that no export has written may be anything.
    const detail = error instanceof Error ? error.message : String(error);
    const where = 'the files';
    return { ...result, disagreement: { where, detail: `they cannot be understood: ${detail}` } };
  }
}

function compareManifests(stated: Manifest, found: Manifest): Disagreement | null {
  const hashes = new Map(found.files.map(({ name, sha256 }) => [name, sha256]));
  for (const { name, sha256 } of stated.files) {
    const own = hashes.get(name);
    if (own === undefined) return { where: name, detail: 'it is missing' };
    if (own !== sha256) return { where: name, detail: `its SHA-256 is ${own}, not ${sha256}` };
    hashes.delete(name);
  }
  const [stray] = hashes.keys();
  if (stray !== undefined) return { where: stray, detail: 'it is not in the manifest' };
  if (stated.sha256 === found.sha256) return null;
  const detail = `the hash over all files is ${found.sha256}, not ${stated.sha256}`;
  return { where: manifestName, detail };
}

function findBrokenChain(rows: readonly ExportedEntry[]): Disagreement | null {
  const heads = new Map<string, { clientSeq: number; hash: string; postedAt: string }>();
  for (const [index, entry] of rows.entries()) {
    // The first line has the names of the columns.
    const where = `ledger.csv, line ${index + 2}`;
    const before = heads.get(entry.clientId) ?? { clientSeq: 0, hash: chainStart, postedAt: '' };
    if (entry.clientSeq !== before.clientSeq + 1) {
      const detail = `position ${entry.clientSeq} of ${entry.clientId} follows ${before.clientSeq}`;
      return { where, detail };
    }
    if (!entry.isNoteRemoved && chainHash(before.hash, entry) !== entry.hash) {
      return { where, detail: `its hash does not cover it and the entry before it (${entry.key})` };
    }
    if (entry.postedAt < before.postedAt) {
      return { where, detail: 'it is dated before the entry before it' };
    }
    heads.set(entry.clientId, entry);
  }
  return null;
}

/** Makes the files again from the ledger, and compares them line by line. */
function compareRevenue(files: Files, rows: readonly ExportedEntry[]): Disagreement | null {
  const period = JSON.parse(files.get('revenue.json') ?? '{}') as RevenuePeriod;
  const entries = Map.groupBy(rows, ({ clientId }) => clientId);
  const accounts = readAccountsFrom(files.get('clients.csv') ?? '', files.get('blocks.csv') ?? '');
  const measured = accounts.map(
    (account): MeasuredAccount => ({
      ...account,
      revenue: measureAccount(entries.get(account.id) ?? [], account.blocks, account.zone, period),
    }),
  );
  const { from, to } = period;
  for (const [name, text] of filesOfRevenue(measured, sumUpRevenue(measured, { from, to }))) {
    const [stated, computed] = [files.get(name) ?? '', text].map((one) => one.split('\n'));
    const line = computed?.findIndex((one, index) => one !== stated?.[index]) ?? -1;
    if (line === -1 && stated?.length === computed?.length) continue;
    const place = line === -1 ? (computed?.length ?? 0) : line;
    const detail = `the ledger gives ${computed?.[place]?.trim() || 'no such line'}, the file says ${stated?.[place]?.trim() || 'nothing'}`;
    return { where: `${name}, line ${place + 1}`, detail };
  }
  return null;
}
