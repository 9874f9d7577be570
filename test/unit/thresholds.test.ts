import { describe, expect, test } from '@jest/globals';
import type { ReplenishRule, Threshold } from '../../src/domain/terms.ts';
import {
  blocksToBuy,
  type EpisodeState,
  findCrossings,
  findLeft,
  findUndoneLeft,
  type HeldBlock,
  netSeconds,
  type Position,
  sizeInUse,
  thresholdKey,
} from '../../src/domain/thresholds.ts';

const hour = 3600;

function rule(hours: number, balance: 'settled' | 'projected' = 'settled'): ReplenishRule {
  const when = { balance, secondsLeft: hours * hour };
  return { when, do: ['alert'], offer: null, tell: ['msp'] };
}

const left = (hours: number, pendingHours = 0, overageHours = 0) => ({
  settledSeconds: hours * hour,
  pendingSeconds: pendingHours * hour,
  overageSeconds: overageHours * hour,
});

function fired(hours: number, fields: Partial<EpisodeState> = {}): EpisodeState {
  return {
    ...{ threshold: thresholdKey(rule(hours).when), number: 3, isFired: true },
    ...{ firedClientSeq: 10, firedMode: 'live', ...fields },
  };
}

const live = { lastCreditSeq: 1, mode: 'live' } as const;
const today = '2026-03-02';

function positionWith(fields: Partial<Position>): Position {
  const nothing = { blocks: [], moneyLeft: new Map(), forecast: () => null };
  return { today, balances: left(5), ...nothing, ...fields };
}

type Situation = Parameters<typeof findCrossings>[3];
const keysOf = (
  rules: ReplenishRule[],
  position: Position,
  episodes: EpisodeState[],
  situation: Situation,
) =>
  findCrossings(rules, position, episodes, situation).map(
    ({ threshold, number }) => `${threshold}#${number}`,
  );
const keys = (
  rules: ReplenishRule[],
  balances: Position['balances'],
  episodes: EpisodeState[],
  situation: Situation,
) => keysOf(rules, positionWith({ balances }), episodes, situation);

describe('a level is reached', () => {
  test('at it and below it, not above', () => {
    expect(keys([rule(2)], left(2), [], live)).toEqual(['settled<=7200#1']);
    expect(keys([rule(2)], { ...left(2), settledSeconds: 7201 }, [], live)).toEqual([]);
  });

  test('complaint 7: together with every other one below which the balance fell', () => {
    expect(keys([rule(5), rule(2), rule(0)], left(1), [], live)).toEqual([
      'settled<=18000#1',
      'settled<=7200#1',
    ]);
  });

  test('by overage too, since that makes less than nothing', () => {
    expect(keys([rule(-1)], left(0, 0, 2), [], live)).toEqual(['settled<=-3600#1']);
  });

  test('on the projected balance by work that is not yet due', () => {
    expect(keys([rule(2, 'projected'), rule(2)], left(9, 8), [], live)).toEqual([
      'projected<=7200#1',
    ]);
    expect(netSeconds(left(9, 8, 2), 'projected')).toBe(-1 * hour);
  });
});

describe('an episode', () => {
  test('fires once, whatever is used after it', () => {
    expect(keys([rule(2)], left(1), [fired(2)], live)).toEqual([]);
  });

  test('complaint 24: is re-armed by hours that were credited after it fired', () => {
    expect(keys([rule(2)], left(1), [fired(2)], { ...live, lastCreditSeq: 11 })).toEqual([
      'settled<=7200#4',
    ]);
    expect(keys([rule(2)], left(1), [fired(2)], { ...live, lastCreditSeq: 10 })).toEqual([]);
  });

  test('that fired while nothing was sent fires again once live, not the other way round', () => {
    const observed = fired(2, { firedMode: 'observe' });
    expect(keys([rule(2)], left(1), [observed], live)).toEqual(['settled<=7200#4']);
    const observe = { ...live, mode: 'observe' } as const;
    expect(keys([rule(2)], left(1), [observed], observe)).toEqual([]);
    expect(keys([rule(2)], left(1), [fired(2)], observe)).toEqual([]);
  });

  test('of one level says nothing about another', () => {
    expect(keys([rule(3), rule(2)], left(1), [fired(2)], live)).toEqual(['settled<=10800#1']);
  });
});

const at = (when: Threshold): ReplenishRule => ({ ...rule(0), when });
const percent = at({ balance: 'settled', percentLeft: 20 });
const expiry = at({ balance: 'settled', expiresWithinDays: 30 });
const runOut = at({ balance: 'settled', runOutWithinDays: 7 });

function held(id: string, hours: number, fields: Partial<HeldBlock> = {}): HeldBlock {
  const block = { id, seconds: 10 * hour, remainingSeconds: hours * hour, priority: 0 };
  return {
    ...block,
    ...{ remainingMinor: null, currency: 'EUR', shares: new Map() },
    expiresOn: null,
    purchasedOn: '2026-01-01',
    workTypes: null,
    isActive: true,
    ...fields,
  };
}

