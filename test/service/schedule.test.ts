import { expect, test } from '@jest/globals';
import { Schedule } from '../../src/service/schedule/schedule.ts';

const zone = 'Europe/Paris';

/** Each job that is found due by looking every `stepSeconds`, with the time of day in UTC. */
function play(expression: string, from: string, to: string, stepSeconds = 60): string[] {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const jobs = new Schedule({ job: expression }, zone, fromMs);
  const found: string[] = [];
  for (let at = fromMs; at <= toMs; at += stepSeconds * 1000) {
    for (const { missedAt } of jobs.takeDue(at)) {
      const missed =
        missedAt === null ? '' : ` for ${new Date(missedAt).toISOString().slice(11, 16)}`;
      found.push(new Date(at).toISOString().slice(11, 16) + missed);
    }
  }
  return found;
}

// Paris skips 02:00 to 03:00 at 01:00 UTC on 29 March and repeats 02:00 to 03:00 on 25 October.
test.each([
  ['an hour is skipped', '2026-03-28T23:30:00Z', '2026-03-29T22:30:00Z', ['01:00 for 02:30']],
  ['an hour is repeated', '2026-10-24T21:30:00Z', '2026-10-25T22:30:00Z', ['00:30']],
  ['nothing happens', '2026-06-01T21:30:00Z', '2026-06-02T21:30:00Z', ['00:30']],
])('a job at 02:30 runs once on a day when %s', (_, from, to, found) => {
  expect(play('30 2 * * *', from, to)).toEqual(found);
});

test.each([
  ['skipped', '2026-03-29T00:45:00Z', '2026-03-29T01:15:00Z', ['00:50', '01:00', '01:10']],
  [
    'repeated',
    '2026-10-25T00:35:00Z',
    '2026-10-25T02:05:00Z',
    ['00:40', '00:50', '01:00', '01:10', '01:20', '01:30', '01:40', '01:50', '02:00'],
  ],
])('a job of every ten minutes goes on while an hour is %s', (_, from, to, found) => {
  expect(play('*/10 * * * *', from, to)).toEqual(found);
});

test('after a long sleep each job runs once, and a daily one says what it missed', () => {
  const jobs = new Schedule(
    { often: '*/10 * * * *', daily: '15 3 * * *', monthly: '0 4 1 * *' },
    zone,
    Date.parse('2026-05-30T12:00:00Z'),
  );
  expect(jobs.takeDue(Date.parse('2026-05-30T12:00:30Z'))).toEqual([]);
  expect(jobs.takeDue(Date.parse('2026-06-02T12:05:00Z'))).toEqual([
    { name: 'often', missedAt: null },
    { name: 'daily', missedAt: Date.parse('2026-05-31T03:15:00Z') },
    { name: 'monthly', missedAt: Date.parse('2026-06-01T04:00:00Z') },
  ]);
  expect(jobs.takeDue(Date.parse('2026-06-02T12:05:01Z'))).toEqual([]);
});

test('a job that an earlier process had not reached is made up for, also when its last run is old', () => {
  const jobs = new Schedule({ daily: '15 3 * * *' }, zone, Date.parse('2026-05-30T12:00:00Z'));
  jobs.resume('daily', Date.parse('2020-01-01T00:00:00Z'));
  expect(jobs.takeDue(Date.parse('2026-05-30T12:00:00Z'))).toHaveLength(1);
});

test('a clock that was days ahead and is put right holds no job back', () => {
  const jobs = new Schedule(
    { often: '*/10 * * * *', daily: '15 3 * * *' },
    zone,
    Date.parse('2026-06-04T12:00:00Z'),
  );
  jobs.takeDue(Date.parse('2026-06-04T12:00:01Z'));
  expect(jobs.takeDue(Date.parse('2026-05-30T12:05:00Z'))).toEqual([]);
  const names = (at: string) => jobs.takeDue(Date.parse(at)).map(({ name }) => name);
  expect(names('2026-05-30T12:10:00Z')).toEqual(['often']);
  expect(names('2026-05-31T01:15:00Z')).toEqual(['often', 'daily']);
});

test('seconds, weekdays and names of months are understood', () => {
  expect(play('*/20 0 12 * * *', '2026-06-01T09:59:55Z', '2026-06-01T10:01:00Z', 5)).toEqual([
    '10:00',
    '10:00',
    '10:00',
  ]);
  expect(play('0 12 * * 2', '2026-06-01T00:00:00Z', '2026-06-03T00:00:00Z')).toEqual(['10:00']);
  expect(play('0 12 1 Jun *', '2026-05-31T00:00:00Z', '2026-06-03T00:00:00Z')).toEqual(['10:00']);
});
