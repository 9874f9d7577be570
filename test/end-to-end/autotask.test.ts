/** The command line against an Autotask: a month of work, its low balance, its sale, and what was deleted. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type AutotaskSandbox, startAutotaskSandbox } from '../sandbox/autotask/index.ts';
import { runCommand } from '../support/run-command.ts';

function daysAgo(days: number): string {
  return `${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)}T09:00:00Z`;
}

interface Balances {
  clients: { client: string; settledSeconds: number; pendingSeconds: number }[];
}

test('debits a month of work, tells and sells once, and gives deleted time back in the next run', async () => {
  const sandbox = await startAutotaskSandbox();
  const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-'));
  try {
    const { state } = sandbox;
    const [dupont = 0, stranger = 0] = ['Dupont', 'Stranger'].map((name) => state.addCompany(name));
    state.addContract(dupont, 'Prepaid Dupont');
    state.addResource('Ann', 'Roy');
    state.addRole('Engineer');
    const billingCode = state.addBillingCode('Remote');
    const entries = [2, 3, 4, 5, 6, 9, 10, 11].map((days) => {
      const ticket = state.addTicket({ company: dupont });
      const start = daysAgo(days);
      const entry = state.addTime({ ticket, billingCode, start, hours: 1.25 });
      state.closeTicket(ticket);
      return entry;
    });
    const theirs = state.addTicket({ company: stranger });
    state.addTime({ ticket: theirs, billingCode, start: daysAgo(2) });
    const open = state.addTicket({ company: dupont });
    state.addTime({ ticket: open, billingCode, hours: 0.5, start: daysAgo(1) });
    writeConfig(folder, sandbox, dupont);
    const run = async (...args: string[]) =>
      runCommand([...args, '--json', '--config', join(folder, 'connector.yaml')], {
        workingFolder: folder,
      });
    const balance = async () => {
      const { clients } = JSON.parse((await run('balances')).stdout) as Balances;
      return clients[0];
    };

    const first = await run('run');
    expect([first.exitCode, first.stderr.includes('"level":"error"')]).toEqual([0, false]);
    // 12 h less 8 × 1.25 h, and the block of 10 h that was sold at 2 h.
    expect(await balance()).toMatchObject({ settledSeconds: 12 * 3600, pendingSeconds: 1800 });
    expect(state.rows('ContractCharges')).toMatchObject([{ billableAmount: 1200 }]);
    expect(state.rows('ContractBlocks')).toMatchObject([{ hours: 10, hourlyRate: 120 }]);
    const alerts = () => state.rows('Tickets').filter(({ queueID }) => queueID === 29683354);
    expect(alerts()).toHaveLength(1);

    state.deleteTime(entries[0] ?? 0);
    const sweep = await run('sweep');
    const { steps } = JSON.parse(sweep.stdout) as { steps: object[] };
    expect(steps[0]).toMatchObject({ step: 'sweep', rows: 8, changed: 1, error: null });
    expect((await run('run')).exitCode).toBe(0);
    expect(await balance()).toMatchObject({ settledSeconds: 13.25 * 3600 });
    expect((await run('run')).exitCode).toBe(0);
    expect(state.rows('ContractCharges')).toHaveLength(1);
    expect(alerts()).toHaveLength(1);
    const fields = state.get('Companies', dupont).userDefinedFields;
    expect(fields).toContainEqual({ name: 'Prepaid hours left', value: '13.25' });
    const verified = await run('verify');
    expect(verified.exitCode).toBe(0);
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

function writeConfig(folder: string, { config }: AutotaskSandbox, client: number): void {
  const text = `mode: live
timezone: Europe/Paris
currency: EUR
store: ./prepaid-hours.db
pushTo: psa
history: 12 months
balanceField: { connection: psa, field: "Prepaid hours left" }
connections:
  psa:
    vendor: autotask
    username: ${config.username}
    secret: \${AT_SECRET}
    integrationCode: \${AT_CODE}
    zoneUrl: ${config.zoneUrl}
    alerts: { queue: Billing }
    billing: { contract: "Prepaid*" }
    pageSize: 5
offers:
  ten: { hours: 10, rate: 120.00, product: Block purchase }
agreements:
  standard:
    debitWhen: ticket-closed
    rounding: { per: entry, increment: 15m }
    workTypes: { covered: [Remote] }
    replenish: [{ when: { hoursLeft: 2 }, do: [alert, invoice], offer: ten }]
clients:
  - name: Dupont
    ids: { psa: ${client} }
    agreement: standard
    openingBlocks: [{ hours: 12, rate: 120.00, purchasedOn: ${daysAgo(40).slice(0, 10)} }]
`;
  writeFileSync(join(folder, 'connector.yaml'), text);
  const secrets = `AT_SECRET=${config.secret}\nAT_CODE=${config.integrationCode}\n`;
  writeFileSync(join(folder, '.env'), secrets, { mode: 0o600 });
}
