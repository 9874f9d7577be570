import { describe, expect, test } from '@jest/globals';
import type { Agreement, BusinessHours, Multiplier } from '../../src/domain/agreements/terms.ts';
import { type ChargeableEntry, computeCharge } from '../../src/domain/charges/charge.ts';
import { chargedWorkTypes } from '../../src/domain/charges/charge-facts.ts';
import { toFormatOptions } from '../../src/domain/format.ts';
import { addSeconds } from '../../src/domain/time.ts';
import { textsIn } from '../../src/reports/text/texts.ts';
import { agreementOf } from '../support/terms.ts';

const office: BusinessHours = {
  name: 'office',
  week: [0, 1, 2, 3, 4, 5, 6].map((day) => (day < 5 ? [{ fromMinute: 480, toMinute: 1080 }] : [])),
  isHoliday: () => false,
};

function entry(startedAt: string, minutes: number, fields: Partial<ChargeableEntry> = {}) {
  return {
    sourceId: startedAt,
    ticketNumber: '100',
    technician: 'Ada',
    startedAt,
    endedAt: addSeconds(startedAt, minutes * 60),
    isTimed: true,
    seconds: minutes * 60,
    correctedSeconds: 0,
    secondsText: `${minutes} min`,
    workType: 'Remote',
    role: null,
    isBillable: true,
    workedOn: startedAt.slice(0, 10),
    ...fields,
  };
}

function rounding(increment: number, minimum = 0, grace = 0) {
  return {
    per: 'ticket' as const,
    incrementSeconds: increment * 60,
    minimumSeconds: minimum * 60,
    graceSeconds: grace * 60,
  };
}

function rule(fields: Partial<Multiplier>, factorThousandths: number): Multiplier {
  return { workType: null, role: null, outside: null, ...fields, factorThousandths };
}

function charge(entries: ChargeableEntry[], terms: Partial<Agreement>) {
  const agreement = agreementOf({ rounding: rounding(1), ...terms });
  return computeCharge({
    connection: 'psa',
    ticket: null,
    entries,
    agreement,
    timezone: 'Europe/Paris',
  });
}

/** Minutes charged. */
const cost = (entries: ChargeableEntry[], terms: Partial<Agreement>) =>
  charge(entries, terms).seconds / 60;

const morning = '2026-03-02T09:00:00.000Z';
// 17:30 in Paris: half of the hour lies outside.
const evening = '2026-03-02T16:30:00.000Z';

test('three notes of 95 minutes on a ticket are two hours, not three', () => {
  const notes = [
    entry(morning, 40),
    entry('2026-03-02T10:00:00.000Z', 40),
    entry('2026-03-02T11:00:00.000Z', 15),
  ];
  expect(cost(notes, { rounding: rounding(60) })).toBe(120);
});

