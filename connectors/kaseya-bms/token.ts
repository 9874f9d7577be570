/** The token: a login by form, renewed by its refresh token, kept in the process and written nowhere. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { msFromInstant } from '../../src/domain/time.ts';
import { createTransport } from '../http/transport.ts';
import type { RawAnswer } from '../http/types.ts';
import { resultOf } from './casing.ts';
import type { KaseyaBmsConfig } from './config.ts';
import { classifyBms, refusalIn } from './errors.ts';
import { readableMoment, zonesOf } from './moments.ts';

export interface TokenSource {
  headers(signal: AbortSignal): Promise<Record<string, string>>;
  /** The token was refused before its time: the next request renews it. */
  drop(): void;
}

const Token = z.object({
  accesstoken: z.string().min(1),
  refreshtoken: z.string().nullish(),
  accesstokenexpireon: z.string().nullish(),
});
type Token = z.infer<typeof Token>;

/** Renewed so long before its end, so that none expires on its way. */
const marginMs = 60_000;

export function createTokenSource(config: KaseyaBmsConfig, context: ConnectorContext): TokenSource {
  const transport = createTransport({
    context,
    baseUrl: config.baseUrl,
    limits: [{ path: '', concurrency: 1, source: 'one token serves all requests' }],
    authorize: async () => ({}),
    classify: loginRefusal,
  });
  let token: Token | null = null;
  let endsMs = 0;
  let underWay: Promise<string> | null = null;

  async function ask(path: string, form: Record<string, string>, signal: AbortSignal) {
    const request = {
      ...({ method: 'POST', path, form, isRead: true, answersTokens: true } as const),
      signal,
    };
    token = (await transport.send(request, resultOf(Token))).data;
    endsMs = endOf(token, config, context);
    return token.accesstoken;
  }

  async function renew(signal: AbortSignal): Promise<string> {
    const before = token;
    token = null;
    if (before?.refreshtoken) {
      const form = { AccessToken: before.accesstoken, RefreshToken: before.refreshtoken };
      try {
        return await ask('/v2/security/refreshtoken', form, signal);
      } catch (error) {
        // It has its own end, and a password that was changed ends it too.
        if (!isKindError(error, 'auth', 'permission')) throw error;
      }
    }
    return ask(
      '/v2/security/authenticate',
      {
        GrantType: 'password',
        Tenant: config.tenant,
        UserName: config.username,
        Password: config.password,
      },
      signal,
    );
  }

  return {
    async headers(signal) {
      if (token !== null && context.now() < endsMs) return bearer(token.accesstoken);
      underWay ??= renew(signal).finally(() => {
        underWay = null;
      });
      return bearer(await underWay);
    },
    drop() {
      endsMs = 0;
    },
  };
}

function bearer(accessToken: string): Record<string, string> {
  return { authorization: `Bearer ${accessToken}` };
}

/** An end that has passed already was read in the wrong zone: the token then lasts until it is refused. */
function endOf(token: Token, config: KaseyaBmsConfig, context: ConnectorContext): number {
  const end = readableMoment(token.accesstokenexpireon, zonesOf(config, context.timezone).moments);
  const endMs = end === null ? 0 : msFromInstant(end) - marginMs;
  return endMs > context.now() ? endMs : Number.POSITIVE_INFINITY;
}

/** Whatever a login is refused for, it is the credentials, unless BMS is busy. */
function loginRefusal(answer: RawAnswer): KindError | null {
  const { status } = answer;
  const special = classifyBms(answer);
  if (special !== null && isKindError(special, 'rate-limited', 'transient')) return special;
  const refusal = refusalIn(answer.text);
  if (special === null && status !== 400 && status !== 401) return null;
  const said = refusal === null ? `status ${status}` : refusal.said;
  return new KindError('auth', `BMS refused the login: ${said}`, {
    status,
    fix: 'Check tenant, username and password, and that this user logs in without a second factor.',
  });
}
