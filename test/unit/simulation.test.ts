import { describe, expect, test } from '@jest/globals';
import type { ReplenishRule } from '../../src/domain/agreements/terms.ts';
import type { ChargeFacts } from '../../src/domain/charges/charge-facts.ts';
import type { Simulation } from '../../src/domain/thresholds/simulated.ts';
import { dueAtOf, simulate } from '../../src/domain/thresholds/simulation.ts';

const hour = 3600;
const day = (number: number) => `2026-03-${String(number).padStart(2, '0')}`;
const at = (number: number) => `${day(number)}T12:00:00.000Z`;

function ruleAt(hoursLeft: number, fields: Partial<ReplenishRule> = {}): ReplenishRule {
  const when = { balance: 'settled', secondsLeft: hoursLeft * hour } as const;
  return { when, do: ['alert'], offer: null, tell: ['msp'], ...fields };
}

function used(number: number, hours: number, workedOn = day(number)) {
  const demand = { seconds: hours * hour, workTypes: ['Remote'], price: null };
  return { dueAt: at(number), workedOn, ...demand, clientId: 'dupont' };
}

function bought(number: number, hours: number, blockId = 'b-1') {
  const workedOn = day(number);
  const seconds = hours * hour;
  return { at: at(number), kind: 'credit', blockId, seconds, minor: null, workedOn } as const;
}

function block(id: string, fields: Partial<Simulation['blocks'][number]> = {}) {
  const terms = { priority: 0, expiresOn: null, purchasedOn: day(1), workTypes: null };
  const size = { seconds: 0, amountMinor: null, rateMinor: 12_000, currency: 'EUR' };
  return { id, ...terms, ...size, ...fields };
}

function play(fields: Partial<Simulation>) {
  const { byClient, alerts, invoices } = simulate({
    charges: [],
    moves: [bought(1, 10)],
    blocks: [block('b-1')],
    rules: [],
    shares: new Map(),
    zone: 'Europe/Paris',
    until: at(31),
    pendingSeconds: 0,
    ...fields,
  });
  const nothing = { seconds: 0, overageSeconds: 0, moneyMinor: new Map<string, number>() };
  return { ...(byClient.get('dupont') ?? nothing), alerts, invoices };
}

test('a level is told once on the way down, and again after the next purchase', () => {
  const charges = [used(2, 8), used(3, 1), used(5, 10)];
  const rules = [ruleAt(2)];
  expect(play({ charges, rules }).alerts).toBe(1);
  const moves = [bought(1, 10), bought(4, 10)];
  expect(play({ charges, rules, moves })).toMatchObject({ alerts: 2, overageSeconds: 0 });
});

test('several levels crossed by one charge are one alert; only a rule that sells is an invoice', () => {
  const rules = [ruleAt(5), ruleAt(2), ruleAt(1, { do: ['invoice'] })];
  expect(play({ charges: [used(2, 8)], rules })).toMatchObject({ alerts: 1, invoices: 0 });
  expect(play({ charges: [used(2, 9.5)], rules })).toMatchObject({ alerts: 1, invoices: 1 });
});

test('the end of a block’s last day is a fall of the balance too', () => {
  const blocks = [block('b-1', { expiresOn: day(10) })];
  expect(play({ blocks, rules: [ruleAt(2)] }).alerts).toBe(1);
  expect(play({ blocks, rules: [ruleAt(2)], until: at(10) }).alerts).toBe(0);
});

test('hours bought later pay overage first, in the order of the work, at their own price', () => {
  const charges = [used(2, 12)];
  const blocks = [block('b-1'), block('b-2', { rateMinor: 10_000 })];
  expect(play({ charges, blocks })).toMatchObject({ overageSeconds: 2 * hour });
  const paid = play({ charges, blocks, moves: [bought(1, 10), bought(5, 5, 'b-2')] });
  expect(paid).toMatchObject({ overageSeconds: 0, moneyMinor: new Map([['EUR', 140_000]]) });
});

test('hours taken by hand and a withdrawn block lower the balance and are no charge', () => {
  const taken = { ...bought(2, 9), kind: 'spend', blockId: null } as const;
  expect(play({ moves: [bought(1, 10), taken], rules: [ruleAt(2)] })).toMatchObject({
    seconds: 0,
    alerts: 1,
    moneyMinor: new Map(),
  });
  const withdrawn = { ...bought(2, 10), kind: 'withdraw' } as const;
  const charges = [used(3, 1)];
  expect(play({ moves: [bought(1, 10), withdrawn], charges })).toMatchObject({
    seconds: hour,
    overageSeconds: hour,
  });
});