describe('multipliers', () => {
  const onSite = rule({ workType: 'On-site' }, 1250);
  const late = rule({ outside: office }, 2000);
  const senior = rule({ role: 'Senior' }, 1500);

  test('apply to the seconds outside business hours alone', () => {
    expect(cost([entry(evening, 60)], { multipliers: [late] })).toBe(30 + 60);
  });

  test('never stack: the highest applies', () => {
    const work = entry(evening, 60, { workType: 'on-site', role: 'Senior' });
    expect(cost([work], { multipliers: [onSite, late, senior] })).toBe(45 + 60);
  });

  test('stack when the agreement says so, and name every rule', () => {
    const work = entry(evening, 60, { workType: 'On-site', role: 'Senior' });
    const facts = charge([work], { multipliers: [onSite, late, senior], stackMultipliers: true });
    expect(facts.parts[0]?.pieces).toMatchObject([
      { seconds: 1800, factorThousandths: 1875 },
      { seconds: 1800, factorThousandths: 3750 },
    ]);
    expect(facts.parts[0]?.pieces[1]?.rules.map(({ name }) => name)).toEqual([
      'On-site',
      'Senior',
      'office',
    ]);
    expect(facts.seconds).toBe(1800 * 1.875 + 1800 * 3.75);
  });

  test('of a role or a work type leave all other work alone', () => {
    const multipliers = [onSite, senior];
    const plain = [{ seconds: 3600, factorThousandths: 1000, rules: [] }];
    const piecesOf = (fields: Partial<ChargeableEntry>) =>
      charge([entry(morning, 60, fields)], { multipliers }).parts[0]?.pieces;
    expect(piecesOf({})).toEqual(plain);
    expect(piecesOf({ role: 'Junior', workType: null })).toEqual(plain);
    expect(piecesOf({ role: 'senior' })).toEqual([
      { seconds: 3600, factorThousandths: 1500, rules: [{ kind: 'role', name: 'Senior' }] },
    ]);
    expect(piecesOf({ workType: 'on-site' })).toEqual([
      { seconds: 3600, factorThousandths: 1250, rules: [{ kind: 'workType', name: 'On-site' }] },
    ]);
  });

  test('of one height are named by the first of them', () => {
    const equal = rule({ role: 'Senior' }, 1250);
    const work = entry(morning, 60, { workType: 'On-site', role: 'Senior' });
    const facts = charge([work], { multipliers: [onSite, equal] });
    expect(facts.parts[0]?.pieces[0]?.rules).toEqual([{ kind: 'workType', name: 'On-site' }]);
  });

  test('of less than one make time cheaper', () => {
    expect(cost([entry(morning, 60)], { multipliers: [rule({ workType: 'Remote' }, 500)] })).toBe(
      30,
    );
  });

  test('of two calendars are each split at their own edges', () => {
    const never = { ...office, name: 'night', week: office.week.map(() => []) };
    const facts = charge([entry(evening, 60)], {
      multipliers: [late, rule({ outside: never }, 1100)],
    });
    expect(facts.parts[0]?.pieces).toMatchObject([
      { seconds: 1800, factorThousandths: 1100, rules: [{ kind: 'outside', name: 'night' }] },
      { seconds: 1800, factorThousandths: 2000, rules: [{ kind: 'outside', name: 'office' }] },
    ]);
  });

  test('of two calendars with edges one after the other are split at each, in order of time', () => {
    // Open from 17:45 to 18:15 in Paris: both its edges lie around the end of the office day.
    const hours = [{ fromMinute: 17 * 60 + 45, toMinute: 18 * 60 + 15 }];
    const shop = { ...office, name: 'shop', week: office.week.map(() => hours) };
    const facts = charge([entry(evening, 60)], {
      multipliers: [late, rule({ outside: shop }, 1500)],
      stackMultipliers: true,
    });
    const pieces = facts.parts[0]?.pieces ?? [];
    expect(pieces.map((piece) => [piece.seconds / 60, piece.factorThousandths])).toEqual([
      [15, 1500],
      [15, 1000],
      [15, 2000],
      [15, 3000],
    ]);
  });

  test('that stay the same over the edge of a calendar are one piece', () => {
    const night = { ...office, name: 'night', week: office.week.map(() => []) };
    const facts = charge([entry(evening, 60)], {
      multipliers: [late, rule({ outside: night }, 3000)],
    });
    expect(facts.parts[0]?.pieces).toEqual([
      { seconds: 3600, factorThousandths: 3000, rules: [{ kind: 'outside', name: 'night' }] },
    ]);
  });

  test('of one factor under two rules are told apart', () => {
    const night = { ...office, name: 'night', week: office.week.map(() => []) };
    const facts = charge([entry(evening, 60)], {
      multipliers: [late, rule({ outside: night }, 2000)],
    });
    expect(facts.parts[0]?.pieces.map(({ rules }) => rules[0]?.name)).toEqual(['night', 'office']);
  });

  test('are shared out in proportion when breaks were taken off the span', () => {
    const work = entry(evening, 60, { seconds: 1800 });
    expect(cost([work], { multipliers: [late] })).toBe(15 + 30);
  });

  test('take an entry of which only start and length are known to begin at its start', () => {
    const work = entry(evening, 60, { endedAt: evening });
    expect(cost([work], { multipliers: [late] })).toBe(30 + 60);
  });
});

