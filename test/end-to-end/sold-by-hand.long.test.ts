import { expect, test } from '@jest/globals';
import { withMspHere } from '../support/small-msp.ts';

interface Balances {
  clients: { client: string; settledSeconds: number }[];
  salesQuestions: string[];
}

test('an invoice that somebody wrote in ConnectWise is proposed, and a block once it is accepted', async () => {
  await withMspHere({}, async (msp) => {
    const { state } = msp.psa;
    expect((await msp.run('run')).exitCode).toBe(0);
    const product = state.tables.catalog.list().find(({ identifier }) => identifier === 'BLOCK-10');
    const at = new Date(Date.now() + 1000).toISOString();
    // A date without a time, of the office's day, which late in the evening is another than in UTC.
    const today = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Paris' }).format(new Date());
    const invoice = state.addInvoice({ company: msp.ids.martin, date: `${today}T00:00:00Z`, at });
    state.addProduct({ catalogItem: product?.id ?? 0, invoice, quantity: 1 });
    const settled = async () => {
      const { clients, salesQuestions } = await msp.ask<Balances>('balances');
      const martin = clients.find(({ client }) => client === 'Martin');
      return { hours: (martin?.settledSeconds ?? 0) / 3600, salesQuestions };
    };
    const { hours } = await settled();
    expect((await msp.run('run')).exitCode).toBe(0);
    const asked = await settled();
    expect(asked.hours).toBe(hours);
    expect(asked.salesQuestions).toEqual([
      expect.stringMatching(/^Martin: invoice \S+ of .* sells 10 h \(offer "ten"\)/),
    ]);
    const [, number = ''] = /block accept (\S+)$/.exec(asked.salesQuestions[0] ?? '') ?? [];
    expect((await msp.run('reconcile')).stdout).toContain(`prepaid-hours block accept ${number}`);
    const accepted = await msp.run('block', 'accept', number);
    expect(accepted.stdout).toBe(
      `Martin: invoice ${number} booked (offer "ten"); the next run credits it.\n`,
    );
    expect((await msp.run('run')).exitCode).toBe(0);
    expect(await settled()).toEqual({ hours: hours + 10, salesQuestions: [] });
    expect((await msp.run('block', 'accept', number)).exitCode).toBe(2);
    expect((await msp.run('verify')).exitCode).toBe(0);
  });
}, 120_000);
