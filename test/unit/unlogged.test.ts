import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findUnlogged, type SessionSpan } from '../../src/domain/sessions/unlogged.ts';

type Logged = Parameters<typeof findUnlogged>[1][number];

const minuteMs = 60_000;
const day = { fromMs: 0, toMs: 24 * 60 * minuteMs };
const rules = { toleranceSeconds: 900, minimumSeconds: 300 };
const strict = { toleranceSeconds: 0, minimumSeconds: 0 };

/** `9:00-10:00`, in minutes of the day. */
function span(text: string) {
  const [fromMs = 0, toMs = 0] = text.split('-').map((time) => {
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    return (hours * 60 + minutes) * minuteMs;
  });
  return { fromMs, toMs };
}

function session(text: string, fields: Partial<SessionSpan> = {}): SessionSpan {
  return { id: text, device: null, ticket: null, isLogged: false, ...span(text), ...fields };
}

function logged(text: string, fields: Partial<Logged> = {}): Logged {
  const { fromMs, toMs } = span(text);
  const seconds = (toMs - fromMs) / 1000;
  return {
    ...{ id: text, fromMs, toMs, isTimed: true, seconds, precisionSeconds: 0, ticket: null },
    ...fields,
  };
}

function minutes(sessions: SessionSpan[], entries: Logged[] = [], how = rules): number[] {
  return findUnlogged(sessions, entries, day, how).map(({ seconds }) => seconds / 60);
}

describe('sessions', () => {
  test('that overlap count once, and those close together are one row without the gap', () => {
    expect(minutes([session('9:00-10:00'), session('9:30-10:30')])).toEqual([90]);
    expect(minutes([session('9:00-9:10'), session('9:14-9:30'), session('12:00-12:20')])).toEqual([
      26, 20,
    ]);
  });

  test('shorter than the minimum count for nothing', () => {
    expect(minutes([session('9:00-9:04'), session('11:00-11:05')])).toEqual([5]);
  });

  test('that the vendor made an entry of are covered, with whatever else was open then', () => {
    expect(minutes([session('9:00-10:00', { isLogged: true }), session('9:30-10:30')])).toEqual([
      30,
    ]);
  });

  test('count on the day on which they are', () => {
    const late = { ...session('23:00-24:00'), toMs: 26 * 60 * minuteMs };
    expect(minutes([late])).toEqual([60]);
    const next = { fromMs: day.toMs, toMs: 2 * day.toMs };
    const [row] = findUnlogged([late], [], next, rules);
    expect(row).toMatchObject({ seconds: 7200, fromMs: day.toMs });
  });
});

describe('logged time', () => {
  test('covers its span and some minutes beside it', () => {
    expect(minutes([session('9:00-10:00')], [logged('9:10-9:50')])).toEqual([]);
    expect(minutes([session('9:00-11:00')], [logged('9:00-10:00')])).toEqual([45]);
  });

  test('without a span covers as much of the day', () => {
    const untimed = logged('17:00-17:00', { isTimed: false, seconds: 3600 });
    expect(minutes([session('9:00-9:45'), session('12:00-13:00')], [untimed])).toEqual([45]);
    expect(minutes([{ ...session('9:00-9:45') }], [{ ...untimed, fromMs: day.toMs }])).toEqual([
      45,
    ]);
  });

  test('with a break in it covers as much, first of what is within it', () => {
    const entry = logged('12:00-14:00', { seconds: 3600 });
    expect(minutes([session('9:00-10:00'), session('12:30-13:30')], [entry])).toEqual([60]);
    const [row] = findUnlogged(
      [session('9:00-10:00'), session('12:30-13:30')],
      [entry],
      day,
      rules,
    );
    expect(row?.fromMs).toBe(session('9:00-10:00').fromMs);
  });

  test('on a session’s ticket covers it whenever the technician says it was', () => {
    const own = session('9:00-10:00', { ticket: 't' });
    expect(minutes([own], [logged('16:00-17:00', { ticket: 't' })])).toEqual([]);
    expect(minutes([own], [logged('16:00-17:00', { ticket: 'u' })])).toEqual([60]);
    const both = [own, session('16:00-16:30', { ticket: 't' })];
    expect(minutes(both, [logged('16:00-17:00', { ticket: 't' })])).toEqual([30]);
  });

  test('leaves what begins and ends outside it', () => {
    expect(minutes([session('9:00-12:00')], [logged('10:00-11:00')], strict)).toEqual([60, 60]);
  });
});

const Ticket = fc.constantFrom('t', 'u', null);
const Minute = fc.integer({ min: 0, max: 600 });
const Session = fc
  .record({
    from: Minute,
    length: fc.integer({ min: 1, max: 120 }),
    ticket: Ticket,
    isLogged: fc.constantFrom(false, false, true),
  })
  .map(({ from, length, ...rest }) => ({
    ...rest,
    fromMs: from * minuteMs,
    toMs: (from + length) * minuteMs,
  }));
const Entry = fc
  .record({
    from: Minute,
    length: fc.integer({ min: 0, max: 120 }),
    off: fc.constantFrom(0, 0, 10),
    isTimed: fc.boolean(),
    ticket: Ticket,
  })
  .map(({ from, length, off, ...rest }) => ({
    ...rest,
    fromMs: from * minuteMs,
    toMs: (from + length) * minuteMs,
    seconds: Math.max(0, length - off) * 60,
    precisionSeconds: 0,
  }));

/** Minute by minute, and entry by entry: nothing of how the rest is found. */
function mostUnlogged(sessions: readonly SessionSpan[], entries: readonly Logged[]): number {
  const isIn = (minute: number, { fromMs, toMs }: { fromMs: number; toMs: number }) =>
    fromMs <= minute * minuteMs && minute * minuteMs < toMs;
  let count = 0;
  for (let minute = 0; minute < 1440; minute += 1) {
    const isRecorded = sessions.some((one) => isIn(minute, one));
    const isCovered =
      sessions.some((one) => one.isLogged && isIn(minute, one)) ||
      entries.some((one) => {
        const isWhole = one.isTimed && one.seconds * 1000 === one.toMs - one.fromMs;
        return isWhole && isIn(minute, one);
      });
    if (isRecorded && !isCovered) count += 1;
  }
  return count * 60;
}

test('never more is found than sessions show outside the logged spans, nor what was logged beside', () => {
  const property = fc.property(
    fc.array(Session, { maxLength: 6 }),
    fc.array(Entry, { maxLength: 5 }),
    fc.constantFrom(rules, strict),
    (some, logs, how) => {
      const sessions = some.map((one, index) => ({ ...one, id: `s${index}`, device: null }));
      const entries = logs.map((one, index) => ({ ...one, id: `e${index}` }));
      const rows = findUnlogged(sessions, entries, day, how);
      const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
      expect(seconds).toBeLessThanOrEqual(mostUnlogged(sessions, entries));
      const all = findUnlogged(sessions, [], day, how).reduce((sum, row) => sum + row.seconds, 0);
      const amounts = entries.filter(({ isTimed }) => !isTimed).map((one) => one.seconds);
      const untimed = amounts.reduce((sum, one) => sum + one, 0);
      if (how === strict) expect(seconds).toBeLessThanOrEqual(Math.max(0, all - untimed));
      expect(seconds).toBeLessThanOrEqual(all);
      // In whatever order they come.
      const again = findUnlogged([...sessions].reverse(), [...entries].reverse(), day, how);
      expect(again).toEqual(rows);
      expect(new Set(rows.map((row) => `${row.session.id} ${row.number}`)).size).toBe(rows.length);
    },
  );
  fc.assert(property, { numRuns: 2000 });
});