const outOn = (runOutOn: string) => () => ({ runOutOn, earliestOn: runOutOn, latestOn: null });
const episodeOf = (threshold: string): EpisodeState => ({ ...fired(0), threshold });

describe('per cent left', () => {
  const of = (blocks: HeldBlock[], hours: number) =>
    positionWith({ blocks, balances: left(hours) });

  test('is of the size of the blocks that have hours left', () => {
    expect(keysOf([percent], of([held('a', 2)], 2), [], live)).toEqual(['settled<=20%#1']);
    expect(keysOf([percent], of([held('a', 2.01)], 2.01), [], live)).toEqual([]);
    expect(keysOf([percent], of([held('a', 0), held('b', 2)], 2), [], live)).toHaveLength(1);
    expect(keysOf([percent], of([held('a', 1), held('b', 4)], 5), [], live)).toEqual([]);
  });

  test('is 0 of the last purchase once everything is used up, void or past its day', () => {
    expect(keysOf([percent], of([held('a', 0)], 0), [], live)).toHaveLength(1);
    expect(keysOf([percent], of([held('a', 0)], 0.1), [], live)).toHaveLength(1);
    const past = held('b', 1, { expiresOn: '2026-03-01' });
    expect(keysOf([percent], of([held('a', 3), past], 3), [], live)).toEqual([]);
    expect(keysOf([percent], of([held('a', 2, { isActive: false })], 0), [], live)).toHaveLength(1);
  });

  test('looks at the whole size of each block in use, and of no other', () => {
    const blocks = [
      held('a', 1),
      held('b', 0.5, { seconds: 5 * hour, expiresOn: today }),
      held('empty', 0),
      held('ended', 4, { expiresOn: '2026-03-01' }),
      held('void', 4, { isActive: false }),
    ];
    expect(sizeInUse({ blocks, today })).toBe(15 * hour);
  });

  test.each([
    [['2026-01-01', '2026-02-01', '2026-01-15'], 2],
    [['2026-02-01', '2026-01-01', '2026-01-15'], 1],
    [['2026-01-01', '2026-01-15', '2026-02-01'], 3],
  ])('with nothing left, of what was bought last on %j', (days, hours) => {
    const blocks = days.map((purchasedOn, index) =>
      held(String(index), 0, { purchasedOn, seconds: (index + 1) * hour }),
    );
    const later = held('void', 0, { purchasedOn: '2026-02-15', isActive: false });
    expect(sizeInUse({ blocks: [...blocks, later], today })).toBe(hours * hour);
    expect(sizeInUse({ blocks: [], today })).toBe(0);
  });

  test('complaint 24: is armed again once a purchase has lifted the balance above it', () => {
    const low = of([held('a', 1)], 1);
    const high = of([held('a', 1), held('b', 10)], 11);
    const told = [episodeOf('settled<=20%')];
    expect(keysOf([percent], low, told, { ...live, lastCreditSeq: 11 })).toEqual([]);
    expect(findLeft([percent], low, told, { lastCreditSeq: 11 })).toEqual([]);
    expect(findLeft([percent], high, told, { lastCreditSeq: 10 })).toEqual([]);
    expect(findLeft([percent], high, told, { lastCreditSeq: 11 })).toEqual(told);
    const armed = told.map((episode) => ({ ...episode, isFired: false }));
    expect(keysOf([percent], low, armed, { ...live, lastCreditSeq: 11 })).toEqual([
      'settled<=20%#4',
    ]);
  });
});

describe('complaint 42: the end of a block', () => {
  const soon = held('a', 3, { expiresOn: '2026-04-01' });

  test('is told for each block that has hours left, from the day on', () => {
    const blocks = [
      soon,
      held('b', 3, { expiresOn: '2026-04-02' }),
      held('c', 0, { expiresOn: '2026-03-09' }),
      held('d', 3, { expiresOn: '2026-03-01' }),
      held('e', 3, { expiresOn: today }),
      held('f', 3, { expiresOn: today, isActive: false }),
    ];
    expect(keysOf([expiry], positionWith({ blocks }), [], live)).toEqual([
      'settled expiry<=30d e#1',
      'settled expiry<=30d a#1',
    ]);
  });

  test('is told once, whatever is bought and however long it goes on', () => {
    const told = [episodeOf('settled expiry<=30d a')];
    const later = positionWith({ blocks: [soon], today: '2026-03-20' });
    expect(keysOf([expiry], later, told, { ...live, lastCreditSeq: 11 })).toEqual([]);
    expect(findLeft([expiry], positionWith({}), told, { lastCreditSeq: 11 })).toEqual([]);
  });

  test('on the projected balance is nothing to tell where pending work uses the block up', () => {
    const projected = at({ balance: 'projected', expiresWithinDays: 30 });
    const position = positionWith({ blocks: [held('z', 9), soon], balances: left(12, 3) });
    expect(keysOf([projected], position, [], live)).toEqual([]);
    expect(keysOf([expiry], position, [], live)).toHaveLength(1);
  });
});

