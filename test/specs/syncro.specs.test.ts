/**
 * A whole working day of the connector against its sandbox, then every exchange of it against the
 * vendor's own document: check, probe, all pulls, all pushes.
 */
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pagesOf, soon } from '../connectors/pull-rows.ts';
import { type SyncroBench, withSyncro } from '../connectors/syncro/bench.ts';
import type { JsonSchema, MediaTypes, OpenApiDocument, Operation, Patch } from './open-api.ts';
import { loadSpec, madeExchange, specsFolder, validateExchanges } from './schema-check.ts';

const folder = specsFolder();

const options = { basePathPattern: /^\/api\/v1/ };

const patches: Patch[] = [
  {
    what: 'the bodies of requests',
    why: 'the check reads no references to shared bodies',
    apply(document) {
      const shared = document.components?.requestBodies as Record<string, { content: MediaTypes }>;
      for (const operation of operationsOf(document)) {
        const reference = (operation.requestBody as { $ref?: string } | undefined)?.$ref;
        const body = shared[reference?.split('/').at(-1) ?? ''];
        if (body !== undefined) operation.requestBody = body;
      }
    },
  },
  {
    what: 'the bodies of answers',
    why: 'most have an example and no schema; its fields and their types are used instead',
    apply(document) {
      for (const { responses } of operationsOf(document)) {
        for (const { content } of Object.values(responses)) {
          for (const media of Object.values(content ?? {})) {
            const example = exampleOf(media as Media);
            if (example !== undefined) media.schema ??= schemaOf(example);
          }
        }
      }
    },
  },
  {
    what: 'timers of a ticket',
    why: 'the example of a ticket has none; the list of timers shows one',
    apply(document) {
      const timers = propertiesOf(answerOf(document, '/ticket_timers')).ticket_timers;
      const ticket = propertiesOf(answerOf(document, '/tickets/{id}')).ticket ?? {};
      propertiesOf(ticket).ticket_timers = timers ?? {};
    },
  },
  {
    what: 'a balance of prepaid hours',
    why: 'customers have been seen to show it, and no document names it',
    apply(document) {
      const balance = { prepay_hours: { type: 'string' } };
      const { customers } = propertiesOf(answerOf(document, '/customers'));
      Object.assign(propertiesOf(customers?.items as JsonSchema), balance);
      for (const method of ['get', 'put']) {
        const { customer = {} } = propertiesOf(answerOf(document, '/customers/{id}', method));
        Object.assign(propertiesOf(customer), balance);
      }
    },
  },
  {
    what: 'one invoice and its lines',
    why: 'it is declared bare and without null, while lists and writes show it otherwise; lines lack what GET /line_items shows, new ones the quantity and the product',
    apply(document) {
      const { invoices } = propertiesOf(answerOf(document, '/invoices'));
      const { line_items: shown } = propertiesOf(answerOf(document, '/line_items'));
      const line = { ...propertiesOf(shown?.items as JsonSchema), product_category: {} };
      const { customer, payments } = propertiesOf(answerOf(document, '/invoices/{id}'));
      const properties = {
        ...propertiesOf(invoices?.items as JsonSchema),
        customer,
        payments,
        line_items: { type: 'array', items: { type: 'object', properties: line } },
      };
      const schema = { type: 'object', properties: { invoice: { properties } } };
      const { responses } = operationAt(document, '/invoices/{id}', 'get');
      responses['200'] = { content: { 'application/json': { schema } } };
      const body = operationAt(document, '/invoices/{id}/line_items', 'post').requestBody;
      const fields = propertiesOf(body?.content?.['application/json']?.schema ?? {});
      Object.assign(fields, { quantity: { type: 'number' }, product_id: { type: 'integer' } });
    },
  },
  {
    what: 'no custom fields',
    why: 'a customer without any shows a list, which no document names',
    apply(document) {
      const { customers } = propertiesOf(answerOf(document, '/customers'));
      propertiesOf(customers?.items as JsonSchema).properties = {};
      for (const method of ['get', 'put']) {
        const { customer = {} } = propertiesOf(answerOf(document, '/customers/{id}', method));
        propertiesOf(customer).properties = {};
      }
    },
  },
  {
    what: 'hardwarecost',
    why: 'number is no format',
    apply(document) {
      const body = operationAt(document, '/invoices', 'post').requestBody;
      const schema = body?.content?.['application/json']?.schema ?? {};
      propertiesOf(schema).hardwarecost = { type: 'number' };
    },
  },
  {
    what: 'pages of categories',
    why: 'the list is called paginated and names no page',
    apply(document) {
      const operation = operationAt(document, '/products/categories', 'get');
      operation.parameters = [{ name: 'page', in: 'query', schema: { type: 'integer' } }];
    },
  },
];

interface Media {
  example?: unknown;
  examples?: Record<string, { value?: unknown }>;
}

function exampleOf({ example, examples }: Media): unknown {
  return example ?? Object.values(examples ?? {})[0]?.value;
}

/** What an example says: the fields there are, and of which type each may be. */
function schemaOf(value: unknown): JsonSchema {
  if (value === null) return {};
  if (Array.isArray(value)) {
    const isMixed = new Set(value.map((item) => typeof item)).size !== 1;
    return { type: 'array', items: isMixed ? {} : schemaOf(value[0]) };
  }
  if (typeof value !== 'object') return { type: [typeof value, 'null'] };
  const fields = Object.entries(value);
  if (fields.length === 0) return { type: ['object', 'null'] };
  const properties = Object.fromEntries(fields.map(([name, inner]) => [name, schemaOf(inner)]));
  return { type: ['object', 'null'], properties };
}

