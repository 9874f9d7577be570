import { describe, expect, test } from '@jest/globals';
import type { PushMessages } from '../../../src/contract/connector.ts';
import { agedDoubts } from '../../support/connector-context.ts';
import { type Bench, readRows, soon, withAutotask } from './bench.ts';

const saleOf = (
  bench: Bench,
  change: Partial<PushMessages['invoice']> = {},
): PushMessages['invoice'] => ({
  key: 'inv:1',
  clientId: String(bench.company),
  offer: 'ten',
  product: null,
  seconds: 36_000,
  quantity: 1,
  rateMinor: 12_050,
  totalMinor: 120_500,
  currency: 'EUR',
  issuedOn: '2026-03-02',
  title: 'Block of 10 h',
  body: 'Ten hours, good for a year.',
  ...change,
});

const sales = (bench: Bench) => bench.connector.push.invoice;

describe('A sale in Autotask', () => {
  test('is a charge for the money and a block for the hours, on the client’s contract', () =>
    withAutotask({}, async (bench) => {
      const { state, company } = bench;
      const contract = state.addContract(company, 'Prepaid Dupont', 4, '2027-02-28');
      state.addContract(company, 'Managed services', 1);
      const sale = saleOf(bench);
      const delivered = await sales(bench)?.create(sale, soon());
      const [charge] = state.rows('ContractCharges');
      expect(delivered?.remoteId).toBe(String(charge?.id));
      expect(charge).toMatchObject({
        contractID: contract,
        name: 'Block of 10 h',
        unitQuantity: 1,
        unitPrice: 1205,
        billableAmount: 1205,
        isBillableToCompany: true,
        chargeType: 1,
        internalPurchaseOrderNumber: 'inv:1',
      });
      expect(state.rows('ContractBlocks')).toMatchObject([
        {
          contractID: contract,
          hours: 10,
          hourlyRate: 120.5,
          invoiceNumber: 'inv:1',
          startDate: '2026-03-02T00:00:00Z',
          endDate: '2027-02-28T00:00:00Z',
          status: 1,
        },
      ]);
      expect(await sales(bench)?.find(sale, soon())).toMatchObject({
        remoteId: String(charge?.id),
      });
    }));

  test('whose block is missing is not found, and is completed without a second charge', () =>
    withAutotask({}, async (bench) => {
      const { state, sandbox, company } = bench;
      const old = state.addContract(company, 'Prepaid Dupont');
      sandbox.faults.add('server-error', { method: 'POST', path: /\/Blocks$/ });
      const sale = saleOf(bench);
      await expect(sales(bench)?.create(sale, soon())).rejects.toMatchObject({
        kind: 'unknown-outcome',
      });
      expect(await sales(bench)?.find(sale, soon())).toBeNull();
      // In between the contract was renewed: the charge is on the old one.
      state.change('Contracts', old, { status: 0 });
      state.addContract(company, 'Prepaid Dupont 2');
      await sales(bench)?.create(sale, soon());
      expect(state.rows('ContractCharges')).toHaveLength(1);
      expect(state.rows('ContractBlocks')).toHaveLength(1);
    }));

  test('of money is the charge alone, for a native block counts hours', () =>
    withAutotask({}, async (bench) => {
      bench.state.addContract(bench.company, 'Prepaid Dupont');
      const sale = { ...saleOf(bench), seconds: 0, rateMinor: 0 };
      await sales(bench)?.create(sale, soon());
      expect(await sales(bench)?.find(sale, soon())).not.toBeNull();
      expect(bench.state.rows('ContractCharges')).toHaveLength(1);
      expect(bench.state.rows('ContractBlocks')).toEqual([]);
    }));

  test('without native blocks is the charge alone, on any contract', () =>
    withAutotask({}, async (bench) => {
      const { state, company, connect, context } = bench;
      state.addContract(company, 'Managed services', 1);
      const billing = {
        contract: 'Managed services',
        billingCode: 'Block purchase',
        nativeBlock: false,
      };
      const push = connect({ billing }, context).push.invoice;
      const sale = saleOf(bench);
      await push?.create(sale, soon());
      expect(await push?.find(sale, soon())).not.toBeNull();
      expect(state.rows('ContractBlocks')).toEqual([]);
    }));

  test.each([
    ['no contract', () => undefined, {}],
    ['two contracts', (bench: Bench) => twice(bench), {}],
    ['a contract of time and materials', (bench: Bench) => contract(bench, 1), {}],
    ['a contract that has ended', (bench: Bench) => contract(bench, 4, '2026-03-01'), {}],
    ['another currency', (bench: Bench) => contract(bench), { currency: 'USD' }],
    ['an unknown billing code', (bench: Bench) => contract(bench), { product: 'BLOCK-99' }],
    ['a size finer than a hundredth', (bench: Bench) => contract(bench), { seconds: 35_999 }],
  ] as const)('is refused before anything is written: %s', (_, prepare, change) =>
    withAutotask({}, async (bench) => {
      prepare(bench);
      const created = sales(bench)?.create(saleOf(bench, change), soon());
      await expect(created).rejects.toMatchObject({
        kind: expect.stringMatching(/config|contract/),
      });
      expect(bench.state.rows('ContractCharges')).toEqual([]);
      expect(bench.state.rows('ContractBlocks')).toEqual([]);
    }),
  );

  test('is refused where a charge was seen twice to lose its key', () =>
    withAutotask({}, async (bench) => {
      contract(bench);
      bench.state.switches.keepsChargeKey = false;
      await sales(bench)?.create(saleOf(bench), soon());
      await agedDoubts(bench.context);
      await sales(bench)?.create(saleOf(bench, { key: 'inv:2' }), soon());
      const next = sales(bench)?.create(saleOf(bench, { key: 'inv:3' }), soon());
      await expect(next).rejects.toMatchObject({ kind: 'config' });
      expect(bench.state.rows('ContractCharges')).toHaveLength(2);
    }));

  test('is not taken for delivered when its charge comes to another sum', () =>
    withAutotask({}, async (bench) => {
      contract(bench);
      await sales(bench)?.create(saleOf(bench), soon());
      const [charge] = bench.state.rows('ContractCharges');
      bench.state.change('ContractCharges', charge?.id ?? 0, { billableAmount: 1000 });
      await expect(sales(bench)?.find(saleOf(bench), soon())).rejects.toMatchObject({
        kind: 'rejected',
      });
    }));

  test('comes back on its invoice, paid once it is; two on one invoice are two rows', () =>
    withAutotask({}, async (bench) => {
      const { state, company } = bench;
      contract(bench);
      for (const key of ['inv:1', 'inv:2']) {
        await sales(bench)?.create(saleOf(bench, { key }), soon());
      }
      const charges = state.rows('ContractCharges').map(({ id }) => id);
      const at = '2026-03-10T08:00:00Z';
      const invoice = state.invoiceCharges(company, charges, at);
      state.invoiceCharges(company, [], at);
      const rows = await readRows(bench, 'invoices', { linesSince: '2026-03-10' });
      const [first, second] = charges.map(String);
      expect(rows).toMatchObject([
        {
          sourceId: String(invoice),
          reference: 'inv:1',
          totalMinor: 241_000,
          isPaid: false,
          saleId: first,
          netMinor: 120_500,
          lines: [
            { product: 'Block purchase', quantity: '1', totalMinor: 120_500 },
            { product: 'Block purchase', quantity: '1', totalMinor: 120_500 },
          ],
        },
        { sourceId: `${invoice}:inv:2`, reference: 'inv:2', isPaid: false, saleId: second },
        { reference: null, totalMinor: 0, lines: [] },
      ]);
      // The day of a payment is written in later, and lies before the last reading.
      state.change('Invoices', invoice, { paidDate: '2026-03-20' });
      const since = { since: '2026-04-10T00:00:00.000Z' };
      expect(await readRows(bench, 'invoices', since)).toMatchObject([
        { reference: 'inv:1', isPaid: true },
        { reference: 'inv:2', isPaid: true },
        { reference: null, totalMinor: 0 },
      ]);
      state.change('Invoices', invoice, { isVoided: true, voidedDate: at });
      const [voided] = await readRows(bench, 'invoices', since);
      expect(voided).toMatchObject({ isPaid: false, isVoid: true });
    }));
});

