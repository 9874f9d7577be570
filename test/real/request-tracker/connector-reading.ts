/** What the connector reads from a real Request Tracker, and what merging does to it. */
import assert from 'node:assert/strict';
import type { TicketRow, TimeEntryRow } from '../../../src/contract/connector.ts';
import {
  longAgo,
  nextSecond,
  type Opened,
  open,
  readTickets,
  readTime,
  requestSince,
  type Step,
  soon,
} from './connector-bench.ts';
import type { RealRequestTracker } from './prepare.ts';

export const readingSteps: readonly Step[] = [
  ['reads tickets, time and corrections to the second', readsWork],
  ['reads pages of one row without loss, and on from any of them', readsPages],
  ['sees a merge that happened after both tickets were read', seesMerge],
  ['sees a ticket close, open again and leave its client', seesChanges],
  ['knows clients by organization and by custom field', knowsClients],
  ['gives time the work type of its ticket, also when that changes', followsWorkType],
];

function minutesOn(rows: readonly TimeEntryRow[], ticketId: string): number {
  const seconds = rows
    .filter((row) => row.ticketId === ticketId)
    .reduce((sum, row) => sum + row.seconds, 0);
  return seconds / 60;
}

async function readsWork(rt: RealRequestTracker): Promise<void> {
  const id = await rt.createTicket({
    queue: 'Dupont',
    subject: 'Printer',
    requestor: 'bob@dupont.test',
  });
  const entryId = await rt.logTime(id, 'tess', 45);
  await rt.logTime(id, 'rita', 30, 'correspond');
  await rt.correctTime(id, 'rita', 65);
  await rt.correctTime(id, 'tess', 70);
  await rt.resolve(id);
  const hidden = await rt.createTicket({ queue: 'Hidden', subject: 'Not for us' });
  await rt.logTime(hidden, 'tess', 99);
  const opened = open(rt);
  const ticket = (await readTickets(opened)).find((row) => row.sourceId === id);
  assert.equal(ticket?.clientId, rt.queues.Dupont);
  assert.equal(ticket?.isClosed, true);
  assert.ok(ticket?.closedAt?.startsWith(new Date().toISOString().slice(0, 10)));
  const rows = await readTime(opened);
  assert.deepEqual(
    rows.map((row) => [row.ticketId, row.technician, row.kind, row.seconds]),
    [
      [id, 'tess', 'work', 2700],
      [id, 'rita', 'work', 1800],
      [id, 'rita', 'correction', -600],
      [id, 'tess', 'work', 300],
    ],
  );
  assert.equal(rows[0]?.sourceId, entryId);
}

async function readsPages(rt: RealRequestTracker): Promise<void> {
  const id = await rt.createTicket({ queue: 'Martin', subject: 'Mail' });
  for (const minutes of [5, 10, 15]) await rt.logTime(id, 'rita', minutes);
  const whole = await readTime(open(rt));
  const { connector } = open(rt, { pageSize: 1 });
  const paged: TimeEntryRow[] = [];
  const resumes: string[] = [];
  for await (const page of connector.pull.timeEntries?.(requestSince(longAgo)) ?? []) {
    paged.push(...page.rows);
    if (page.resume !== null) resumes.push(page.resume);
  }
  assert.deepEqual(paged, whole);
  const rest: TimeEntryRow[] = [];
  const request = { ...requestSince(longAgo), resume: resumes[2] ?? null };
  for await (const page of connector.pull.timeEntries?.(request) ?? []) rest.push(...page.rows);
  assert.deepEqual(rest, whole.slice(3));
  const tickets = await readTickets(open(rt, { pageSize: 1 }));
  assert.deepEqual(tickets, await readTickets(open(rt)));
}

