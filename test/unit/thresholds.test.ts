import { describe, expect, test } from '@jest/globals';
import type { ReplenishRule, Threshold } from '../../src/domain/agreements/terms.ts';
import {
  type EpisodeState,
  findBeside,
  findCrossings,
  findUndoneLeft,
  followEpisodes,
  type LedgerMove,
} from '../../src/domain/thresholds/episodes.ts';
import {
  blocksToBuy,
  type HeldBlock,
  netSeconds,
  type Position,
  sizeInUse,
  thresholdKey,
} from '../../src/domain/thresholds/thresholds.ts';
import { ten as offerOfTen } from '../support/terms.ts';

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
    threshold: thresholdKey(rule(hours).when),
    number: 3,
    isFired: true,
    firedClientSeq: 10,
    firedMode: 'live',
    firedAt: '2026-03-01T12:00:00.000Z',
    pendingSeconds: 0,
    ...fields,
  };
}

const live = { lastCreditSeq: 1, mode: 'live', zone: 'UTC', moves: [], ordered: [] } as const;
const today = '2026-03-02';

function positionWith(fields: Partial<Position>): Position {
  const nothing = { moneyLeft: new Map(), moneyOwed: new Map(), forecast: () => null };
  const kind = { workTypes: null, hasHours: true, blocks: [] };
  return { today, balances: left(5), ...kind, ...nothing, ...fields };
}

