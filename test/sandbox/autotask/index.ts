/** An Autotask on a loopback port: stateful, with its zone, its queries and its silent refusals. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type FaultKind,
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
  type TakeFault,
} from '../server.ts';
import { fieldsOf, isEntity, picklists, requiredOnCreate } from './models.ts';
import { type Asked, answerCount, answerQuery, QueryError } from './query.ts';
import { State } from './state.ts';
import { createChild, createTicket, patch, removeCharge } from './writes.ts';

export type { State as AutotaskState } from './state.ts';

export interface AutotaskSandbox extends SandboxServer {
  state: State;
  /** The most requests that were under way at once on one endpoint. */
  threads(): number;
  /** The settings of a connection, besides `vendor`. */
  config: {
    username: string;
    secret: string;
    integrationCode: string;
    zoneUrl: string;
    alerts: { queue: string };
    billing: { contract: string; billingCode: string };
  };
}

const credentials = {
  username: 'prepaid.hours@msp.example',
  secret: 'sandboxSecret',
  integrationCode: 'SANDBOXCODE',
};

const threadsMax = 3;
const requestsMax = 10_000;

/** Starts with the queue `Billing` and the billing code `Block purchase`, which the config refers to. */
export async function startAutotaskSandbox(
  options: { port?: number; now?: () => number } = {},
): Promise<AutotaskSandbox> {
  const state = new State(options.now);
  const underWay = new Map<string, number>();
  let threads = 0;
  const server = await startSandboxServer(
    async (request, takeFault) => {
      if (/^\/ATServicesRest\/v1\.0\/zoneInformation$/i.test(request.path)) {
        return zoneInformation(state, request);
      }
      if (takeFault('moved')) state.move();
      const endpoint = request.path.split('/')[4] ?? '';
      const busy = (underWay.get(endpoint) ?? 0) + 1;
      underWay.set(endpoint, busy);
      threads = Math.max(threads, busy);
      try {
        if (state.switches.latencyMs > 0) await sleep(state.switches.latencyMs);
        return busy > threadsMax ? threshold() : handle(state, request, takeFault);
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        return { status: 500, json: { errors: [error.message] } };
      } finally {
        underWay.set(endpoint, (underWay.get(endpoint) ?? 1) - 1);
      }
    },
    {
      faultAnswer,
      isRead: (request) => /\/query(?:\/next)?$/.test(request.path),
      ...(options.port === undefined ? {} : { port: options.port }),
    },
  );
  state.addBillingCode('Block purchase');
  const config = {
    ...credentials,
    zoneUrl: `${server.baseUrl}/ATServicesRest`,
    alerts: { queue: 'Billing' },
    billing: { contract: 'Prepaid*', billingCode: 'Block purchase' },
  };
  return Object.assign(server, { state, config, threads: () => threads });
}

/** A user that is not known is an error of the server. */
function zoneInformation(state: State, request: SandboxRequest): SandboxAnswer {
  if (request.query.get('user') !== credentials.username) {
    return { status: 500, json: { errors: ['Zone information could not be determined.'] } };
  }
  const root = `http://${request.headers.host}/z${state.zone}`;
  const json = {
    zoneName: `Zone ${state.zone}`,
    url: `${root}/ATServicesRest/`,
    webUrl: root,
    ci: 1,
  };
  return { status: 200, json };
}

function handle(state: State, request: SandboxRequest, takeFault: TakeFault): SandboxAnswer {
  const { headers } = request;
  const base = `/z${state.zone}/ATServicesRest/V1.0/`;
  const isKnown =
    headers.username === credentials.username && headers.secret === credentials.secret;
  if (!isKnown || !request.path.startsWith(base)) return { status: 401 };
  if (headers.apiintegrationcode !== credentials.integrationCode) {
    return { status: 500, json: { errors: ['IntegrationCode is invalid.'] } };
  }
  state.requests += 1;
  if (state.requests > requestsMax) return suspended();
  const [entity = '', ...rest] = request.path.slice(base.length).split('/');
  if (entity === 'ThresholdInformation') return thresholdInformation(state);
  if (!isEntity(entity)) return { status: 404 };
  const url = `http://${headers.host}${base}${entity}`;
  const asked = { state, entity, request, url, takeFault };
  return request.method === 'GET' || rest[0] === 'query' ? read(asked, rest) : write(asked, rest);
}

