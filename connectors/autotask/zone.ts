/** Where the tenant's database lives: the vendor moves databases between its zones. */

import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { isLoopback, parseBaseUrl } from '../http/address.ts';
import { classifyAnswer } from '../http/classify.ts';
import { isRecent } from '../http/clock.ts';
import { createTransport } from '../http/transport.ts';
import type { AutotaskConfig } from './config.ts';
import { limits } from './limits.ts';

/** A 401 may be an honest one; the zone is asked for no more often than this. */
const askAgainAfterMs = 60_000;

const ZoneInformation = z.object({ url: z.string() });

export interface Zone {
  /** `https://webservices5.autotask.net/ATServicesRest`; one request the first time, stored from then on. */
  baseUrl(signal: AbortSignal): Promise<string>;
  /** After a 401: true when the database has moved since, so that the request may be sent again. */
  hasMoved(signal: AbortSignal): Promise<boolean>;
}

export function createZone(config: AutotaskConfig, context: ConnectorContext): Zone {
  const transport = createTransport({
    context,
    baseUrl: config.zoneUrl,
    limits,
    attempts: 3,
    // The user's name in the query is all that is wanted; the secret goes to the zone alone.
    authorize: async () => ({}),
    classify: (answer) => {
      const error = answer.status === 500 ? classifyAnswer(answer, context.now()) : null;
      if (error === null) return null;
      const fix = 'Autotask answers so for a user that it does not know, too: check username.';
      const isUnknown = /zone information could not be determined/i.test(answer.text);
      return new KindError(isUnknown ? 'auth' : error.kind, error.message, { status: 500, fix });
    },
  });
  const memoryKey = `zone:${config.username}`;
  let known: Promise<string> | null = null;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let movedAtMs = Number.NEGATIVE_INFINITY;

  async function ask(signal: AbortSignal): Promise<string> {
    askedAtMs = context.now();
    const query = { user: config.username };
    const request = { method: 'GET', path: '/v1.0/zoneInformation', query, signal } as const;
    const { data } = await transport.send(request, ZoneInformation);
    const url = believeZone(data.url, config.zoneUrl);
    await context.memory.set(memoryKey, url);
    return url;
  }

  return {
    async baseUrl(signal) {
      known ??= context.memory.get(memoryKey).then((stored) => stored ?? ask(signal));
      try {
        return await known;
      } catch (error) {
        known = null;
        throw error;
      }
    },
    async hasMoved(signal) {
      if (known === null) return false;
      const nowMs = context.now();
      // Requests that were under way during the move fail after it was noticed.
      if (isRecent(askedAtMs, nowMs, askAgainAfterMs)) {
        return isRecent(movedAtMs, nowMs, askAgainAfterMs);
      }
      const before = await known;
      const after = await ask(signal);
      if (after === before) return false;
      context.log.info('Autotask has moved this database to another zone.', { before, after });
      known = Promise.resolve(after);
      movedAtMs = nowMs;
      return true;
    },
  };
}

/** The secret will be sent there: only to the vendor's own domain, or where the zone was asked for. */
function believeZone(text: string, zoneUrl: string): string {
  const home = parseBaseUrl(zoneUrl);
  const url = parseBaseUrl(text);
  const domain = home.hostname.split('.').slice(-2).join('.');
  const isOurs =
    url.origin === home.origin ||
    (!isLoopback(home.hostname) && url.hostname.endsWith(`.${domain}`));
  if (isOurs) return url.href.replace(/\/+$/, '');
  throw new KindError('contract', `The zone of this user is said to be at ${url.origin}.`, {
    fix: `Credentials are sent to ${domain} alone. If this is right, set zoneUrl to that host.`,
  });
}
