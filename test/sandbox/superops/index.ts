import { z } from 'zod';
import {
  type ParsedDocument,
  parseDocument,
  type Selection,
} from '../../support/graphql-document.ts';
import { documentFault, inputFault, type Sdl } from '../../support/graphql-schema.ts';
import {
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
  type TakeFault,
} from '../server.ts';
import { type ListInput, type ListQuirks, listOf } from './lists.ts';
import { internalError, invalid, Refusal, refusal, refused } from './refusal.ts';
import {
  clientRef,
  contractRow,
  invoiceRow,
  itemRow,
  type Row,
  ticketRow,
  worklogRow,
} from './rows.ts';
import { tenantSchema } from './schema.ts';
import { SuperopsState } from './state.ts';
import { clientOf, ticketOf, type WriteOptions, writes } from './writes.ts';

export interface SuperopsOptions
  extends WriteOptions,
    Pick<ListQuirks, 'hiddenRows' | 'ignoresSort' | 'saysMore'> {
  schema: Sdl;
  showsSchema: boolean;
  /** Of the answer to whoever asks for a schema that is not shown. */
  hiddenStatus: number;
  /** The answer to the next so many writes is null, after they were carried out or before. */
  lostWrites: { times: number; isDone: boolean };
  /** Offered items hold work that is not billable too. */
  offersAll: boolean;
  /** Billable work is offered once it is billed. */
  offersBilledOnly: boolean;
  /** How far timestamps in answers lie from UTC. */
  shiftHours: number;
  /** Long numbers in JSON scalars come without quotes. */
  isUnquoted: boolean;
  /** Above it, a minute's requests are refused. */
  requestsPerMinute: number;
}

export interface SuperopsSandbox extends SandboxServer {
  state: SuperopsState;
  /** May be changed while it runs. */
  options: SuperopsOptions;
  settings: { baseUrl: string; subdomain: string; apiToken: string; requestsPerMinute: number };
}

const apiToken = 'sandbox-token';
const subdomain = 'sandbox';

const Body = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/** A SuperOps tenant on loopback, with the dialect and the quirks that the connector must survive. */
export async function startSuperopsSandbox(port?: number): Promise<SuperopsSandbox> {
  const state = new SuperopsState();
  const options: SuperopsOptions = {
    schema: tenantSchema(),
    showsSchema: true,
    hiddenStatus: 200,
    shiftHours: 0,
    isUnquoted: false,
    lostWrites: { times: 0, isDone: true },
    offersAll: false,
    offersBilledOnly: false,
    hiddenRows: 0,
    ignoresSort: false,
    saysMore: false,
    requestsPerMinute: Number.POSITIVE_INFINITY,
    privacyType: null,
    emptiesFields: null,
    subjectLengthMax: 255,
    unitPrice: null,
  };
  const startedMs: number[] = [];
  const server = await startSandboxServer(
    (request, takeFault) => {
      const refusedAnswer = admission(request);
      if (refusedAnswer !== null) return refusedAnswer;
      const minuteAgo = state.now() - 60_000;
      while ((startedMs[0] ?? minuteAgo) < minuteAgo) startedMs.shift();
      if (startedMs.length >= options.requestsPerMinute) {
        return refusal('rate_limit_exceeded', null);
      }
      startedMs.push(state.now());
      return unquoted(answerTo(state, options, request, takeFault), options);
    },
    {
      ...(port === undefined ? {} : { port }),
      isRead: (request) => /^\s*query/.test(Body.safeParse(request.json()).data?.query ?? ''),
      faultAnswer: (kind) => {
        if (kind === 'rate-limited') return refusal('rate_limit_exceeded', null);
        if (kind === 'forbidden') return refusal('forbidden', null);
        return null;
      },
    },
  );
  const { baseUrl } = server;
  const settings = { baseUrl, subdomain, apiToken, requestsPerMinute: 60_000 };
  return Object.assign(server, { state, options, settings });
}

function admission({ method, path, headers }: SandboxRequest): SandboxAnswer | null {
  if (path !== '/msp' || method !== 'POST') return { status: 404 };
  if (headers.customersubdomain !== subdomain) return { status: 400 };
  if (headers.authorization === `Bearer ${apiToken}`) return null;
  return { status: 401, json: { message: 'The API token used is invalid or deleted.' } };
}