describe('what rounding does', () => {
  test('leaves an excess alone that the vendor’s own rounding explains, and says so', () => {
    const shown = (seconds: number) => entry(morning, 0, { seconds, precisionSeconds: 18 });
    const per = { rounding: rounding(5) };
    const facts = charge([shown(10_512)], per);
    expect(facts.rounding).toMatchObject({ roundedSeconds: 10_500, precisionSeconds: 18 });
    const texts = textsIn(toFormatOptions('en'));
    expect(texts.explain.roundingRule(facts.rounding, texts)).toBe(
      'in steps of 5 min, up to 18 s treated as rounding by the PSA',
    );
    // 0.17 h twice is 20 min; what two roundings cannot explain is a begun increment.
    expect(cost([shown(612), shown(612)], per)).toBe(20);
    expect(cost([shown(612), shown(625)], per)).toBe(25);
    expect(cost([shown(36)], per)).toBe(5);
    expect(cost([entry(morning, 0, { seconds: 10_512 })], per)).toBe(180);
    expect(cost([{ ...shown(10_512), isBilledTime: true }], per)).toBe(180);
    expect(charge([shown(10_500)], per).rounding).not.toHaveProperty('precisionSeconds');
    const grace = charge([shown(10_512)], { rounding: rounding(5, 0, 1) });
    expect(grace.rounding).not.toHaveProperty('precisionSeconds');
  });

  const late = rule({ outside: office }, 2000);

  test('adds at the lowest factor among the parts', () => {
    // 50 minutes inside and 20 outside: what is missing to 90 costs as much as inside.
    const work = [entry(morning, 50), entry('2026-03-02T18:00:00.000Z', 20)];
    const facts = charge(work, { multipliers: [late], rounding: rounding(30) });
    expect(facts.seconds / 60).toBe(50 + 40 + 20);
    expect(facts.rounding).toMatchObject({
      workedSeconds: 70 * 60,
      roundedSeconds: 90 * 60,
      differenceFactorThousandths: 1000,
    });
  });

  test('adds at the dear factor when all of it was dear', () => {
    const work = [entry('2026-03-02T18:00:00.000Z', 20)];
    expect(cost(work, { multipliers: [late], rounding: rounding(30) })).toBe(60);
  });

  test('forgives at the highest factor, so that grace never costs', () => {
    const work = [entry(morning, 60), entry('2026-03-02T18:00:00.000Z', 5)];
    expect(cost(work, { multipliers: [late], rounding: rounding(30, 0, 5) })).toBe(60);
  });

  test('forgives cheap time at its own factor, though less than one', () => {
    const multipliers = [rule({ workType: 'Remote' }, 500)];
    expect(cost([entry(morning, 65)], { multipliers, rounding: rounding(30, 0, 5) })).toBe(30);
  });

  test('counts covered work alone, and makes nothing out of free work', () => {
    const terms: Partial<Agreement> = {
      rounding: rounding(30, 60),
      workTypes: { covered: ['Remote'], excluded: ['Travel'], unlisted: 'covered' },
    };
    const travel = entry(morning, 45, { workType: 'Travel' });
    expect(cost([travel], terms)).toBe(0);
    expect(cost([travel, entry('2026-03-02T10:00:00.000Z', 20)], terms)).toBe(60);
  });

  test('makes nothing out of an entry that was corrected away', () => {
    const work = entry(morning, 30, { seconds: 0, correctedSeconds: 1800 });
    expect(cost([work], { rounding: rounding(15, 15) })).toBe(0);
  });
});

