/** What the connector checks and writes in a real Request Tracker, and what it does while that is down. */
import assert from 'node:assert/strict';
import type { CheckResult } from '../../../src/contract/connector.ts';
import { open, readTickets, readTime, type Step, soon } from './connector-bench.ts';
import type { RealRequestTracker } from './prepare.ts';

export const pushingSteps: readonly Step[] = [
  ['finds nothing wrong with the rights of the README', checks],
  ['finds a hidden queue, a wrong name and a wrong token', checksFaults],
  ['probes', probes],
  ['makes an alert ticket and an invoice request once each', pushesTickets],
  ['keeps the key in a custom field', pushesKeyField],
  ['notes internally and to the client, and leaves a closed ticket closed', pushesNotes],
  ['says that RT is down, and goes on when it is back', survivesKill],
];

async function checks(rt: RealRequestTracker): Promise<void> {
  const { connector, context } = open(rt, { keyField: 'Prepaid key', workTypeField: 'Work type' });
  const clientIds = ['Dupont', 'Martin'].map((name) => rt.queues[name] ?? '');
  const results = await connector.check(clientIds, soon());
  assert.deepEqual(notOk(results), []);
  assert.match(context.kept.get('fact.query-dates') ?? '', /^yes/);
  assert.match(context.kept.get('fact.time-visible') ?? '', /^yes/);
  // All time is known to be seen: then a quiet stream costs one request.
  const later = new Date(Date.now() + 60_000).toISOString();
  const { requestCount } = context;
  await readTickets({ connector, context }, later);
  assert.equal(context.requestCount - requestCount, 1);
}

function notOk(results: readonly CheckResult[]): string[] {
  return results.filter((result) => result.status !== 'ok').map((result) => result.detail);
}

async function checksFaults(rt: RealRequestTracker): Promise<void> {
  const hidden = rt.queues.Hidden ?? '';
  const wrong = open(rt, { alerts: { queue: 'Nowhere' }, closedStatuses: ['resolved', 'done'] });
  const results = await wrong.connector.check([hidden, 'Dupont'], soon());
  const statuses = Object.fromEntries(results.map((result) => [result.id, result.status]));
  assert.equal(statuses[`client.${hidden}`], 'failed');
  assert.equal(statuses['client.Dupont'], 'failed');
  assert.equal(statuses['name.alerts-queue'], 'failed');
  assert.equal(statuses['name.status.done'], 'warning');
  const stranger = open(rt, { token: '1-27-0123456789abcdef' });
  assert.deepEqual(
    (await stranger.connector.check([hidden], soon())).map((result) => [result.id, result.status]),
    [['auth', 'failed']],
  );
  await assert.rejects(readTickets(stranger), { kind: 'auth' });
}

async function probes(rt: RealRequestTracker): Promise<void> {
  for (const settings of [{}, { keyField: 'Prepaid key' }]) {
    const { connector } = open(rt, settings);
    const results = (await connector.probe?.(rt.queues.Dupont ?? '', soon())) ?? [];
    assert.equal(results.length, 3);
    assert.deepEqual(notOk(results), []);
  }
}

const alert = {
  key: 'alert:dupont-1',
  clientId: '1',
  subject: 'Dupont: 2 h left',
  body: 'É, œ, €.',
};

