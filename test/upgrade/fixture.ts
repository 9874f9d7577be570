/** A database written by a release, and what is needed to continue from there. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync, gzipSync } from 'node:zlib';

const fixtures = join(import.meta.dirname, 'fixtures');
export const closedMonths = ['2026-09', '2026-10'];

export interface Figures {
  /** When they were read. */
  asOf: string;
  balances: readonly unknown[];
  /** Statements of closed months, by client and month. */
  statements: Record<string, unknown>;
  verify: unknown;
}

export interface Fixture {
  state: Record<string, unknown>;
  figures: Figures;
}

/** One folder for each release. */
export function listReleases(): string[] {
  return readdirSync(fixtures).sort();
}

/** Puts the release's database and config into the folder. */
export function openFixture(release: string, folder: string): Fixture {
  const from = join(fixtures, release);
  const unpack = (name: string) => gunzipSync(readFileSync(join(from, `${name}.gz`)));
  copyFileSync(join(from, 'connector.yaml'), join(folder, 'connector.yaml'));
  writeFileSync(storeIn(folder), unpack('store.db'), { mode: 0o600 });
  return {
    state: JSON.parse(unpack('state.json').toString()) as Fixture['state'],
    figures: JSON.parse(unpack('figures.json').toString()) as Figures,
  };
}

export function writeFixture(release: string, folder: string, { state, figures }: Fixture): void {
  const into = join(fixtures, release);
  mkdirSync(fixtures, { recursive: true });
  // Fails if it exists: what a release has written stays as it is.
  mkdirSync(into);
  const pack = (name: string, content: string | Buffer) =>
    writeFileSync(join(into, `${name}.gz`), gzipSync(content, { level: 9 }));
  const database = new DatabaseSync(storeIn(folder));
  // One file without a journal beside it.
  database.exec('PRAGMA wal_checkpoint(TRUNCATE); VACUUM; PRAGMA journal_mode = DELETE');
  database.close();
  copyFileSync(join(folder, 'connector.yaml'), join(into, 'connector.yaml'));
  pack('store.db', readFileSync(storeIn(folder)));
  pack('state.json', JSON.stringify(state));
  pack('figures.json', JSON.stringify(figures));
}

export function storeIn(folder: string): string {
  return join(folder, 'store.db');
}
