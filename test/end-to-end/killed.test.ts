import { beforeAll, describe, expect, test } from '@jest/globals';
import type { StartedCommand } from '../support/run-command.ts';
import { type SmallMsp, withSmallMsp } from '../support/small-msp.ts';
import { waitUntil } from '../support/wait-until.ts';

interface Balances {
  clients: { client: string; settledSeconds: number; blocks: { remainingSeconds: number }[] }[];
}

/** What people see at the end: the balances, and everything that was written into the PSA. */
interface Ending {
  balances: unknown;
  tickets: string[];
  notes: string[];
  invoices: { reference: string | null; total: number; lines: number }[];
}

/** Keys are unlike in each installation, so that two of them never take each other's records. */
function withoutKeys(ending: Ending): Ending {
  const text = JSON.stringify(ending)
    .replace(/\b(ph:\w+:dupont):[0-9a-f]{12}/g, '$1:KEY')
    .replace(/"id":"b-[0-9a-f]+"/g, '"id":"BLOCK"');
  return JSON.parse(text) as Ending;
}

async function endingOf(msp: SmallMsp): Promise<Ending> {
  const { clients } = await msp.ask<Balances>('balances');
  const tickets = msp.psa.state.listTickets().filter((ticket) => ticket.externalXRef !== null);
  return withoutKeys({
    // Moments differ between two histories; nothing else may.
    balances: clients.map(({ client, ...rest }) => [
      client,
      Object.entries(rest).filter(([name]) => name !== 'lastAlert'),
    ]),
    tickets: tickets.map((ticket) => `${ticket.externalXRef} ${ticket.summary}`),
    notes: tickets.flatMap((ticket) => ticket.notes.map((note) => note.text)).sort(),
    invoices: msp.psa.state
      .listInvoices()
      .map(({ reference, total, lines }) => ({ reference, total, lines: lines.length })),
  });
}

let undisturbed: Ending;

beforeAll(async () => {
  await withSmallMsp({}, async (msp) => {
    const { exitCode } = await msp.run('run');
    expect(exitCode).toBe(0);
    undisturbed = await endingOf(msp);
  });
}, 60_000);

test('an undisturbed first run makes one ticket, its two notes and one invoice', () => {
  expect(undisturbed.tickets).toHaveLength(1);
  expect(undisturbed.notes).toHaveLength(2);
  expect(undisturbed.invoices).toEqual([{ reference: 'ph:inv:dupont:KEY', total: 1200, lines: 1 }]);
});

/** The run is killed, then run again: the ending must be the undisturbed one. */
async function recover(kill: (msp: SmallMsp, run: StartedCommand) => Promise<void>): Promise<void> {
  await withSmallMsp({}, async (msp) => {
    const run = msp.start('run');
    await kill(msp, run);
    run.kill('SIGKILL');
    const { exitCode } = await run.done;
    expect(exitCode).toBeNull();
    msp.psa.faults.clear();
    msp.rmm.faults.clear();

    const again = await msp.run('run');
    expect(again).toMatchObject({ exitCode: 0 });
    expect(await endingOf(msp)).toEqual(undisturbed);
    expect(await msp.ask('verify')).toMatchObject({ ok: true });
  });
}

describe('killed while an answer is under way', () => {
  test.each([
    ['the first request of all', 'psa', 'GET', /companyinfo/],
    ['a page of time', 'psa', 'GET', /time\/entries$/],
    ['the log of a ticket in the RMM', 'rmm', 'GET', /log-entry$/],
    ['the alert ticket', 'psa', 'POST', /service\/tickets$/],
    ['the note for the client', 'psa', 'POST', /notes$/],
    ['the invoice', 'psa', 'POST', /finance\/invoices$/],
    ['the product on the invoice', 'psa', 'POST', /procurement\/products$/],
    ['the balance field', 'psa', 'PATCH', /company\/companies\/\d+$/],
  ] as const)(
    '%s',
    async (what, vendor, method, path) => {
      await recover(async (msp) => {
        const sandbox = msp[vendor];
        sandbox.faults.add('slow', { method, path, delayMs: 30_000 });
        await waitUntil(what, () =>
          sandbox.exchanges.some(
            ({ request }) => request.method === method && path.test(request.path),
          ),
        );
      });
    },
    60_000,
  );
});

test('killed in the middle of the debit', async () => {
  await recover(async (_msp, run) => {
    await waitUntil('both pulls are done', () => {
      return (run.stderr().match(/"step":"pull"/g) ?? []).length === 2;
    });
  });
}, 60_000);

test('killed three times in a row', async () => {
  await recover(async (msp, first) => {
    let run = first;
    for (const path of [/time\/entries$/, /service\/tickets$/, /finance\/invoices$/]) {
      const method = path.source.startsWith('time') ? 'GET' : 'POST';
      msp.psa.faults.add('slow', { method, path, delayMs: 30_000 });
      await waitUntil(path.source, () =>
        msp.psa.exchanges.some(
          ({ request }) => request.method === method && path.test(request.path),
        ),
      );
      run.kill('SIGKILL');
      await run.done;
      if (path.source.startsWith('finance')) return;
      run = msp.start('run');
    }
  });
}, 60_000);
