import { expect, test } from '@jest/globals';
import { type Simulation, simulate } from '../../src/domain/simulation.ts';
import type { ReplenishRule } from '../../src/domain/terms.ts';

const hour = 3600;
const day = (number: number) => `2026-03-${String(number).padStart(2, '0')}`;
const at = (number: number) => `${day(number)}T12:00:00.000Z`;

function ruleAt(hoursLeft: number, fields: Partial<ReplenishRule> = {}): ReplenishRule {
  const when = { balance: 'settled', secondsLeft: hoursLeft * hour } as const;
  return { when, do: ['alert'], offer: null, tell: ['msp'], ...fields };
}

function used(number: number, hours: number, workedOn = day(number)) {
  const demand = { seconds: hours * hour, workTypes: null, price: null };
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
    ...{ charges: [], moves: [bought(1, 10)], blocks: [block('b-1')], rules: [] },
    ...{ shares: new Map(), zone: 'Europe/Paris', until: at(31), pendingSeconds: 0 },
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
    ...{ seconds: 0, alerts: 1, moneyMinor: new Map() },
  });
  const withdrawn = { ...bought(2, 10), kind: 'withdraw' } as const;
  const charges = [used(3, 1)];
  expect(play({ moves: [bought(1, 10), withdrawn], charges })).toMatchObject({
    ...{ seconds: hour, overageSeconds: hour },
  });
});

test('work not yet due counts where the rule looks at the projected balance, at the end', () => {
  const projected = ruleAt(2, { when: { balance: 'projected', secondsLeft: 2 * hour } });
  const fields = { charges: [used(2, 1)], rules: [projected] };
  expect(play(fields).alerts).toBe(0);
  expect(play({ ...fields, pendingSeconds: 7 * hour }).alerts).toBe(1);
});

test('before the first hour is bought or used there is no level to reach', () => {
  expect(play({ moves: [], rules: [ruleAt(2)], pendingSeconds: hour }).alerts).toBe(0);
});
