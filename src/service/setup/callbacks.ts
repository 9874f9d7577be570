import type { Registered } from '../../contract/connector.ts';
import { KindError } from '../../domain/errors.ts';
import { instantFromMs } from '../../domain/time.ts';
import type { App } from '../app/app.ts';
import { callbackUrl, readRegistered, writeRegistered } from '../app/callback-urls.ts';

export interface RegisteredCallbacks extends Registered {
  connection: string;
  /** Where they are sent; null: they were removed. */
  url: string | null;
}

/** Registers a vendor's callbacks for the public address of the status page, or removes ours. */
export async function registerCallbacks(
  app: App,
  connection: string,
  { isRemoved, signal }: { isRemoved: boolean; signal: AbortSignal },
): Promise<RegisteredCallbacks> {
  const { config, store, now } = app;
  const registrations = registrationsOf(app, connection);
  const wanted = callbackUrl(config, connection);
  const url = isRemoved ? null : wanted;
  if (!isRemoved && url === null) {
    throw new KindError('config', 'The status page has no public address for callbacks.', {
      fix: 'Set `web.url` to its https address, behind a reverse proxy.',
    });
  }
  const before = await readRegistered(store, connection);
  const known = [...before, ...(wanted === null ? [] : [wanted])];
  const at = instantFromMs(now());
  // Noted first: what is registered must be recognized as ours after a crash.
  await writeRegistered(store, connection, known, at);
  const result = await registrations.keep(url, known, signal);
  await writeRegistered(store, connection, url === null ? [] : [url], at);
  return { connection, url, ...result };
}

function registrationsOf({ connectors }: App, connection: string) {
  const able = [...connectors].flatMap(([name, { webhook }]) =>
    webhook?.registrations === undefined ? [] : [name],
  );
  const registrations = connectors.get(connection)?.webhook?.registrations;
  if (registrations !== undefined) return registrations;
  const what = connectors.has(connection)
    ? `No callbacks can be registered for "${connection}".`
    : `There is no connection "${connection}".`;
  throw new KindError('config', what, {
    fix: `Connections with callbacks: ${able.join(', ') || 'none'}.`,
  });
}
