/** The service has trouble while the PSA answers: a ticket in the PSA says so, and is closed when it is over. */
import { expect, test } from '@jest/globals';
import { type SmallMsp, withMspHere } from '../support/small-msp.ts';

async function withInternal(
  options: { mode?: 'observe' },
  work: (msp: SmallMsp) => Promise<void>,
): Promise<void> {
  await withMspHere({}, async (msp) => {
    const internal = msp.psa.state.addCompany({ name: 'Our Own', at: '2026-02-10T09:00:00Z' });
    msp.configure({ ...options, more: `notify: { client: ${internal}, after: 2 }` });
    await work(msp);
  });
}

const ticketsOf = ({ psa }: SmallMsp) =>
  psa.state.listTickets().filter(({ company }) => company === 'Our Own');

test('an RMM that is down opens one ticket in the PSA, which is closed when it works again', async () => {
  await withInternal({}, async (msp) => {
    expect((await msp.run('check')).stdout).toContain('Tickets about the service go to "Our Own".');
    await msp.run('run');
    msp.rmm.faults.add('server-error', { times: 100_000 });
    await msp.run('run');
    expect(ticketsOf(msp)).toEqual([]);
    await msp.run('run');
    await msp.run('run', 'pull');
    const [ticket, ...more] = ticketsOf(msp);
    expect(more).toEqual([]);
    expect(ticket).toMatchObject({
      summary: 'prepaid-hours needs attention: pull rmm',
      externalXRef: expect.stringMatching(/^ph:notice:/),
      isClosed: false,
    });
    expect(JSON.stringify(ticket?.notes)).toMatch(/pull rmm: 2 runs in a row failed: .*50\d/);

    msp.rmm.faults.clear();
    await msp.run('run');
    await msp.run('run', 'pull');
    const closed = ticketsOf(msp);
    expect(closed).toHaveLength(1);
    expect(closed[0]).toMatchObject({ isClosed: true });
    expect(closed[0]?.notes.map(({ audience }) => audience)).toEqual(['internal', 'internal']);
    expect(closed[0]?.notes[1]?.text).toContain('what this ticket reports is over');
  });
}, 120_000);

test('messages that the PSA rejects open one ticket with the commands, until they are decided', async () => {
  await withInternal({}, async (msp) => {
    await msp.run('run', 'pull', 'debit', 'replenish');
    const companies = msp.psa.state.tables.companies.rows;
    const dupont = companies.get(msp.ids.dupont);
    companies.delete(msp.ids.dupont);
    await msp.run('run', 'push');
    const { messages } = await msp.ask<{ messages: { key: string; kind: string }[] }>(
      ...['outbox', 'list', '--status', 'dead'],
    );
    expect(messages.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['alert-ticket', 'invoice']),
    );
    const [ticket, ...more] = ticketsOf(msp);
    expect(more).toEqual([]);
    expect(ticket).toMatchObject({ isClosed: false });
    expect(ticket?.summary).toContain(`and ${messages.length - 1} more`);
    const said = JSON.stringify(ticket?.notes);
    for (const { key } of messages) expect(said).toContain(`prepaid-hours outbox retry ${key}`);

    if (dupont !== undefined) companies.set(dupont.id, dupont);
    for (const { key } of messages) await msp.run('outbox', 'retry', key);
    await msp.run('run');
    expect(ticketsOf(msp)).toMatchObject([{ isClosed: true }]);
    expect(msp.psa.state.listInvoices()).toHaveLength(1);
  });
}, 60_000);

test('in observe mode no ticket is opened', async () => {
  await withInternal({ mode: 'observe' }, async (msp) => {
    await msp.run('run');
    msp.rmm.faults.add('forbidden', { times: 100_000 });
    for (let count = 0; count < 3; count += 1) await msp.run('run', 'pull');
    expect(ticketsOf(msp)).toEqual([]);
    const methods = msp.psa.exchanges.map(({ request }) => request.method);
    expect(new Set(methods)).toEqual(new Set(['GET']));
  });
}, 60_000);
