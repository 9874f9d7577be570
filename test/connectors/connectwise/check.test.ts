import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { facts } from '../../../connectors/connectwise/facts.ts';
import { connectwise } from '../../../connectors/connectwise/index.ts';
import type { CheckResult } from '../../../src/contract/connector.ts';
import { type Bench, readRows, soon, withConnectwise } from './bench.ts';

const start = '2026-03-02T09:00:00Z';

describe('check of ConnectWise', () => {
  test('finds all in order on a sound installation', () =>
    withConnectwise({}, async (bench) => {
      fill(bench);
      const results = await check(bench);
      expect(results.filter((result) => result.status === 'failed')).toEqual([]);
      const ok = results.filter((result) => result.status === 'ok').map((result) => result.id);
      expect(ok).toEqual([
        'auth',
        'paging',
        'permission.companies',
        'permission.service-tickets',
        'permission.project-tickets',
        'permission.time',
        'permission.invoices',
        'fact.conditions-company',
        'fact.conditions-last-updated',
        'clients',
        'name.alerts.board',
        'name.billing.product',
        'native-contracts',
      ]);
    }));

  test('lists the names that the config may use', () =>
    withConnectwise({}, async (bench) => {
      fill(bench);
      const names = await bench.connector.listNames?.([String(bench.company)], soon());
      const id = expect.any(String);
      expect(names?.boards).toEqual(
        ['Billing', 'Help Desk'].map((name) => ({ sourceId: id, name })),
      );
      expect(names?.workTypes).toContainEqual({ sourceId: id, name: 'Remote' });
      expect(names?.clientFields).toEqual(['Hours left']);
    }));

  test('lists the active products by the identifier that a sale names', () =>
    withConnectwise({}, async ({ connector, sandbox: { state } }) => {
      const old = state.addCatalogItem({ identifier: 'BLOCK-OLD' });
      state.addCatalogItem({ identifier: 'BLOCK-20', description: 'Twenty hours' });
      const row = state.tables.catalog.get(old);
      if (row !== undefined) row.inactiveFlag = true;
      expect(await connector.listProducts?.(soon())).toEqual([
        { name: 'BLOCK-10', description: expect.any(String) },
        { name: 'BLOCK-20', description: 'Twenty hours' },
      ]);
    }));

  test.each([
    ['clientId', '00000000-0000-4000-8000-000000000000', /^Check clientId:/],
    ['publicKey', 'wrong-key', /publicKey and privateKey/],
    ['privateKey', 'wrong-key', /publicKey and privateKey/],
  ])('says that %s is the setting that was refused', (setting, value, fix) =>
    withConnectwise({ settings: { [setting]: value } }, async (bench) => {
      expect(await check(bench)).toEqual([
        expect.objectContaining({
          id: 'auth',
          status: 'failed',
          kind: 'auth',
          fix: expect.stringMatching(fix),
        }),
      ]);
    }),
  );

  test('names a missing permission and goes on', () =>
    withConnectwise({}, async (bench) => {
      bench.sandbox.state.switches.denied.add('/finance/invoices');
      const results = await check(bench);
      expect(failed(results)).toEqual(['permission.invoices']);
      const detail = detailOf(results, 'permission.invoices');
      expect(detail).toMatch(/403.*\(request sandbox-\d+\)/);
      expect(results.map((result) => result.id)).toContain('name.alerts.board');
    }));

  test('says what to grant when rows come without _info', () =>
    withConnectwise({}, async (bench) => {
      fill(bench);
      bench.sandbox.state.switches.hidesInfo = true;
      const results = await check(bench);
      expect(failed(results)).toContain('permission.time');
      const time = results.find((result) => result.id === 'permission.time');
      expect(time?.fix).toContain('Time & Expense > Time Entry');
    }));

  test('names each configured client that is not there, or deleted', () =>
    withConnectwise({}, async (bench) => {
      const { state } = bench.sandbox;
      state.tables.companies.change(bench.other, { deletedFlag: true });
      const results = await bench.connector.check(['1', '2', '99'], soon());
      expect(failed(results)).toEqual(['client.2', 'client.99']);
      expect(detailOf(results, 'client.2')).toContain('company 2 is inactive or deleted');
    }));

  test('resolves every name again and lists what there is instead', () => {
    const alerts = { board: 'Billing', type: 'Requests', status: 'New' };
    const settings = { alerts };
    const billing = { product: 'BLOCK-11', department: 'Nowhere' };
    return withConnectwise({ settings, billing }, async (bench) => {
      const results = await check(bench);
      const wrong = ['name.alerts.type', 'name.billing.product', 'name.billing.department'];
      expect(failed(results)).toEqual(wrong);
      const type = results.find((result) => result.id === 'name.alerts.type');
      expect(type?.fix).toContain('Request, Incident');
      expect(detailOf(results, 'name.alerts.status')).toContain('"New"');
    });
  });

  test('says that a product is inactive', () =>
    withConnectwise({}, async (bench) => {
      const { catalog } = bench.sandbox.state.tables;
      for (const { id } of catalog.list()) catalog.change(id, { inactiveFlag: true });
      const results = await check(bench);
      expect(failed(results)).toEqual(['name.billing.product']);
      expect(detailOf(results, 'name.billing.product')).toMatch(/no active product called/);
    }));

  test('warns of each agreement by which ConnectWise debits the same hours', () =>
    withConnectwise({}, async (bench) => {
      const { company, other, sandbox } = bench;
      const { state } = sandbox;
      state.addAgreement({ company, name: 'Block 20 h' });
      state.addAgreement({ company, name: 'Managed', units: 'Amount' });
      state.addAgreement({ company: other, name: 'Old block', status: 'Expired' });
      const warnings = (await check(bench)).filter(({ id }) => id.startsWith('native-'));
      expect(warnings).toMatchObject([
        {
          id: 'native-contract.1',
          status: 'warning',
          detail:
            'Dupont has an active agreement in hours, "Block 20 h": two systems would debit the same hour.',
        },
      ]);
    }));

  test('verifies by reading that conditions are honoured, and reading is refused where they are not', () =>
    withConnectwise({}, async (bench) => {
      fill(bench);
      bench.sandbox.state.switches.ignoresConditions = true;
      expect(failed(await check(bench))).toContain('fact.conditions-company');
      bench.requests();
      await expect(readRows(bench, 'timeEntries')).rejects.toMatchObject({ kind: 'config' });
      expect(bench.requests()).toEqual([]);
      bench.sandbox.state.switches.ignoresConditions = false;
      expect(failed(await check(bench))).toEqual([]);
      expect(await readRows(bench, 'timeEntries')).toHaveLength(1);
    }));

  test('fails where pages are numbered, and a second page is refused when reading', () =>
    withConnectwise({ settings: { pageSize: 1 } }, async (bench) => {
      fill(bench);
      const { company, member, sandbox } = bench;
      sandbox.state.addTime({ company, member, start, hours: '1' });
      sandbox.state.switches.pagesForward = false;
      expect(failed(await check(bench))[0]).toBe('paging');
      await expect(readRows(bench, 'timeEntries')).rejects.toMatchObject({
        kind: 'contract',
        message: expect.stringContaining('numbered pages'),
      });
      sandbox.state.switches.pagesForward = true;
      expect(failed(await check(bench))).toEqual([]);
      expect(await readRows(bench, 'timeEntries')).toHaveLength(2);
    }));
});

