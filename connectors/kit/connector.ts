/** Turns functions that take a call into the contract's, which take a signal. */
import type {
  BlockPage,
  CheckResult,
  ClientRow,
  Connector,
  InvoiceRow,
  NameLists,
  Page,
  PresenceRequest,
  PullRequest,
  Pulls,
  Push,
  Pushes,
  PushKind,
  SessionRow,
  SourceId,
  TicketRow,
  TicketTimePage,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import type { OpenCall } from './call.ts';
import { countedPresence } from './reading/presence.ts';

type Pulled<C, Row> = (call: C, request: PullRequest) => AsyncIterable<Page<Row>>;

/** What a vendor supports; the rest is left out. */
interface Parts<C> {
  check(call: C, clientIds: readonly SourceId[]): Promise<CheckResult[]>;
  probe?(call: C, clientId: SourceId): Promise<CheckResult[]>;
  listNames?(call: C, clientIds: readonly SourceId[]): Promise<NameLists>;
  listClients?(call: C): Promise<readonly ClientRow[]>;
  proveProduct?(call: C, name: string): Promise<unknown>;
  pull: {
    clients?: Pulled<C, ClientRow>;
    tickets?: Pulled<C, TicketRow>;
    timeEntries?: Pulled<C, TimeEntryRow>;
    sessions?: Pulled<C, SessionRow>;
    invoices?: Pulled<C, InvoiceRow>;
  };
  ticketTime?(call: C, ticketIds: readonly SourceId[]): AsyncIterable<TicketTimePage>;
  /** IDs of existing time; their number is the count, unless the vendor counts itself. */
  presentTime?(call: C, request: PresenceRequest): AsyncIterable<readonly SourceId[]>;
  countTime?(call: C, request: PresenceRequest): Promise<number>;
  /** An entry's ticket, from the entry's ID; if time is read per ticket. */
  ticketOf?(entryId: SourceId): SourceId;
  /** Remaining hours that the vendor itself debits. */
  blocks?(call: C, clientIds: readonly SourceId[]): AsyncIterable<BlockPage>;
  push: { [Kind in PushKind]?: (open: OpenCall<C>) => Push<Kind> };
}

export function bindConnector<C>(open: OpenCall<C>, parts: Parts<C>): Connector {
  const { probe, listNames, listClients, proveProduct, ticketTime, blocks } = parts;
  const pulls = Object.entries(parts.pull).map(([stream, read]) => {
    return [stream, (request: PullRequest) => read(open(request.signal), request as never)];
  });
  const pushes = Object.entries(parts.push).map(([kind, create]) => [kind, create(open)]);
  const pull: Pulls = {
    ...(Object.fromEntries(pulls) as Pulls),
    ...(ticketTime && { ticketTime: (ids, signal) => ticketTime(open(signal), ids) }),
    ...bindPresence(open, parts),
    ...(blocks && { blocks: (clientIds, signal) => blocks(open(signal), clientIds) }),
  };
  return {
    check: (clientIds, signal) => parts.check(open(signal), clientIds),
    ...(probe && { probe: (clientId, signal) => probe(open(signal), clientId) }),
    ...(listNames && { listNames: (ids, signal) => listNames(open(signal), ids) }),
    ...(listClients && { listClients: (signal) => listClients(open(signal)) }),
    ...(proveProduct && {
      proveProduct: async (name, signal) => void (await proveProduct(open(signal), name)),
    }),
    pull,
    push: Object.fromEntries(pushes) as Pushes,
  };
}

function bindPresence<C>(
  open: OpenCall<C>,
  { presentTime, countTime, ticketOf }: Parts<C>,
): Pick<Pulls, 'present'> {
  if (presentTime === undefined) return {};
  const ids = (request: PresenceRequest) => presentTime(open(request.signal), request);
  const more = ticketOf === undefined ? {} : { ticketOf };
  if (countTime === undefined) return { present: countedPresence(ids, more) };
  const count = (request: PresenceRequest) => countTime(open(request.signal), request);
  return { present: { ...more, ids, count } };
}
