import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { openStore } from '../../src/store/open.ts';
import { placeOf, refuseFileSystem } from '../../src/store/place.ts';
import { acquireFileLock } from '../../src/store/sqlite/file-lock.ts';
import { makeFolder } from './store-bench.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = realpathSync(makeFolder());
  file = join(folder, 'store.db');
});

const refused = (message: RegExp) =>
  expect.objectContaining({ kind: 'config', message: expect.stringMatching(message) });

describe('one file has one name', () => {
  test.each([
    ['a link to it', () => symlinkSync(file, join(folder, 'other.db')), 'other.db'],
    ['a link to its folder', () => symlinkSync(folder, join(folder, 'way')), 'way/store.db'],
    ['a relative path', () => {}, 'x/../store.db'],
  ])('%s leads to it', (_, prepare, name) => {
    writeFileSync(file, '');
    prepare();
    expect(placeOf(join(folder, name))).toBe(file);
    expect(placeOf(relative(process.cwd(), join(folder, name)))).toBe(file);
  });

  test('a link to a database that does not exist yet leads to where it will be', () => {
    symlinkSync('data/new.db', join(folder, 'link.db'));
    expect(placeOf(join(folder, 'link.db'))).toBe(join(folder, 'data', 'new.db'));
  });

  test('under its second name it is locked by the first', () => {
    symlinkSync(file, join(folder, 'other.db'));
    const lock = acquireFileLock(file, 'run');
    expect(() => acquireFileLock(join(folder, 'other.db'), 'run')).toThrow(/is using/);
    lock.release();
  });

  test('with a hard link it is refused, and accepted again without it', async () => {
    const options = { file, now: Date.now };
    await (await openStore(options)).close();
    linkSync(file, join(folder, 'second.db'));
    for (const name of [file, join(folder, 'second.db')]) {
      expect(() => acquireFileLock(name, 'run')).toThrow(refused(/has 2 names/));
      await expect(openStore({ ...options, file: name })).rejects.toEqual(refused(/has 2 names/));
    }
    rmSync(join(folder, 'second.db'));
    acquireFileLock(file, 'run').release();
  });

  test.each(['-wal', '-shm', '.lock'])('its side file %s is no link', (suffix) => {
    writeFileSync(join(folder, 'elsewhere'), '');
    symlinkSync(join(folder, 'elsewhere'), file + suffix);
    expect(() => placeOf(file)).toThrow(refused(/belongs to the database/));
  });
});

describe('a place that cannot hold a database is refused at once', () => {
  test.each(['/proc/x/store.db', '/sys/store.db', '/dev/null', '/dev/shm/store.db'])(
    '%s',
    (path) => {
      expect(() => placeOf(path)).toThrow(refused(/kernel file system/));
      expect(() => acquireFileLock(path, 'run')).toThrow(refused(/kernel file system/));
    },
  );

  test('a link into one', () => {
    symlinkSync('/proc/self', join(folder, 'way'));
    expect(() => placeOf(join(folder, 'way', 'store.db'))).toThrow(refused(/kernel/));
  });

  test('a folder', () => {
    mkdirSync(file);
    expect(() => placeOf(file)).toThrow(refused(/is a folder/));
  });

  test('a named pipe, which nobody would ever write to', () => {
    execFileSync('mkfifo', [file]);
    expect(() => placeOf(file)).toThrow(refused(/not a regular file/));
  });

  test('a link that leads to itself', () => {
    symlinkSync(file, file);
    expect(() => placeOf(file)).toThrow(refused(/link|followed|regular/));
  });
});

describe('by the table of mounts', () => {
  const table = [
    '21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw',
    '30 21 0:40 / /mnt/share rw - nfs4 nas:/export rw',
    '31 21 0:41 / /mnt/my\\040disk rw shared:5 - fuse.sshfs host:/ rw',
    '32 21 0:42 / /mnt/c rw - 9p C: rw',
    '33 21 0:43 / /mnt/dav rw - cifs //host/x rw',
    '34 30 8:1 /y /mnt/share/local rw - ext4 /dev/sda1 rw',
    '35 21 8:1 /data/a.db /data/a.db rw - ext4 /dev/sda1 rw',
  ].join('\n');

  test.each(['/mnt/share/a.db', '/mnt/my disk/a.db', '/mnt/c/data/a.db', '/mnt/dav/a.db'])(
    'a network share is refused: %s',
    (path) => {
      expect(() => refuseFileSystem(path, table)).toThrow(
        refused(/network share \((?:nfs4|fuse\.sshfs|9p|cifs)\)/),
      );
    },
  );

  test('a file that was mounted by itself is refused', () => {
    expect(() => refuseFileSystem('/data/a.db', table)).toThrow(refused(/itself a mount point/));
  });

  test.each(['/data/b.db', '/mnt/share/local/a.db', '/mnt/shared.db', '/mnt/sharex/a.db'])(
    'a local disk is accepted: %s',
    (path) => {
      expect(() => refuseFileSystem(path, table)).not.toThrow();
    },
  );
});
