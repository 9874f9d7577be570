/** Copies of a store, whichever database it is in. A copy is an SQLite file. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isPostgres } from '../domain/store-address.ts';
import type { Store } from './port.ts';
import { createNew, createPrivately, syncPath, withFileErrors } from './private-file.ts';
import { copyMirror } from './sql/copy-rows.ts';
import type { Database } from './sql/database.ts';
import { removeDraft, swapIn } from './sqlite/copies.ts';
import { fillFile, SqliteDatabase } from './sqlite/database.ts';
import { isAlive } from './sqlite/file-lock.ts';

export function copyStore(database: Database): Pick<Store, 'backup' | 'copyMirror'> {
  return {
    backup: async (file) => backUp(database, resolve(file)),
    copyMirror: async (file, nowMs) => {
      removeDraft(file);
      createPrivately(file);
      fillFile(file, nowMs, (draft) => copyMirror(database, draft));
    },
  };
}

/** Leaves no file behind if it fails. */
function backUp(database: Database, file: string): void {
  createNew(file);
  try {
    database.copyTo(file);
    for (const path of [file, dirname(file)]) syncPath(path);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
}

/**
 * A folder for drafts, which is removed afterwards, as are those of processes that were killed. Beside a
 * file: whoever may read that folder may read them.
 */
export async function withDrafts<Result>(
  place: string,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const parent = isPostgres(place) ? tmpdir() : dirname(place);
  const prefix = join(parent, `.prepaid-hours-draft-${process.pid}-`);
  const folder = withFileErrors(prefix, () => {
    removeLeftDrafts(parent);
    return mkdtempSync(prefix);
  });
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function removeLeftDrafts(parent: string): void {
  for (const name of readdirSync(parent)) {
    const [, pid] = /^\.prepaid-hours-draft-(\d+)-/.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    rmSync(join(parent, name), { recursive: true, force: true });
  }
}

/**
 * Puts the draft in the store's place. What was there is kept under the name `kept`: a file beside it, or
 * another schema; null: it is removed. Throws `transient` while another process reads a file.
 */
export async function replaceStore(
  draft: string,
  place: string,
  { kept, now }: { kept: string | null; now(): number },
): Promise<void> {
  if (!isPostgres(place)) {
    await swapIn(draft, place, kept);
    return;
  }
  const { openPostgres } = await import('./postgres/open.ts');
  const from = new SqliteDatabase(draft, { isReadOnly: true });
  const to = openPostgres(place, { isReadOnly: false, now });
  try {
    to.replaceBy(from, kept, now());
  } finally {
    to.close();
    from.close();
  }
}
