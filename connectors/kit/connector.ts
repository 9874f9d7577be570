/** Makes a vendor's module from its description: functions that take a call become the contract's, which take a signal. */
import type { ZodType } from 'zod';
import type {
  BlockPage,
  CheckResult,
  ClientRow,
  Connector,
  ConnectorContext,
  ListedProduct,
  NameLists,
  PresenceRequest,
  PullRequest,
  Pulls,
  Push,
  Pushes,
  PushKind,
  SourceId,
  TicketTimePage,
  VendorModule,
  Webhook,
} from '../../src/contract/connector.ts';
import type { OpenCall } from './call.ts';
import { countedPresence } from './reading/presence.ts';
import type { HasContext } from './reading/remembered.ts';

type HasPlaces = HasContext & { places?: number };

type Stream = Exclude<keyof Pulls, 'ticketTime' | 'present' | 'blocks'>;
type Pulled<C, Name extends Stream> = (
  call: C,
  request: PullRequest,
) => ReturnType<NonNullable<Pulls[Name]>>;

/** What a vendor supports; the rest is left out. */
interface Parts<C, Config> {
  check(call: C, clientIds: readonly SourceId[]): Promise<CheckResult[]>;
  probe?(call: C, clientId: SourceId, product: string | null): Promise<CheckResult[]>;
  listNames?(call: C, clientIds: readonly SourceId[]): Promise<NameLists>;
  listClients?(call: C): Promise<readonly ClientRow[]>;
  listProducts?(call: C): Promise<readonly ListedProduct[]>;
  proveProduct?(call: C, name: string): Promise<unknown>;
  pull: { [Name in Stream]?: Pulled<C, Name> };
  ticketTime?(call: C, ticketIds: readonly SourceId[]): AsyncIterable<TicketTimePage>;
  /** IDs of existing time; their number is the count, unless the vendor counts itself. */
  presentTime?(call: C, request: PresenceRequest): AsyncIterable<readonly SourceId[]>;
  countTime?(call: C, request: PresenceRequest): Promise<number>;
  /** An entry's ticket, from the entry's ID; if time is read per ticket. */
  ticketOf?(entryId: SourceId): SourceId;
  /** Remaining hours that the vendor itself debits. */
  blocks?(call: C, clientIds: readonly SourceId[]): AsyncIterable<BlockPage>;
  push: { [Kind in PushKind]?: (open: OpenCall<C>, config: Config) => Push<Kind> };
  webhook?(open: OpenCall<C>, config: NoInfer<Config>, context: ConnectorContext): Webhook;
}

/** What a vendor's folder describes. */
interface Description<Config, C extends HasPlaces>
  extends Omit<VendorModule<Config>, 'pulls' | 'pushes' | 'facts' | 'create'> {
  config: ZodType<Config>;
  facts: { rows: VendorModule['facts'] };
  open(config: Config, context: ConnectorContext): OpenCall<C>;
  parts: Parts<C, Config>;
}

/** What it supports is what its parts are. */
export function describeVendor<Config, C extends HasPlaces>({
  facts,
  open,
  parts,
  ...vendor
}: Description<Config, C>): VendorModule<Config> {
  const { ticketTime, presentTime, blocks } = parts;
  const others = { ticketTime, present: presentTime, blocks };
  const pulls = Object.entries({ ...parts.pull, ...others }).filter(([, part]) => part);
  return {
    ...vendor,
    pulls: pulls.map(([name]) => name) as VendorModule['pulls'][number][],
    pushes: Object.keys(parts.push) as PushKind[],
    facts: facts.rows,
    create: (config, context) => bindConnector(open(config, context), parts, config, context),
  };
}

function bindConnector<C extends HasPlaces, Config>(
  open: OpenCall<C>,
  parts: Parts<C, Config>,
  config: Config,
  context: ConnectorContext,
): Connector {
  const { probe, listNames, listClients, listProducts, proveProduct } = parts;
  const { ticketTime, blocks } = parts;
  const pulls = Object.entries(parts.pull).map(([stream, read]) => {
    return [stream, (request: PullRequest) => read(open(request.signal), request as never)];
  });
  const pushes = Object.entries(parts.push).map(([kind, create]) => [kind, create(open, config)]);
  const { places = 1 } = open(new AbortController().signal);
  const pull: Pulls = {
    ...(Object.fromEntries(pulls) as Pulls),
    ...(ticketTime && { ticketTime: (ids, signal) => ticketTime(open(signal), ids) }),
    ...bindPresence(open, parts),
    ...(blocks && { blocks: (clientIds, signal) => blocks(open(signal), clientIds) }),
  };
  return {
    places,
    check: (clientIds, signal) => parts.check(open(signal), clientIds),
    ...(probe && { probe: (id, signal, product = null) => probe(open(signal), id, product) }),
    ...(listNames && { listNames: (ids, signal) => listNames(open(signal), ids) }),
    ...(listClients && { listClients: (signal) => listClients(open(signal)) }),
    ...(listProducts && { listProducts: (signal) => listProducts(open(signal)) }),
    ...(proveProduct && {
      proveProduct: async (name, signal) => void (await proveProduct(open(signal), name)),
    }),
    pull,
    push: Object.fromEntries(pushes) as Pushes,
    ...(parts.webhook && { webhook: parts.webhook(open, config, context) }),
  };
}

function bindPresence<C, Config>(
  open: OpenCall<C>,
  { presentTime, countTime, ticketOf }: Parts<C, Config>,
): Pick<Pulls, 'present'> {
  if (presentTime === undefined) return {};
  const ids = (request: PresenceRequest) => presentTime(open(request.signal), request);
  const count =
    countTime && ((request: PresenceRequest) => countTime(open(request.signal), request));
  const counted = count === undefined ? countedPresence(ids) : { ids, count };
  return { present: { ...counted, ...(ticketOf && { ticketOf }) } };
}
