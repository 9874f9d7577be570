import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { acquireFileLock } from '../../src/store/sqlite/file-lock.ts';
import { hasWritten, startModule } from './child-process.ts';
import { makeFolder } from './store-bench.ts';

const lockModule = resolve('src/store/sqlite/file-lock.ts');

function holdElsewhere(file: string) {
  return startModule(`
    const { acquireFileLock } = await import(${JSON.stringify(lockModule)});
    acquireFileLock(${JSON.stringify(file)}, 'start', () => Date.parse('2026-03-02T09:00:00Z'));
    console.log('held');
    setInterval(() => {}, 1000);
  `);
}

test('a second process is told who holds the store, and gets it after a kill -9', async () => {
  const file = join(makeFolder(), 'new', 'store.db');
  const other = holdElsewhere(file);
  try {
    await hasWritten(other, 'held');
    const refused = { kind: 'config', fix: expect.stringMatching(/Wait/) };
    expect(() => acquireFileLock(file, 'run')).toThrow(
      `Another prepaid-hours process (pid ${other.pid}, \`start\`, since 2026-03-02T09:00:00.000Z) is using ${file}.`,
    );
    expect(() => acquireFileLock(file, 'run')).toThrow(expect.objectContaining(refused));
  } finally {
    const ended = new Promise((done) => other.once('close', done));
    other.kill('SIGKILL');
    await ended;
  }
  acquireFileLock(file, 'run').release();
});

test('the lock is private, refuses a second holder in one process, and is free once released', () => {
  const file = join(makeFolder(), 'store.db');
  const lock = acquireFileLock(file, 'run');
  expect(statSync(`${file}.lock`).mode & 0o777).toBe(0o600);
  expect(statSync(`${file}.owner`).mode & 0o777).toBe(0o600);
  expect(() => acquireFileLock(file, 'run')).toThrow(`pid ${process.pid}`);
  lock.release();
  lock.release();
  expect(existsSync(`${file}.owner`)).toBe(false);
  acquireFileLock(file, 'run').release();
});
