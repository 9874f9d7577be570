/**
 * A whole working day of the connector against its sandbox, then every exchange of it against the schema that
 * was rebuilt from public clients: check, probe, all pulls, all pushes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { asked, checked, read, soon, withSuperops, work } from '../connectors/superops/bench.ts';
import type { Exchange } from '../sandbox/server.ts';
import { parseDocument, type Selection } from '../support/graphql-document.ts';
import {
  baseOf,
  documentFault,
  inputFault,
  type Member,
  parseSdl,
  type Sdl,
} from '../support/graphql-schema.ts';
import { specsFolder } from './schema-check.ts';

const folder = specsFolder();

/** What the connector relies on and the schema lacks, each with its reason in the connector's README. */
const lacking: [type: string, member: string, Member][] = [
  ['Client', 'customFields', { type: 'JSON', input: null }],
  ['Mutation', 'updateClient', { type: 'Client', input: 'UpdateClientInput!' }],
  ['Mutation', 'updateTicket', { type: 'Ticket', input: 'UpdateTicketInput!' }],
  ['UpdateClientInput', 'accountId', { type: 'ID!', input: null }],
  ['UpdateClientInput', 'customFields', { type: 'JSON', input: null }],
  ['UpdateTicketInput', 'ticketId', { type: 'ID!', input: null }],
  ['UpdateTicketInput', 'status', { type: 'String', input: null }],
  // It was confirmed on a live tenant to be an object, of which fields must be selected.
  ['ClientContract', 'contract', { type: 'Contract', input: null }],
  ['Contract', 'contractId', { type: 'ID', input: null }],
  ['Contract', 'name', { type: 'String', input: null }],
  ['Contract', 'contractType', { type: 'String', input: null }],
  // Its input is JSON there, for it was not seen.
  ['Mutation', 'createInvoice', { type: 'Invoice', input: 'CreateInvoiceInput!' }],
];

function loadSdl(): Sdl {
  const file = join(folder ?? '', 'superops', 'superops-msp-partial.rebuilt.graphql');
  const sdl = parseSdl(readFileSync(file, 'utf8'));
  for (const [name, member, as] of lacking) {
    const kind = name === 'Contract' ? ('type' as const) : ('input' as const);
    const type = sdl.get(name) ?? { kind, members: new Map() };
    type.members.set(member, as);
    sdl.set(name, type);
  }
  return sdl;
}

(folder === null ? describe.skip : describe)('SuperOps by its rebuilt schema', () => {
  test('holds for every request and every answer', async () => {
    const sdl = loadSdl();
    const exchanges = await aDaysWork();
    expect(exchanges.length).toBeGreaterThan(30);
    expect(exchanges.flatMap((exchange) => faultsOf(sdl, exchange))).toEqual([]);
  });

  test('finds a fault that is put in', async () => {
    const sdl = loadSdl();
    sdl.get('Ticket')?.members.delete('subject');
    sdl.get('Client')?.members.set('name', { type: 'Boolean', input: null });
    sdl.get('CreateTicketInput')?.members.delete('source');
    const faults = (await aDaysWork()).flatMap((exchange) => faultsOf(sdl, exchange));
    for (const place of [/subject/, /clients\.\d\.name/, /input\.source/]) {
      expect(faults).toContainEqual(expect.stringMatching(place));
    }
  });
});

async function aDaysWork(): Promise<Exchange[]> {
  let exchanges: Exchange[] = [];
  const settings = { billing: { route: 'invoice', serviceItem: '55' } };
  await withSuperops(
    async (bench) => {
      const { state, dupont, connector } = bench;
      for (let index = 0; index < 6; index += 1) work(bench);
      state.addInvoice({ clientId: dupont, invoiceDate: '2026-03-02' });
      state.addContract({ clientId: dupont, contract: { name: 'Care' }, contractStatus: 'ACTIVE' });
      await checked(bench);
      await connector.probe?.(dupont, soon());
      for (const stream of ['clients', 'tickets', 'timeEntries', 'invoices'] as const) {
        expect(await read(bench, stream)).not.toEqual([]);
      }
      const window = { ...asked(bench), from: '2026-01-01', to: '2027-01-01' };
      for await (const ids of connector.pull.present?.ids(window) ?? [])
        expect(ids).toHaveLength(6);
      const balance = { key: 'b', clientId: dupont, field: 'hoursLeft', hoursText: '7.50' };
      await connector.push['balance-field']?.create(balance, soon());
      const alert = { key: 'alert:1', clientId: dupont, subject: 'Low', body: 'Two hours.' };
      expect(await connector.push['alert-ticket']?.find(alert, soon())).toBeNull();
      exchanges = [...bench.sandbox.exchanges];
    },
    { settings },
  );
  return exchanges;
}

/** Everything that is wrong with a request, and with what was answered to it. */
function faultsOf(sdl: Sdl, { request, answer }: Exchange): string[] {
  const { query, variables } = request.json() as { query: string; variables: object };
  const document = parseDocument(query);
  // Introspection is part of the language and not of the schema.
  if (document.name === 'Introspection') return [];
  const faults = [documentFault(sdl, document)];
  for (const [name, type] of Object.entries(document.variables)) {
    faults.push(inputFault(sdl, type, Object(variables)[name], `${document.name}: ${name}`));
  }
  const root = document.kind === 'query' ? 'Query' : 'Mutation';
  faults.push(...answerFaults(sdl, root, document.fields, Object(answer).data, document.name));
  return faults.filter((fault) => fault !== null);
}

function answerFaults(
  sdl: Sdl,
  type: string,
  fields: readonly Selection[],
  value: unknown,
  path: string,
): string[] {
  if (value === null || value === undefined) return [`${path} is nothing`];
  return fields.flatMap(({ name, alias, fields: inner }) => {
    const member = sdl.get(type)?.members.get(name);
    if (member === undefined) return [`${path}.${name} is not in ${type}`];
    const shown: unknown = Object(value)[alias];
    const at = `${path}.${alias}`;
    if (inner.length === 0) return [leafFault(sdl, member.type, shown, at) ?? []].flat();
    const rows: unknown[] = Array.isArray(shown) ? shown : [shown];
    return rows.flatMap((row, place) =>
      answerFaults(
        sdl,
        baseOf(member.type),
        inner,
        row,
        Array.isArray(shown) ? `${at}.${place}` : at,
      ),
    );
  });
}

/** A leaf is what an input of its type would be; JSON may be anything. */
function leafFault(sdl: Sdl, type: string, value: unknown, path: string): string | null {
  return inputFault(sdl, type, value ?? null, path);
}
