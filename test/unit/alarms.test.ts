/** Hours worked within a window, and on one ticket, over a whole history. */
import { expect, test } from '@jest/globals';
import {
  alarmKey,
  countAlarms,
  secondsSince,
  type WorkedTime,
} from '../../src/domain/thresholds/alarms.ts';
import { isLevelKey } from '../../src/domain/thresholds/thresholds.ts';
import { addSeconds } from '../../src/domain/time.ts';

const hour = 3600;
const burst = { usedSeconds: 5 * hour, withinSeconds: 24 * hour, tell: ['msp'] } as const;
const onTicket = { ticketSeconds: 6 * hour, tell: ['msp'] } as const;

/** `02T09` and hours. */
function worked(start: string, hours: number, ticket: string | null = '1'): WorkedTime {
  const startedAt = `2026-03-${start}:00:00.000Z`;
  const seconds = hours * hour;
  return { ticket, startedAt, endedAt: addSeconds(startedAt, seconds), seconds };
}

test('of work over the edge of a window, the part inside counts, without its breaks', () => {
  const since = '2026-03-02T12:00:00.000Z';
  expect(secondsSince([worked('02T10', 3)], since)).toBe(hour);
  expect(secondsSince([{ ...worked('02T10', 4), seconds: hour }], since)).toBe(hour);
  expect(secondsSince([worked('02T09', 2), worked('02T13', 1)], since)).toBe(hour);
});

test('a history has one alarm for each burst', () => {
  const alarms = [burst];
  expect(countAlarms(alarms, [worked('02T09', 4)])).toBe(0);
  expect(countAlarms(alarms, [worked('02T09', 3), worked('02T14', 2)])).toBe(1);
  // 9 to 14 on two days: the window holds five hours at any time between.
  expect(countAlarms(alarms, [worked('02T09', 5), worked('03T09', 5)])).toBe(1);
  expect(countAlarms(alarms, [worked('02T09', 5), worked('03T10', 5)])).toBe(2);
  expect(countAlarms(alarms, [worked('02T09', 5), worked('09T09', 5)])).toBe(2);
});

test('and one for each ticket and level', () => {
  const work = [worked('02T09', 4), worked('09T09', 4), worked('02T09', 9, null)];
  expect(countAlarms([onTicket, onTicket, { ...onTicket, ticketSeconds: 9 * hour }], work)).toBe(1);
  expect(countAlarms([onTicket, { ...onTicket, ticketSeconds: 7 * hour }], work)).toBe(2);
});

test('no credit of hours re-arms an alarm', () => {
  expect([burst, onTicket].map(alarmKey).filter(isLevelKey)).toEqual([]);
});
