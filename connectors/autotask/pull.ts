/** Reading companies and tickets of the configured clients, in pages in the order of ids. */
import type { ZodType, z } from 'zod';
import type {
  ClientRow,
  Page,
  PullRequest,
  Pulls,
  TicketRow,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { parseRows } from '../http/rows.ts';
import type { ListPage, Query } from './api.ts';
import { readFact, refuseIfFalse } from './facts.ts';
import { proveVisible } from './look-up.ts';
import { fromTicket, type TicketNames } from './mapping.ts';
import { anyOf, companyNumbers, inChunks, isOneOf, since } from './query.ts';
import { positionOf, questionOf, resumeText } from './resume.ts';
import type { Rooms } from './rooms.ts';
import { CompanyWire, companyFields, TicketWire, ticketFields } from './schema.ts';

export function createPulls(rooms: Rooms) {
  return {
    clients: (request) => pullClients(rooms, request),
    tickets: (request) => pullTickets(rooms, request),
  } satisfies Pulls;
}

export function fromCompany({ id, companyName }: z.infer<typeof CompanyWire>): ClientRow {
  return { sourceId: id, name: companyName };
}

/**
 * The companies of the configured clients, changed or not: they are few, and that one of them can
 * still be seen proves the right to see it.
 */
async function* pullClients(
  { api }: Rooms,
  { clientIds, signal }: PullRequest,
): AsyncGenerator<Page<ClientRow>> {
  const ids = companyNumbers(clientIds);
  let rows = 0;
  for (const chunk of inChunks(ids)) {
    const query = { entity: 'Companies', filter: [isOneOf('id', chunk)], fields: companyFields };
    for await (const page of api.pages(query, signal)) {
      rows += page.rows.length;
      const parsed = parseRows(page.rows, CompanyWire, fromCompany);
      refuseOthers('Companies', parsed.rows, (row) => row.sourceId, ids);
      yield { ...parsed, resume: null };
    }
  }
  if (rows === 0) await proveVisible(api, 'Companies', signal);
}

async function* pullTickets(rooms: Rooms, request: PullRequest): AsyncGenerator<Page<TicketRow>> {
  const { api, owners } = rooms;
  await refuseIfFalse(api.context, 'change-filters');
  const ids = companyNumbers(request.clientIds);
  owners.forget();
  let rows = 0;
  const isTracked = (await readFact(api.context, 'tracked-filter')) !== 'no';
  const changed = anyOf(
    since('lastActivityDate', request.since),
    ...(isTracked ? [since('lastTrackedModificationDateTime', request.since)] : []),
  );
  const queries = inChunks(ids).map((chunk) => ({
    entity: 'Tickets',
    filter: [isOneOf('companyID', chunk), changed],
    fields: ticketFields,
  }));
  const question = questionOf(request.since, ...ids);
  for await (const page of resumable(rooms, queries, question, request)) {
    rows += page.rows.length;
    const names = await ticketNames(rooms, page.rows, request.signal);
    const parsed = parseRows(page.rows, TicketWire, (wire) => fromTicket(wire, names));
    refuseOthers('Tickets', parsed.rows, (row) => row.clientId, ids);
    for (const { sourceId, clientId } of parsed.rows) owners.learn(sourceId, clientId);
    yield { ...parsed, resume: page.resume };
  }
  if (rows === 0) await proveVisible(api, 'Tickets', request.signal);
}

/** All pages of several queries, each with the text by which a later pass goes on behind it. */
export async function* resumable(
  { api }: Rooms,
  queries: readonly Query[],
  question: string,
  { resume, signal }: Pick<PullRequest, 'resume' | 'signal'>,
): AsyncGenerator<Pick<ListPage, 'rows'> & { resume: string | null }> {
  const start = positionOf(resume, question);
  for (const [part, query] of queries.entries()) {
    if (part < start.part) continue;
    const afterId = part === start.part ? start.afterId : null;
    for await (const page of api.pages({ ...query, afterId }, signal)) {
      const position = { of: question, part, afterId: page.resumeId };
      yield { rows: page.rows, resume: page.resumeId === null ? null : resumeText(position) };
    }
  }
}

async function ticketNames(
  { api, directory }: Rooms,
  rows: readonly unknown[],
  signal: AbortSignal,
): Promise<TicketNames> {
  const wires = readable(rows, TicketWire);
  const labels = (field: 'queueID' | 'ticketType' | 'status') =>
    directory.labels(
      'Tickets',
      field,
      wires.map((wire) => wire[field]),
      signal,
    );
  const contractIds = wires.map(({ contractID }) => contractID);
  return {
    queues: await labels('queueID'),
    types: await labels('ticketType'),
    statuses: await labels('status'),
    contracts: await directory.names('Contracts', contractIds, signal),
    closedStatuses: api.config.closedStatuses,
  };
}

/** The rows that can be read; the others are set aside when they are mapped. */
export function readable<Wire>(rows: readonly unknown[], schema: ZodType<Wire>): Wire[] {
  return rows.flatMap((row) => {
    const wire = schema.safeParse(row);
    return wire.success ? [wire.data] : [];
  });
}

/** Rows nobody asked for mean that the whole table is coming, with or without the right rows. */
function refuseOthers<Row>(
  entity: string,
  rows: readonly Row[],
  companyOf: (row: Row) => string | null,
  ids: readonly string[],
): void {
  for (const row of rows) {
    const company = companyOf(row);
    if (company === null || ids.includes(company)) continue;
    throw new KindError('contract', `${entity} came of company ${company}, not asked for.`, {
      fix: 'The filter was ignored. Run check.',
    });
  }
}
