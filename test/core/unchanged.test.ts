import { afterEach, expect, test } from '@jest/globals';
import type { ConfiguredClient } from '../../src/config/loaded.ts';
import type { Agreement } from '../../src/domain/agreements/terms.ts';
import type { TicketRow, TimeEntryRow } from '../../src/domain/records/rows.ts';
import { agreementOf, CoreBench, clientOf } from '../support/core-bench.ts';

/** The work decides, not its labels: what was posted stays until the work itself is another. */
let bench: CoreBench;
afterEach(() => bench.close());

const ids = { workType: '4', role: '5', agreement: '6' };
const office = {
  name: 'office',
  week: Array.from({ length: 7 }, () => [{ fromMinute: 480, toMinute: 1080 }]),
  isHoliday: () => false,
};
const rule = { workType: null, role: null, outside: null, factorThousandths: 2000 };

/** Terms under which every label is read, and others under which the same work costs twice as much. */
const before: Partial<Agreement> = {
  applies: { boards: ['Help Desk'], ticketTypes: ['Incident'], agreements: ['Block'] },
  workTypes: { covered: ['Remote'], excluded: ['Travel'], unlisted: 'covered' },
  roles: { covered: ['Engineer'], excluded: [] },
  excludedTechnicians: ['Bo'],
  multipliers: [{ ...rule, factorThousandths: 1000, outside: office }],
};
const after: Partial<Agreement> = {
  ...before,
  multipliers: [{ ...rule, workType: 'Remote' }],
  debitWhen: 'approved',
  rounding: { per: 'day', incrementSeconds: 3600, minimumSeconds: 0, graceSeconds: 0 },
  from: '2026-04-01',
};

/** One entry of an hour late on a Monday evening, posted under the first terms; then the terms change. */
async function post(terms: Partial<Agreement> = before): Promise<void> {
  await openWith(terms);
  bench.psa.ticket('1', {
    ticketType: 'Incident',
    ids: { board: '1', ticketType: '2', agreement: '6' },
    agreement: 'Block',
  });
  bench.psa.log('e1', '1', '2026-03-02T23:30:00.000Z', 60, {
    workType: 'Remote',
    role: 'Engineer',
    ids,
    isApproved: false,
    note: 'Looked',
  });
  bench.psa.close('1');
  bench.at('2026-03-03T08:00:00.000Z');
  await bench.run();
  expect(await bench.hours()).toEqual([9, 0]);
}

async function openWith(terms: Partial<Agreement>): Promise<void> {
  bench = await CoreBench.open({ clients: [clientWith(terms)] });
}

function clientWith(terms: Partial<Agreement>, fields: Partial<ConfiguredClient> = {}) {
  return clientOf({ agreement: agreementOf(terms), ...fields });
}

test.each<[string, Partial<TimeEntryRow>, Partial<TicketRow>]>([
  ['a new note', { note: 'Looked again' }, {}],
  ['a tick of its last change', {}, {}],
  ['another spelling of its length', { secondsText: '60 min' }, {}],
  ['a new name of the technician', { technician: 'Ada Lovelace' }, {}],
  ['a new e-mail of the technician', { technicianEmail: 'ada@msp.test' }, {}],
  ['a new name of the work type', { workType: 'Remote support' }, {}],
  ['a new name of the role', { role: 'Engineer II' }, {}],
  ['a new name of the agreement', { agreement: 'Block 2026' }, { agreement: 'Block 2026' }],
  ['a new name of the board', {}, { board: 'Service Desk' }],
  ['a new name of the ticket type', {}, { ticketType: 'Fault' }],
  ['a new summary and status', {}, { summary: 'Other', status: 'Done' }],
])(
  '%s leaves a posted charge as it was, whatever the rules have become',
  async (_, entry, ticket) => {
    await post();
    await bench.configure([clientWith(after)]);
    bench.psa.editEntry('e1', entry);
    bench.psa.editTicket('1', ticket);
    await bench.run();
    expect(await bench.story()).toEqual(['+10 purchase', '-1 usage']);
  },
);

test('a corrected time zone leaves a posted charge as it was, though its day is another now', async () => {
  const perDay = { ...before, rounding: { ...agreementOf().rounding, per: 'day' as const } };
  await post(perDay);
  await bench.configure([clientWith(perDay, { timezone: 'America/New_York' })]);
  bench.psa.editEntry('e1', { note: 'Looked again' });
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase', '-1 usage']);
});

test.each<[string, Partial<TimeEntryRow>, string]>([
  ['of a longer time', { seconds: 7200 }, '-2 usage'],
  [
    'of another day',
    { startedAt: '2026-03-03T23:30:00.000Z', endedAt: '2026-03-04T00:30:00.000Z' },
    '-1 usage',
  ],
  ['of another work type', { workType: 'On-site', ids: { ...ids, workType: '9' } }, '-1 usage'],
  ['of another end, which a calendar reads', { endedAt: '2026-03-03T00:20:00.000Z' }, '-1 usage'],
])('work %s is a dated correction', async (_, entry, posted) => {
  await post();
  bench.psa.editEntry('e1', entry);
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase', '-1 usage', '+1 reversal', posted]);
});

test('work that changed is charged by the rules of today, with all of its charge', async () => {
  await post();
  await bench.configure([
    clientWith({ ...before, multipliers: [{ ...rule, workType: 'Remote' }] }),
  ]);
  bench.psa.log('e2', '1', '2026-03-02T21:00:00.000Z', 60, {
    workType: 'Remote',
    role: 'Engineer',
    ids,
    technician: 'Ada',
  });
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase', '-1 usage', '+1 reversal', '-4 usage']);
});

test('a ticket that is opened again takes its charge back where the rules wait for closing', async () => {
  await post();
  bench.psa.reopen('1');
  await bench.run();
  expect(await bench.hours()).toEqual([10, 1]);
});

test('later work of a charge whose rule was another does not draw the posted work with it', async () => {
  await post();
  await bench.configure([
    clientWith({ ...before, rounding: { ...agreementOf().rounding, per: 'entry' } }),
  ]);
  bench.psa.log('e2', '1', '2026-03-02T21:00:00.000Z', 60, {
    workType: 'Remote',
    role: 'Engineer',
    ids,
  });
  await bench.run();
  expect(await bench.story()).toEqual(['+10 purchase', '-1 usage', '-1 usage']);
});
