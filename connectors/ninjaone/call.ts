/** Requests in NinjaOne's dialect: token, cursors by the last id, web pages that mean throttling. */
import type { ConnectorContext, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { isHtml, nameOf, uncertain, vendorText } from '../http/answers/classify.ts';
import { rawId } from '../http/answers/rows.ts';
import { pagesByCursor } from '../http/paging.ts';
import type { LimitRow, RawAnswer } from '../http/types.ts';
import { type Call, createCalls, type OpenCall } from '../kit/call.ts';
import { lastIdOf, type Pages } from '../kit/reading/lists.ts';
import { createClientTokens } from '../kit/tokens.ts';
import type { NinjaoneConfig } from './config.ts';
import { createLists, type Lists } from './lists.ts';
import { AnyRows, Ticket } from './schema.ts';

interface List {
  path: string;
  /** The parameter that takes the last id of the page before. */
  cursor: 'after' | 'anchorId';
  start?: string | null;
  /** Whether the list is complete, which saves the request for the final empty page. */
  isComplete?(): boolean;
}

export interface Ninja extends Call<NinjaoneConfig, List> {
  lists: Lists;
  /** Seconds that the boards show for each ticket of this pass, for reading its time. */
  trackedSeconds: Map<SourceId, number>;
}

const source = 'no limit is published; our own restraint';
const limits: readonly LimitRow[] = [
  { path: '', concurrency: 4, source },
  { path: '/v2/activities', concurrency: 1, source },
];

export function createNinja(config: NinjaoneConfig, context: ConnectorContext): OpenCall<Ninja> {
  const { baseUrl } = config;
  const tokens = createNinjaTokens(config, context);
  const options = { baseUrl, limits, ...tokens, classify: refusalOf };
  const open = createCalls(config, context, options, readList);
  const shared = { lists: createLists(config), trackedSeconds: new Map<SourceId, number>() };
  return (signal) => ({ ...open(signal), ...shared });
}

export function readTicket({ get }: Pick<Ninja, 'get'>, id: SourceId): Promise<Ticket> {
  return get(`/v2/ticketing/ticket/${id}`, Ticket);
}

async function* readList({ config, send }: Call<NinjaoneConfig, List>, list: List): Pages {
  const { path, cursor, start = null, isComplete = () => false } = list;
  const { pageSize } = config;
  const pages = pagesByCursor({
    start,
    send: (id) => {
      const query = { pageSize, ...(id === null ? {} : { [cursor]: id }) };
      return send({ method: 'GET', path, query }, AnyRows);
    },
    next: ({ data }) => (data.length === 0 || isComplete() ? null : lastIdOf(path, data)),
  });
  // The vendor ends a list with an empty page.
  for await (const { data } of pages) {
    if (data.length > 0) yield { rows: data, resume: rawId(data.at(-1)) };
  }
}

function refusalOf(answer: RawAnswer): KindError | null {
  const { status, text } = answer;
  const { method, path } = answer.request;
  const throttling = throttlingOf(answer);
  if (throttling !== null) return throttling;
  // A 404 of a list does not mean that a row is gone: the path itself is unknown to this host.
  if (status === 404 && method === 'GET' && !path.startsWith('/v2/ticketing/ticket/')) {
    const message = `${path} is not on this NinjaOne instance (404).`;
    const fix = 'The federal host lacks some lists and is not supported. Else check the client ID.';
    return new KindError('config', message, { status, fix });
  }
  // Some calls need a user's token; client credentials have no user.
  if (status === 403 && /user_context_required|"error_code"\s*:\s*5\b/.test(text)) {
    return new KindError('permission', `${method} ${path} needs a user (user_context_required).`, {
      status,
      fix: 'This tenant does not allow that with client credentials: send alerts and notes to another connection.',
    });
  }
  return null;
}

/**
 * NinjaOne always returns JSON, even for refusals. A web page comes from a throttling gateway in front of
 * it, whatever its status: such a 403 says nothing about permissions.
 */
function throttlingOf(answer: RawAnswer): KindError | null {
  const { status, request } = answer;
  if (!isHtml(answer)) return null;
  return uncertain(request, `${nameOf(request)} answered with a web page (${status}).`, {
    status,
    fix: 'NinjaOne may be throttling or down, or baseUrl is not that of your tenant.',
  });
}

function createNinjaTokens(config: NinjaoneConfig, context: ConnectorContext) {
  const { baseUrl, clientId: client_id, clientSecret: client_secret } = config;
  return createClientTokens(context, {
    baseUrl,
    classify: (answer) => tokenRefusal(answer, baseUrl),
    form: { client_id, client_secret, scope: 'monitoring management' },
    at: async () => ({ path: '/ws/oauth/token' }),
  });
}

/** 404 means an unknown application, or one of another region's host. */
function tokenRefusal(answer: RawAnswer, baseUrl: string): KindError | null {
  const { status, text } = answer;
  const throttling = throttlingOf(answer);
  if (throttling !== null) return throttling;
  if (status === 404 || /client app not exist/i.test(text)) {
    return new KindError('auth', `${baseUrl} does not know the client ID of this connection.`, {
      status,
      fix: 'Check clientId, and that baseUrl is the host of the region that your tenant is on.',
    });
  }
  if (/invalid_scope/i.test(text)) {
    return new KindError('permission', 'The API application lacks a scope.', {
      status,
      fix: 'Tick Monitoring and Management in the API application.',
    });
  }
  if (![400, 401, 403].includes(status)) return null;
  const said = `${status}${vendorText(answer)}`;
  return new KindError('auth', `${baseUrl} refused the client secret (${said}).`, {
    status,
    fix: 'Check clientSecret, and that the application allows the grant type Client Credentials.',
  });
}
