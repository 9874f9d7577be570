/**
 * A whole working day of the connector against its sandbox, then every exchange of it against the
 * vendor's own document: check, probe, all pulls, all pushes.
 */
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  asked,
  checked,
  type HalopsaBench,
  readAll,
  readTickets,
  readTime,
  soon,
  withHalopsa,
} from '../connectors/halopsa/bench.ts';
import type { JsonSchema, OpenApiDocument, Operation, Parameter, Patch } from './open-api.ts';
import { loadSpec, madeExchange, specsFolder, validateExchanges } from './schema-check.ts';

const folder = specsFolder();

const options = {
  basePathPattern: /^\/api/,
  unlisted: [/^POST \/auth\/token$/],
};

/** What each list holds, by the models of requests: the document describes no answer. */
const lists: [path: string, rows: string, model: string][] = [
  ['/Tickets', 'tickets', 'Faults_List'],
  ['/Actions', 'actions', 'Actions'],
  ['/Client', 'clients', 'Area'],
  ['/Invoice', 'invoices', 'InvoiceHeader'],
  ['/InvoicePayment', 'payments', 'InvoicePayment_List'],
  ['/Item', 'items', 'Item'],
  ['/ClientContract', 'contracts', 'ContractHeader_List'],
  ['/RemoteSession', 'remotesessions', 'RemoteSessionData'],
];

const singles: [path: string, model: string][] = [
  ['/Tickets/{id}', 'Faults'],
  ['/Client/{id}', 'Area'],
  ['/ClientContract/{id}', 'ContractHeader'],
];

const bareLists: [path: string, model: string][] = [
  ['/Agent', 'Uname_List'],
  ['/Lookup', 'Lookup'],
  ['/TicketType', 'RequestType_List'],
  ['/Outcome', 'TOutcome'],
  ['/Status', 'TStatus'],
];

const writes: [path: string, model: string][] = [
  ['/Tickets', 'Faults'],
  ['/Actions', 'Actions'],
  ['/Client', 'Area'],
  ['/Invoice', 'InvoiceHeader'],
  ['/InvoicePayment', 'InvoicePayment_List'],
];

const patches: Patch[] = [
  {
    what: 'the types of parameters',
    why: 'int, bool, double and List<int> are no types of OpenAPI',
    apply(document) {
      const types: Record<string, string> = { int: 'integer', bool: 'boolean', double: 'number' };
      for (const { schema } of parametersOf(document)) {
        if (schema === undefined) continue;
        const given = String(schema.type);
        schema.type = types[given] ?? (given.startsWith('List') ? 'string' : given);
      }
    },
  },
  {
    what: 'lastupdatefromdate',
    why: 'it is declared a flag, but takes a timestamp',
    apply(document) {
      for (const { name, schema } of parametersOf(document)) {
        if (name === 'lastupdatefromdate' && schema !== undefined) schema.type = 'string';
      }
    },
  },
  {
    what: 'the format date-span',
    why: 'it is no format of OpenAPI',
    apply(document) {
      for (const { properties } of Object.values(document.components?.schemas ?? {})) {
        for (const property of Object.values((properties ?? {}) as Record<string, JsonSchema>)) {
          if (property.format === 'date-span') delete property.format;
        }
      }
    },
  },
  {
    what: 'the bodies of answers',
    why: 'none is described; the models of requests are used instead',
    apply(document) {
      for (const [at, rows, model] of lists) {
        answer(document, at, 'get', '200', {
          type: 'object',
          properties: { record_count: { type: 'integer' }, [rows]: listOf(model) },
          required: ['record_count', rows],
        });
      }
      for (const [at, model] of singles) answer(document, at, 'get', '200', modelOf(model));
      for (const [at, model] of bareLists) answer(document, at, 'get', '200', listOf(model));
      for (const [at, model] of writes) answer(document, at, 'post', '201', modelOf(model));
    },
  },
];

function parametersOf(document: OpenApiDocument): Parameter[] {
  return Object.values(document.paths).flatMap((operations) =>
    Object.values(operations).flatMap((operation) => [
      ...((operation as Operation).parameters ?? []),
    ]),
  );
}