function contract(bench: Bench, type = 4, endDate = '2099-12-31'): void {
  bench.state.addContract(bench.company, 'Prepaid Dupont', type, endDate);
}

function twice(bench: Bench): void {
  contract(bench);
  contract(bench);
}

describe('An alert ticket in Autotask', () => {
  const alertOf = (bench: Bench, key = 'low:1') => ({
    key,
    clientId: String(bench.company),
    subject: 'Low\nbalance',
    body: '2 h left.',
  });

  test('carries its key in externalID, by names of the config', () =>
    withAutotask({}, async (bench) => {
      const { state, connector } = bench;
      const made = await connector.push['alert-ticket']?.create(alertOf(bench), soon());
      const row = state.get('Tickets', Number(made?.remoteId));
      expect(row).toMatchObject({
        title: 'Low balance',
        queueID: 29683354,
        priority: 2,
        status: 1,
        externalID: 'low:1',
      });
      expect(made?.label).toBe(row.ticketNumber);
    }));

  test('is found by its key alone, compared exactly, and has a due date where one is set', () =>
    withAutotask({}, async (bench) => {
      const { state, connect, context } = bench;
      const push = connect({ alerts: { queue: 'Billing', dueInDays: 3 } }, context).push;
      const made = await push['alert-ticket']?.create(alertOf(bench), soon());
      const row = state.get('Tickets', Number(made?.remoteId));
      expect(row.dueDateTime).toMatch(/T12:00:00Z$/);
      expect(await push['alert-ticket']?.find(alertOf(bench), soon())).toEqual(made);
      expect(await push['alert-ticket']?.find(alertOf(bench, 'LOW:1'), soon())).toBeNull();
    }));

  test('is searched for without a filter until that was seen to find one', () =>
    withAutotask({}, async (bench) => {
      const { connector, sandbox } = bench;
      const push = connector.push['alert-ticket'];
      const filterOfFind = async () => {
        expect(await push?.find(alertOf(bench, 'low:2'), soon())).toBeNull();
        return sandbox.exchanges.at(-1)?.request.body;
      };
      expect(await filterOfFind()).not.toContain('low:2');
      await push?.create(alertOf(bench, 'low:3'), soon());
      expect(await filterOfFind()).toContain('low:2');
    }));

  test('is made no more where the key was lost twice', () =>
    withAutotask({}, async (bench) => {
      bench.state.switches.keepsTicketKey = false;
      const push = bench.connector.push['alert-ticket'];
      await push?.create(alertOf(bench), soon());
      await agedDoubts(bench.context);
      await push?.create(alertOf(bench, 'low:2'), soon());
      await expect(push?.create(alertOf(bench, 'low:3'), soon())).rejects.toMatchObject({
        kind: 'config',
      });
      // A check reports it and lets the next one verify it.
      bench.state.switches.keepsTicketKey = true;
      await bench.connector.check([], soon());
      await push?.create(alertOf(bench, 'low:3'), soon());
      expect(bench.context.kept.get('fact.ticket-key-kept')).toMatch(/^yes/);
    }));

  test('that Autotask refuses is refused, not of unknown outcome', () =>
    withAutotask({}, async (bench) => {
      const alert = { ...alertOf(bench), clientId: '77' };
      const push = bench.connector.push['alert-ticket'];
      await expect(push?.create(alert, soon())).rejects.toMatchObject({
        kind: 'rejected',
        message: expect.stringContaining('companyID does not exist'),
      });
    }));
});