function read(asked: Asked, [first = '', second]: string[]): SandboxAnswer {
  const { state, entity, request } = asked;
  if (first === 'query' && request.method === 'POST') {
    return second === 'count' ? answerCount(asked) : answerQuery(asked);
  }
  if (first === 'entityInformation' && second === 'fields') {
    return {
      status: 200,
      json: { fields: fieldsOf(entity).map((name) => fieldInfo(asked, name)) },
    };
  }
  if (first === 'entityInformation' && second === 'userDefinedFields') {
    const names = entity === 'Tickets' ? [] : state.companyFields;
    const fields = names.map((name) => ({ name, label: name, dataType: 'string' }));
    return { status: 200, json: { fields } };
  }
  if (!/^\d+$/.test(first)) return { status: 404 };
  const row = state.visible(entity).find(({ id }) => id === Number(first));
  if (row === undefined) return { status: 200, json: { item: null } };
  const item = Object.fromEntries(fieldsOf(entity).map((name) => [name, row[name] ?? null]));
  return { status: 200, json: { item } };
}

function fieldInfo({ entity }: Asked, name: string) {
  const values = picklists[entity]?.[name];
  return {
    name,
    dataType: 'string',
    isReadOnly: name === 'id',
    isQueryable: true,
    isRequired: requiredOnCreate[entity]?.includes(name) ?? false,
    isPickList: values !== undefined,
    picklistValues:
      values?.map(([value, label]) => ({ value: String(value), label, isActive: true })) ?? null,
  };
}

function write(
  { state, entity, request }: Asked,
  [id = '', child, childId]: string[],
): SandboxAnswer {
  const isNone = {
    status: 405,
    json: { errors: ['The requested resource does not support this.'] },
  };
  if (request.method === 'DELETE') {
    const isCharge = entity === 'Contracts' && child === 'Charges';
    return isCharge ? removeCharge(state, Number(id), Number(childId)) : isNone;
  }
  const body = request.json() as Record<string, unknown>;
  if (request.method === 'PATCH' && id === '') return patch(state, entity, body);
  if (request.method !== 'POST') return isNone;
  if (id === '') return entity === 'Tickets' ? createTicket(state, body) : isNone;
  return createChild(state, entity, Number(id), child ?? '', body) ?? isNone;
}

function thresholdInformation(state: State): SandboxAnswer {
  if (!state.switches.tellsThreshold) return { status: 200, json: { message: 'Moved.' } };
  const json = {
    externalRequestThreshold: requestsMax,
    requestThresholdTimeframe: 60,
    currentTimeframeRequestCount: state.requests,
  };
  return { status: 200, json };
}

function suspended(): SandboxAnswer {
  const text = 'The request threshold of 10,000 requests in 60 minutes has been exceeded.';
  return { status: 429, json: { errors: [text] } };
}

function threshold(): SandboxAnswer {
  const text =
    'Thread Threshold Exceeded: the thread threshold of 3 threads has been exceeded for this endpoint.';
  return { status: 429, json: { errors: [text] } };
}

/** A missing right is an error of the server here, never a 403. */
function faultAnswer(kind: FaultKind): SandboxAnswer | null {
  if (kind === 'unauthorized') return { status: 401 };
  if (kind === 'rate-limited') return threshold();
  if (kind === 'server-error') {
    return { status: 500, json: { errors: ['An unexpected error occurred.'] } };
  }
  if (kind !== 'forbidden') return null;
  const text =
    'The logged in Resource does not have the adequate permissions for this entity type.';
  return { status: 500, json: { errors: [text] } };
}
