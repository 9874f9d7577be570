import { expect, test } from '@jest/globals';
import { passSearchLag } from '../support/pass-search-lag.ts';
import { withMspHere } from '../support/small-msp.ts';

interface Balances {
  clients: { client: string; blocks: { id: string; status: string; remainingSeconds: number }[] }[];
}

interface Sold {
  run: string | null;
  block: string | null;
  messages: { kind: string }[];
}

test('a block sold by hand is shown, ordered, invoiced once after a lost answer, usable, and taken back', async () => {
  await withMspHere({}, async ({ psa, store, run, ask }) => {
    expect(await run('run')).toMatchObject({ exitCode: 0 });
    const martins = () => psa.state.listInvoices().filter(({ company }) => company === 'Martin');
    const blockOf = async (id: string | null) => {
      const { clients } = await ask<Balances>('balances');
      return clients.flatMap(({ blocks }) => blocks).find((block) => block.id === id);
    };

    const shown = await run('sell', 'Martin', '--offer', 'ten');
    expect(shown.stdout).toContain('€1,200.00 before tax');
    expect(shown.stdout).toMatch(
      /\nDry run. To apply: prepaid-hours sell "Martin" --offer ten --yes\n$/,
    );

    const sold = await ask<Sold>('sell', 'Martin', '--offer', 'ten', '--yes');
    expect(sold.messages.map(({ kind }) => kind)).toEqual([
      ...['invoice', 'alert-ticket', 'ticket-note'],
    ]);
    expect(await blockOf(sold.block)).toMatchObject({ status: 'ordered' });
    expect(await run('sell', 'Martin', '--offer', 'ten', '--yes')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Martin has an open order already'),
    });

    psa.faults.add('lost-answer', { method: 'POST', path: /finance\/invoices$/ });
    expect(await run('run')).toMatchObject({ exitCode: 4 });
    passSearchLag(store);
    expect(await run('run')).toMatchObject({ exitCode: 0 });
    expect(martins()).toEqual([
      expect.objectContaining({
        total: 1200,
        lines: [expect.objectContaining({ product: 'BLOCK-10' })],
      }),
    ]);
    expect(await blockOf(sold.block)).toMatchObject({ status: 'active', remainingSeconds: 36_000 });

    const undone = await ask<{ byHand: { kind: string }[]; withdrawn: { kind: string }[] }>(
      ...['undo', sold.run ?? '', '--yes'],
    );
    expect(undone.withdrawn).toEqual([expect.objectContaining({ kind: 'alert-ticket' })]);
    expect(undone.byHand).toContainEqual(expect.objectContaining({ kind: 'invoice' }));
    expect(await run('run')).toMatchObject({ exitCode: 0 });
    expect(await blockOf(sold.block)).toMatchObject({ status: 'void', remainingSeconds: 0 });
    expect(martins()).toHaveLength(1);
    expect(await run('verify')).toMatchObject({ exitCode: 0 });
  });
}, 120_000);
