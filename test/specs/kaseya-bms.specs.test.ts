/**
 * A whole working day of the connector against its sandbox, then every exchange of it against the
 * vendor's own document: check, probe, all pulls, all pushes.
 */
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  addClosed,
  asked,
  type Bench,
  checked,
  readRows,
  soon,
  withBms,
} from '../connectors/kaseya-bms/bench.ts';
import type { JsonSchema, Operation, Patch } from './open-api.ts';
import { loadSpec, madeExchange, specsFolder, validateExchanges } from './schema-check.ts';

const folder = specsFolder();

const options = { basePathPattern: /^(?=\/v2\/)/ };

const patches: Patch[] = [
  {
    what: 'the form of a login',
    why: 'it is declared multipart alone, and public clients send it urlencoded',
    apply({ paths }) {
      const operation = paths['/v2/security/authenticate']?.post as Operation;
      const content = operation.requestBody?.content ?? {};
      content['application/x-www-form-urlencoded'] = content['multipart/form-data'] ?? {};
    },
  },
  {
    what: 'the format date-span',
    why: 'it is no format of OpenAPI',
    apply({ components }) {
      for (const { properties } of Object.values(components?.schemas ?? {})) {
        for (const property of Object.values((properties ?? {}) as Record<string, JsonSchema>)) {
          if (property.format === 'date-span') delete property.format;
        }
      }
    },
  },
];

(folder === null ? describe.skip : describe)('Kaseya BMS by the vendor’s document', () => {
  test('knows every request and answer of a working day', () =>
    withBms({ settings: { pageSize: 3 } }, async (bench) => {
      await workingDay(bench);
      const { exchanges } = bench.sandbox;
      expect(exchanges.length).toBeGreaterThan(80);
      expect(validateExchanges(exchanges, [loadDocument()], options)).toEqual([]);
    }));

  test('sees an unknown path, parameter, field and value', () => {
    const faulty = [
      madeExchange('GET', '/v2/timelogs?Filter.ChangedFrom=x&PageSize=all', '', {
        Success: true,
        Result: [{ Id: 'five', Shade: 'red' }],
      }),
      madeExchange('POST', '/v2/servicedesk/tickets', { Title: 'Low' }, {}),
      madeExchange('GET', '/v2/letters', '', {}),
    ];
    const found = validateExchanges(faulty, [loadDocument()], options).join('\n');
    expect(found).toContain('GET /v2/timelogs: unknown query parameter Filter.ChangedFrom');
    expect(found).toContain('query parameter PageSize=all is not of type integer');
    expect(found).toContain('answer /Result/0/Id must be integer');
    expect(found).toContain('additional properties Shade');
    expect(found).toContain('must have required property');
    expect(found).toContain('GET /v2/letters: is not in the vendor’s documents');
  });
});

function loadDocument() {
  const file = 'kaseya-bms-api-v2.openapi.json';
  return loadSpec(path.join(folder ?? '', 'kaseya-bms', file), patches);
}

async function workingDay(bench: Bench): Promise<void> {
  const { state, connector, dupont, martin, clock } = bench;
  // By OpenAPI, every timestamp bears its zone.
  state.switches.timestamps = 'mark';
  const contract = { name: 'Retainer', type: 'Retainer by Hours', status: 'Active' };
  state.contracts.push({ id: state.nextId(), accountId: martin, ...contract });
  const times = { hours: 1.25, start: '09:00:00', end: '10:15:00' };
  const work = Array.from({ length: 7 }, () => addClosed(bench, times));
  const ticketId = String(work[0]?.ticketId);
  await checked(bench);
  await connector.probe?.(String(martin), soon());
  await connector.listNames?.([String(dupont)], soon());
  const readAll = async () => {
    for (const stream of ['clients', 'tickets', 'timeEntries', 'invoices'] as const) {
      await readRows(bench, stream);
    }
  };
  await readAll();
  const window = { from: '2026-03-01T00:00:00.000Z', to: '2026-03-05T00:00:00.000Z' };
  const sweep = { ...window, clientIds: asked(bench).clientIds, signal: soon() };
  for await (const ids of connector.pull.present?.ids(sweep) ?? []) expect(ids).toBeDefined();
  const message = { key: 'day:1', clientId: String(dupont), subject: 'Low', body: 'Two hours.' };
  await connector.push['ticket-note']?.create({ ...message, ticketId, audience: 'client' }, soon());
  const balance = { ...message, field: 'Prepaid hours left', hoursText: '2.00' };
  await connector.push['balance-field']?.create(balance, soon());
  const sale = {
    ...message,
    key: 'day:2',
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
  const sold = await connector.push.invoice?.create(sale, soon());
  await connector.push.invoice?.withdraw?.(
    sale,
    { ...asDelivered(sold), reason: 'Undone.' },
    soon(),
  );
  await connector.push.invoice?.create({ ...sale, key: 'day:3' }, soon());
  state.invoiceCharges(dupont, state.charges.map(({ id }) => id).slice(-1));
  const alert = await connector.push['alert-ticket']?.create(message, soon());
  const withdrawal = { ...asDelivered(alert), reason: 'Undone.' };
  await connector.push['alert-ticket']?.withdraw?.(message, withdrawal, soon());
  clock.nowMs += 86_400_000;
  await readAll();
}

function asDelivered(delivered: { remoteId: string } | undefined) {
  expect(delivered).toBeDefined();
  return delivered ?? { remoteId: '' };
}
