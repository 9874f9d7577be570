import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { median, ratioOf } from './ratio.ts';

test('the benchmark of a very small office prints its ratios as one JSON document', () => {
  const main = join(import.meta.dirname, 'main.ts');
  const text = execFileSync(
    process.execPath,
    ['--expose-gc', main, '--entries', '1000', '--clients', '50', '--json', '--skip-memory'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const { ratios } = JSON.parse(text) as { ratios: Record<string, unknown>[] };
  expect(ratios).toHaveLength(17);
  for (const ratio of ratios) {
    const figure = ratio.wall === null ? null : expect.any(Number);
    expect(ratio).toEqual({
      name: expect.any(String),
      clients: expect.any(Number),
      wall: figure,
      // Waiting for answers takes no processor time.
      processor: /^(?:first pull|messages) /.test(String(ratio.name)) ? null : figure,
      aim: ratio.aim === null ? null : expect.stringMatching(/^[≤≥] [\d.]+$/),
      met: ratio.met === null ? null : expect.any(Boolean),
    });
  }
}, 120_000);

test('a ratio is met at its aim, and not beyond it', () => {
  const of = (processor: number) => ({ wall: 7, processor });
  expect(ratioOf({ name: 'x', atLeast: 0.4 }, of(0.4), '').met).toBe(true);
  expect(ratioOf({ name: 'x', atLeast: 0.4 }, of(0.399), '').met).toBe(false);
  expect(ratioOf({ name: 'x', atMost: 1.3 }, of(1.3), '').met).toBe(true);
  expect(ratioOf({ name: 'x', atMost: 1.3 }, of(1.31), '').met).toBe(false);
  expect(ratioOf({ name: 'x', atMost: 1.3 }, { wall: 1.3, processor: null }, '').met).toBe(true);
  expect(ratioOf({ name: 'x', atMost: 1.3 }, null, '').met).toBeNull();
});

test('the middle of an odd number of values, between the middle two of an even one', () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});
