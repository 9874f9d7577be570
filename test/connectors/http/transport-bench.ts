import { z } from 'zod';
import { createTransport } from '../../../connectors/http/transport.ts';
import type { HttpRequest, Transport, TransportOptions } from '../../../connectors/http/types.ts';
import {
  type SandboxHandler,
  type SandboxServer,
  startSandboxServer,
} from '../../sandbox/server.ts';
import { createTestContext, type TestContext } from '../../support/connector-context.ts';

export interface TransportBench {
  sandbox: SandboxServer;
  transport: Transport;
  context: TestContext;
}

/** Anything goes: for a test that is not about the shape. */
export const Anything = z.unknown();

/** A transport with short pauses, its password `right`, against a loopback server; closed at the end. */
export async function withTransport(
  handle: SandboxHandler,
  use: (bench: TransportBench) => Promise<void>,
  options: Partial<TransportOptions> = {},
): Promise<void> {
  const sandbox = await startSandboxServer(handle);
  const context = createTestContext();
  const transport = createTransport({
    context,
    baseUrl: sandbox.baseUrl,
    limits: [],
    authorize: async () => ({ authorization: 'Bearer right' }),
    backoffMs: 5,
    ...options,
  });
  try {
    await use({ sandbox, transport, context });
  } finally {
    await sandbox.close();
  }
}

/** A read of `/things`, or what the changes make of it. */
export function aRequest(change: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', path: '/things', signal: new AbortController().signal, ...change };
}
