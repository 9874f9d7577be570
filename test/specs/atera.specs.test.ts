/**
 * A whole working day of the connector against its sandbox, then every exchange of it against the
 * vendor's own document: check, probe, all pulls, all pushes.
 */
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type AteraBench, asked, checked, soon, withAtera } from '../connectors/atera/bench.ts';
import { pagesOf } from '../connectors/pull-rows.ts';
import type { JsonSchema, OpenApiDocument, Patch } from './open-api.ts';
import { loadSpec, madeExchange, specsFolder, validateExchanges } from './schema-check.ts';

const folder = specsFolder();

// Paths stand in the document as they are sent.
const options = { basePathPattern: /^(?=\/api\/v3\/)/ };

const patches: Patch[] = [
  {
    what: 'the format of work hours',
    why: 'they are declared date-time, which has an offset, but stand in the account’s own clock',
    apply(document) {
      for (const schema of ['WorkhourRecordDto', 'TicketWorkHoursDto']) {
        for (const field of ['StartWorkHour', 'EndWorkHour']) {
          delete propertiesOf(document, schema)[field]?.format;
        }
      }
    },
  },
];

function propertiesOf(document: OpenApiDocument, schema: string): Record<string, JsonSchema> {
  return (document.components?.schemas?.[schema]?.properties ?? {}) as Record<string, JsonSchema>;
}

(folder === null ? describe.skip : describe)('Atera by the vendor’s document', () => {
  test('knows every request and answer of a working day', () =>
    withAtera({ settings: { pageSize: 3 }, now: new Date().toISOString() }, async (bench) => {
      await workingDay(bench);
      const { exchanges } = bench.sandbox;
      expect(exchanges.length).toBeGreaterThan(50);
      expect(validateExchanges(exchanges, [loadDocument()], options)).toEqual([]);
    }));

  test('sees an unknown path, parameter, field and value', () => {
    const faulty = [
      madeExchange('GET', '/api/v3/workhours?itemsInPage=many&since=2026-01-01', '', {
        items: [{ WorkHoursID: 'five', Billable: true }],
      }),
      madeExchange('POST', '/api/v3/tickets', { TicketTitle: 'Low', CustomerID: 31 }, {}),
      madeExchange('POST', '/api/v3/billing/invoices', {}, {}),
    ];
    const found = validateExchanges(faulty, [loadDocument()], options).join('\n');
    expect(found).toContain('unknown query parameter since');
    expect(found).toContain('query parameter itemsInPage=many is not of type integer');
    expect(found).toContain('answer /items/0/WorkHoursID must be integer');
    expect(found).toContain('additional properties Billable');
    expect(found).toContain('additional properties CustomerID');
    expect(found).toContain('POST /api/v3/billing/invoices: is not in the vendor’s documents');
  });
});

function loadDocument(): OpenApiDocument {
  return loadSpec(path.join(folder ?? '', 'atera', 'atera-openapi.yaml'), patches);
}

async function workingDay(bench: AteraBench): Promise<void> {
  const { state, connector, dupont, martin } = bench;
  state.customerFields.set('Prepaid hours left', 'Numeric');
  const contract = { customerId: dupont, isActive: true };
  state.contracts.push({ ...contract, id: 1, name: 'Twenty', type: 'BlockHours', size: 20.5 });
  state.contracts.push({ ...contract, id: 2, name: 'Budget', type: 'BlockMoney', size: 900 });
  const start = new Date(Date.now() - 86_400_000).toISOString();
  const tickets = Array.from({ length: 7 }, (_, index) => {
    const customerId = index % 2 === 0 ? dupont : martin;
    const ticketId = state.addTicket({ customerId, title: `Ticket ${index}`, contractId: 1 });
    state.addWorkHours(ticketId, { start, seconds: 1800 });
    return ticketId;
  });
  state.setStatus(tickets[6] ?? 0, 'Resolved');
  await checked(bench);
  await connector.probe?.(String(martin), soon());
  await connector.listNames?.([String(dupont)], soon());
  for (const stream of ['clients', 'tickets', 'timeEntries'] as const) {
    expect(await pagesOf(connector, stream, asked(bench))).not.toEqual([]);
  }
  const window = { from: start, to: bench.clock.now, clientIds: [String(dupont)], signal: soon() };
  for await (const ids of connector.pull.present?.ids(window) ?? []) expect(ids).toBeDefined();
  const message = { key: 'day:1', clientId: String(dupont), subject: 'Low', body: 'Two hours.' };
  const alert = connector.push['alert-ticket'];
  const delivered = await alert?.create(message, soon());
  expect(await alert?.find(message, soon())).toEqual(delivered);
  const withdrawal = { remoteId: delivered?.remoteId ?? '', reason: 'A mistake.' };
  expect(await alert?.withdraw?.(message, withdrawal, soon())).not.toBeNull();
  const note = { ...message, ticketId: String(tickets[0]), audience: 'client' as const };
  await connector.push['ticket-note']?.create(note, soon());
  const balance = { ...message, field: 'Prepaid hours left', hoursText: '2.00' };
  await connector.push['balance-field']?.create(balance, soon());
}
