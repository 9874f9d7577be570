import { describe, expect, test } from '@jest/globals';
import {
  applyCorrections,
  type Correctable,
  compareByStart,
} from '../../src/domain/charges/corrections.ts';

function at(hour: number, minutes: number, sourceId = String(hour)): Correctable {
  return {
    sourceId,
    endedAt: `2026-03-02T${String(hour).padStart(2, '0')}:00:00.000Z`,
    kind: minutes < 0 ? 'correction' : 'work',
    seconds: minutes * 60,
  };
}

function corrected(...entries: Correctable[]) {
  const { entries: left, excessSeconds } = applyCorrections(entries);
  return {
    minutes: left.map(({ seconds }) => seconds / 60),
    takenOff: left.map(({ correctedSeconds }) => correctedSeconds / 60),
    excess: excessSeconds / 60,
  };
}

describe('a correction', () => {
  test('takes its time off the latest work before it', () => {
    expect(corrected(at(9, 30), at(10, 20), at(11, -10), at(12, 40))).toEqual({
      minutes: [30, 10, 40],
      takenOff: [0, 10, 0],
      excess: 0,
    });
  });

  test('goes on to earlier work when that does not suffice, then to later work', () => {
    expect(corrected(at(9, 10), at(10, 20), at(11, -45), at(12, 40))).toEqual({
      minutes: [0, 0, 25],
      takenOff: [10, 20, 15],
      excess: 0,
    });
  });

  test('beyond all that was logged is excess, and no work goes below nothing', () => {
    expect(corrected(at(9, 10), at(11, -45))).toEqual({ minutes: [0], takenOff: [10], excess: 35 });
  });

  test('comes after work of the same time, by id as numbers sort', () => {
    expect(corrected(at(9, 30, '10'), at(9, -30, '9')).minutes).toEqual([0]);
    expect(corrected(at(9, 30, '9'), at(9, 30, '11'), at(9, -30, '10')).minutes).toEqual([0, 30]);
  });

  test('does not depend on the order in which the vendor told', () => {
    const [a, b, c, d] = [at(9, 30), at(10, 20), at(11, -25), at(12, -15)];
    expect(corrected(d, c, b, a)).toEqual(corrected(a, b, c, d));
  });

  test('is any work of negative length, which would else add to what others take off', () => {
    const accepted: Correctable = { ...at(10, -20), kind: 'work' };
    expect(corrected(at(9, 60), accepted, at(11, -10))).toEqual({
      minutes: [30],
      takenOff: [30],
      excess: 0,
    });
  });

  test('of nothing is still no work, and work of no length still is', () => {
    const nothing: Correctable = { ...at(10, 0), kind: 'correction' };
    expect(corrected(at(9, 60), nothing).minutes).toEqual([60]);
    expect(corrected(at(9, 60), at(10, 0)).minutes).toEqual([60, 0]);
  });
});

test('entries sort by time, then 9 before 10, then as text', () => {
  const ids = [at(9, 1, '10'), at(9, 1, 'b'), at(8, 1, '99'), at(9, 1, '9'), at(9, 1, 'a')];
  for (const order of [ids, [...ids].reverse()]) {
    const sorted = order.toSorted(compareByStart).map(({ sourceId }) => sourceId);
    expect(sorted).toEqual(['99', '9', 'a', 'b', '10']);
  }
});