describe('the minimum of a work type', () => {
  const workTypeMinimums = [{ workType: 'On-site', seconds: 7200 }];
  const visit = entry(morning, 30, { workType: 'on-site' });
  const call = entry('2026-03-02T12:00:00.000Z', 20);

  test('a short visit counts as the minimum, and other work comes on top of it', () => {
    const terms = { workTypeMinimums, rounding: rounding(15) };
    expect(cost([visit], terms)).toBe(120);
    expect(cost([call], terms)).toBe(30);
    expect(cost([visit, call], terms)).toBe(150);
  });

  test('is of the whole group, not of each entry', () => {
    const again = entry('2026-03-02T14:00:00.000Z', 60, { workType: 'On-site' });
    const facts = charge([visit, again], { workTypeMinimums });
    expect(facts.seconds / 60).toBe(120);
    expect(facts.rounding).toMatchObject({
      workedSeconds: 90 * 60,
      roundedSeconds: 120 * 60,
      minimums: [{ workType: 'On-site', minimumSeconds: 7200, addedSeconds: 30 * 60 }],
    });
    expect(cost([visit, entry(evening, 100, { workType: 'On-site' })], { workTypeMinimums })).toBe(
      130,
    );
  });

  test('is charged at the lowest factor of its own work, whatever the rest costs', () => {
    const multipliers = [rule({ workType: 'On-site' }, 1500), rule({ workType: 'Remote' }, 500)];
    expect(cost([visit, call], { workTypeMinimums, multipliers })).toBe(120 * 1.5 + 20 * 0.5);
  });

  test('is charged at the lowest of its own factors, where it is done in and out of hours', () => {
    const late = rule({ outside: office }, 2000);
    const evenings = entry(evening, 60, { workType: 'On-site' });
    const terms = { workTypeMinimums, multipliers: [late] };
    expect(cost([evenings], terms)).toBe(30 + 60 + 60);
  });

  test('is never forgiven by the grace', () => {
    const odd = [{ workType: 'On-site', seconds: 63 * 60 }];
    const terms = { workTypeMinimums: odd, rounding: rounding(15, 0, 5) };
    expect(cost([visit], terms)).toBe(63);
  });

  test('makes nothing out of free work', () => {
    expect(cost([{ ...visit, isBillable: false }], { workTypeMinimums })).toBe(0);
    expect(cost([{ ...visit, seconds: 0, correctedSeconds: 1800 }], { workTypeMinimums })).toBe(0);
  });
});

test('half a second is rounded upwards once, at the end of the whole charge', () => {
  const work = [entry(morning, 1 / 60), entry('2026-03-02T10:00:00.000Z', 1 / 60)];
  const terms = {
    multipliers: [rule({ workType: 'Remote' }, 1250)],
    rounding: { ...rounding(0), incrementSeconds: 1 },
  };
  expect(charge(work, terms).seconds).toBe(3);
});

test('the facts hold what an explanation needs, whatever the config says later', () => {
  const facts = charge([entry(morning, 41, { workType: 'Cabling' })], {
    workTypes: { covered: ['Remote'], excluded: [], unlisted: 'covered' },
  });
  expect(facts).toEqual({
    agreement: 'standard',
    connection: 'psa',
    ticket: null,
    debitWhen: 'ticket-closed',
    parts: [
      {
        entryId: morning,
        ticketNumber: '100',
        technician: 'Ada',
        workType: 'Cabling',
        workedOn: '2026-03-02',
        startedAt: morning,
        isTimed: true,
        seconds: 41 * 60,
        secondsText: '41 min',
        correctedSeconds: 0,
        verdict: 'covered-unlisted',
        pieces: [{ seconds: 41 * 60, factorThousandths: 1000, rules: [] }],
      },
    ],
    rounding: {
      per: 'ticket',
      incrementSeconds: 60,
      minimumSeconds: 0,
      graceSeconds: 0,
      workedSeconds: 41 * 60,
      roundedSeconds: 41 * 60,
      differenceFactorThousandths: 1000,
    },
    seconds: 41 * 60,
  });
});

test('the facts name a role only where it decided, and a factor even where nothing is charged', () => {
  const trainee = entry(morning, 60, { role: 'Trainee' });
  const excluded = charge([trainee], { roles: { covered: [], excluded: ['Trainee'] } });
  expect(excluded.parts[0]).toMatchObject({ verdict: 'free-role', role: 'Trainee', pieces: [] });
  expect(excluded.rounding.differenceFactorThousandths).toBe(1000);
  expect(charge([trainee], {}).parts[0]).not.toHaveProperty('role');
});

test('the facts give an exact sum the lowest factor, as though rounding had added to it', () => {
  const work = [entry(morning, 60), entry('2026-03-02T18:00:00.000Z', 60)];
  const facts = charge(work, { multipliers: [rule({ outside: office }, 2000)] });
  expect(facts.rounding.differenceFactorThousandths).toBe(1000);
});

test('a charge pays for the work types of its covered work, each named once', () => {
  const facts = charge(
    [
      ...[entry(morning, 10), entry(morning, 20), entry(morning, 5, { workType: null })],
      entry(morning, 30, { workType: 'Travel' }),
      entry(morning, 30, { workType: 'On-site', seconds: 0 }),
    ],
    { workTypes: { covered: [], excluded: ['Travel'], unlisted: 'covered' } },
  );
  expect(chargedWorkTypes(facts)).toEqual(['Remote', null]);
});