describe('check --probe of ConnectWise', () => {
  test.each(['invoice', 'ticket-product'] as const)(
    'verifies by writing what the route %s relies on, and leaves nothing behind',
    (invoiceRoute) =>
      withConnectwise({ billing: { invoiceRoute, board: 'Billing' } }, async (bench) => {
        fill(bench);
        const before = rowCounts(bench);
        const results = await probe(bench);
        expect(results.filter((result) => result.status !== 'ok')).toEqual([]);
        expect(rowCounts(bench)).toEqual(before);
        const open = (await check(bench)).filter(({ detail }) => /Not verified/.test(detail));
        expect(open.map(({ id }) => id)).toEqual([]);
      }),
  );

  test.each([
    ['note-flags', { keepsNoteFlags: false }],
    ['product-on-invoice', { linksProducts: false }],
  ] as const)('finds out that %s is not so', (fact, how) =>
    withConnectwise({}, async (bench) => {
      fill(bench);
      Object.assign(bench.sandbox.state.switches, how);
      expect(failed(await probe(bench))).toEqual([`fact.${fact}`]);
      expect(bench.context.kept.get(`fact.${fact}`)).toMatch(/^no \d{4}-\d{2}-\d{2}$/);
    }),
  );

  test('never announces its notes to the test client', () =>
    withConnectwise({}, async (bench) => {
      await probe(bench);
      const notes = bench.sandbox.exchanges
        .filter(({ request }) => request.method === 'POST' && /notes$/.test(request.path))
        .map(({ request }) => request.json());
      expect(notes).toHaveLength(2);
      for (const note of notes) expect(note).toMatchObject({ processNotifications: false });
    }));

  test('names what it may not remove', () =>
    withConnectwise({}, async (bench) => {
      const forbidden = { method: 'DELETE', path: /\/finance\/invoices\/\d+$/, times: 9 };
      bench.sandbox.faults.add('forbidden', forbidden);
      const results = await probe(bench);
      expect(detailOf(results, 'probe.removed')).toMatch(/Still there: \/finance\/invoices\/1 /);
    }));
});

