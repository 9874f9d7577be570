/**
 * A whole working day of the connector against its sandbox, then every exchange of it against the
 * vendor's own documents: check, probe, all pulls, all pushes, both routes of a sale.
 */
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { connectwise } from '../../connectors/connectwise/index.ts';
import type { Connector, PullRequest } from '../../src/contract/connector.ts';
import { startConnectwiseSandbox } from '../sandbox/connectwise/index.ts';
import type { Exchange } from '../sandbox/server.ts';
import { createTestContext } from '../support/connector-context.ts';
import type { OpenApiDocument, Patch } from './open-api.ts';
import { loadSpec, madeExchange, specsFolder, validateExchanges } from './schema-check.ts';

const folder = specsFolder();

const options = {
  basePathPattern: /^\/v2026_1\/apis\/3\.0/,
  fieldsParameter: 'fields',
  unlisted: [/^GET \/login\/companyinfo\//],
};

const patches: Patch[] = [
  {
    what: 'CustomFieldValue.value',
    why: 'it is declared an object, but holds texts, numbers and flags',
    apply(document) {
      const properties = document.components?.schemas?.CustomFieldValue?.properties;
      Object.assign(properties as object, { value: {} });
    },
  },
];

const signal = AbortSignal.timeout(50_000);

(folder === null ? describe.skip : describe)('ConnectWise by the vendor’s documents', () => {
  test('knows every request and answer of a working day', async () => {
    const specs = loadSpecs(folder ?? '');
    const exchanges = await workingDay();
    expect(exchanges.length).toBeGreaterThan(100);
    expect(validateExchanges(exchanges, specs, options)).toEqual([]);
  });

  test('sees an unknown path, parameter, field and value', async () => {
    const specs = loadSpecs(folder ?? '');
    const base = '/v2026_1/apis/3.0';
    const faulty = [
      madeExchange('GET', `${base}/service/tickets?offset=1`, '', [{ id: 'five', colour: 'red' }]),
      madeExchange('POST', `${base}/service/tickets`, { subject: 'Low' }, {}),
      madeExchange('GET', `${base}/service/letters`, '', []),
    ];
    const found = validateExchanges(faulty, specs, options).join('\n');
    expect(found).toContain('GET /service/tickets: unknown query parameter offset');
    expect(found).toContain('required header parameter clientId is missing');
    expect(found).toContain('answer /0/id must be integer');
    expect(found).toContain('additional properties colour');
    expect(found).toContain("POST /service/tickets: body / must have required property 'summary'");
    expect(found).toContain('additional properties subject');
    expect(found).toContain('GET /service/letters: is not in the vendor’s documents');
  });
});

function loadSpecs(root: string): OpenApiDocument[] {
  return [
    'connectwise-psa-2026.4-get-subset.openapi.json',
    'connectwise-psa-write-ops.rebuilt.openapi.json',
  ].map((name) => loadSpec(path.join(root, 'connectwise', name), patches));
}

async function workingDay(): Promise<readonly Exchange[]> {
  const sandbox = await startConnectwiseSandbox();
  const { state, config, exchanges } = sandbox;
  try {
    const { clientIds, ticketId } = fill(sandbox.state);
    const [clientId = ''] = clientIds;
    for (const route of ['invoice', 'ticket-product'] as const) {
      const board = 'Billing';
      const billing = { ...config.billing, invoiceRoute: route, board };
      const alerts = { board, type: 'Request', status: 'New' };
      const settings = { ...config, pageSize: 2, alerts, billing };
      const connector = connectwise.create(connectwise.config.parse(settings), createTestContext());
      const checked = await connector.check(clientIds, signal);
      expect(checked.filter((result) => result.status === 'failed')).toEqual([]);
      await connector.listNames?.(clientIds, signal);
      const probed = (await connector.probe?.(clientId, signal)) ?? [];
      expect(probed.filter((result) => result.status !== 'ok')).toEqual([]);
      await pushAll(connector, clientId, String(ticketId), route);
      await pullAll(connector, clientIds);
    }
    expect(state.listInvoices()).toHaveLength(2);
  } finally {
    await sandbox.close();
  }
  return exchanges;
}

function fill(state: Awaited<ReturnType<typeof startConnectwiseSandbox>>['state']) {
  const companies = ['Dupont', 'Martin'].map((name) => state.addCompany({ name }));
  const [company = 0, other = 0] = companies;
  const board = state.addBoard({ name: 'Help Desk' });
  const member = state.addMember({ name: 'Ann Roy' });
  const workType = state.addWorkType({ name: 'Remote' });
  const workRole = state.addWorkRole({ name: 'Engineer' });
  const agreement = state.addAgreement({ company, name: 'Block 20 h' });
  state.addAgreement({ company: other, name: 'Block 10 h' });
  state.addCustomField({ caption: 'Region' });
  state.addCustomField({ caption: 'Hours left', type: 'Number' });
  state.setCustomField(company, 'Region', 'North');
  const ticketId = state.addTicket({
    company,
    board,
    agreement,
    summary: 'VPN drops',
    type: 'Incident',
  });
  const double = state.addTicket({ company, board, summary: 'VPN drops again' });
  const project = state.addTicket({ company, board, summary: 'Server', kind: 'project' });
  const start = '2026-03-02T09:00:00Z';
  const work = { member, workType, workRole, agreement, start, hours: '1.25', notes: 'Looked.' };
  state.addTime({ ...work, ticket: ticketId });
  state.addTime({ ...work, ticket: project, end: null, billableOption: 'NoDefault' });
  state.addTime({ ...work, company, chargeTo: 'Activity' });
  state.mergeTicket(double, ticketId);
  const invoice = state.addInvoice({ company, reference: 'PO 12' });
  const [item] = state.tables.catalog.list();
  state.addProduct({ catalogItem: item?.id ?? 0, invoice });
  state.payInvoice(invoice, 100.5);
  return { clientIds: companies.map(String), ticketId };
}

async function pushAll(connector: Connector, clientId: string, ticketId: string, route: string) {
  const { push } = connector;
  const key = `spec:${route}`;
  const body = 'There are 2 h left.';
  const alert = { key, clientId, subject: 'Low', body };
  const low = { ...alert, key: `${key}:alert` };
  const { remoteId = '' } = (await push['alert-ticket']?.create(low, signal)) ?? {};
  const seen = await push['alert-ticket']?.inspect?.(low, remoteId, signal);
  expect(seen).toEqual({ isClosed: false });
  const withdrawal = { remoteId, reason: 'It was undone.' };
  expect(await push['alert-ticket']?.withdraw?.(low, withdrawal, signal)).toEqual({ remoteId });
  for (const audience of ['internal', 'client'] as const) {
    const note = { key: `${key}:${audience}`, clientId, ticketId, audience, body };
    await push['ticket-note']?.create(note, signal);
    expect(await push['ticket-note']?.find(note, signal)).not.toBeNull();
  }
  const sale = {
    key,
    clientId,
    offer: 'ten',
    product: null,
    seconds: 36_000,
    quantity: 1,
    rateMinor: 12_050,
    totalMinor: 120_500,
    currency: 'EUR',
    issuedOn: '2026-03-02',
    title: '10 h',
    body,
  };
  const sold = await push.invoice?.create(sale, signal);
  await push.invoice?.withdraw?.(sale, { remoteId: sold?.remoteId ?? '', reason: '' }, signal);
  expect(await push.invoice?.find(sale, signal)).not.toBeNull();
  const standing = await push.invoice?.inspect?.(sale, sold?.remoteId ?? '', signal);
  expect(standing).toMatchObject({ isVoid: false, totalMinor: 120_500 });
  const balance = { key, clientId, field: 'Hours left', hoursText: '7.75' };
  await push['balance-field']?.create(balance, signal);
  expect(await push['balance-field']?.find(balance, signal)).not.toBeNull();
}

async function pullAll(connector: Connector, clientIds: readonly string[]): Promise<void> {
  const request: PullRequest = {
    since: '2026-01-01T00:00:00.000Z',
    until: '2100-01-01T00:00:00.000Z',
    resume: null,
    isStored: true,
    whenStored: async () => {},
    clientIds,
    signal,
  };
  const { clients, tickets, timeEntries, invoices } = connector.pull;
  for (const pull of [clients, tickets, timeEntries, invoices]) {
    if (pull === undefined) throw new Error('A stream is missing.');
    let rows = 0;
    for await (const page of pull(request)) {
      expect(page.rejected).toEqual([]);
      rows += page.rows.length;
    }
    expect(rows).toBeGreaterThan(0);
  }
  let blocks = 0;
  for await (const page of connector.pull.blocks?.(clientIds, signal) ?? []) {
    expect(page.rejected).toEqual([]);
    blocks += page.rows.length;
  }
  expect(blocks).toBe(2);
}
