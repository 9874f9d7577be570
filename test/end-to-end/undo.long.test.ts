import { expect, test } from '@jest/globals';
import { dumpTables } from '../support/dump-tables.ts';
import { type SmallMsp, withMspHere } from '../support/small-msp.ts';

interface Undone {
  run: string | null;
  undo: string;
  ledger: { client: string; side: string; reason: string; seconds: number }[];
  withdrawn: { kind: string; client: string; remoteId: string }[];
  byHand: { kind: string; client: string; remoteId: string; fix: string }[];
}

interface Balances {
  clients: { client: string; settledSeconds: number; pendingSeconds: number }[];
}

async function hoursOf(msp: SmallMsp): Promise<Record<string, [left: number, pending: number]>> {
  const { clients } = await msp.ask<Balances>('balances');
  return Object.fromEntries(
    clients.map((one) => [one.client, [one.settledSeconds / 3600, one.pendingSeconds / 3600]]),
  );
}

/** Requests that the PSA got and that change something there. */
function writes({ psa }: SmallMsp): string[] {
  return psa.exchanges
    .map(({ request }) => `${request.method} ${request.path.replace(/^.*3\.0/, '')}`)
    .filter((line) => !line.startsWith('GET '))
    .map((line) => line.replace(/\d+/g, 'N'));
}

test('a run under wrong rules is undone, here and in the PSA, and done anew under the right ones', async () => {
  const travelIsFree = '{ covered: [Remote], excluded: [Travel] }';
  await withMspHere({ workTypes: travelIsFree }, async (msp) => {
    const { run } = await msp.ask<{ run: string }>('run');
    expect((await hoursOf(msp)).Dupont).toEqual([11, 0]);
    const before = dumpTables(msp.store);
    const sent = writes(msp).length;

    const shown = await msp.run('undo', run);
    expect(shown).toMatchObject({ exitCode: 0 });
    expect(shown.stdout).toMatch(/Dupont +\d+ +-11 h/);
    expect(shown.stdout).toContain(`Dry run. To apply: prepaid-hours undo ${run} --yes`);
    expect(dumpTables(msp.store)).toEqual(before);
    expect(writes(msp)).toHaveLength(sent);

    const undone = await msp.ask<Undone>('undo', run, '--yes');
    expect(undone).toMatchObject({ undo: run, run: expect.stringMatching(/^u-/) });
    expect(new Set(undone.ledger.map(({ reason }) => reason))).toEqual(new Set(['reversal']));
    const [alert] = msp.psa.state.listTickets().filter(({ externalXRef }) => externalXRef !== null);
    expect(undone.withdrawn).toMatchObject([
      { kind: 'alert-ticket', client: 'Dupont', remoteId: String(alert?.id) },
    ]);
    expect(msp.psa.state.tables.tickets.get(alert?.id ?? 0)).toMatchObject({ closedFlag: true });
    expect(alert?.notes.filter(({ text }) => text.includes(run))).toHaveLength(1);
    const byHand = undone.byHand.map(({ kind, fix }) => [kind, fix]);
    expect(byHand).toContainEqual([
      'invoice',
      expect.stringMatching(/^Void or credit invoice \d+ in "psa"\.$/),
    ]);
    expect(byHand).toContainEqual(['ticket-note', expect.stringContaining('cannot be recalled')]);
    expect(writes(msp).slice(sent)).toEqual([
      ...['POST /service/tickets/N/notes', 'PATCH /service/tickets/N'],
    ]);
    expect(await msp.run('verify')).toMatchObject({ exitCode: 0 });

    // The office credits the invoice; asked again, the undo sees that and writes nothing more.
    const [invoice] = msp.psa.state.listInvoices();
    msp.psa.state.creditInvoice(invoice?.id ?? 0, 1200);
    const again = await msp.ask<Undone>('undo', run, '--yes');
    expect(again).toMatchObject({ run: undone.run, ledger: undone.ledger });
    expect(again.byHand.map(({ kind }) => kind)).toEqual(['ticket-note']);

    // The mended rules debit all of it anew, from the opening blocks of the config, and sell nothing twice.
    msp.configure({ workTypes: '{ covered: [Travel], excluded: [Remote] }' });
    expect(await msp.run('run')).toMatchObject({ exitCode: 0 });
    expect((await hoursOf(msp)).Dupont).toEqual([15, 0]);
    expect((await hoursOf(msp)).Martin?.[1]).toBe(0);
    expect(msp.psa.state.listInvoices()).toHaveLength(1);
    expect(await msp.run('verify')).toMatchObject({ exitCode: 0 });
  });
}, 120_000);

test('a run that is none, and an undo that is to be undone, are usage faults', async () => {
  await withMspHere({}, async (msp) => {
    const { run } = await msp.ask<{ run: string }>('run');
    const none = await msp.run('undo', 'r-none');
    expect(none).toMatchObject({ exitCode: 2 });
    expect(none.stderr).toContain('Run `prepaid-hours undo` for the runs');
    const { runs } = await msp.ask<{ runs: { id: string; undoneBy: string | null }[] }>('undo');
    expect(runs).toEqual([expect.objectContaining({ id: run, undoneBy: null })]);
    const undone = await msp.ask<Undone>('undo', run, '--yes');
    expect((await msp.run('undo')).stdout).toContain(undone.run);
    expect(await msp.run('undo', undone.run ?? '', '--yes')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('run --undone'),
    });
  });
}, 60_000);