async function seesMerge(rt: RealRequestTracker): Promise<void> {
  const [survivor = '', merged = '', last = ''] = [
    await rt.createTicket({ queue: 'Dupont', subject: 'Screen' }),
    await rt.createTicket({ queue: 'Dupont', subject: 'Screen again' }),
    await rt.createTicket({ queue: 'Dupont', subject: 'Screen, third call' }),
  ];
  await rt.logTime(survivor, 'tess', 10);
  await rt.logTime(merged, 'tess', 20);
  // RT touches nothing of the merged ticket but its history, which only an old ticket shows.
  await rt.backdate(merged, 12);
  const opened = open(rt);
  await readTickets(opened);
  const since = await nextSecond();
  await rt.merge(merged, survivor);
  const mergedInto = async (instant: string): Promise<Map<string, string | null>> =>
    new Map((await readTickets(opened, instant)).map((row) => [row.sourceId, row.mergedInto]));
  const once = await mergedInto(since);
  assert.equal(once.get(merged), survivor);
  assert.equal(once.get(survivor), null);
  await rt.logTime(merged, 'rita', 5);
  const rows = await readTime(opened);
  assert.deepEqual([minutesOn(rows, merged), minutesOn(rows, survivor)], [20, 15]);
  const later = await nextSecond();
  await rt.merge(survivor, last);
  const twice = await mergedInto(later);
  assert.equal(twice.get(survivor), last);
  assert.equal((await mergedInto(longAgo)).get(merged), last);
}

async function seesChanges(rt: RealRequestTracker): Promise<void> {
  const opened = open(rt);
  const id = await rt.createTicket({ queue: 'Dupont', subject: 'Slow' });
  const seen = async (since: string): Promise<TicketRow | undefined> =>
    (await readTickets(opened, since)).find((row) => row.sourceId === id);
  for (const [change, isClosed] of [
    [() => rt.resolve(id), true],
    [() => rt.reopen(id), false],
    [() => rt.resolve(id), true],
  ] as const) {
    const since = await nextSecond();
    await change();
    const row = await seen(since);
    assert.equal(row?.isClosed, isClosed);
    assert.equal(row?.closedAt !== null, isClosed);
  }
  const since = await nextSecond();
  assert.equal(await seen(since), undefined);
  await rt.move(id, 'Martin');
  assert.equal((await seen(since))?.clientId, rt.queues.Martin);
}

async function knowsClients(rt: RealRequestTracker): Promise<void> {
  const namesOf = async ({ connector }: Opened): Promise<string[]> => {
    const names: string[] = [];
    for await (const page of connector.pull.clients?.(requestSince(longAgo)) ?? []) {
      names.push(...page.rows.map((row) => row.name));
    }
    return names.sort();
  };
  assert.deepEqual(await namesOf(open(rt, { pageSize: 2 })), [
    'Alerts',
    'Billing',
    'Dupont',
    'Martin',
  ]);
  const clients = ['Cabinet Martin', 'Dupont Plomberie'];
  const byOrganization = open(rt, { clientFrom: 'organization', pageSize: 3 });
  assert.deepEqual(await namesOf(byOrganization), clients);
  const byField = open(rt, { clientFrom: 'custom-field', clientField: 'Client' });
  assert.deepEqual(await namesOf(byField), clients);
  const id = await rt.createTicket({
    queue: 'Martin',
    subject: 'Whose?',
    requestor: 'bob@dupont.test',
    fields: { Client: 'Cabinet Martin' },
  });
  for (const [opened, clientId] of [
    [byOrganization, 'Dupont Plomberie'],
    [byField, 'Cabinet Martin'],
  ] as const) {
    const row = (await readTickets(opened)).find((ticket) => ticket.sourceId === id);
    assert.equal(row?.clientId, clientId);
  }
  await rt.logTime(id, 'tess', 15);
  const results = [
    ...(await byOrganization.connector.check(['Dupont Plomberie', 'Nobody'], soon())),
    ...(await byField.connector.check(['Cabinet Martin'], soon())),
  ].filter((result) => result.id.startsWith('client.'));
  assert.deepEqual(
    results.map((result) => result.status),
    ['ok', 'warning', 'ok'],
  );
}

async function followsWorkType(rt: RealRequestTracker): Promise<void> {
  const opened = open(rt, { workTypeField: 'Work type' });
  const id = await rt.createTicket({
    queue: 'Dupont',
    subject: 'Cabling',
    fields: { 'Work type': 'Remote' },
  });
  await rt.logTime(id, 'tess', 30);
  const workTypes = async (since: string): Promise<(string | null)[]> =>
    (await readTime(opened, since)).filter((row) => row.ticketId === id).map((row) => row.workType);
  assert.deepEqual(await workTypes(longAgo), ['Remote']);
  const since = await nextSecond();
  await rt.setField(id, 'Work type', 'On-site');
  assert.deepEqual(await workTypes(since), ['On-site']);
  const whole = (await readTime(open(rt))).map((row) => row.sourceId).sort();
  assert.deepEqual((await readTime(opened)).map((row) => row.sourceId).sort(), whole);
}
