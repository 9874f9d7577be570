/** A ConnectWise PSA on a loopback port: stateful, and strict about the dialect. */
import {
  type FaultKind,
  type SandboxAnswer,
  type SandboxRequest,
  type SandboxServer,
  startSandboxServer,
  type TakeFault,
} from '../server.ts';
import { type CallbackDelivery, deliverCallbacks, keyPath, signingKey } from './callbacks.ts';
import { answerCount, answerList, answerRow } from './listing.ts';
import { findPlace, type Place } from './resources.ts';
import { type ConnectwiseState, createState, type StateOptions } from './state.ts';
import { create, isRefusal, notFound, patch, remove } from './writes.ts';

export type { ConnectwiseState } from './state.ts';

export interface ConnectwiseSandbox extends SandboxServer {
  state: ConnectwiseState;
  /** Tells what changed to whoever registered for it. */
  deliverCallbacks(delivery?: CallbackDelivery): Promise<number[]>;
  /** The settings of a connection, besides `vendor`. */
  config: {
    baseUrl: string;
    companyId: string;
    publicKey: string;
    privateKey: string;
    clientId: string;
    alerts: { board: string };
    billing: { product: string };
  };
}

export interface SandboxSettings extends StateOptions {
  port?: number;
}

const credentials = {
  companyId: 'mspdemo',
  publicKey: 'sandboxPublic',
  privateKey: 'sandboxPrivate',
  clientId: '11111111-2222-4333-8444-555555555555',
};

const mediaType = 'application/vnd.connectwise.com+json; version=2026.4';

/** Starts empty but for a board `Billing` and a product `BLOCK-10`, which the config refers to. */
export async function startConnectwiseSandbox(
  settings: SandboxSettings = {},
): Promise<ConnectwiseSandbox> {
  const state = createState(settings);
  state.addBoard({ name: 'Billing' });
  state.addCatalogItem({ identifier: 'BLOCK-10', description: 'Block of 10 hours', price: 1200 });
  let requests = 0;
  const server = await startSandboxServer(
    (request, takeFault) => {
      requests += 1;
      return dressed(handle(state, request, takeFault), requests);
    },
    {
      faultAnswer: (kind) => refusal(kind, requests),
      ...(settings.port === undefined ? {} : { port: settings.port }),
    },
  );
  const config = {
    baseUrl: server.baseUrl,
    ...credentials,
    alerts: { board: 'Billing' },
    billing: { product: 'BLOCK-10' },
  };
  return Object.assign(server, {
    state,
    config,
    deliverCallbacks: (delivery?: CallbackDelivery) =>
      deliverCallbacks(state, server.baseUrl, delivery),
  });
}

function handle(
  state: ConnectwiseState,
  request: SandboxRequest,
  takeFault: TakeFault,
): SandboxAnswer {
  const login = /^\/login\/companyinfo\/([^/]+)$/.exec(request.path);
  if (login !== null) return companyInfo(state, login[1] ?? '');
  if (request.path === keyPath) return { status: 200, json: { signing_key: signingKey } };
  if (takeFault('moved')) state.move();
  const base = `/${state.codebase}apis/3.0`;
  if (!request.path.startsWith(`${base}/`)) {
    return { status: 404, text: '<html><body>404 - File or directory not found.</body></html>' };
  }
  const refused = refuse(state, request, request.path.slice(base.length));
  if (refused !== null) return refused;
  const path = request.path.slice(base.length);
  const recap = /^\/finance\/agreementrecap\/(\d+)$/.exec(path);
  if (recap !== null) return { status: 200, json: state.recapAgreement(Number(recap[1])) };
  const place = findPlace(state, path);
  if (place === null) return notFound('Path', 0);
  return answer(state, request, place, takeFault);
}

function answer(
  state: ConnectwiseState,
  request: SandboxRequest,
  place: Place,
  takeFault: TakeFault,
): SandboxAnswer {
  const { switches } = state;
  const url = `http://${request.headers.host}${request.path}`;
  const listing = { request, resource: place.resource, switches, url, takeFault };
  if (!place.hasParent) return notFound('Row', place.parentId ?? 0);
  if (place.isCount) return answerCount(listing);
  if (place.id === null) {
    if (request.method === 'GET') return answerList(listing);
    if (request.method !== 'POST') return { status: 405, json: { message: 'Not allowed here.' } };
    const created = create(state, place, request);
    return isRefusal(created) ? created : { status: 201, json: answerRow(listing, created) };
  }
  const row = place.resource.rows().find((candidate) => candidate.id === place.id);
  if (row === undefined) return notFound('Row', place.id);
  if (request.method === 'GET') return { status: 200, json: answerRow(listing, row) };
  if (request.method === 'DELETE') return remove(state, place);
  const changed = patch(state, place, request);
  return isRefusal(changed) ? changed : { status: 200, json: answerRow(listing, changed) };
}

function companyInfo(state: ConnectwiseState, companyId: string): SandboxAnswer {
  if (companyId !== credentials.companyId) return { status: 200, json: null };
  const json = {
    CompanyName: 'MSP Demo',
    CompanyID: companyId,
    Codebase: state.codebase,
    VersionCode: state.codebase.replace('/', ''),
    VersionNumber: 'v2026.4.1',
    IsCloud: true,
    SiteUrl: 'api-eu.myconnectwise.net',
  };
  return { status: 200, json };
}

/** What stops a request before it is read: credentials, headers, the member's permissions. */
function refuse(
  state: ConnectwiseState,
  request: SandboxRequest,
  path: string,
): SandboxAnswer | null {
  const { companyId, publicKey, privateKey, clientId } = credentials;
  const secret = Buffer.from(`${companyId}+${publicKey}:${privateKey}`).toString('base64');
  if (request.headers.authorization !== `Basic ${secret}`) return refusal('unauthorized', 0);
  if (request.headers.clientid !== clientId) {
    return { status: 401, json: { code: 'Unauthorized', message: 'The clientId is missing.' } };
  }
  if (request.headers.accept !== mediaType) {
    return { status: 406, json: { code: 'NotAcceptable', message: 'Pin the version in Accept.' } };
  }
  const isDenied = [...state.switches.denied].some((start) => path.startsWith(start));
  return isDenied ? refusal('forbidden', 0) : null;
}

function refusal(kind: FaultKind, requests: number): SandboxAnswer | null {
  const bodies: { [kind in FaultKind]?: SandboxAnswer } = {
    unauthorized: {
      status: 401,
      json: { code: 'Unauthorized', message: 'The API credentials are not valid.' },
    },
    forbidden: {
      status: 403,
      json: { code: 'Security', message: 'You do not have security permission to do this.' },
    },
    'rate-limited': {
      status: 429,
      json: { code: 'TooManyRequests', message: 'Too many requests.' },
    },
    'server-error': { status: 500, json: { code: 'InternalServerError', message: 'An error.' } },
  };
  const body = bodies[kind];
  return body === undefined ? null : dressed(body, requests);
}

function dressed(plain: SandboxAnswer, requests: number): SandboxAnswer {
  return {
    ...plain,
    headers: {
      ...(plain.json === undefined ? {} : { 'content-type': `${mediaType}; charset=utf-8` }),
      'api-current-version': '2026.4',
      'x-cw-request-id': `sandbox-${requests}`,
      ...plain.headers,
    },
  };
}