function operationsOf(document: OpenApiDocument): Operation[] {
  return Object.values(document.paths).flatMap((item) => Object.values(item) as Operation[]);
}

function operationAt(document: OpenApiDocument, at: string, method: string): Operation {
  return document.paths[at]?.[method] as Operation;
}

function answerOf(document: OpenApiDocument, at: string, method = 'get'): JsonSchema {
  const { responses } = operationAt(document, at, method);
  return responses['200']?.content?.['application/json']?.schema ?? {};
}

function propertiesOf(schema: JsonSchema): Record<string, JsonSchema> {
  return (schema.properties ?? {}) as Record<string, JsonSchema>;
}

(folder === null ? describe.skip : describe)('Syncro by the vendor’s document', () => {
  test('knows every request and answer of a working day', () =>
    withSyncro(
      async (bench) => {
        await workingDay(bench);
        const { exchanges } = bench.sandbox;
        expect(exchanges.length).toBeGreaterThan(80);
        expect(validateExchanges(exchanges, [loadDocument()], options)).toEqual([]);
      },
      { billing: { product: 'BLOCK-10' } },
    ));

  test('sees an unknown path, parameter, field and value', () => {
    const timer = { id: 'five', shade: 'red' };
    const faulty = [
      madeExchange('GET', '/api/v1/ticket_timers?ticket_id=5&page=one', '', {
        ticket_timers: [timer],
      }),
      madeExchange('GET', '/api/v1/tickets/5', '', { ticket: { id: 5, ticket_timers: [timer] } }),
      madeExchange('POST', '/api/v1/invoices', { number: 12, client: 5 }, {}),
      madeExchange('GET', '/api/v1/letters', '', []),
    ];
    const found = validateExchanges(faulty, [loadDocument()], options).join('\n');
    expect(found).toContain('GET /ticket_timers: unknown query parameter ticket_id');
    expect(found).toContain('query parameter page=one is not of type integer');
    expect(found).toContain('answer /ticket_timers/0/id must be number');
    expect(found).toContain('answer /ticket/ticket_timers/0 must NOT have additional properties');
    expect(found).toContain('POST /invoices: body /number must be string');
    expect(found).toContain('additional properties client');
    expect(found).toContain('GET /letters: is not in the vendor’s documents');
  });
});

function loadDocument(): OpenApiDocument {
  return loadSpec(path.join(folder ?? '', 'syncro', 'syncro-swagger.json'), patches);
}

async function workingDay(bench: SyncroBench): Promise<void> {
  const { sandbox, state, connector, dupont, martin, sale } = bench;
  const block = state.addProduct('BLOCK-10', 'Blocks');
  const prepay = state.addProduct('Support hour', 'Prepay Hours');
  const labor = state.addProduct('Remote', 'Labor');
  state.addSchedule(dupont, [state.lineOf(block, 12_000)]);
  state.addInvoice(dupont, { lines: [state.lineOf(prepay, 12_000, 2)] });
  state.pay(state.addInvoice(dupont));
  Object.assign(state.customers[1]?.properties ?? {}, { Region: 'North' });
  const tickets = Array.from({ length: 30 }, () => {
    const ticketId = state.addTicket(dupont, { updatedMs: Date.now() - 7_200_000 });
    state.addTimer(ticketId, {
      seconds: 1800,
      start: '2026-03-02T09:00:00.000Z',
      productId: labor,
    });
    return ticketId;
  });
  Object.assign(state.ticket(tickets[0] ?? 0), { contract: 'Gold' });
  state.setStatus(tickets[0] ?? 0, 'Resolved');
  await bench.checked();
  sandbox.account.showsPrepay = true;
  await bench.checked();
  await connector.probe?.(String(martin), soon());
  await connector.listNames?.([String(dupont)], soon());
  for (const stream of ['clients', 'tickets', 'timeEntries', 'invoices'] as const) {
    await pagesOf(connector, stream, bench.asked());
    await pagesOf(connector, stream, bench.asked({ since: new Date().toISOString() }));
  }
  const window = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-05T00:00:00.000Z' };
  const sweep = { ...window, clientIds: [String(dupont)], signal: soon() };
  for await (const ids of connector.pull.present?.ids(sweep) ?? []) expect(ids).toBeDefined();
  const message = { key: 'day:1', clientId: String(dupont), subject: 'Low', body: 'Two hours.' };
  const ticket = await connector.push['alert-ticket']?.create(message, soon());
  const withdrawal = { remoteId: ticket?.remoteId ?? '', reason: 'A mistake.' };
  await connector.push['alert-ticket']?.withdraw?.(message, withdrawal, soon());
  const note = { ...message, ticketId: String(tickets[0]), audience: 'client' as const };
  await connector.push['ticket-note']?.create(note, soon());
  await connector.push['ticket-note']?.find(note, soon());
  const balance = { ...message, field: 'Prepaid hours left', hoursText: '2.00' };
  await connector.push['balance-field']?.create(balance, soon());
  const { remoteId = '' } = (await connector.push.invoice?.create(sale(), soon())) ?? {};
  await connector.push.invoice?.inspect?.(sale(), remoteId, soon());
  Object.assign(state.invoices.at(-1) ?? {}, { lines: [] });
  await connector.push.invoice?.create(sale(), soon());
}
