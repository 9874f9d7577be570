/** Access to a tenant's database: its zone, which may change; its hourly limit; and what errors mean. */
import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { type ErrorKind, KindError } from '../../src/domain/errors.ts';
import {
  classifyAnswer,
  isHtml,
  isRepeatable,
  nameOf,
  retryAfter,
  vendorText,
} from '../http/answers/classify.ts';
import { isLoopback, parseBaseUrl } from '../http/requests/address.ts';
import { createTransport } from '../http/transport.ts';
import type { RawAnswer, TransportOptions } from '../http/types.ts';
import { createBudget } from '../kit/budget.ts';
import { createDiscovery, type Discovery } from '../kit/discovery.ts';
import type { AutotaskConfig } from './config.ts';

/** The vendor allows three at once per endpoint; the budget enforces the hourly limit. */
const source =
  'https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/General/ThreadLimiting.htm';
const limits = [{ path: '', concurrency: 2, source }];

/**
 * In any 60 minutes, of all integrations of a tenant together; beyond it Autotask blocks all.
 * https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/General_Topics/REST_Thresholds_Limits.htm
 */
const requestsPerHour = 10_000;

/** Its fields are not documented. */
const Threshold = z.object({
  currentTimeframeRequestCount: z.int().min(0),
  externalRequestThreshold: z.int().min(1).default(requestsPerHour),
});

export function createConnection(
  config: AutotaskConfig,
  context: ConnectorContext,
): Omit<TransportOptions, 'context'> {
  const zone = createZone(config, context);
  const credentials = {
    ApiIntegrationCode: config.integrationCode,
    UserName: config.username,
    Secret: config.secret,
  };
  const common = {
    limits,
    baseUrl: async (signal: AbortSignal) => `${await zone.current(signal)}/V1.0`,
    authorize: async () => credentials,
    classify: (answer: RawAnswer) => classifyAutotask(answer, context.now()),
  };
  const counter = createTransport({ ...common, context, attempts: 1 });
  const spend = createBudget(context, {
    product: 'Autotask',
    memoryKey: 'threshold',
    requestsPerHour,
    sharePercent: config.requestShare,
    async ask(signal) {
      const request = { method: 'GET', path: '/ThresholdInformation', signal } as const;
      const shown = (await counter.send(request, Threshold)).data;
      return { count: shown.currentTimeframeRequestCount, limit: shown.externalRequestThreshold };
    },
  });
  return {
    ...common,
    async authorize(signal) {
      await spend(signal);
      return credentials;
    },
    async classify(answer) {
      if (answer.status === 401 && (await zone.hasMoved(answer.request.signal))) return 'again';
      return common.classify(answer);
    },
  };
}

const ZoneInformation = z.object({ url: z.string() });

/** `https://webservices5.autotask.net/ATServicesRest` */
function createZone(config: AutotaskConfig, context: ConnectorContext): Discovery {
  const transport = createTransport({
    context,
    limits,
    // Only the user name is needed here; the secret is sent only to the zone.
    baseUrl: config.zoneUrl,
    classify(answer) {
      const error = classifyAnswer(answer, context.now());
      if (error === null || answer.status !== 500) return null;
      const fix = 'Autotask returns this for an unknown user too: check username.';
      const isUnknown = /zone information could not be determined/i.test(answer.text);
      return new KindError(isUnknown ? 'auth' : error.kind, error.message, { status: 500, fix });
    },
  });
  const moved = 'Autotask has moved this database to another zone.';
  return createDiscovery(context, `zone:${config.username}`, moved, async (signal) => {
    const query = { user: config.username };
    const request = { method: 'GET', path: '/v1.0/zoneInformation', query, signal } as const;
    return believeZone((await transport.send(request, ZoneInformation)).data.url, config.zoneUrl);
  });
}

/** The secret will be sent there: only to the vendor's own domain, or to the host of zoneUrl. */
function believeZone(text: string, zoneUrl: string): string {
  const home = parseBaseUrl(zoneUrl);
  const url = parseBaseUrl(text);
  const domain = home.hostname.split('.').slice(-2).join('.');
  const isTheirs = !isLoopback(home.hostname) && url.hostname.endsWith(`.${domain}`);
  if (isTheirs || url.origin === home.origin) return url.href.replace(/\/+$/, '');
  throw new KindError('contract', `Autotask reports the zone of this user at ${url.origin}.`, {
    fix: `Credentials are sent to ${domain} only. If this is correct, set zoneUrl to that host.`,
  });
}

type Meaning = { kind: ErrorKind; fix?: string };

/** Autotask returns 500 for nearly everything, with the reason in the body. `isRead`: absent for both. */
const meanings: readonly (Meaning & { says: RegExp; isRead?: boolean })[] = [
  {
    says: /integration ?code is invalid/i,
    kind: 'auth',
    fix: 'Check integrationCode: the tracking identifier of the API user.',
  },
  {
    says: /permission|not (?:allowed|authorized)|unauthorized|access (?:is )?denied|insufficient|(?:do|does) not have/i,
    kind: 'permission',
    fix: 'Give the API user’s security level the missing permission (see the connector’s README).',
  },
  {
    // A query that will never work.
    says: /unable to find|not (?:queryable|filterable|searchable)|invalid (?:field|operator)/i,
    kind: 'contract',
    isRead: true,
    fix: 'The API may have changed its version, or this tenant lacks the field. Run check.',
  },
  {
    // Only if nothing was written: the invalid field is named.
    says: /missing required|is required|not valid|invalid (?:field|value|picklist)|does not exist|must (?:be|have)|read.?only|exceeds/i,
    kind: 'rejected',
    isRead: false,
  },
];

/** Null: nothing special, the common table decides. */
function classifyAutotask(answer: RawAnswer, nowMs: number): KindError | null {
  const { status, request } = answer;
  if (status < 400 || isHtml(answer)) return null;
  const said = vendorText(answer);
  const { kind, fix } = meaningOf(answer, said) ?? {};
  if (kind === undefined) return null;
  const retryAfterSeconds = retryAfter(answer, nowMs);
  const detail = { status, fix, retryAfterSeconds };
  return new KindError(kind, `${nameOf(request)} answered ${status}${said}.`, detail);
}

function meaningOf({ status, request }: RawAnswer, said: string): Meaning | undefined {
  if (/threshold/i.test(said)) return { kind: 'rate-limited' };
  const fix = 'Check secret, and that username is of the same API user.';
  if (status === 401) return { kind: 'auth', fix };
  if (status !== 500) return undefined;
  const isRead = isRepeatable(request);
  return meanings.find((one) => one.says.test(said) && (one.isRead ?? isRead) === isRead);
}
