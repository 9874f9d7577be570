/** The three systems of the fixture, as sandboxes whose state can be stored and put back. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConnectwiseSandbox, startConnectwiseSandbox } from '../sandbox/connectwise/index.ts';
import { type HalopsaSandbox, startHalopsaSandbox } from '../sandbox/halopsa/index.ts';
import { type SyncroSandbox, startSyncroSandbox } from '../sandbox/syncro/index.ts';

export interface Systems {
  connectwise: ConnectwiseSandbox;
  halopsa: HalopsaSandbox;
  syncro: SyncroSandbox;
  close(): Promise<void>;
}

export async function startSystems(): Promise<Systems> {
  const connectwise = await startConnectwiseSandbox();
  const halopsa = await startHalopsaSandbox();
  const syncro = await startSyncroSandbox();
  return {
    connectwise,
    halopsa,
    syncro,
    async close() {
      await Promise.all([connectwise.close(), halopsa.close(), syncro.close()]);
    },
  };
}

/** The addresses and credentials that the stored config refers to. */
export function writeEnvironment(folder: string, systems: Systems): void {
  const { connectwise, halopsa, syncro } = systems;
  const environment = {
    CW_URL: connectwise.baseUrl,
    CW_PUBLIC_KEY: connectwise.config.publicKey,
    CW_PRIVATE_KEY: connectwise.config.privateKey,
    HALO_URL: halopsa.baseUrl,
    HALO_CLIENT_SECRET: halopsa.settings.clientSecret,
    SYNCRO_URL: syncro.baseUrl,
    SYNCRO_API_TOKEN: syncro.settings.apiToken,
  };
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, '.env'), lines.join(''), { mode: 0o600 });
}

/** All rows of each system, as plain JSON. */
export function readState({ connectwise, halopsa, syncro }: Systems): Record<string, unknown> {
  const states = {
    connectwise: connectwise.state.tables,
    halopsa: halopsa.state,
    syncro: syncro.state,
  };
  return structuredClone(plainOf(states)) as Record<string, unknown>;
}

export function putState(systems: Systems, state: Record<string, unknown>): void {
  const { connectwise, halopsa, syncro } = systems;
  put(connectwise.state.tables, state.connectwise);
  put(halopsa.state, state.halopsa);
  put(syncro.state, state.syncro);
}

function plainOf(value: unknown): unknown {
  if (value instanceof Map) return [...value];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const shown = Object.entries(value).filter(([, part]) => typeof part !== 'function');
  return Object.fromEntries(shown.map(([name, part]) => [name, plainOf(part)]));
}

/** Fills lists and maps in place, since the sandbox holds on to them. */
function put(target: object, stored: unknown): void {
  const into = target as Record<string, unknown>;
  for (const [name, part] of Object.entries(stored as Record<string, unknown>)) {
    const own = into[name];
    if (own instanceof Map) {
      own.clear();
      for (const [key, row] of part as [unknown, unknown][]) own.set(key, row);
    } else if (Array.isArray(own)) own.splice(0, own.length, ...(part as unknown[]));
    else if (typeof own === 'object' && own !== null) put(own, part);
    else into[name] = part;
  }
}
