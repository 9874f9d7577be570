import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { vendorText } from '../http/classify.ts';
import { createTransport } from '../http/transport.ts';
import type { RawAnswer } from '../http/types.ts';
import type { NinjaoneConfig } from './config.ts';
import { Token } from './schema.ts';
import { throttlingOf } from './throttling.ts';

export interface TokenSource {
  headers(signal: AbortSignal): Promise<Record<string, string>>;
  /** The token was refused before its time: the next request gets a new one. */
  drop(): void;
}

/** A token is left this long before its end, so that none expires on its way. */
const marginMs = 60_000;

/** Client credentials: one token, kept in the process until it expires. It is written nowhere. */
export function createTokenSource(config: NinjaoneConfig, context: ConnectorContext): TokenSource {
  const transport = createTransport({
    context,
    baseUrl: config.baseUrl,
    limits: [{ path: '', concurrency: 1, source: 'one token serves all requests' }],
    authorize: async () => ({}),
    classify: (answer) => refusalOf(answer, config.baseUrl),
  });
  let token: { value: string; endsMs: number } | null = null;

  async function fetchToken(signal: AbortSignal): Promise<string> {
    const { data } = await transport.send(
      {
        method: 'POST',
        path: '/ws/oauth/token',
        form: {
          grant_type: 'client_credentials',
          client_id: config.clientId,
          client_secret: config.clientSecret,
          scope: 'monitoring management',
        },
        isRead: true,
        answersTokens: true,
        signal,
      },
      Token,
    );
    const lifeMs = data.expires_in * 1000;
    const endsMs = context.now() + Math.max(lifeMs - marginMs, lifeMs / 2);
    token = { value: data.access_token, endsMs };
    return data.access_token;
  }

  let underWay: Promise<string> | null = null;
  return {
    async headers(signal) {
      const isFresh = token !== null && context.now() < token.endsMs;
      if (token !== null && isFresh) return { authorization: `Bearer ${token.value}` };
      underWay ??= fetchToken(signal).finally(() => {
        underWay = null;
      });
      return { authorization: `Bearer ${await underWay}` };
    },
    drop() {
      token = null;
    },
  };
}

/** An unknown application is 404 here, and so is a known one asked for on another region's host. */
function refusalOf(answer: RawAnswer, baseUrl: string): KindError | null {
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
  if (status === 400 || status === 401 || status === 403) {
    return new KindError(
      'auth',
      `${baseUrl} refused the client secret (${status}${vendorText(answer)}).`,
      {
        status,
        fix: 'Check clientSecret, and that the application allows the grant type Client Credentials.',
      },
    );
  }
  return null;
}