async function pushesTickets(rt: RealRequestTracker): Promise<void> {
  const { connector } = open(rt);
  const push = connector.push['alert-ticket'];
  const long = { ...alert, key: 'alert:dupont-10', subject: 'Très peu d’heures. '.repeat(30) };
  assert.equal(await push?.find(alert, soon()), null);
  const second = await push?.create(long, soon());
  assert.equal(await push?.find(alert, soon()), null);
  const first = await push?.create(alert, soon());
  assert.deepEqual(await push?.find(alert, soon()), first);
  assert.deepEqual(await push?.find(long, soon()), second);
  const found = await rt.searchTickets(`Subject LIKE '[${alert.key}]'`);
  assert.deepEqual(found, [
    { id: first?.remoteId, subject: `${alert.subject} [${alert.key}]`, status: 'new' },
  ]);
  const invoices = connector.push.invoice;
  const invoice = {
    key: 'invoice:1',
    clientId: '1',
    offer: 'ten',
    product: 'BLOCK-10',
    seconds: 36_000,
    quantity: 10,
    rateMinor: 12_000,
    totalMinor: 120_000,
    currency: 'EUR',
    issuedOn: '2026-03-02',
    title: 'Prepaid hours',
    body: 'Ten hours.',
  };
  const made = await invoices?.create(invoice, soon());
  assert.deepEqual(await invoices?.find(invoice, soon()), made);
  const [request] = await rt.history(made?.remoteId ?? '');
  assert.match(request?.content ?? '', /Total before tax: €1,200\.00/);
  await assert.rejects(
    Promise.resolve(
      open(rt, { alerts: { queue: 'Nowhere' } }).connector.push['alert-ticket']?.create(
        alert,
        soon(),
      ),
    ),
    { kind: 'permission' },
  );
}

async function pushesKeyField(rt: RealRequestTracker): Promise<void> {
  const { connector } = open(rt, { keyField: 'Prepaid key' });
  const push = connector.push['alert-ticket'];
  const message = { ...alert, key: 'alert:field-1' };
  assert.equal(await push?.find(message, soon()), null);
  const made = await push?.create(message, soon());
  assert.deepEqual(await push?.find(message, soon()), made);
  assert.equal(await push?.find({ ...message, key: 'alert:field-' }, soon()), null);
  const found = await rt.searchTickets(`CF.{Prepaid key} = '${message.key}'`);
  assert.deepEqual(
    found.map((ticket) => ticket.subject),
    [alert.subject],
  );
  const elsewhere = open(rt, { keyField: 'Prepaid key', alerts: { queue: 'Dupont' } });
  await assert.rejects(
    Promise.resolve(elsewhere.connector.push['alert-ticket']?.create(message, soon())),
    { kind: 'config' },
  );
}

async function pushesNotes(rt: RealRequestTracker): Promise<void> {
  const { connector } = open(rt);
  const push = connector.push['ticket-note'];
  const ticketId = await rt.createTicket({
    queue: 'Dupont',
    subject: 'Done',
    requestor: 'bob@dupont.test',
  });
  await rt.resolve(ticketId);
  const note = { clientId: '1', ticketId, body: 'Il reste 2 h : é, œ, €.' };
  const internal = { ...note, key: 'note:1', audience: 'internal' as const };
  const client = { ...note, key: 'note:2', audience: 'client' as const };
  for (const message of [internal, client]) {
    assert.equal(await push?.find(message, soon()), null);
    const made = await push?.create(message, soon());
    assert.deepEqual(await push?.find(message, soon()), made);
    const kept = (await rt.history(ticketId)).filter((item) => item.content.includes(message.key));
    const types = kept.map((item) => item.type).filter((type) => !/EmailRecord/.test(type));
    assert.deepEqual(types, [message === internal ? 'Comment' : 'Correspond']);
  }
  assert.equal(await rt.status(ticketId), 'resolved');
  const into = await rt.createTicket({ queue: 'Dupont', subject: 'Its other half' });
  await rt.merge(ticketId, into);
  assert.ok(await push?.find(client, soon()));
  await assert.rejects(Promise.resolve(push?.find({ ...client, ticketId: '99999' }, soon())), {
    kind: 'rejected',
  });
}

async function survivesKill(rt: RealRequestTracker): Promise<void> {
  const opened = open(rt);
  const before = await readTime(opened);
  await rt.kill();
  const push = opened.connector.push['alert-ticket'];
  const message = { ...alert, key: 'alert:down' };
  const failure = Promise.resolve(push?.create(message, soon()));
  await assert.rejects(failure, (error: { kind?: string }) =>
    ['transient', 'unknown-outcome'].includes(error.kind ?? ''),
  );
  await rt.start();
  assert.equal(await push?.find(message, soon()), null);
  assert.deepEqual(await readTime(opened), before);
}
