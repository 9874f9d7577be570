import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { vendorText } from '../http/classify.ts';
import { createTransport } from '../http/transport.ts';
import type { RawAnswer } from '../http/types.ts';
import type { HalopsaConfig } from './config.ts';
import { AuthInfo, Token } from './schema.ts';

export interface TokenSource {
  headers(signal: AbortSignal): Promise<Record<string, string>>;
  /** The token was refused before its time: the next request gets a new one. */
  drop(): void;
}

interface AuthServer {
  url: string;
  tenant: string | null;
}

/** Renewed when a tenth of its life is left, so that none expires on its way. */
const usableShare = 0.9;

/** Client credentials: one token a tenant, kept in the process until it expires. It is written nowhere. */
export function createTokenSource(config: HalopsaConfig, context: ConnectorContext): TokenSource {
  let server: AuthServer | null = null;
  const common = {
    context,
    limits: [{ path: '', concurrency: 1, source: 'one token serves all requests' }],
    authorize: async () => ({}),
  };
  const discovery = createTransport({ ...common, baseUrl: config.baseUrl });
  const transport = createTransport({
    ...common,
    baseUrl: async () => server?.url ?? config.baseUrl,
    classify: (answer) => refusalOf(answer, config.baseUrl),
  });
  let token: { value: string; endsMs: number } | null = null;

  async function findServer(signal: AbortSignal): Promise<AuthServer> {
    if (config.authUrl !== undefined && config.tenant !== undefined) {
      return { url: config.authUrl, tenant: config.tenant };
    }
    const request = { method: 'GET', path: '/api/AuthInfo', signal } as const;
    const { data } = await discovery.send(request, AuthInfo);
    const url = config.authUrl ?? believedUrl(data.auth_url, config.baseUrl);
    return { url, tenant: config.tenant ?? (data.tenant_id || null) };
  }

  async function fetchToken(signal: AbortSignal): Promise<string> {
    server ??= await findServer(signal);
    const { data } = await transport.send(
      {
        method: 'POST',
        path: '/token',
        query: { tenant: server.tenant ?? undefined },
        form: {
          grant_type: 'client_credentials',
          client_id: config.clientId,
          client_secret: config.clientSecret,
          scope: config.scope,
        },
        isRead: true,
        answersTokens: true,
        signal,
      },
      Token,
    );
    const endsMs = context.now() + data.expires_in * 1000 * usableShare;
    token = { value: data.access_token, endsMs };
    return data.access_token;
  }

  let underWay: Promise<string> | null = null;
  return {
    async headers(signal) {
      if (token !== null && context.now() < token.endsMs) {
        return { authorization: `Bearer ${token.value}` };
      }
      underWay ??= fetchToken(signal).finally(() => {
        underWay = null;
      });
      return { authorization: `Bearer ${await underWay}` };
    },
    drop() {
      token = null;
      server = null;
    },
  };
}

/** An answer must not send the secret to another host: a person confirms that one. */
function believedUrl(said: string, baseUrl: string): string {
  const url = URL.canParse(said) ? new URL(said) : null;
  if (url !== null && url.origin === new URL(baseUrl).origin) return said.replace(/\/+$/, '');
  throw new KindError(
    'config',
    `Halo names an authorisation server on another host: ${url?.origin ?? 'no address'}.`,
    { fix: 'If that is yours, set it as authUrl of this connection.' },
  );
}

/** OAuth answers a wrong client or secret with 400. */
function refusalOf(answer: RawAnswer, baseUrl: string): KindError | null {
  const { status, text } = answer;
  if (/invalid_scope/i.test(text)) {
    return new KindError('permission', 'The API application lacks a permission (invalid_scope).', {
      status,
      fix: 'Give the application what `scope` names, or name in `scope` what it has.',
    });
  }
  if (status !== 400 && status !== 401) return null;
  return new KindError(
    'auth',
    `${baseUrl} refused the client ID or secret (${status}${vendorText(answer)}).`,
    {
      status,
      fix: 'Check clientId, clientSecret and tenant, and that the application’s method is Client ID and Secret (Services).',
    },
  );
}
