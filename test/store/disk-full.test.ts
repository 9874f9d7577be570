import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { openDatabase, openStore, storeOn } from '../../src/store/open.ts';
import { outputOf, startModule } from './child-process.ts';
import { closeAfterwards, makeFolder, now, page, timeEntry } from './store-bench.ts';

const rows = Array.from({ length: 2000 }, (_, index) =>
  timeEntry({ sourceId: `e${index}`, note: 'x'.repeat(500) }),
);
const watermark = { since: '2026-03-02T00:00:00.000Z', clientIds: ['1234'], pass: null };
const bigPage = page({ stream: 'timeEntries', rows }, { watermark });

test('a full database undoes the page, says so, and takes it once there is space', async () => {
  const database = await openDatabase({ file: join(makeFolder(), 'store.db'), now });
  const store = closeAfterwards(storeOn(database));
  database.exec('PRAGMA max_page_count = 120');
  await expect(store.writePage(bigPage)).rejects.toMatchObject({
    kind: 'config',
    message: expect.stringMatching(/no space left.*rolled back/),
    fix: expect.stringMatching(/Free space/),
  });
  expect(await store.readWatermark('psa', 'timeEntries')).toBeNull();
  expect(await store.takeDirty(1)).toEqual([]);
  database.exec('PRAGMA max_page_count = 1000000');
  expect((await store.writePage(bigPage)).changed).toBe(2000);
  expect(await store.verify()).toBeNull();
});

test('a disk that takes no more bytes does not cost what was written before', async () => {
  const file = join(makeFolder(), 'store.db');
  const open = JSON.stringify(resolve('src/store/open.ts'));
  const source = `
    const { openStore } = await import(${open});
    const store = await openStore({ file: ${JSON.stringify(file)}, now: Date.now });
    await store.writeMemory('psa', 'before', 'kept', '');
    try {
      const page = ${JSON.stringify(page({ stream: 'timeEntries', rows: [] }, { watermark }))};
      const row = ${JSON.stringify(timeEntry({ note: 'x'.repeat(500) }))};
      page.rows = Array.from({ length: 2000 }, (_, i) => ({ ...row, sourceId: 'e' + i }));
      await store.writePage(page);
    } catch (error) {
      console.log(error.kind + ': ' + error.message + ' ' + error.fix);
    }
    console.log(JSON.stringify(await store.takeDirty(1)));
  `;
  // The system refuses to let any file grow beyond so many blocks of 512 bytes (dash) or 1 kB.
  const output = await outputOf(startModule(source, 'ulimit -f 1200'));
  expect(output).toMatch(/^config: .*(no space left|disk failed).*space.*\n\[\]$/s);
  const store = closeAfterwards(await openStore({ file, now }));
  expect(await store.readMemory('psa', 'before')).toBe('kept');
  expect((await store.writePage(bigPage)).changed).toBe(2000);
});
