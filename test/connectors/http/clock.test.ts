import { expect, test } from '@jest/globals';
import { retryAfter } from '../../../connectors/http/answers/classify.ts';
import { isRecent } from '../../../connectors/http/answers/clock.ts';
import { afterMiss } from '../../../connectors/kit/checking/facts.ts';

test('what was noted by a clock that was ahead counts as long ago', () => {
  const nowMs = Date.parse('2026-03-02T09:00:00.000Z');
  expect(isRecent(nowMs - 10, nowMs, 20)).toBe(true);
  expect(isRecent(nowMs, nowMs, 20)).toBe(true);
  expect(isRecent(nowMs - 20, nowMs, 20)).toBe(false);
  expect(isRecent(nowMs + 86_400_000, nowMs, 20)).toBe(false);
});

test('a miss recorded by a clock that was ahead does not count as the first', () => {
  const now = '2026-03-02T09:00:00.000Z';
  const first = afterMiss('doubt 2026-03-12T09:00:00.000Z', Date.parse(now));
  expect(first).toBe(`doubt ${now}`);
  expect(afterMiss(first, Date.parse(now) + 86_400_000)).toBe('no 2026-03-03 missed');
});

test('a Retry-After that is a date is read by the clock of the answer', () => {
  const theirMs = Date.parse('2026-03-10T12:00:00Z');
  const at = (ms: number) => new Date(ms).toUTCString();
  const headers = { date: at(theirMs), 'retry-after': at(theirMs + 10_000) };
  expect(retryAfter({ headers }, theirMs - 300_000)).toBe(10);
  expect(retryAfter({ headers: { 'retry-after': at(theirMs) } }, theirMs - 5_000)).toBe(5);
});