test('pending work uses up what is used first, and what it leaves of a block is told', () => {
  const projected = at({ balance: 'projected', expiresWithinDays: 30 });
  const blocks = [
    held('a', 3, { expiresOn: '2026-03-10' }),
    held('b', 3, { expiresOn: '2026-03-11' }),
    held('c', 3, { expiresOn: '2026-03-12' }),
  ];
  const position = positionWith({ blocks, balances: left(9, 5) });
  const told = findCrossings([projected], position, [], live).map(({ block }) => block);
  expect(told.map((block) => [block?.id, (block?.remainingSeconds ?? 0) / hour])).toEqual([
    ['b', 1],
    ['c', 3],
  ]);
});

test('only the rule of an episode ends it, and a level of hours ends with no forecast', () => {
  const told = [episodeOf('settled<=20%')];
  const high = positionWith({ blocks: [held('a', 10)], balances: left(10) });
  const credited = { lastCreditSeq: 11 };
  expect(findLeft([runOut, percent], high, told, credited)).toEqual(told);
  expect(findLeft([runOut], high, told, credited)).toEqual([]);
  expect(findLeft([rule(2)], high, [fired(2)], credited)).toEqual([]);
  expect(findLeft([percent], high, [{ ...fired(0), threshold: 'other' }], credited)).toEqual([]);
});

describe('a forecast run-out', () => {
  const key = 'settled run-out<=7d';
  const when = (day: string) => positionWith({ forecast: outOn(day) });

  test('is reached within the days, and never by a client that uses nothing', () => {
    expect(keysOf([runOut], when('2026-03-09'), [], live)).toEqual([`${key}#1`]);
    expect(keysOf([runOut], when('2026-03-10'), [], live)).toEqual([]);
    expect(keysOf([runOut], positionWith({}), [], live)).toEqual([]);
  });

  test('complaint 7: is told once, not each day, while the forecast wavers around it', () => {
    const told = [episodeOf(key)];
    for (const day of ['2026-03-04', '2026-03-10', '2026-03-16', '2026-03-08']) {
      expect(keysOf([runOut], when(day), told, live)).toEqual([]);
      expect(findLeft([runOut], when(day), told, { lastCreditSeq: 10 })).toEqual([]);
    }
  });

  test('is armed again by the forecast beyond twice the days, or by a purchase that lifts it', () => {
    const told = [episodeOf(key)];
    expect(findLeft([runOut], when('2026-03-17'), told, { lastCreditSeq: 10 })).toEqual(told);
    expect(findLeft([runOut], when('2026-03-10'), told, { lastCreditSeq: 11 })).toEqual(told);
    expect(findLeft([runOut], when('2026-03-09'), told, { lastCreditSeq: 11 })).toEqual([]);
  });
});

const ten = { seconds: 10 * hour, amountMinor: null };

test('at a level that is not in hours one block is bought, and more for overage', () => {
  expect(blocksToBuy(percent.when, positionWith({ balances: left(1) }), ten)).toBe(1);
  expect(blocksToBuy(runOut.when, positionWith({ balances: left(0) }), ten)).toBe(1);
  expect(blocksToBuy(percent.when, positionWith({ balances: left(0, 0, 12) }), ten)).toBe(2);
});

test.each([
  ['complaint 38: lifts the balance above the level', 1, 2, 1],
  ['counts overage into the gap', -15, 2, 2],
  ['does not stop at the very level', -8, 2, 2],
  ['is one block at least', 5, 2, 1],
])('a purchase %s', (_, netHours, levelHours, blocks) => {
  const balances = netHours < 0 ? left(0, 0, -netHours) : left(netHours);
  const bought = blocksToBuy(rule(levelHours).when, positionWith({ balances }), ten);
  expect(bought).toBe(blocks);
  expect(netHours + bought * 10).toBeGreaterThan(levelHours);
});

describe('a level whose alert was withdrawn by an undo', () => {
  const undone = fired(2, { firedMode: 'undone' });
  const leftOf = (hours: number, episode: EpisodeState) =>
    findUndoneLeft([rule(2)], positionWith({ balances: left(hours) }), [episode]);

  test('is left behind above it, not at it, and only if it was withdrawn', () => {
    expect(leftOf(2.5, undone)).toEqual([undone]);
    expect(leftOf(2, undone)).toEqual([]);
    expect(leftOf(2.5, fired(2))).toEqual([]);
    expect(leftOf(2.5, { ...undone, isFired: false })).toEqual([]);
  });

  test('stays told while it is reached, until the next purchase', () => {
    const balances = left(1);
    expect(keys([rule(2)], balances, [undone], live)).toEqual([]);
    expect(keys([rule(2)], balances, [undone], { ...live, lastCreditSeq: 11 })).toHaveLength(1);
  });
});
