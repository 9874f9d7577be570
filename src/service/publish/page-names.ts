import { randomBytes } from 'node:crypto';
import { pageNameKey } from '../../domain/page-link.ts';
import { type Instant, instantFromMs } from '../../domain/time.ts';
import type { App } from '../app/app.ts';
import { manualRunId } from '../corrections/by-hand.ts';

type Named = Pick<App, 'config' | 'store' | 'now'>;

/** The name stays for as long as the database does: clients bookmark it. */
export async function ensurePageName({ store, now }: Named, clientId: string): Promise<string> {
  const known = await store.readMemory('', pageNameKey(clientId));
  return known ?? (await giveName({ store }, clientId, instantFromMs(now())));
}

/** From the next publishing on, the page is under a new name only. */
export async function revokePageName(app: Named, clientId: string): Promise<void> {
  const { config, store, now } = app;
  const at = instantFromMs(now());
  // Like any entry by hand it is a run of its own: `restore` lists those that a backup lacks, since
  // with an older database the old name would be back.
  const id = manualRunId(at);
  await store.startRun({ id, command: 'publish --revoke', mode: config.mode, at });
  await giveName(app, clientId, at);
  const record = JSON.stringify({ ok: true, request: { clientId } });
  await store.finishRun(id, instantFromMs(now()), record);
}

async function giveName({ store }: Pick<App, 'store'>, clientId: string, at: Instant) {
  const name = randomBytes(16).toString('hex');
  await store.writeMemory('', pageNameKey(clientId), name, at);
  return name;
}