test('work not yet due counts where the rule looks at the projected balance, at the end', () => {
  const projected = ruleAt(2, { when: { balance: 'projected', secondsLeft: 2 * hour } });
  const fields = { charges: [used(2, 1)], rules: [projected] };
  expect(play(fields).alerts).toBe(0);
  expect(play({ ...fields, pendingSeconds: 7 * hour }).alerts).toBe(1);
});

test('hours bought later pay the oldest work first, whatever fell due first', () => {
  // What is good for all days pays the older work: the other block would do so, and is too late.
  const blocks = [block('b-1'), block('b-2', { expiresOn: day(4), priority: 1 })];
  const moves = [bought(8, 2), bought(9, 2, 'b-2')];
  for (const [first, second] of [
    [5, 3],
    [3, 5],
  ] as const) {
    const charges = [used(6, 2, day(first)), used(7, 2, day(second))];
    expect(play({ blocks, charges, moves })).toMatchObject({
      seconds: 4 * hour,
      overageSeconds: 2 * hour,
      moneyMinor: new Map([['EUR', 24_000]]),
    });
  }
  const charges = [used(6, 2, day(5)), used(7, 2, day(3))];
  expect(play({ charges, moves: [bought(8, 3)] })).toMatchObject({ overageSeconds: hour });
});

test('a block that is limited to work types pays for no other work, now or later', () => {
  const blocks = [block('b-1', { workTypes: ['On-site'] }), block('b-2', { priority: 1 })];
  const moves = [bought(1, 10), bought(5, 1, 'b-2')];
  const visit = { ...used(3, 2), workTypes: ['On-site'] };
  expect(play({ blocks, moves, charges: [used(2, 3), visit] })).toMatchObject({
    seconds: 5 * hour,
    overageSeconds: 2 * hour,
    moneyMinor: new Map([['EUR', 36_000]]),
  });
  const taken = { ...bought(2, 4), kind: 'spend', blockId: null } as const;
  expect(play({ blocks, moves: [bought(1, 10), taken], rules: [ruleAt(6)] }).alerts).toBe(1);
});

test('the money is kept apart by currency, and added up within one', () => {
  const blocks = [
    block('b-1'),
    block('b-2', { rateMinor: 10_000, priority: 1 }),
    block('b-3', { currency: 'CHF', priority: 2 }),
    block('b-4', { priority: 3 }),
  ];
  const moves = ['b-1', 'b-2', 'b-3', 'b-4'].map((id) => bought(1, 1, id));
  expect(play({ blocks, moves, charges: [used(2, 2.5)] }).moneyMinor).toEqual(
    new Map([
      ['EUR', 22_000],
      ['CHF', 6_000],
    ]),
  );
});

test('overage by hand is owed before a charge of a later day, and is no overage of a charge', () => {
  const taken = { ...bought(2, 3), kind: 'spend', blockId: null } as const;
  const moves = [taken, bought(4, 4)];
  expect(play({ moves, charges: [used(3, 2)] })).toMatchObject({
    seconds: 2 * hour,
    overageSeconds: hour,
    moneyMinor: new Map([['EUR', 12_000]]),
  });
  expect(play({ moves: [taken], rules: [ruleAt(-3)] })).toMatchObject({
    alerts: 1,
    overageSeconds: 0,
  });
});

test('at one time hours are bought before work is charged', () => {
  expect(play({ charges: [used(1, 9)], rules: [ruleAt(2)] }).alerts).toBe(1);
  expect(play({ charges: [used(1, 7)], rules: [ruleAt(2)] }).alerts).toBe(0);
});

test('blocks bought at the same time are one balance, whatever the first of them holds', () => {
  const blocks = [block('b-1'), block('b-2')];
  const moves = [bought(1, 2), bought(1, 5, 'b-2')];
  expect(play({ blocks, moves, rules: [ruleAt(5)] }).alerts).toBe(0);
  expect(play({ blocks, moves, rules: [ruleAt(7)] }).alerts).toBe(1);
});

test('a time at which work is charged and a block ends is told once', () => {
  const blocks = [block('b-1', { expiresOn: day(9) }), block('b-2', { priority: 1 })];
  const midnight = { ...used(9, 1), dueAt: '2026-03-09T23:00:00.000Z' };
  const moves = [bought(1, 4), bought(1, 5, 'b-2')];
  const rules = [ruleAt(8), ruleAt(6)];
  expect(play({ blocks, moves, charges: [midnight], rules }).alerts).toBe(1);
});

test('nothing counts after the end, and everything up to it does', () => {
  const fields = { charges: [used(2, 1), used(5, 1)], rules: [ruleAt(8)] };
  expect(play({ ...fields, until: at(5) })).toMatchObject({ seconds: 2 * hour, alerts: 1 });
  expect(play({ ...fields, until: at(4) })).toMatchObject({ seconds: hour, alerts: 0 });
});