test('an Autotask ticket that cannot be seen does not count as withdrawn', () =>
  withAutotask({}, async ({ connector, company }) => {
    const message = { key: 'low:1', clientId: String(company), subject: 'Low', body: '2 h left.' };
    const withdrawal = { remoteId: '99999999', reason: 'A mistake.' };
    const push = connector.push['alert-ticket'];
    expect(await push?.withdraw?.(message, withdrawal, soon())).toBeNull();
  }));

describe('A note in Autotask', () => {
  test.each([
    ['client', 1],
    ['internal', 2],
  ] as const)('for the audience %s is published so', (audience, publish) =>
    withAutotask({}, async (bench) => {
      const { state, company, connector } = bench;
      const ticketId = String(state.addTicket({ company }));
      const note = { key: 'note:1', ticketId, clientId: String(company), audience, body: 'Low.' };
      const subject = 'Your prepaid hours: 1.5 h left';
      await connector.push['ticket-note']?.create({ ...note, subject }, soon());
      expect(state.rows('TicketNotes')).toMatchObject([
        {
          ticketID: Number(ticketId),
          publish,
          description: 'Low.',
          title: 'Your prepaid hours: 1.5 h left [note:1]',
        },
      ]);
    }),
  );

  test('that did not keep its audience is the last one', () =>
    withAutotask({}, async (bench) => {
      const { state, company, connector, context } = bench;
      state.switches.keepsNotePublish = false;
      const ticketId = String(state.addTicket({ company }));
      const audience = 'internal' as const;
      const note = { key: 'note:1', ticketId, clientId: String(company), audience, body: 'Low.' };
      const push = connector.push['ticket-note'];
      await push?.create(note, soon());
      expect(context.logs.some(({ level }) => level === 'warn')).toBe(true);
      await expect(push?.create({ ...note, key: 'note:2' }, soon())).rejects.toMatchObject({
        kind: 'config',
      });
    }));
});

