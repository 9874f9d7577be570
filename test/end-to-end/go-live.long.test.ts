import { expect, test } from '@jest/globals';
import { withMspHere } from '../support/small-msp.ts';

interface Shown {
  clients: { client: string; levels: { level: string }[]; invoices: { product: string }[] }[];
  summary: { alerts: number; notes: number; invoices: number };
  marked?: { client: string }[];
}

test('what going live would send is shown and marked; live sends none of it, and tells what is used later', async () => {
  await withMspHere({ mode: 'observe' }, async (msp) => {
    const early = await msp.run('check', '--go-live');
    expect(early).toMatchObject({ exitCode: 2 });
    expect(early.stderr).toContain('prepaid-hours run');
    await msp.run('run');
    const asked = msp.psa.exchanges.length;

    const shown = await msp.ask<Shown>('check', '--go-live');
    expect(shown.summary).toMatchObject({ alerts: 1, notes: 1, invoices: 1 });
    expect(shown.clients.find(({ client }) => client === 'Dupont')).toMatchObject({
      levels: [{ level: '2 h' }],
      invoices: [{ product: 'BLOCK-10' }],
    });
    const text = await msp.run('check', '--go-live');
    expect(text.stdout).toContain(
      'Going live now would send 1 alert, 1 client note and 1 invoice (€1,200.00), and write 2 balance fields.',
    );
    expect(text.stdout).toContain('prepaid-hours check --go-live --mark');

    const marked = await msp.ask<Shown>('check', '--go-live', '--mark', 'Dupont', '--yes');
    expect(marked.marked).toMatchObject([{ client: 'Dupont' }]);
    expect(marked.summary).toMatchObject({ alerts: 0, notes: 0, invoices: 0 });
    expect(msp.psa.exchanges).toHaveLength(asked);
    expect((await msp.run('balances', 'Dupont')).stdout).toContain('marked as told on');

    msp.configure({ mode: 'live' });
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
    const alerts = () => msp.psa.state.listTickets().filter((one) => one.externalXRef !== null);
    expect(alerts()).toEqual([]);
    expect(msp.psa.state.listInvoices()).toEqual([]);

    const sold = ['--hours', '5', '--rate', '120', '--reason', 'sold on the phone'];
    expect(await msp.run('block', 'add', 'Dupont', ...sold)).toMatchObject({ exitCode: 0 });
    await msp.run('run');
    expect(alerts()).toEqual([]);
    msp.addWork({ company: msp.ids.dupont, hours: '5.00', day: 20, isNew: true });
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
    expect(alerts()).toHaveLength(1);
    expect(msp.psa.state.listInvoices()).toHaveLength(1);
    const live = await msp.run('check', '--go-live');
    expect(live).toMatchObject({ exitCode: 2 });
    expect(live.stderr).toContain('has been live since');
  });
}, 60_000);
