import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { KindError } from '../domain/errors.ts';
import type { ServiceView } from '../service/schedule/start.ts';
import { createSite } from './site.ts';

export interface OpenWeb {
  /** With the port that was taken. */
  url: string;
  close(): Promise<void>;
}

/** A request that takes longer is no browser's and no monitoring's. */
const requestTimeoutMs = 10_000;
const connectionsMax = 100;

/** Serves the status page where the config asks for it; null: it does not. Throws `config`. */
export async function openWeb(view: ServiceView): Promise<OpenWeb | null> {
  const { config, log } = view.app();
  const { web } = config;
  if (web === null) return null;
  const server = createAdaptorServer({
    fetch: createSite(view).fetch,
    serverOptions: { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs },
  });
  if ('maxConnections' in server) server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(unableToListen(error, web)));
    server.listen(web.port, web.host, resolve);
  });
  server.on('error', (error) =>
    log.error('The status page has a fault.', { reason: error.message }),
  );
  const { port } = server.address() as AddressInfo;
  const url = `http://${web.host.includes(':') ? `[${web.host}]` : web.host}:${port}/`;
  log.info('The status page is served.', { url });
  if (!isLoopback(web.host)) {
    log.warn('The status page can be reached from other machines, and without encryption.', {
      url,
      fix: 'Listen on 127.0.0.1, behind a reverse proxy with HTTPS.',
    });
  }
  return { url, close: () => closeServer(server) };
}

function closeServer(server: ReturnType<typeof createAdaptorServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function unableToListen(
  { code, message }: NodeJS.ErrnoException,
  { host, port }: { host: string; port: number },
): KindError {
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program uses it',
    EACCES: 'this user may not use that port',
    EADDRNOTAVAIL: 'this machine has no such address',
  };
  const reason = reasons[code ?? ''] ?? message;
  return new KindError('config', `web.listen: cannot listen on ${host}:${port}: ${reason}.`, {
    fix: 'Set another address or port, or remove `web` from the config.',
  });
}