describe('The ConnectWise config', () => {
  const good = {
    baseUrl: 'https://api-eu.myconnectwise.net',
    companyId: 'msp',
    publicKey: 'p',
    privateKey: 's',
    clientId: 'guid',
    alerts: { board: 'Billing' },
  };

  test('fills in what is not said', () => {
    expect(connectwise.config.parse(good)).toMatchObject({
      version: '2026.4',
      pageSize: 1000,
      naiveDateTimes: false,
      approvedFrom: 'tier-two',
      billing: { invoiceRoute: 'invoice', paidWhen: 'balance' },
    });
  });

  test.each([
    ['plain http', { baseUrl: 'http://psa.example.com' }, 'is not https'],
    ['a path', { baseUrl: 'https://psa.example.com/v4_6_release' }, 'give only the host'],
    ['an unknown key', { colour: 'red' }, 'colour'],
    ['a route without its board', { billing: { invoiceRoute: 'ticket-product' } }, 'is needed by'],
    ['too large pages', { pageSize: 1001 }, '1000'],
  ])('refuses %s', (_what, wrong, reason) => {
    const parsed = connectwise.config.safeParse({ ...good, ...wrong });
    expect(parsed.error?.message).toContain(reason);
  });
});

function fill({ company, board, member, sandbox }: Bench): void {
  const { state } = sandbox;
  const ticket = state.addTicket({ company, board, summary: 'VPN drops' });
  state.addTicket({ company, board, summary: 'Move', kind: 'project' });
  state.addTime({ ticket, member, start, hours: '1.25' });
  state.addInvoice({ company });
  state.addCustomField({ caption: 'Hours left' });
}

function check({ connector, company, other }: Bench): Promise<CheckResult[]> {
  return connector.check([String(company), String(other)], soon());
}

async function probe({ connector, company }: Bench): Promise<CheckResult[]> {
  return (await connector.probe?.(String(company), soon())) ?? [];
}

function failed(results: readonly CheckResult[]): string[] {
  return results.filter((result) => result.status === 'failed').map((result) => result.id);
}

function detailOf(results: readonly CheckResult[], id: string): string {
  return results.find((result) => result.id === id)?.detail ?? `no result ${id}`;
}

function rowCounts({ sandbox }: Bench): number[] {
  const { tickets, notes, invoices, products } = sandbox.state.tables;
  return [tickets, notes, invoices, products].map((table) => table.rows.size);
}

test('The ConnectWise README lists every fact that is relied on', () => {
  const readme = readFileSync(
    new URL('../../../connectors/connectwise/README.md', import.meta.url),
    'utf8',
  );
  const listed = [...readme.matchAll(/^\| `([\w-]+)` +\| .* \| .* \|$/gm)].map((match) => match[1]);
  const verified = listed.filter((id) => id !== undefined && id in facts.rows);
  expect(verified).toEqual(Object.keys(facts.rows));
});