function answerTo(
  state: SuperopsState,
  options: SuperopsOptions,
  request: SandboxRequest,
  takeFault: TakeFault,
): SandboxAnswer {
  const { query, variables } = Body.parse(request.json());
  let document: ParsedDocument;
  try {
    document = parseDocument(query);
  } catch (error) {
    return invalid(String(error));
  }
  const { schema } = options;
  const [field] = document.fields;
  if (field === undefined) return invalid('Nothing is asked for.');
  if (/^__/.test(field.name)) return introspect(options, document);
  const fault = documentFault(schema, document);
  if (fault !== null) return invalid(fault);
  const wrong = Object.entries(document.variables)
    .map(([name, type]) => inputFault(schema, type, variables?.[name], name))
    .find((found) => found !== null);
  if (wrong != null) return invalid(wrong);
  try {
    const asked: Asked = { state, options, takeFault, input: Object(variables?.input) };
    const value = document.kind === 'query' ? read(field.name, asked) : write(field.name, asked);
    if (value === 'lost') return internalError(field.name);
    return { status: 200, json: { data: { [field.alias]: pick(value, field.fields) } } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refusal(error.code, field.alias, error.attribute);
  }
}

interface Asked {
  state: SuperopsState;
  options: SuperopsOptions;
  takeFault: TakeFault;
  input: Record<string, unknown>;
}

function read(name: string, asked: Asked): unknown {
  const { state, options, takeFault, input } = asked;
  const shiftMs = options.shiftHours * 3_600_000;
  const list = (rowsName: string, rows: readonly Row[]): Row =>
    listOf(rowsName, rows, input as ListInput, { ...options, takeFault });
  const reads: Record<string, () => unknown> = {
    getClientList: () =>
      list(
        'clients',
        state.clients.map(({ accountId, name: called }) => ({
          accountId,
          name: called,
          stage: 'Active',
          status: 'Paid',
        })),
      ),
    getClient: () => {
      const { accountId, customFields } = clientOf(state, input.accountId);
      return { ...clientRef(state, accountId), customFields };
    },
    getTicketList: () =>
      list(
        'tickets',
        newestFirst(state.tickets.map((ticket) => ticketRow(state, ticket, shiftMs))),
      ),
    getTicket: () => ticketRow(state, ticketOf(state, input.ticketId), shiftMs),
    getTicketNoteList: () => {
      const { ticketId } = ticketOf(state, input.ticketId);
      return state.notes.filter((note) => note.ticketId === ticketId);
    },
    getOfferedItems: () =>
      list(
        'items',
        newestFirst(
          state.worklogs
            .filter((work) => options.offersAll || work.isBillable)
            .filter((work) => !options.offersBilledOnly || work.status === 'BILLED')
            .map((work) => itemRow(state, work, shiftMs)),
        ),
      ),
    getWorklogEntries: () => {
      if (!/^(?:TICKET|PROJECT)$/.test(String(input.module))) {
        throw refused('type_validation_failed', 'module');
      }
      const found = state.worklogs.filter(
        ({ ticketId }) => ticketId !== null && input.module === 'TICKET',
      );
      const shown = { ...options, takeFault };
      return listOf('entries', found.map(worklogRow), Object(input.listInfo) as ListInput, shown);
    },
    getInvoiceList: () =>
      list(
        'invoices',
        state.invoices.map((invoice) => invoiceRow(state, invoice)),
      ),
    getInvoice: () => {
      const found = state.invoices.find(({ invoiceId }) => invoiceId === input.invoiceId);
      return found === undefined ? null : invoiceRow(state, found);
    },
    getClientContractList: () =>
      list(
        'clientContracts',
        state.contracts.map((contract) => contractRow(state, contract)),
      ),
  };
  return reads[name]?.();
}

function write(name: string, { state, options, input }: Asked): unknown {
  const { lostWrites } = options;
  const isLost = lostWrites.times > 0;
  if (isLost) lostWrites.times -= 1;
  if (isLost && !lostWrites.isDone) return 'lost';
  const written = writes[name]?.(state, input, options);
  return isLost ? 'lost' : written;
}

/** Of what changed in the same second, the last made comes first. */
function newestFirst(rows: Row[]): Row[] {
  return rows.reverse();
}

/** The fields that were selected; what is a leaf comes whole. */
function pick(value: unknown, fields: readonly Selection[]): unknown {
  if (fields.length === 0 || value === null || value === undefined) return value ?? null;
  if (Array.isArray(value)) return value.map((item) => pick(item, fields));
  const row = value as Row;
  return Object.fromEntries(
    fields.map(({ name, alias, fields: f }) => [alias, pick(row[name], f)]),
  );
}

function introspect(options: SuperopsOptions, document: ParsedDocument) {
  const { schema, showsSchema, hiddenStatus: status } = options;
  if (!showsSchema) return { ...invalid('Introspection has been disabled.'), status };
  const members = (name: string) =>
    [...(schema.get(name)?.members ?? [])].map(([member, { type }]) => ({
      name: member,
      defaultValue: null,
      type: { kind: type.endsWith('!') ? 'NON_NULL' : 'SCALAR' },
    }));
  const typeOf = (name: string): Row | null => {
    const kind = schema.get(name)?.kind;
    if (kind === undefined) return null;
    const isType = kind === 'type';
    return { fields: isType ? members(name) : null, inputFields: isType ? null : members(name) };
  };
  const data = document.fields.map(({ name, alias, args, fields }) => {
    const roots = { queryType: typeOf('Query'), mutationType: typeOf('Mutation') };
    return [alias, pick(name === '__schema' ? roots : typeOf(args.name ?? ''), fields)];
  });
  return { status: 200, json: { data: Object.fromEntries(data) } };
}

function unquoted(answer: SandboxAnswer, { isUnquoted }: SuperopsOptions): SandboxAnswer {
  if (!isUnquoted || answer.json === undefined) return answer;
  const text = JSON.stringify(answer.json).replace(/"(\w+Id)":"(\d{16,})"/g, '"$1":$2');
  return { status: answer.status, text, headers: { 'content-type': 'application/json' } };
}
