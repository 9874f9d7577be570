/** A field that a row does not show means "not known": the row is read all the same, unless it says nothing without. */
import { expect, test } from '@jest/globals';
import { isKindError } from '../../src/domain/errors.ts';
import { addRows, type ContractBench, type ContractSubject } from './contract-bench.ts';
import { type Everything, readEverything } from './contract-everything.ts';

type Row = Record<string, unknown>;

/** As many fields at once: what this takes is mostly the pause that some vendors want between two requests. */
const lanes = 4;

export function describeAbsent(subject: ContractSubject): void {
  test.each(['left out', 'null'] as const)(
    'a row is read without any one of its fields but the essential, %s',
    async (how) => {
      const fields = await fieldsOf(subject);
      const left = fields.values();
      const needed: string[] = [];
      const tryFields = () =>
        withWork(subject, async (bench) => {
          const sound = await readEverything(subject, bench);
          for (const field of left) {
            bench.sandbox.faults.distort((json) =>
              eachRow(json, (row, list) => without(row, list, field, how)),
            );
            if (!(await isReadAlike(subject, bench, sound))) needed.push(field);
          }
        });
      await Promise.all(Array.from({ length: lanes }, tryFields));
      const isNamed = (field: string): boolean =>
        subject.essential.some((name) => field === name || field.endsWith(` ${name}`));
      expect(needed.filter((field) => !isNamed(field))).toEqual([]);
    },
    120_000,
  );
}

async function withWork(
  subject: ContractSubject,
  use: (bench: ContractBench) => Promise<void>,
): Promise<void> {
  const bench = await subject.start();
  try {
    await addRows(bench, 2);
    await use(bench);
  } finally {
    await bench.sandbox.close();
  }
}

async function fieldsOf(subject: ContractSubject): Promise<ReadonlySet<string>> {
  const fields = new Set<string>();
  await withWork(subject, async (bench) => {
    bench.sandbox.faults.distort((json) => eachRow(json, (row, list) => note(row, list, fields)));
    await readEverything(subject, bench);
  });
  return fields;
}

async function isReadAlike(
  subject: ContractSubject,
  bench: ContractBench,
  sound: Everything,
): Promise<boolean> {
  try {
    const read = await readEverything(subject, bench);
    const isThere = (key: string): boolean => read.rows.has(key);
    return read.rejected === 0 && [...sound.rows.keys()].every(isThere);
  } catch (error) {
    if (isKindError(error)) return false;
    throw error;
  }
}

/** Rows are the objects of the outermost lists; `list` is the name that theirs has. */
function eachRow(json: unknown, change: (row: Row, list: string) => Row, name = 'rows'): unknown {
  if (Array.isArray(json)) return json.map((row) => (isObject(row) ? change(row, name) : row));
  if (!isObject(json)) return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [key, eachRow(value, change, key)]),
  );
}

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function note(row: Row, list: string, fields: Set<string>): Row {
  for (const key of Object.keys(row)) fields.add(`${list} ${key}`);
  return row;
}

function without(row: Row, list: string, field: string, how: 'left out' | 'null'): Row {
  const key = field.slice(list.length + 1);
  if (field !== `${list} ${key}` || !(key in row)) return row;
  const { [key]: _, ...rest } = row;
  return how === 'null' ? { ...rest, [key]: null } : rest;
}
