/**
 * A whole working day of the connector against its sandbox, then every exchange of it against the
 * vendor's own document: check, probe, all pulls, all pushes.
 */
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { NinjaoneBench } from '../connectors/ninjaone/bench.ts';
import { asked, readAll, readTime, soon, withNinjaone } from '../connectors/ninjaone/bench.ts';
import type { JsonSchema, OpenApiDocument, Operation, Patch } from './open-api.ts';
import { loadSpec, madeExchange, specsFolder, validateExchanges } from './schema-check.ts';

const folder = specsFolder();

const options = {
  // Paths stand in the document as they are sent.
  basePathPattern: /^(?=\/v2\/)/,
  unlisted: [/^POST \/ws\/oauth\/token$/],
};

const patches: Patch[] = [
  {
    what: 'the status of answers',
    why: 'most operations describe only a default answer, which is that of success',
    apply(document) {
      for (const operations of Object.values(document.paths)) {
        for (const operation of Object.values(operations) as Operation[]) {
          const { default: success } = operation.responses ?? {};
          if (success === undefined) continue;
          operation.responses['200'] ??= success;
          operation.responses['204'] ??= {};
        }
      }
    },
  },
  {
    what: 'values of board rows and custom fields',
    why: 'they are declared as bare objects, but hold texts, numbers and lists',
    apply: (document) => freeBareObjects(document.paths),
  },
];

/** `additionalProperties: {type: object}` says "any value" in the vendor's generator. */
function freeBareObjects(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if ('additionalProperties' in node && isBareObject(node.additionalProperties)) {
    node.additionalProperties = {};
  }
  for (const inner of Object.values(node)) freeBareObjects(inner);
}

function isBareObject(schema: unknown): schema is JsonSchema {
  return JSON.stringify(schema) === '{"type":"object"}';
}

(folder === null ? describe.skip : describe)('NinjaOne by the vendor’s document', () => {
  test('knows every request and answer of a working day', () =>
    withNinjaone(
      async (bench) => {
        await workingDay(bench);
        const { exchanges } = bench.sandbox;
        expect(exchanges.length).toBeGreaterThan(50);
        expect(validateExchanges(exchanges, [loadDocument()], options)).toEqual([]);
      },
      { settings: { pageSize: 3 } },
    ));

  test('sees an unknown path, parameter, field and value', () => {
    const faulty = [
      madeExchange('GET', '/v2/organizations?page=1', '', [{ id: 'five', colour: 'red' }]),
      madeExchange('POST', '/v2/ticketing/ticket', { clientId: 1 }, {}),
      madeExchange('GET', '/v2/tickets', '', []),
    ];
    const found = validateExchanges(faulty, [loadDocument()], options).join('\n');
    expect(found).toContain('GET /v2/organizations: unknown query parameter page');
    expect(found).toContain('answer /0/id must be integer');
    expect(found).toContain('additional properties colour');
    expect(found).toContain("body / must have required property 'subject'");
    expect(found).toContain('GET /v2/tickets: is not in the vendor’s documents');
  });
});

function loadDocument(): OpenApiDocument {
  return loadSpec(path.join(folder ?? '', 'ninjaone', 'NinjaRMM-API-v2.json'), patches);
}

async function workingDay(bench: NinjaoneBench): Promise<void> {
  const { state, connector } = bench;
  const clients = ['Dupont', 'Martin', 'Roux', 'Petit'].map((name) => state.addOrganization(name));
  const [dupont = 0] = clients;
  const technicianId = state.addTechnician('Ada', 'Byron');
  const devices = ['PC1', 'PC2', 'PC3', 'PC4'].map((name) => state.addDevice(dupont, name));
  state.addStatus('Billed', 'CLOSED');
  const tickets = clients.map((organizationId, index) => {
    const at = `2026-03-0${index + 2}T09:00:00Z`;
    const ticketId = state.addTicket({ organizationId, subject: `Ticket ${index}`, at });
    state.addTime({ ticketId, technicianId, seconds: 900, isPublic: true });
    state.addTime({
      ticketId,
      technicianId,
      seconds: 1800,
      startedAt: at,
      isRemote: true,
      billing: 'BILLABLE',
      agreement: 'Block of hours',
      offHours: { seconds: 600, billing: 'NO_CHARGE' },
    });
    state.closeTicket(ticketId);
    return ticketId;
  });
  for (const [index, deviceId] of devices.entries()) {
    const startedAt = Date.parse('2026-03-02T09:00:00Z') + index * 3_600_000;
    const endedAt = startedAt + 600_000;
    for (const tool of ['splashtop', 'teamviewer', 'quick-connect'] as const) {
      state.addSession({ deviceId, technicianId, tool, startedAt, endedAt });
    }
  }

  const clientIds = clients.map(String);
  await connector.check(clientIds, soon());
  await connector.probe?.(String(dupont), soon());
  await readAll(connector.pull.clients?.(asked(clients)));
  await readAll(connector.pull.tickets?.(asked(clients)));
  await readAll(connector.pull.sessions?.(asked(clients)));
  await readTime(connector, tickets);
  const message = { key: 'day:1', clientId: String(dupont), subject: 'Low', body: 'Two hours.' };
  await connector.push['alert-ticket']?.find(message, soon());
  const made = await connector.push['alert-ticket']?.create(message, soon());
  const withdrawal = { remoteId: made?.remoteId ?? '', reason: 'It was undone.' };
  await connector.push['alert-ticket']?.withdraw?.(message, withdrawal, soon());
  const note = { ...message, ticketId: String(tickets[0]), audience: 'client' as const };
  await connector.push['ticket-note']?.create(note, soon());
  const balance = { ...message, field: 'prepaidHoursLeft', hoursText: '2.00' };
  await connector.push['balance-field']?.find(balance, soon());
  await connector.push['balance-field']?.create(balance, soon());
}
