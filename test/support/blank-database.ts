import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/store/open.ts';

let blank: Promise<Buffer> | null = null;

/** Puts an empty database there, formatted once for all tests of a file: each formatting waits for the disk. */
export async function putBlankDatabase(file: string, now = () => 0): Promise<void> {
  blank ??= formatted(now);
  await writeFile(file, await blank, { mode: 0o600 });
}

async function formatted(now: () => number): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-blank-'));
  try {
    const file = join(folder, 'blank.db');
    const database = await openDatabase({ file, now });
    database.close();
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
