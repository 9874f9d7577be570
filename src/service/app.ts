import { validate } from 'node-cron';
import type { Connector } from '../../connectors/contract.ts';
import { vendors } from '../../connectors/registry.ts';
import { effectiveEnvironment } from '../config/environment.ts';
import { loadConfig } from '../config/load.ts';
import type { LoadedConfig } from '../config/loaded.ts';
import type { Client } from '../domain/terms.ts';
import { instantFromMs } from '../domain/time.ts';
import type { Store } from '../store/port.ts';
import { openStore } from '../store/sqlite/open.ts';
import { connectAll, type RequestMeter } from './connect.ts';
import { linkPayers } from './link-payers.ts';
import { createLog, type Logger, readLogSettings } from './log.ts';

/** One process's view: the config, its store, and a connector for each connection. */
export interface App {
  config: LoadedConfig;
  store: Store;
  clients: Client[];
  connectors: ReadonlyMap<string, Connector>;
  /** Requests that have left, by connection. */
  requests: RequestMeter;
  log: Logger;
  /** Milliseconds since the epoch. */
  now(): number;
  close(): Promise<void>;
}

export interface AppOptions {
  configFile: string;
  /** For commands that only look: nothing is created, migrated or assigned. */
  isReadOnly: boolean;
  /** One JSON document is expected on standard output. */
  isJson: boolean;
  env: NodeJS.ProcessEnv;
  now?: () => number;
}

/** Loads the config, opens the store and gives every client its lasting id. Throws KindError. */
export async function openApp(options: AppOptions): Promise<App> {
  const now = options.now ?? Date.now;
  const config = loadConfig({
    file: options.configFile,
    env: options.env,
    vendors,
    isCron: validate,
  });
  const log = openLog(config, options);
  const store = await openStore({ file: config.store, isReadOnly: options.isReadOnly, now });
  try {
    const clients = await identifyClients(config, store, options.isReadOnly, now());
    const requests: RequestMeter = new Map();
    const connectors = connectAll(config, { store, log, now, requests });
    return { config, store, clients, connectors, requests, log, now, close: () => store.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function openLog(config: LoadedConfig, options: AppOptions): Logger {
  const env = effectiveEnvironment(config.file, options.env);
  const isTerminal = process.stderr.isTTY === true && !options.isJson;
  return createLog({ ...readLogSettings(env, isTerminal), secrets: config.secrets });
}

/** A command that only looks takes the ids as they are; a client never seen has nothing to show. */
async function identifyClients(
  config: LoadedConfig,
  store: Store,
  isReadOnly: boolean,
  nowMs: number,
): Promise<Client[]> {
  const { clients } = config;
  if (!isReadOnly) {
    const ids = await store.assignClientIds(clients, instantFromMs(nowMs));
    return linkPayers(clients.map((client, index) => ({ ...client, id: idAt(ids, index) })));
  }
  const known = await store.listClients();
  const seen = clients.flatMap((client) => {
    const match = known.find(({ sources }) =>
      sources.some(({ connection, sourceId }) => client.sourceIds.get(connection) === sourceId),
    );
    return match === undefined ? [] : [{ ...client, id: match.id }];
  });
  return linkPayers(seen);
}

function idAt(ids: readonly string[], index: number): string {
  const id = ids[index];
  if (id === undefined) throw new Error('the store gave fewer ids than there are clients');
  return id;
}
