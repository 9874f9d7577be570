import { describe, expect, test } from '@jest/globals';
import { addSeconds } from '../../src/domain/time.ts';
import { clients } from './cast.ts';
import { expectMonth } from './expected.ts';
import { createMonth, type DemoEntry, type Month } from './month.ts';
import { isWithinOffice } from './office-days.ts';
import { createPast, expectPast } from './past.ts';
import { afterSecondAct, planSecondAct } from './second-act.ts';

// A change of clocks, a year's turn, a month of holidays, a leap day, a Sunday after midnight.
const days = [
  '2026-11-23T09:00:00Z',
  '2027-01-06T09:00:00Z',
  '2027-04-15T22:30:00Z',
  '2027-05-30T00:10:00Z',
  '2028-02-29T12:00:00Z',
];

function entriesOf(month: Month): DemoEntry[] {
  return month.tickets.flatMap((ticket) => ticket.entries);
}

function endOf(entry: DemoEntry): string {
  return addSeconds(entry.start, entry.minutes * 60);
}

describe.each(days)('the month before %s', (now) => {
  const month = createMonth(Date.parse(now));

  test('has 600 tickets and 1,500 entries, all of them over', () => {
    expect(month.tickets).toHaveLength(600);
    expect(entriesOf(month)).toHaveLength(1500);
    const latest = month.tickets.map(
      ({ closedAt, entries }) => closedAt ?? entries[0]?.start ?? '',
    );
    expect(latest.every((moment) => moment < new Date(Date.parse(now)).toISOString())).toBe(true);
  });

  test('has nobody in two places at once', () => {
    const byTechnician = Map.groupBy(entriesOf(month), (entry) => entry.technician);
    expect(byTechnician.size).toBe(6);
    for (const entries of byTechnician.values()) {
      const ordered = entries.sort((a, b) => (a.start < b.start ? -1 : 1));
      for (const [index, entry] of ordered.entries()) {
        const next = ordered[index + 1];
        if (next !== undefined) expect(next.start >= endOf(entry)).toBe(true);
      }
    }
  });

  test('has a past year of office work before it, longer than its block', () => {
    const { tickets, purchasedOn } = createPast(month);
    const entries = tickets.flatMap((ticket) => ticket.entries);
    expect(entries.every(({ start, minutes }) => isWithinOffice(start, minutes))).toBe(true);
    const days = entries.map(({ start }) => start.slice(0, 10));
    expect(days.every((day) => day >= purchasedOn && day < month.firstDay)).toBe(true);
    const { beyondSeconds, travelSeconds, used } = expectPast(month);
    expect([...new Set(used.values())]).toEqual([8 * 3600]);
    expect(used.size).toBeGreaterThanOrEqual(8);
    expect(beyondSeconds).toBeGreaterThan(3600);
    expect(travelSeconds).toBeGreaterThan(3600);
  });

  test('has late work, travel, corrections and one ticket that came back', () => {
    const entries = entriesOf(month);
    expect(entries.filter((entry) => entry.isAfterHours).length).toBeGreaterThan(20);
    expect(entries.filter((entry) => entry.workType === 'Travel').length).toBeGreaterThan(20);
    expect(entries.filter((entry) => entry.minutesAtFirst !== undefined)).toHaveLength(8);
    expect(month.tickets.filter((ticket) => ticket.reopenedAt !== undefined)).toHaveLength(1);
  });

  test('brings four clients low enough to buy, one of them into overdraft', () => {
    const expected = expectMonth(month);
    expect(
      expected.filter((client) => client.orderedSeconds > 0).map(({ client }) => client),
    ).toEqual([
      'Dupont Plomberie',
      'Vermeulen Notaries',
      'Eastside Veterinary',
      'Lumen Architects',
    ]);
    expect(expected.filter((client) => client.netSeconds < 0).map(({ client }) => client)).toEqual([
      'Eastside Veterinary',
    ]);
  });

  test('keeps everybody above the threshold in its second act', () => {
    const act = planSecondAct(month);
    const after = expectMonth(afterSecondAct(month, act), month);
    const moved = after.filter(({ netSeconds }, index) => {
      return netSeconds !== expectMonth(month)[index]?.netSeconds;
    });
    expect(moved).toHaveLength(4);
    for (const { netSeconds, pendingSeconds } of moved) {
      expect(netSeconds - pendingSeconds).toBeGreaterThan(4 * 3600);
    }
  });
});

test('the same day tells the same story, and twelve clients are in it', () => {
  const [morning, evening] = ['2026-11-23T06:00:00Z', '2026-11-23T20:00:00Z'].map(Date.parse);
  expect(createMonth(morning ?? 0)).toEqual(createMonth(evening ?? 0));
  expect(clients).toHaveLength(12);
  expect(clients.filter((client) => client.locale === 'fr')).toHaveLength(2);
});
