/**
 * A whole working day of the connector against its sandbox, then every exchange of it against the
 * vendor's document: check, probe, names, all pulls and the sweep, all pushes.
 */
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  type Bench,
  pullRequest,
  readRows,
  soon,
  withAutotask,
} from '../connectors/autotask/bench.ts';
import type { JsonSchema, OpenApiDocument, Patch } from './open-api.ts';
import { loadSpec, madeExchange, specsFolder, validateExchanges } from './schema-check.ts';
import { convertSwagger2 } from './swagger-2.ts';

const folder = specsFolder();

const options = {
  basePathPattern: /^\/z\d+\/ATServicesRest(?=\/V1\.0\/)/,
  unlisted: [
    /^GET \/ATServicesRest\/v1\.0\/zoneInformation$/,
    // Where next links lead is the vendor's affair.
    /^POST \/V1\.0\/\w+\/query\/next$/,
    // In the vendor's list of operations, and not in the trimmed document.
    /^POST \/V1\.0\/(?:Tasks|Projects)\/query$/,
  ],
};

const patches: Patch[] = [
  { what: 'Swagger 2.0', why: 'read as OpenAPI 3', apply: convertSwagger2 },
  {
    what: 'fields without a value',
    why: 'they come as null, which the document does not allow',
    apply(document) {
      for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
        if (name === 'QueryModel' || name === 'Filter') continue;
        const properties = (schema.properties ?? {}) as { [field: string]: JsonSchema };
        for (const property of Object.values(properties)) property.nullable = true;
      }
    },
  },
  {
    what: 'the item of a single answer',
    why: 'it is null for a row that is not there',
    apply(document) {
      for (const item of Object.values(document.paths)) {
        const get = (item as { get?: { responses: { [status: string]: unknown } } }).get;
        const text = JSON.stringify(get?.responses['200'] ?? {});
        const found = /"item":\{"\$ref":"([^"]+)"\}/.exec(text)?.[1];
        if (get === undefined || found === undefined) continue;
        const nullable = `"item":{"anyOf":[{"type":"null"},{"$ref":"${found}"}]}`;
        get.responses['200'] = JSON.parse(text.replace(/"item":\{"\$ref":"[^"]+"\}/, nullable));
      }
    },
  },
];

(folder === null ? describe.skip : describe)('Autotask by the vendor’s document', () => {
  test('knows every request and answer of a working day', () =>
    withAutotask({ settings: { pageSize: 3 } }, async (bench) => {
      await workingDay(bench);
      const { exchanges } = bench.sandbox;
      expect(exchanges.length).toBeGreaterThan(100);
      expect(validateExchanges(exchanges, [loadDocument()], options)).toEqual([]);
    }));

  test('sees an unknown path, field and type', () => {
    const base = '/z5/ATServicesRest/V1.0';
    const faulty = [
      madeExchange(
        'POST',
        `${base}/Tickets/query`,
        { filter: [], limit: 5 },
        { items: [{ id: 'x' }] },
      ),
      madeExchange('POST', `${base}/Tickets`, { subject: 'Low' }, { itemId: 1 }),
      madeExchange('POST', `${base}/Invoices`, {}, {}),
    ];
    const found = validateExchanges(faulty, [loadDocument()], options).join('\n');
    expect(found).toContain('additional properties limit');
    expect(found).toContain('required header parameter Secret is missing');
    expect(found).toContain('answer /items/0/id must be integer');
    expect(found).toContain('additional properties subject');
    expect(found).toContain('POST /V1.0/Invoices: is not in the vendor’s documents');
  });
});

function loadDocument(): OpenApiDocument {
  const file = 'autotask-rest-v1-trimmed.rebuilt.swagger.json';
  return loadSpec(path.join(folder ?? '', 'autotask', file), patches);
}

async function workingDay(bench: Bench): Promise<void> {
  const { state, company, other, context } = bench;
  const alerts = { queue: 'Billing', dueInDays: 2 };
  const dated = { ...bench, connector: bench.connect({ alerts, pageSize: 3 }, context) };
  for (const owner of [company, other]) {
    const contract = state.addContract(owner, `Prepaid ${owner}`);
    for (let count = 0; count < 4; count += 1) {
      const ticket = state.addTicket({ company: owner, contract });
      state.addTime({ ticket, contract, notes: 'Looked.', isNonBillable: count === 0 });
      state.closeTicket(ticket);
    }
  }
  const task = state.add('Tasks', { projectID: state.add('Projects', { companyID: other }) });
  state.addTime({ task, start: null });
  const ids = [String(company), String(other)];
  for (const one of [bench, dated]) {
    const checked = await one.connector.check(ids, soon());
    expect(checked.filter(({ status }) => status === 'failed')).toEqual([]);
    await one.connector.listNames?.(ids, soon());
    await one.connector.probe?.(String(company), soon());
    await pushAll(one, one === bench ? 'a' : 'b');
  }
  state.invoiceCharges(
    company,
    state.rows('ContractCharges').map(({ id }) => id),
  );
  for (const stream of ['clients', 'tickets', 'timeEntries', 'invoices'] as const) {
    expect((await readRows(bench, stream)).length).toBeGreaterThan(0);
  }
  state.deleteTime(state.rows('TimeEntries')[0]?.id ?? 0);
  state.deleteTicket(state.rows('Tickets')[1]?.id ?? 0);
  await readRows(bench, 'timeEntries');
  const { from, to, clientIds } = {
    ...pullRequest(bench),
    from: '2026-03-01T00:00:00.000Z',
    to: '2026-04-01T00:00:00.000Z',
  };
  const sweep = { from, to, clientIds, signal: soon() };
  const listed: string[] = [];
  const { present } = bench.connector.pull;
  for await (const page of present?.ids(sweep) ?? []) listed.push(...page);
  expect(listed.length).toBeGreaterThan(3);
  expect(await present?.count(sweep)).toBe(listed.length);
}

async function pushAll(bench: Bench, key: string): Promise<void> {
  const { push } = bench.connector;
  const clientId = String(bench.company);
  const body = 'There are 2 h left.';
  const alert = { key: `alert:${key}`, clientId, subject: 'Low', body };
  const ticketId = (await push['alert-ticket']?.create(alert, soon()))?.remoteId ?? '';
  expect(await push['alert-ticket']?.find(alert, soon())).not.toBeNull();
  for (const audience of ['internal', 'client'] as const) {
    const note = { key: `${key}:${audience}`, clientId, ticketId, audience, body };
    await push['ticket-note']?.create(note, soon());
    expect(await push['ticket-note']?.find(note, soon())).not.toBeNull();
  }
  const withdrawal = { remoteId: ticketId, reason: 'It was undone.' };
  expect(await push['alert-ticket']?.withdraw?.(alert, withdrawal, soon())).not.toBeNull();
  const sale = {
    key: `inv:${key}`,
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
  const sold = await push.invoice?.create(sale, soon());
  expect(await push.invoice?.find(sale, soon())).not.toBeNull();
  expect(await push.invoice?.inspect?.(sale, sold?.remoteId ?? '', soon())).toMatchObject({
    totalMinor: 120_500,
  });
  const hoursText = key === 'a' ? '7.75' : '6.75';
  const balance = { key, clientId, field: 'Prepaid hours left', hoursText };
  await push['balance-field']?.create(balance, soon());
  expect(await push['balance-field']?.find(balance, soon())).not.toBeNull();
}
