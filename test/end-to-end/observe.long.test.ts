import { expect, test } from '@jest/globals';
import { type SmallMsp, withMspHere, withSmallMsp } from '../support/small-msp.ts';

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
  await withMspHere({ mode: 'observe' }, async (msp) => {
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

test('in observe mode a corrected config is applied to all that was debited, and one line says so', async () => {
  await withSmallMsp({ mode: 'observe' }, async (msp) => {
    const before = await msp.run('run');
    expect(before.stderr).not.toContain('all balances were recalculated');
    const hoursOf = async () => {
      const { clients } = await msp.ask<{ clients: { client: string; settledSeconds: number }[] }>(
        'balances',
      );
      return clients.find(({ client }) => client === 'Dupont')?.settledSeconds;
    };
    expect(await hoursOf()).toBe(3600);
    await msp.run('adjust', 'Dupont', '--hours', '2', '--reason', 'goodwill');
    msp.configure({ mode: 'observe', workTypes: '{ excluded: [Remote] }' });
    const after = await msp.run('run');
    expect(after.stderr.match(/all balances were recalculated/g)).toHaveLength(1);
    expect(await hoursOf()).toBe(17 * 3600);
    expect(await msp.run('verify')).toMatchObject({ exitCode: 0 });
    expect((await msp.run('run')).stderr).not.toContain('all balances were recalculated');
  });
}, 60_000);
