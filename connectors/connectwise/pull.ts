/** Reading: one list a stream (tickets: two), pages in the order of ids, for the configured clients. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Page, Pull, PullRequest, Pulls, TicketRow } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { parseRows } from '../http/rows.ts';
import type { ParsedRows } from '../http/types.ts';
import type { Api } from './api.ts';
import { all, changedSince, companyNumbers, isOneOf, splitIds } from './conditions.ts';
import { refuseIfFalse } from './facts.ts';
import { withProductLines } from './invoice-lines.ts';
import { fromCompany, fromInvoice, fromTicket, fromTimeEntry } from './mapping.ts';
import {
  CompanyWire,
  companyFields,
  InvoiceWire,
  invoiceFields,
  projectTicketFields,
  serviceTicketFields,
  TicketWire,
  TimeEntryWire,
  timeEntryFields,
} from './schema.ts';

interface Endpoint<Row> {
  path: string;
  fields: string;
  /** The field that holds the company's id, in conditions. */
  companyField: 'id' | 'company/id';
  read(rows: readonly unknown[]): ParsedRows<Row>;
  /** The row's company, to see that the conditions were honoured. */
  companyOf(row: Row): string | null;
}

export function createPulls(api: Api) {
  const { config, context } = api;
  const tickets = (path: string, fields: string): Endpoint<TicketRow> => ({
    path,
    fields,
    companyField: 'company/id',
    read: (rows) => parseRows(rows, TicketWire, (wire) => fromTicket(wire, config)),
    companyOf: (row) => row.clientId,
  });
  const invoices = pullFrom(api, [
    {
      path: '/finance/invoices',
      fields: invoiceFields,
      companyField: 'company/id',
      read: (rows) =>
        parseRows(rows, InvoiceWire, (wire) => fromInvoice(wire, config, context.currency)),
      companyOf: (row) => row.clientId,
    },
  ]);
  const services = tickets('/service/tickets', serviceTicketFields);
  return {
    clients: pullFrom(api, [
      {
        path: '/company/companies',
        fields: companyFields,
        companyField: 'id',
        read: (rows) => parseRows(rows, CompanyWire, fromCompany),
        companyOf: (row) => row.sourceId,
      },
    ]),
    tickets: pullFrom(api, [
      // A service list that holds project tickets too shows them less fully than their own list.
      { ...services, read: (rows) => services.read(rows.filter((row) => !isProjectTicket(row))) },
      tickets('/project/tickets', projectTicketFields),
    ]),
    timeEntries: pullFrom(api, [
      {
        path: '/time/entries',
        fields: timeEntryFields,
        companyField: 'company/id',
        read: (rows) =>
          parseRows(rows, TimeEntryWire, (wire) =>
            fromTimeEntry(wire, { ...config, timezone: context.timezone }),
          ),
        companyOf: (row) => row.clientId,
      },
    ]),
    invoices: withProductLines(api, invoices),
  } satisfies Pulls;
}

const ProjectTicket = z.object({ recordType: z.enum(['ProjectTicket', 'ProjectIssue']) });

function isProjectTicket(row: unknown): boolean {
  return ProjectTicket.safeParse(row).success;
}

/** Where a pass stands: which of its lists, and after which id in it. */
const Position = z.object({
  /** Stands for the question asked; a position in another question means nothing. */
  of: z.string(),
  endpoint: z.int().min(0),
  chunk: z.int().min(0),
  pageId: z.string().nullable(),
});
type Position = z.infer<typeof Position>;

function pullFrom<Row>(api: Api, endpoints: readonly Endpoint<Row>[]): Pull<Row> {
  return async function* pull(request): AsyncGenerator<Page<Row>> {
    await refuseIfFalse(
      api.context,
      'conditions-company',
      'conditions-last-updated',
      'forward-only',
      'ticket-numbers',
    );
    const ids = companyNumbers(request.clientIds);
    const question = fingerprint(ids, request.since);
    const start = positionOf(request.resume, question);
    const lists = endpoints.flatMap((endpoint, index) =>
      splitIds(ids, otherLength(api, endpoint, request)).map((chunk, chunkIndex) => ({
        endpoint,
        chunk,
        position: { of: question, endpoint: index, chunk: chunkIndex, pageId: null },
      })),
    );
    const first = lists.findIndex(
      ({ position }) => position.endpoint === start.endpoint && position.chunk === start.chunk,
    );
    for (const [index, list] of lists.entries()) {
      if (index < first) continue;
      const pageId = index === first ? start.pageId : null;
      const after = lists[index + 1]?.position ?? null;
      for await (const page of pagesOf(api, list.endpoint, list.chunk, request, pageId)) {
        const resume = page.next === null ? after : { ...list.position, pageId: page.next };
        yield { ...page.parsed, resume: resume === null ? null : JSON.stringify(resume) };
      }
    }
  };
}

async function* pagesOf<Row>(
  api: Api,
  endpoint: Endpoint<Row>,
  companies: readonly string[],
  request: PullRequest,
  pageId: string | null,
) {
  const { path, fields } = endpoint;
  const conditions = conditionsOf(api, endpoint, companies, request);
  for await (const page of api.pages({ path, fields, conditions, pageId }, request.signal)) {
    const parsed = endpoint.read(page.rows);
    for (const row of parsed.rows) {
      const company = endpoint.companyOf(row);
      if (company !== null && !companies.includes(company)) throw ignored(path, company);
    }
    yield { parsed, next: page.next };
  }
}

/** Rows nobody asked for mean that the whole table is coming, with or without the right rows. */
function ignored(path: string, company: string): KindError {
  return new KindError('contract', `GET ${path} answered with company ${company}, not asked for.`, {
    fix: 'The conditions were ignored. Run check.',
  });
}

function conditionsOf(
  api: Api,
  endpoint: Pick<Endpoint<unknown>, 'companyField'>,
  companies: readonly string[],
  request: PullRequest,
): string {
  return all(
    changedSince(request.since, api.config.naiveDateTimes),
    isOneOf(endpoint.companyField, companies),
  );
}

/** Characters of the URL besides the ids. */
function otherLength<Row>(api: Api, endpoint: Endpoint<Row>, request: PullRequest): number {
  const query = conditionsOf(api, endpoint, [], request) + endpoint.fields;
  const fixed = '/v4_6_release/apis/3.0?conditions=&fields=&pageSize=1000&pageId=2147483647';
  return api.config.baseUrl.length + fixed.length + encodeURIComponent(query).length + 20;
}

function positionOf(resume: string | null, question: string): Position {
  const beginning = { of: question, endpoint: 0, chunk: 0, pageId: null };
  if (resume === null) return beginning;
  const position = Position.safeParse(JSON.parse(resume));
  return position.success && position.data.of === question ? position.data : beginning;
}

function fingerprint(ids: readonly string[], since: string): string {
  return createHash('sha256')
    .update(`${since} ${ids.join(',')}`)
    .digest('hex')
    .slice(0, 12);
}
