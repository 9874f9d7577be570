import { expect, test } from '@jest/globals';
import { randomFrom } from '../../src/domain/forecast/random.ts';
import type { Charge } from '../../src/store/port.ts';
import { type Bench, charge, debits, openBench } from './store-bench.ts';

/** Whatever a technician may write, with all that could be taken for the text around the parts. */
const texts = [
  'Anna',
  'line\nbreak',
  '"parts":[{"a":1}],"rounding":{"per":"day"}',
  '],"rounding":{',
  '\u001e\u2028é😀\ud800',
  '\\"},{"',
];

function factsWith(parts: readonly unknown[]): string {
  const rounding = { per: 'ticket', workedSeconds: parts.length };
  return JSON.stringify({ agreement: texts[2], parts, rounding, seconds: 0 });
}

function part(number: number): unknown {
  const technician = texts[number % texts.length];
  return {
    entryId: `e${number}`,
    technician,
    note: 'x'.repeat(150),
    pieces: [{ seconds: number }],
  };
}

/** Revisions of one ticket: parts are added, changed, removed, and now and then all at once. */
async function postRevisions(bench: Bench, count: number): Promise<Charge[]> {
  const random = randomFrom(7);
  const at = (length: number) => Math.floor(random() * length);
  let parts: unknown[] = Array.from({ length: 40 }, (_, index) => part(index));
  const charges: Charge[] = [];
  for (let revision = 1; revision <= count; revision += 1) {
    const step = random();
    if (step < 0.6) parts = [...parts, part(1000 + revision)];
    else if (step < 0.75) parts = parts.with(at(parts.length), part(2000 + revision));
    else if (step < 0.85) parts = parts.toSpliced(at(parts.length), 0, part(3000 + revision));
    else if (step < 0.95) parts = parts.toSpliced(at(parts.length), 1 + at(3));
    else parts = step < 0.97 ? [] : Array.from({ length: 60 }, (_, index) => part(index));
    if (parts.length === 0) parts = [part(revision)];
    charges.push(charge({ revision, seconds: 0, facts: factsWith(parts) }));
  }
  for (const one of charges) await bench.store.writeDebits(debits(0, { charges: [one] }));
  return charges;
}

function storedBytes({ raw }: Bench): number {
  return Number(raw.prepare('SELECT sum(length(facts)) AS bytes FROM charge').get()?.bytes);
}

test('every revision of a long charge is read back to the byte, alone and in the history', async () => {
  const bench = await openBench();
  const charges = await postRevisions(bench, 150);
  const facts = charges.map((one) => one.facts);
  const history = await bench.store.readChargeHistory('t:psa:t1');
  expect(history.map((one) => one.facts)).toEqual(facts);
  for (const one of charges) {
    const [read] = await bench.store.readCharges([one.id]);
    expect(read?.facts).toBe(one.facts);
  }
  expect(await bench.store.verify()).toBeNull();
});

test('what is stored of a ticket that grows entry by entry grows with the entries alone', async () => {
  const sizeOf = async (count: number) => {
    const bench = await openBench();
    const parts = Array.from({ length: count }, (_, index) => part(index));
    for (let revision = 1; revision <= count; revision += 1) {
      const facts = factsWith(parts.slice(0, revision));
      const added = charge({ revision, seconds: 0, facts });
      await bench.store.writeDebits(debits(0, { charges: [added] }));
    }
    return storedBytes(bench);
  };
  expect((await sizeOf(300)) / (await sizeOf(100))).toBeLessThan(4);
});

test('facts that were stored whole and in one line are built upon', async () => {
  const bench = await openBench();
  const [first, second] = await postRevisions(bench, 2);
  bench.raw.exec('DROP TRIGGER charge_is_append_only_update');
  bench.raw.exec("UPDATE charge SET facts = replace(facts, '\n', '') WHERE revision = 1");
  const history = await bench.store.readChargeHistory('t:psa:t1');
  expect(history.map((one) => one.facts)).toEqual([first?.facts, second?.facts]);
});

test('verify names a revision whose facts no longer come back', async () => {
  const bench = await openBench();
  await postRevisions(bench, 20);
  const built = 'SELECT revision FROM charge WHERE whole_revision IS NOT NULL AND kept_first > 1';
  const revision = Number(bench.raw.prepare(built).get()?.revision);
  bench.raw.exec('DROP TRIGGER charge_is_append_only_update');
  bench.raw.exec(`UPDATE charge SET kept_first = kept_first - 1 WHERE revision = ${revision}`);
  expect(await bench.store.verify()).toEqual({
    where: `charge t:psa:t1#${revision}`,
    detail: 'its hash does not cover its facts',
  });
});
