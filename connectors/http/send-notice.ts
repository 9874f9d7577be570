import { z } from 'zod';
import type { NoticeContext, NoticeRequest } from '../../src/contract/notices.ts';
import { createTransport } from './transport.ts';

const timeoutMs = 10_000;

/** A webhook or a ping: within the transport's bounds, redacted, and never repeated here. */
export async function sendNotice(
  { method, url, body }: NoticeRequest,
  { log, redactor, now, signal }: NoticeContext,
): Promise<void> {
  let isAccepted = false;
  const transport = createTransport({
    context: {
      connection: 'notify',
      timezone: 'UTC',
      currency: 'EUR',
      log,
      redactor,
      now,
      memory: { get: async () => null, set: async () => {}, delete: async () => {} },
      onRequest: () => {},
    },
    baseUrl: new URL(url).origin,
    limits: [],
    // Receivers answer `ok`, a page or nothing: the status alone counts.
    classify: ({ status }) => {
      isAccepted = status >= 200 && status < 300;
      return null;
    },
    timeoutMs,
    attempts: 1,
  });
  const request = { method, path: url, signal, ...(body === undefined ? {} : { body }) };
  try {
    await transport.send(request, z.unknown());
  } catch (error) {
    if (!isAccepted) throw error;
  }
}
