import { expect, test } from '@jest/globals';
import { type SmallMsp, withSmallMsp } from '../support/small-msp.ts';

interface Outbox {
  messages: {
    key: string;
    kind: string;
    client: string;
    status: string;
    remoteId: string | null;
  }[];
}

/** Requests that write; the token and a board's list are asked for by POST and change nothing. */
function writes({ psa, rmm }: SmallMsp): string[] {
  return [...psa.exchanges, ...rmm.exchanges]
    .map(({ request }) => `${request.method} ${request.path}`)
    .filter((line) => !/^GET |oauth\/token$|board\/\d+\/run$/.test(line));
}

test('observe decides and shows everything and sends nothing; live then tells it, once', async () => {
  await withSmallMsp({ mode: 'observe' }, async (msp) => {
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
    expect(writes(msp)).toEqual([]);

    const { messages } = await msp.ask<Outbox>('outbox', 'list');
    const dupont = messages.filter((message) => message.client === 'Dupont');
    expect(dupont.map((message) => message.kind).sort()).toEqual([
      'alert-ticket',
      'balance-field',
      'invoice',
      'ticket-note',
    ]);
    for (const message of messages) {
      expect(message).toMatchObject({ status: 'withheld', remoteId: null });
    }
    const shown = await msp.run('outbox', 'list');
    expect(shown.stdout).toContain('withheld');
    const invoice = dupont.find((message) => message.kind === 'invoice')?.key ?? '';
    const detail = await msp.run('outbox', 'show', invoice);
    expect(detail.stdout).toContain('BLOCK-10');

    msp.configure({ mode: 'live' });
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
    const alerts = msp.psa.state.listTickets().filter((ticket) => ticket.externalXRef !== null);
    expect(alerts).toHaveLength(1);
    expect(msp.psa.state.listInvoices()).toHaveLength(1);
  });
}, 60_000);
