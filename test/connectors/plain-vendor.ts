/** A made-up vendor, as small as one can be, that proves the contract suite. */
import { z } from 'zod';
import type {
  CheckResult,
  Connector,
  ConnectorContext,
  PullRequest,
  TicketRow,
  TimeEntryRow,
  VendorModule,
} from '../../connectors/contract.ts';
import { pagesByCursor } from '../../connectors/http/paging.ts';
import { parseRows } from '../../connectors/http/rows.ts';
import { createTransport } from '../../connectors/http/transport.ts';
import type { HttpRequest } from '../../connectors/http/types.ts';
import { DecimalText, Id, WireInstant } from '../../connectors/http/wire.ts';
import { secondsFromDecimalText } from '../../src/domain/duration.ts';
import { describeError, isKindError } from '../../src/domain/errors.ts';

export const plainPageSize = 4;

const PlainConfig = z.object({ baseUrl: z.string(), password: z.string() });
type PlainConfig = z.infer<typeof PlainConfig>;

const RowPage = z.object({ rows: z.array(z.unknown()), next: z.string().nullable() });
const WireTicket = z.object({
  id: Id,
  clientId: Id,
  isClosed: z.boolean(),
  updatedAt: WireInstant,
});
const WireTime = WireTicket.extend({ ticketId: Id, hours: DecimalText, startedAt: WireInstant });
const Note = z.object({ id: Id, key: z.string() });

export const plainVendor: VendorModule<PlainConfig> = {
  id: 'plain',
  title: 'Plain',
  config: PlainConfig,
  pulls: ['tickets', 'timeEntries'],
  pushes: ['ticket-note'],
  table: { approval: false, deletions: null, sale: null, ownBlocks: null },
  create: createPlain,
};

function createPlain(config: PlainConfig, context: ConnectorContext): Connector {
  const transport = createTransport({
    context,
    baseUrl: config.baseUrl,
    limits: [{ path: '', concurrency: 2, source: 'made up' }],
    authorize: async () => ({ authorization: `Bearer ${config.password}` }),
    backoffMs: 20,
  });

  async function* pull<Wire, Row>(
    path: string,
    request: PullRequest,
    schema: z.ZodType<Wire>,
    fromWire: (wire: Wire) => Row,
  ) {
    const pages = pagesByCursor({
      start: request.resume,
      send: (cursor) => transport.send(pageRequest(path, request, cursor), RowPage),
      next: (answer) => answer.data.next,
    });
    for await (const { data } of pages) {
      yield { ...parseRows(data.rows, schema, fromWire), resume: data.next };
    }
  }

  return {
    check: async (_clientIds, signal): Promise<CheckResult[]> => {
      try {
        await transport.send({ method: 'GET', path: '/tickets', signal }, RowPage);
        return [{ id: 'auth', status: 'ok', detail: 'The password is accepted.' }];
      } catch (error) {
        if (!isKindError(error)) throw error;
        const fix = error.fix ?? 'Try again later.';
        return [{ id: 'auth', status: 'failed', detail: describeError(error), fix }];
      }
    },
    pull: {
      tickets: (request) => pull('/tickets', request, WireTicket, toTicketRow),
      timeEntries: (request) => pull('/time', request, WireTime, toTimeEntryRow),
    },
    push: {
      'ticket-note': {
        find: async ({ key }, signal) => {
          const notes = await transport.send(
            { method: 'GET', path: '/notes', query: { key }, signal },
            z.array(Note),
          );
          const note = notes.data.find((candidate) => candidate.key === key);
          return note === undefined ? null : { remoteId: note.id };
        },
        create: async ({ key, body }, signal) => {
          const note = await transport.send(
            { method: 'POST', path: '/notes', body: { key, body }, signal },
            Note,
          );
          return { remoteId: note.data.id };
        },
      },
    },
  };
}

function pageRequest(path: string, request: PullRequest, cursor: string | null): HttpRequest {
  const query = { since: request.since, cursor: cursor ?? undefined, size: plainPageSize };
  return { method: 'GET', path, query, signal: request.signal };
}

function toTicketRow(wire: z.infer<typeof WireTicket>): TicketRow {
  return {
    sourceId: wire.id,
    number: wire.id,
    clientId: wire.clientId,
    summary: '',
    board: null,
    ticketType: null,
    agreement: null,
    status: wire.isClosed ? 'closed' : 'open',
    isClosed: wire.isClosed,
    closedAt: null,
    mergedInto: null,
    updatedAt: wire.updatedAt,
  };
}

function toTimeEntryRow(wire: z.infer<typeof WireTime>): TimeEntryRow {
  return {
    sourceId: wire.id,
    ticketId: wire.ticketId,
    clientId: wire.clientId,
    technicianId: '1',
    technician: 'Ann',
    startedAt: wire.startedAt,
    endedAt: wire.startedAt,
    isTimed: false,
    seconds: secondsFromDecimalText(wire.hours, 'hours'),
    secondsText: wire.hours,
    kind: 'work',
    workType: null,
    role: null,
    isBillable: null,
    isApproved: null,
    agreement: null,
    note: null,
    updatedAt: wire.updatedAt,
  };
}