describe('Alert tickets looked up together', () => {
  test('take one request, and only those that are not there are missing', () =>
    withAutotask({}, async (bench) => {
      const push = bench.connector.push['alert-ticket'];
      const alerts = ['a:1', 'a:2', 'a:3', 'a:20'].map((key) => {
        return { key, clientId: String(bench.company), subject: 'Low', body: 'Low.' };
      });
      expect(await push?.findMissing?.(alerts, soon())).toEqual(new Set());
      for (const alert of alerts.slice(0, 2)) await push?.create(alert, soon());
      bench.requests();
      const missing = await push?.findMissing?.(alerts.slice(1), soon());
      expect(missing).toEqual(new Set(['a:3', 'a:20']));
      expect(bench.requests()).toEqual(['POST Tickets/query']);
    }));
});

describe('A balance in Autotask', () => {
  const balanceOf = (bench: Bench, hoursText: string, field = 'Prepaid hours left') => ({
    key: 'bal:1',
    clientId: String(bench.company),
    field,
    hoursText,
  });

  test('is written into its field alone', () =>
    withAutotask({}, async (bench) => {
      const { state, company, connector } = bench;
      const before = [
        { name: 'Region', value: 'North' },
        { name: 'Prepaid hours left', value: '3' },
      ];
      state.change('Companies', company, { userDefinedFields: before });
      const push = connector.push['balance-field'];
      expect(await push?.find(balanceOf(bench, '3.00'), soon())).not.toBeNull();
      await push?.create(balanceOf(bench, '7.75'), soon());
      expect(state.get('Companies', company).userDefinedFields).toEqual([
        { name: 'Region', value: 'North' },
        { name: 'Prepaid hours left', value: '7.75' },
      ]);
    }));

  test('is written no more where other fields were lost, which are named', () =>
    withAutotask({}, async (bench) => {
      const { state, company, connector } = bench;
      state.switches.mergesFields = false;
      const region = { name: 'Region', value: 'North' };
      const userDefinedFields = [region, { name: 'Prepaid hours left', value: '3' }];
      state.change('Companies', company, { userDefinedFields });
      const push = connector.push['balance-field'];
      await expect(push?.create(balanceOf(bench, '7.75'), soon())).rejects.toMatchObject({
        kind: 'config',
        message: expect.stringContaining('Region (was "North")'),
      });
      await expect(push?.create(balanceOf(bench, '7.50'), soon())).rejects.toMatchObject({
        message: expect.stringContaining('was verified false on this Autotask'),
      });
    }));

  test('into an unknown field is refused, with the names that there are', () =>
    withAutotask({}, async (bench) => {
      const push = bench.connector.push['balance-field'];
      await expect(push?.create(balanceOf(bench, '1', 'Hours'), soon())).rejects.toMatchObject({
        kind: 'config',
        fix: expect.stringContaining('Prepaid hours left'),
      });
    }));
});