function modelOf(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

function listOf(name: string): JsonSchema {
  return { type: 'array', items: modelOf(name) };
}

function answer(
  document: OpenApiDocument,
  at: string,
  method: string,
  status: string,
  schema: JsonSchema,
): void {
  const operation = document.paths[at]?.[method] as Operation;
  operation.responses[status] = { content: { 'application/json': { schema } } };
}

(folder === null ? describe.skip : describe)('HaloPSA by the vendor’s document', () => {
  test('knows every request and answer of a working day', () =>
    withHalopsa(
      async (bench) => {
        await workingDay(bench);
        const { exchanges } = bench.sandbox;
        expect(exchanges.length).toBeGreaterThan(80);
        expect(validateExchanges(exchanges, [loadDocument()], options)).toEqual([]);
      },
      { pageSize: 3, remoteSessions: true, billing: { product: 'BLOCK-10' } },
    ));

  test('sees an unknown path, parameter, field and value', () => {
    const faulty = [
      madeExchange('GET', '/api/Tickets?paginate=true&page_no=one', '', {
        record_count: 1,
        tickets: [{ id: 'five', shade: 'red' }],
      }),
      madeExchange('POST', '/api/Tickets', { summary: 'Low' }, {}),
      madeExchange('POST', '/api/Actions', [{ hidden: true }], {}),
      madeExchange('GET', '/api/Letters', '', []),
    ];
    const found = validateExchanges(faulty, [loadDocument()], options).join('\n');
    expect(found).toContain('GET /Tickets: unknown query parameter paginate');
    expect(found).toContain('query parameter page_no=one is not of type integer');
    expect(found).toContain('answer /tickets/0/id must be integer');
    expect(found).toContain('additional properties shade');
    expect(found).toContain('POST /Tickets: body / must be array');
    expect(found).toContain('additional properties hidden');
    expect(found).toContain('GET /Letters: is not in the vendor’s documents');
  });
});

function loadDocument(): OpenApiDocument {
  const file = 'halo-api-v2-2024-09.openapi.json';
  return loadSpec(path.join(folder ?? '', 'halopsa', file), patches);
}

async function workingDay(bench: HalopsaBench): Promise<void> {
  const { state, connector, dupont, martin } = bench;
  state.addItem('BLOCK-10');
  state.contracts.push({ id: 77, clientId: dupont, ref: 'Pre-pay', prepayBalance: 12 });
  const tickets = Array.from({ length: 7 }, (_, index) => {
    const clientId = index % 2 === 0 ? dupont : martin;
    const ticketId = state.addTicket({ clientId, summary: `Ticket ${index}` });
    state.addAction(ticketId, { seconds: 1800, start: '2026-03-02T09:00:00Z' });
    state.addInvoice({ clientId, total: 120.5, paid: 120.5, paidMs: Date.now() });
    state.addSession(`2026-03-02T0${index}:00:00Z`, 600, { clientId, ticketId });
    return ticketId;
  });
  state.deleteTicket(tickets[6] ?? 0);
  await checked(bench);
  await connector.probe?.(String(martin), soon());
  await connector.listNames?.([String(dupont)], soon());
  await readAll(connector.pull.clients?.(asked(bench)));
  await readTickets(bench);
  await readTime(connector, tickets);
  await readAll(connector.pull.invoices?.(asked(bench)));
  await readAll(connector.pull.sessions?.(asked(bench)));
  const window = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-05T00:00:00.000Z' };
  const sweep = { ...window, clientIds: [String(dupont)], signal: soon() };
  for await (const ids of connector.pull.present?.ids(sweep) ?? []) expect(ids).toBeDefined();
  const message = { key: 'day:1', clientId: String(dupont), subject: 'Low', body: 'Two hours.' };
  const alerts = connector.push['alert-ticket'];
  const { remoteId = '' } = (await alerts?.create(message, soon())) ?? {};
  await alerts?.find(message, soon());
  const withdrawal = { remoteId, reason: 'It was undone.' };
  expect(await alerts?.withdraw?.(message, withdrawal, soon())).toEqual({ remoteId });
  const note = { ...message, ticketId: String(tickets[0]), audience: 'client' as const };
  await connector.push['ticket-note']?.create(note, soon());
  const balance = { ...message, field: 'Prepaid hours left', hoursText: '2.00' };
  await connector.push['balance-field']?.create(balance, soon());
  const sale = {
    ...message,
    offer: 'ten',
    product: null,
    seconds: 36_000,
    quantity: 1,
    rateMinor: 12_000,
    totalMinor: 120_000,
    currency: 'EUR',
    issuedOn: '2026-03-02',
    title: 'Ten hours',
  };
  const made = await connector.push.invoice?.create(sale, soon());
  await connector.push.invoice?.find(sale, soon());
  const { key, clientId, currency } = sale;
  await connector.push['invoice-payment']?.create(
    {
      ...{ key, clientId, currency, invoiceId: made?.remoteId ?? '', amountMinor: 144_000 },
      ...{ paidOn: '2026-03-04', reference: 'pi_1', method: 'stripe' },
    },
    soon(),
  );
}
