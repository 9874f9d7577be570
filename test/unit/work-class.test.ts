import { describe, expect, test } from '@jest/globals';
import type {
  Agreement,
  BusinessHours,
  Multiplier,
  ProactiveRules,
} from '../../src/domain/agreements/terms.ts';
import { type ChargeableEntry, computeCharge } from '../../src/domain/charges/charge.ts';
import {
  type ClassSeconds,
  classesOf,
  type WorkOrigin,
} from '../../src/domain/charges/work-class.ts';
import { addSeconds } from '../../src/domain/time.ts';
import { agreementOf } from '../support/terms.ts';

const office: BusinessHours = {
  name: 'office',
  week: [0, 1, 2, 3, 4, 5, 6].map((day) => (day < 5 ? [{ fromMinute: 480, toMinute: 1080 }] : [])),
  isHoliday: () => false,
};
const late: Multiplier = { workType: null, role: null, outside: office, factorThousandths: 2000 };

const rules: ProactiveRules = {
  workTypes: ['Maintenance'],
  ticketSources: ['monitoring'],
  ticketTypes: ['Patch window'],
  boards: ['NOC'],
};

const plain: WorkOrigin = { ticketType: 'Incident', board: 'Help desk', source: 'Email' };

// 17:30 in Paris: half of the hour lies outside business hours.
const evening = '2026-03-02T16:30:00.000Z';

function partOf(fields: Partial<ChargeableEntry>, terms: Partial<Agreement> = {}) {
  const entry: ChargeableEntry = {
    ...{ sourceId: '1', ticketNumber: '100', technician: 'Ada', isTimed: true, role: null },
    ...{ startedAt: evening, endedAt: addSeconds(evening, 3600), seconds: 3600 },
    ...{ correctedSeconds: 0, secondsText: '1 h', workType: 'Remote', isBillable: true },
    ...{ workedOn: '2026-03-02', origin: plain, ...fields },
  };
  const agreement = agreementOf({ proactive: rules, multipliers: [late], ...terms });
  const charge = computeCharge({
    ...{ connection: 'psa', ticket: null, entries: [entry], agreement },
    timezone: 'Europe/Paris',
  });
  return charge.parts[0];
}

const classes = (fields: Partial<ChargeableEntry>, terms: Partial<Agreement> = {}) =>
  partOf(fields, terms)?.classes;

describe('work is proactive by', () => {
  test.each<[string, Partial<ChargeableEntry>]>([
    ['its work type', { workType: 'maintenance' }],
    [
      'its work type, as renamed in the PSA',
      { workType: 'Care', ruleNames: { workType: ['maintenance'] } },
    ],
    ['the type of its ticket', { origin: { ...plain, ticketType: 'patch WINDOW' } }],
    ['the board of its ticket', { origin: { ...plain, board: 'noc' } }],
    ['the source of its ticket', { origin: { ...plain, source: ' Monitoring ' } }],
    ['any one of these', { workType: 'Maintenance', origin: null }],
  ])('%s, also at night', (_, fields) => {
    expect(classes(fields)).toEqual({ proactive: 3600 });
  });
});

describe('other work', () => {
  test('is reactive, and an emergency from the edge of business hours on', () => {
    expect(classes({})).toEqual({ reactive: 1800, emergency: 1800 });
    expect(classes({ endedAt: addSeconds(evening, 1800), seconds: 1800 })).toEqual({
      reactive: 1800,
    });
  });

  test('is an emergency too where another multiplier is higher than that of the calendar', () => {
    const onSite = { workType: 'Remote', role: null, outside: null, factorThousandths: 3000 };
    expect(classes({}, { multipliers: [late, onSite] })).toEqual({
      reactive: 1800,
      emergency: 1800,
    });
  });

  test('is reactive at any time without business hours', () => {
    expect(classes({}, { multipliers: [] })).toEqual({ reactive: 3600 });
  });

  test('has no ticket and no work type, and is reactive all the same', () => {
    expect(classes({ workType: null, origin: null }, { multipliers: [] })).toEqual({
      reactive: 3600,
    });
  });
});

test('free work has no class, nor has any where the agreement says nothing', () => {
  expect(partOf({ isBillable: false })).not.toHaveProperty('classes');
  expect(partOf({}, { proactive: null })).not.toHaveProperty('classes');
});

test('a class changes no price', () => {
  expect(partOf({})?.pieces).toEqual(partOf({}, { proactive: null })?.pieces);
});

describe('work posted before the agreement said what is proactive', () => {
  const earlier = (fields: Partial<ChargeableEntry>, proactive: ProactiveRules | null) => {
    const part = partOf(fields, { proactive: null });
    if (part === undefined) throw new Error('no part');
    return classesOf(part, { proactive });
  };
  const onlyTypes = { ...rules, ticketSources: [], ticketTypes: [], boards: [] };

  test.each<[string, Partial<ChargeableEntry>, ProactiveRules | null, ClassSeconds | null]>([
    ['is known by its work type', { workType: 'Maintenance' }, rules, { proactive: 3600 }],
    ['is unknown if its ticket might have decided', {}, rules, null],
    ['is known if only work types decide', {}, onlyTypes, { reactive: 1800, emergency: 1800 }],
    ['is unknown without rules', { workType: 'Maintenance' }, null, null],
  ])('%s', (_, fields, proactive, expected) => {
    expect(earlier(fields, proactive)).toEqual(expected);
  });

  test('and what is stored goes before the rules of today', () => {
    const part = partOf({ workType: 'Maintenance' });
    if (part === undefined) throw new Error('no part');
    const none = { workTypes: [], ticketSources: [], ticketTypes: [], boards: [] };
    expect(classesOf(part, { proactive: none })).toEqual({ proactive: 3600 });
  });
});
