/** Where the API stands: the codebase in its path changes with the vendor's upgrades. */

import { z } from 'zod';
import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { isRecent } from '../http/clock.ts';
import { createTransport } from '../http/transport.ts';
import type { ConnectwiseConfig } from './config.ts';
import { limits } from './limits.ts';

/** A 404 may be an honest one; the codebase is asked for no more often than this. */
const askAgainAfterMs = 60_000;

const CompanyInfo = z.object({ Codebase: z.string().regex(/^[\w.-]+\/?$/) }).nullable();

export interface Codebase {
  /** `https://host/v2026_1/apis/3.0`; one request the first time, stored from then on. */
  baseUrl(signal: AbortSignal): Promise<string>;
  /** After a 404: true when the codebase has moved since, so that the request may be sent again. */
  hasMoved(signal: AbortSignal): Promise<boolean>;
}

export function createCodebase(config: ConnectwiseConfig, context: ConnectorContext): Codebase {
  const transport = createTransport({
    context,
    baseUrl: config.baseUrl,
    limits,
    authorize: async () => ({}),
  });
  const memoryKey = `codebase:${config.baseUrl}:${config.companyId}`;
  let known: Promise<string> | null = null;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let movedAtMs = Number.NEGATIVE_INFINITY;

  async function ask(signal: AbortSignal): Promise<string> {
    askedAtMs = context.now();
    const path = `/login/companyinfo/${encodeURIComponent(config.companyId)}`;
    const { data } = await transport.send({ method: 'GET', path, signal }, CompanyInfo);
    if (data === null) {
      throw new KindError('config', `ConnectWise knows no company "${config.companyId}".`, {
        fix: 'Set companyId to the company name of the sign-in page, and baseUrl to your region’s host.',
      });
    }
    const codebase = withoutSlash(data.Codebase);
    await context.memory.set(memoryKey, codebase);
    return codebase;
  }

  async function current(signal: AbortSignal): Promise<string> {
    if (config.codebase !== undefined) return withoutSlash(config.codebase);
    const remembered = await context.memory.get(memoryKey);
    return remembered ?? (await ask(signal));
  }

  return {
    async baseUrl(signal) {
      known ??= current(signal);
      try {
        return `${config.baseUrl.replace(/\/$/, '')}/${await known}/apis/3.0`;
      } catch (error) {
        known = null;
        throw error;
      }
    },
    async hasMoved(signal) {
      if (config.codebase !== undefined || known === null) return false;
      const nowMs = context.now();
      // Requests that were under way during the move fail after it was noticed.
      if (isRecent(askedAtMs, nowMs, askAgainAfterMs)) {
        return isRecent(movedAtMs, nowMs, askAgainAfterMs);
      }
      const before = await known;
      const after = await ask(signal);
      if (after === before) return false;
      context.log.info('ConnectWise has moved to another codebase.', { before, after });
      known = Promise.resolve(after);
      movedAtMs = nowMs;
      return true;
    },
  };
}

function withoutSlash(codebase: string): string {
  return codebase.replace(/\/$/, '');
}