type Situation = Parameters<typeof findCrossings>[3];
const keysOf = (
  rules: ReplenishRule[],
  position: Position,
  episodes: EpisodeState[],
  situation: Situation,
) =>
  findCrossings(rules, [position], episodes, situation).map(
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

  test('together with every other one below which the balance fell', () => {
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

  test.each<[string, [hours: number, reason: LedgerMove['reason']][], boolean]>([
    ['is not repeated by a gift alone', [[0.25, 'adjustment']], false],
    [
      'fires again once hours are used after a purchase, however small',
      [
        [1, 'purchase'],
        [-0.5, 'usage'],
      ],
      true,
    ],
    [
      'fires again by hours that ended',
      [
        [1, 'purchase'],
        [-0.5, 'expiry'],
      ],
      true,
    ],
    [
      'is not repeated by what was used before the gift',
      [
        [-0.5, 'usage'],
        [0.25, 'adjustment'],
      ],
      false,
    ],
    [
      'is re-armed by no reversal',
      [
        [2, 'reversal'],
        [-2.5, 'usage'],
      ],
      false,
    ],
    [
      'stays quiet when a charge is reversed and posted again',
      [
        [1, 'purchase'],
        [3, 'reversal'],
        [-3, 'usage'],
      ],
      false,
    ],
    [
      'fires when it is posted again with more',
      [
        [1, 'purchase'],
        [3, 'reversal'],
        [-3.5, 'usage'],
      ],
      true,
    ],
    [
      'does not take billed overage for hours that came back',
      [
        [1, 'purchase'],
        [-1, 'usage'],
        [-3, 'overage'],
        [3, 'overage'],
      ],
      true,
    ],
    [
      'stays quiet when hours roll over',
      [
        [1, 'purchase'],
        [-1, 'rollover'],
        [1, 'rollover'],
      ],
      false,
    ],
  ])('%s', (_, moves, isFired) => {
    const situation = { ...live, lastCreditSeq: 99, moves: moves.map(toMove) };
    const position = positionWith({ balances: left(1), blocks: [held('a', 1)] });
    expect(keysOf([rule(2)], position, [fired(2)], situation)).toEqual(
      isFired ? ['settled<=7200#4'] : [],
    );
  });

  test('is re-armed by hours that were bought before it fired and begin after', () => {
    const begun = held('b', 1, { purchasedOn: '2026-03-02' });
    const uses = [toMove([-1, 'usage'], 0)];
    const of = (block: HeldBlock, moves: LedgerMove[]) =>
      keysOf(
        [rule(2)],
        positionWith({ balances: left(1), blocks: [held('a', 1), block] }),
        [fired(2)],
        { ...live, moves },
      );
    expect(of(begun, uses)).toEqual(['settled<=7200#4']);
    expect(of(begun, [])).toEqual([]);
    expect(of({ ...begun, isBought: false }, uses)).toEqual([]);
    expect(of({ ...begun, purchasedOn: '2026-03-01' }, uses)).toEqual([]);
  });

  test('is re-armed by hours of its own kind alone', () => {
    const bought = { ...toMove([1, 'purchase'], 0), blockId: 'of another kind' };
    const situation = { ...live, lastCreditSeq: 11, moves: [bought, toMove([-1, 'usage'], 1)] };
    const position = positionWith({ balances: left(1), blocks: [held('a', 1)] });
    expect(keysOf([rule(2)], position, [fired(2)], situation)).toEqual([]);
  });

  test('on the projected balance fires again by more pending work than before the credit', () => {
    const when = rule(2, 'projected');
    const of = (pendingHours: number) =>
      keysOf(
        [when],
        positionWith({ balances: left(4, pendingHours), blocks: [held('a', 4)] }),
        [fired(2, { threshold: 'projected<=7200', pendingSeconds: 3 * hour })],
        { ...live, lastCreditSeq: 11, moves: [toMove([0.25, 'adjustment'], 0)] },
      );
    expect(of(3)).toEqual([]);
    expect(of(4)).toEqual(['projected<=7200#4']);
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
    remainingMinor: null,
    currency: 'EUR',
    shares: new Map(),
    expiresOn: null,
    purchasedOn: '2026-01-01',
    workTypes: null,
    isActive: true,
    isBought: true,
    ...fields,
  };
}

/** On block `a`, after the position at which episodes fired; of overage where no block paid. */
function toMove([hours, reason]: [hours: number, reason: LedgerMove['reason']], index: number) {
  const isOverage = reason === 'overage' && hours < 0;
  const nothing = { clientId: 'dupont', minor: null, usedBy: null, chargeId: null, note: null };
  return {
    key: String(index),
    clientSeq: 11 + index,
    reason,
    blockId: isOverage ? null : 'a',
    ...({ side: hours < 0 ? 'debit' : 'credit', seconds: Math.abs(hours) * hour } as const),
    ...nothing,
    reverses: null,
    workedOn: null,
    workTypes: null,
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
});

describe('the end of a block', () => {
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
  });

  test('is told again where it was put off, and comes near once more', () => {
    const told = [episodeOf('settled expiry<=30d a')];
    const follow = (expiresOn: string) =>
      followEpisodes([expiry], [positionWith({ blocks: [{ ...soon, expiresOn }] })], told, live);
    expect(follow('2026-04-01')).toEqual([]);
    expect(follow('2026-04-02')).toEqual([{ ...told[0], isFired: false }]);
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
  const told = findCrossings([projected], [position], [], live).map(({ block }) => block);
  expect(told.map((block) => [block?.id, (block?.remainingSeconds ?? 0) / hour])).toEqual([
    ['b', 1],
    ['c', 3],
  ]);
});

describe('a forecast run-out', () => {
  const key = 'settled run-out<=7d';
  const when = (day: string) => positionWith({ forecast: outOn(day) });

  test('is reached within the days, and never by a client that uses nothing', () => {
    expect(keysOf([runOut], when('2026-03-09'), [], live)).toEqual([`${key}#1`]);
    expect(keysOf([runOut], when('2026-03-10'), [], live)).toEqual([]);
    expect(keysOf([runOut], positionWith({}), [], live)).toEqual([]);
  });

  test('is told once, not each day, while the forecast wavers around it', () => {
    const told = [episodeOf(key)];
    for (const day of ['2026-03-04', '2026-03-10', '2026-03-16', '2026-03-08']) {
      expect(keysOf([runOut], when(day), told, live)).toEqual([]);
      expect(followEpisodes([runOut], [when(day)], told, live)).toEqual([]);
    }
  });

  test('is armed again by the forecast beyond twice the days, or by a purchase that lifts it', () => {
    const told = [episodeOf(key)];
    const follow = (day: string, lastCreditSeq: number) =>
      followEpisodes([runOut], [when(day)], told, { ...live, lastCreditSeq });
    const armed = [{ ...told[0], isFired: false }];
    expect(follow('2026-03-17', 10)).toEqual(armed);
    expect(follow('2026-03-10', 11)).toEqual(armed);
    expect(follow('2026-03-09', 11)).toEqual([]);
  });
});

const ten = { seconds: 10 * hour, amountMinor: null };

test('at a level that is not in hours one block is bought, and more for overage', () => {
  expect(blocksToBuy(percent.when, positionWith({ balances: left(1) }), ten)).toBe(1);
  expect(blocksToBuy(runOut.when, positionWith({ balances: left(0) }), ten)).toBe(1);
  expect(blocksToBuy(percent.when, positionWith({ balances: left(0, 0, 12) }), ten)).toBe(2);
});

test.each([
  ['lifts the balance above the level', 1, 2, 1],
  ['counts overage into the gap', -15, 2, 2],
  ['does not stop at the very level', -8, 2, 2],
  ['is one block at least', 5, 2, 1],
])('a purchase %s', (_, netHours, levelHours, blocks) => {
  const balances = netHours < 0 ? left(0, 0, -netHours) : left(netHours);
  const bought = blocksToBuy(rule(levelHours).when, positionWith({ balances }), ten);
  expect(bought).toBe(blocks);
  expect(netHours + bought * 10).toBeGreaterThan(levelHours);
});

test('a purchase covers pending work too, whichever balance its level looks at', () => {
  const buy = (pendingHours: number) =>
    blocksToBuy(rule(2).when, positionWith({ balances: left(1, pendingHours) }), ten);
  expect([buy(0), buy(11), buy(11.5), buy(31)]).toEqual([1, 1, 2, 3]);
});

describe('a level whose alert was withdrawn by an undo', () => {
  const undone = fired(2, { firedMode: 'undone' });
  const leftOf = (hours: number, episode: EpisodeState) =>
    findUndoneLeft([rule(2)], [positionWith({ balances: left(hours) })], [episode]);

  test('is left behind above it, not at it, and only if it was withdrawn', () => {
    expect(leftOf(2.5, undone)).toEqual([undone]);
    expect(leftOf(2, undone)).toEqual([]);
    expect(leftOf(2.5, fired(2))).toEqual([]);
    expect(leftOf(2.5, { ...undone, isFired: false })).toEqual([]);
  });

  test('stays told while it is reached, until the next purchase', () => {
    const balances = left(1);
    expect(keys([rule(2)], balances, [undone], live)).toEqual([]);
    const moves = (
      [
        [1, 'purchase'],
        [-1, 'usage'],
      ] as const
    ).map(([hours, reason], index) => toMove([hours, reason], index));
    const position = positionWith({ balances, blocks: [held('a', 1)] });
    const bought = { ...live, lastCreditSeq: 11, moves };
    expect(keysOf([rule(2)], position, [undone], bought)).toHaveLength(1);
  });
});

test.each<[string, Threshold, string, boolean]>([
  ['a limited kind', { balance: 'settled', secondsLeft: 7200 }, 'settled<=7200 for project', true],
  ['its own kind', { balance: 'settled', secondsLeft: 7200 }, 'settled<=7200 for onsite', false],
  ['general hours', { balance: 'settled', secondsLeft: 7200 }, 'settled<=7200', true],
  ['another level', { balance: 'settled', secondsLeft: 3600 }, 'settled<=7200', false],
  [
    'an expiry',
    { balance: 'settled', expiresWithinDays: 7 },
    'settled expiry<=7d for project b-1',
    true,
  ],
])(
  'beside hours for onsite work, %s: a rule’s threshold that they do not pay for',
  (_, when, threshold, isBeside) => {
    const offer = { ...offerOfTen, workTypes: null };
    const limited = (...workTypes: string[]) => ({ workTypes, amountMinor: null });
    const episode = fired(2, { threshold });
    const rules: ReplenishRule[] = [{ when, do: ['recharge'], offer, tell: ['msp'] }];
    const found = findBeside(rules, [episode], limited('Onsite'), [limited('Project')]);
    expect(found).toEqual(isBeside ? [episode] : []);
  },
);

test('money is of another kind than hours', () => {
  const offer = { ...offerOfTen, workTypes: null };
  const rules: ReplenishRule[] = [{ ...rule(2), do: ['recharge'], offer }];
  const own = (amountMinor: number | null) => ({ workTypes: null, amountMinor });
  expect(findBeside(rules, [fired(2)], own(100_000), [])).toHaveLength(1);
  expect(findBeside(rules, [fired(2)], own(null), [])).toEqual([]);
});
