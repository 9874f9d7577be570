/** Answers that went wrong in one place: whatever comes of it is said, and no time becomes nothing. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isKindError } from '../../src/domain/errors.ts';
import { addRows, type ContractSubject } from './contract-bench.ts';
import { type Everything, readEverything } from './contract-everything.ts';

/** The same places each time, so that a build never fails by chance; `SEED=…` mutates others. */
const seed = Number(process.env.SEED ?? 20_260_329);
const mutations = Number(process.env.MUTATIONS ?? 30);

/** A field that is not there. */
const missing = Symbol('missing');

const wrongValues: readonly unknown[] = [
  missing,
  null,
  {},
  [],
  true,
  '',
  'NaN',
  '-',
  '1,5',
  '0x10',
  -1,
  1e300,
  0.1234567,
  '9'.repeat(400),
  '\u0000\u202e<script>',
  'x'.repeat(100_000),
];

export function describeMutations(subject: ContractSubject): void {
  test(`a response with one wrong value ends in rows, in a quarantined row, or in a classified error (seed ${seed})`, async () => {
    const bench = await subject.start();
    try {
      await addRows(bench, 3);
      const sound = await readEverything(subject, bench);
      expect(sound.rows.size).toBeGreaterThan(5);
      const place = fc.record({
        request: fc.nat(40),
        leaf: fc.nat(400),
        value: fc.constantFrom(...wrongValues),
      });
      await fc.assert(
        fc.asyncProperty(place, async ({ request, leaf, value }) => {
          let asked = 0;
          let spoilt = '';
          bench.sandbox.faults.distort((json) => {
            asked += 1;
            if (asked !== request + 1) return json;
            const copy = structuredClone(json);
            spoilt = replaceLeaf(copy, leaf, value) ?? '';
            return copy;
          });
          try {
            const read = await readEverything(subject, bench);
            if (spoilt !== '') expectNothingLost(sound, read, mayBeAnothers(spoilt, value));
          } catch (error) {
            if (!isKindError(error)) throw error;
          }
        }),
        { seed, numRuns: mutations },
      );
    } finally {
      await bench.sandbox.close();
    }
  }, 120_000);
}

/** Rows may change with what they are made of; none may vanish, and none may come to nothing. */
function expectNothingLost(sound: Everything, read: Everything, mayBeAnothers: boolean): void {
  if (!mayBeAnothers) {
    const due = [...sound.rows].filter(([key, row]) => isDue(key, row, read));
    expect(read.rows.size + read.rejected).toBeGreaterThanOrEqual(due.length);
  }
  for (const [key, row] of sound.rows) {
    const found = read.rows.get(key);
    if (found === undefined || !key.startsWith('timeEntries')) continue;
    if ((row as { seconds: number }).seconds !== 0) {
      expect((found as { seconds: number }).seconds).not.toBe(0);
    }
  }
}

function isDue(key: string, row: unknown, read: Everything): boolean {
  if (!read.isTimePerTicket || !key.startsWith('timeEntries')) return true;
  return read.rows.has(`tickets ${(row as { ticketId: string }).ticketId}`);
}

/** A row that a list leaves out: where the vendor counts nothing, it is simply not there. */
const wholeRow = 'a whole row';

/** Another id or name makes a row of another client, who is nobody that we ask for. */
function mayBeAnothers(key: string, value: unknown): boolean {
  if (key === wholeRow) return true;
  return (
    /id$|name|organi|^customer$/i.test(key) &&
    (typeof value === 'string' || typeof value === 'number')
  );
}

/** Puts the value in the place of the nth leaf, counted from the beginning again; null: there is none. */
function replaceLeaf(json: unknown, nth: number, value: unknown): string | null {
  const leaves: { holder: Record<string, unknown>; key: string }[] = [];
  const collect = (holder: unknown): void => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const [key, child] of Object.entries(holder)) {
      leaves.push({ holder: holder as Record<string, unknown>, key });
      collect(child);
    }
  };
  collect(json);
  const leaf = leaves[nth % Math.max(1, leaves.length)];
  if (leaf === undefined) return null;
  if (value === missing) {
    if (Array.isArray(leaf.holder)) {
      leaf.holder.splice(Number(leaf.key), 1);
      return wholeRow;
    }
    delete leaf.holder[leaf.key];
  } else leaf.holder[leaf.key] = value;
  return leaf.key;
}
