import { expect, test } from '@jest/globals';
import { dumpTables } from '../support/dump-tables.ts';
import { type SmallMsp, withMspHere } from '../support/small-msp.ts';

interface Reconciled {
  run: string | null;
  clients: number;
  seconds: number;
  failed: { connection: string; error: string }[];
  differences: {
    client: string;
    connection: string;
    kind: string;
    subject: string;
    ours: string;
    theirs: string;
    fix: string;
  }[];
}

/** March lies months back, so the window is wide; what was read just now is under way. */
async function openBooks(msp: SmallMsp): Promise<void> {
  msp.configure({ schedule: 'reconcile: { days: 3660 }\nsweep: { days: 3660 }' });
  const { exitCode, stderr } = await msp.run('run');
  if (exitCode !== 0) throw new Error(stderr);
}

const shown = ({ differences }: Reconciled) =>
  differences.map(({ client, kind, subject, ours, theirs }) => {
    return `${client}: ${kind}, ${subject}: ${ours} | ${theirs}`;
  });

/** Changes what stands in the PSA's tables without its time stamp, as an import would. */
function silently(msp: SmallMsp, table: 'timeEntries' | 'tickets', id: number, fields: object) {
  Object.assign(msp.psa.state.tables[table].get(id), fields);
}

const withoutFindings = (msp: SmallMsp) => {
  const tables = dumpTables(msp.store);
  for (const name of ['run', 'step_health', 'difference', 'connection_memory']) tables.delete(name);
  return tables;
};

test('two PSAs over HTTP: one line when all agree, and nothing is written there or here', async () => {
  await withMspHere({}, async (msp) => {
    await openBooks(msp);
    const before = withoutFindings(msp);
    const sent = msp.psa.exchanges.length;
    const { exitCode, stdout } = await msp.run('reconcile');
    expect(stdout).toMatch(
      /^2 clients checked, no differences \(\d{4}-\d\d-\d\d \d\d:\d\d UTC\)\.\n$/,
    );
    expect(exitCode).toBe(0);
    expect(withoutFindings(msp)).toEqual(before);
    const methods = msp.psa.exchanges.slice(sent).map(({ request }) => request.method);
    expect(new Set(methods)).toEqual(new Set(['GET']));
    const balances = await msp.run('balances');
    expect(balances.stdout).toMatch(
      /Compared with the PSA on .*: 2 clients checked, no differences\.\n$/,
    );
  });
});

test('every difference comes as a row with its way out, and is gone once that was taken', async () => {
  await withMspHere({}, async (msp) => {
    const { state } = msp.psa;
    await openBooks(msp);
    const [first = 0, second = 0, third = 0] = state.tables.timeEntries.list().map(({ id }) => id);
    const ticketOf = (entry: number) =>
      Number((state.tables.timeEntries.get(entry).ticket as { id: number }).id);
    const tickets = [first, second, third].map(ticketOf);
    silently(msp, 'timeEntries', first, { actualHours: 2.5 });
    silently(msp, 'tickets', tickets[1] ?? 0, { closedFlag: false });
    state.deleteTime(third);
    const late = msp.addWork({ company: msp.ids.martin, day: 20 });
    const [invoice] = state.tables.invoices.list();
    const number = `${invoice?.invoiceNumber} (${invoice?.reference})`;
    state.voidInvoice(invoice?.id ?? 0);
    const agreement = state.addAgreement({
      company: msp.ids.martin,
      name: 'Block 40 h',
      limit: 40,
    });

    const found = await msp.ask<Reconciled>('reconcile');
    expect(shown(found)).toEqual([
      `Dupont: entry-differs, time entry ${first}: 1 h | 2 h 30`,
      `Dupont: entry-missing-there, time entry ${third}: 1 h on ticket ${tickets[2]}, 2026-03-03, Anke Peeters | not there`,
      `Dupont: invoice-void, invoice ${number}: sent: €1,200.00 | void`,
      `Dupont: ticket-differs, ticket ${tickets[1]}: closed | open`,
      `Dupont: ticket-hours, ticket ${tickets[0]}: 1 h | 2 h 30`,
      `Dupont: ticket-hours, ticket ${tickets[2]}: 1 h | 0 h`,
      'Martin: block-balance, agreement Block 40 h of Martin: 16 h | 40 h',
      `Martin: entry-missing-here, time entry ${late.entry}: not here | 1 h on ticket ${late.ticket}, 2026-03-20, Anke Peeters`,
      `Martin: ticket-hours, ticket ${late.ticket}: 0 h | 1 h`,
      `Martin: ticket-missing-here, ticket ${late.ticket}: not here | closed, Work of March 20`,
    ]);
    expect(found).toMatchObject({ clients: 2, seconds: 3.5 * 3600, failed: [] });
    expect(found.differences.every(({ fix }) => fix !== '')).toBe(true);

    // One client alone, asked of nobody: what stands in the store, beside a running service.
    const last = await msp.run('reconcile', 'Martin', '--last');
    expect(last.exitCode).toBe(5);
    expect(last.stdout).toContain('Block 40 h of Martin');
    expect(last.stdout).not.toContain('Dupont');

    state.tables.timeEntries.change(first, {});
    state.tables.timeEntries.change(late.entry, {});
    for (const ticket of [tickets[1] ?? 0, late.ticket]) state.tables.tickets.change(ticket, {});
    state.tables.agreements.change(agreement, { agreementStatus: 'Expired' });
    const voided = found.differences.find(({ kind }) => kind === 'invoice-void');
    const block = /block void (\S+)\./.exec(voided?.fix ?? '')?.[1] ?? '';
    expect((await msp.run('block', 'void', block, '--reason', 'void')).exitCode).toBe(0);
    expect((await msp.run('run', 'pull', 'sweep', 'debit')).exitCode).toBe(0);
    expect(await msp.ask<Reconciled>('reconcile')).toMatchObject({ seconds: 0, differences: [] });
  });
});

test('a PSA that hides everything is a failure, and the RMM is compared all the same', async () => {
  await withMspHere({}, async (msp) => {
    await openBooks(msp);
    msp.psa.state.tables.timeEntries.rows.clear();
    const { exitCode, stdout } = await msp.run('reconcile');
    expect(stdout).toMatch(/failed psa: "psa" lists none of the 25 time entries/);
    expect(stdout).toMatch(/\n1 client checked, no differences/);
    expect(exitCode).toBe(3);
    expect((await msp.run('balances')).stdout).toMatch(
      /Not compared: psa\. See prepaid-hours reconcile/,
    );
  });
});