test('the end of a block is a fall of its own, before the next purchase lifts the balance', () => {
  const blocks = [block('b-1', { expiresOn: day(10) }), block('b-2')];
  const moves = [bought(1, 10), bought(12, 10, 'b-2')];
  expect(play({ blocks, moves, rules: [ruleAt(2)] }).alerts).toBe(1);
  const open = blocks.map((one) => ({ ...one, expiresOn: null }));
  expect(play({ blocks: open, moves, rules: [ruleAt(2)] }).alerts).toBe(0);
});

test('hours that were bought and never used are looked at in the end, with what is pending', () => {
  const projected = ruleAt(2, { when: { balance: 'projected', secondsLeft: 2 * hour } });
  expect(play({ rules: [projected], pendingSeconds: 9 * hour }).alerts).toBe(1);
});

test('a level in days to the run-out is left out', () => {
  const runOut = ruleAt(0, { when: { balance: 'settled', runOutWithinDays: 7 } });
  expect(play({ charges: [used(2, 10)], rules: [runOut] }).alerts).toBe(0);
});

test('a block that ends within the days of a rule is told once', () => {
  const ending = ruleAt(0, { when: { balance: 'settled', expiresWithinDays: 5 } });
  const blocks = [block('b-1', { expiresOn: day(10) })];
  const charges = [used(4, 1), used(6, 1), used(7, 1)];
  expect(play({ blocks, charges, rules: [ending] }).alerts).toBe(1);
  const withdrawn = { ...bought(3, 10), kind: 'withdraw' } as const;
  expect(play({ blocks, charges, rules: [ending], moves: [bought(1, 10), withdrawn] }).alerts).toBe(
    0,
  );
});

test('a level in per cent is told again only once a purchase has lifted the balance above it', () => {
  const percent = ruleAt(0, { when: { balance: 'settled', percentLeft: 20 } });
  const charges = [used(2, 9), used(4, 0.5), used(6, 9)];
  expect(play({ charges, rules: [percent] }).alerts).toBe(1);
  expect(play({ charges, rules: [percent], moves: [bought(1, 10), bought(5, 10)] }).alerts).toBe(2);
});

test('a move of a block that is not there is a defect, never a guess', () => {
  expect(() => play({ moves: [bought(1, 10, 'b-9')] })).toThrow(/b-9/);
});

describe('a charge falls due', () => {
  const part = (startedAt: string, seconds: number) => ({ startedAt, seconds });
  const facts = (debitWhen: ChargeFacts['debitWhen'], closedAt: string | null) => {
    const ticket = { id: '1', number: '1', summary: '', closedAt };
    const parts = [part(at(3), 600), part(at(2), 60)];
    return { debitWhen, ticket, parts } as unknown as ChargeFacts;
  };

  test.each([
    ['once the last of its work is done', 'logged', at(9), '2026-03-03T12:10:00.000Z'],
    ['once its ticket is closed, where that counts', 'ticket-closed', at(9), at(9)],
    ['not before its work is done', 'ticket-closed', at(1), '2026-03-03T12:10:00.000Z'],
    ['with its work where no closing is known', 'ticket-closed', null, '2026-03-03T12:10:00.000Z'],
  ] as const)('%s', (_, debitWhen, closedAt, dueAt) => {
    expect(dueAtOf(facts(debitWhen, closedAt))).toBe(dueAt);
  });

  test('with its work where it hangs on no ticket', () => {
    const alone = { ...facts('ticket-closed', null), ticket: null };
    expect(dueAtOf(alone)).toBe('2026-03-03T12:10:00.000Z');
  });
});

test('before the first hour is bought or used there is no level to reach', () => {
  expect(play({ moves: [], rules: [ruleAt(2)], pendingSeconds: hour }).alerts).toBe(0);
});

describe('idle hours', () => {
  const rules = [ruleAt(0, { when: { balance: 'settled', idleDays: 5 } })];

  test('alert once in each pause, also where only time passes', () => {
    expect(play({ rules }).alerts).toBe(1);
    expect(play({ rules, charges: [used(4, 1), used(8, 1)] }).alerts).toBe(1);
    expect(play({ rules, charges: [used(4, 1), used(20, 1)] }).alerts).toBe(2);
    expect(play({ rules, until: at(5) }).alerts).toBe(0);
  });

  test('count from the last work of a charge, and not while work waits to be charged', () => {
    const long = { ...used(20, 1, day(3)), lastWorkedOn: day(19) };
    expect(play({ rules, charges: [long], until: at(23) }).alerts).toBe(0);
    expect(play({ rules, charges: [long], until: at(24) }).alerts).toBe(1);
  });

  test('end with the hours, and need no other rule to be looked at', () => {
    expect(play({ rules, charges: [used(3, 10)] }).alerts).toBe(0);
    expect(play({ rules, pendingSeconds: hour, until: at(5) }).alerts).toBe(0);
  });
});
