import { validate } from 'node-cron';
import { loadConfig, namedVendors, readSource } from '../../config/load.ts';
import type { LoadedConfig } from '../../config/loaded.ts';
import { effectiveEnvironment } from '../../config/read/environment.ts';
import type { Connector } from '../../contract/connector.ts';
import { loadVendors, type VendorRegistry } from '../../contract/registry.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { Redactor } from '../../domain/redaction.ts';
import { nameOfPlace } from '../../domain/store-address.ts';
import { instantFromMs } from '../../domain/time.ts';
import { openStore } from '../../store/open.ts';
import type { Store } from '../../store/port.ts';
import { connectAll, type RequestMeter } from './connect.ts';
import { identifyClients, recognizeClients } from './identify-clients.ts';
import { createLog, type Logger, readLogSettings } from './log.ts';
import { refuseLostFile, refuseLostStore } from './lost-store.ts';
import type { StoreHolder } from './rehearsal.ts';

/** One process's view: the config, its store, and a connector for each connection. */
export interface App {
  config: LoadedConfig;
  store: Store;
  clients: Client[];
  /** Open questions about the identity of a client, for the admin. */
  questions: readonly KindError[];
  connectors: ReadonlyMap<string, Connector>;
  /** Requests sent so far, by connection. */
  requests: RequestMeter;
  log: Logger;
  /** Milliseconds since the epoch. */
  now(): number;
  close(): Promise<void>;
}

export type Access = 'read' | 'write' | 'run' | 'trial';

export interface AppOptions {
  vendors: VendorRegistry;
  configFile: string;
  /**
   * read: nothing is created, migrated or assigned. run: until something has been sent, a changed
   * config is also applied to earlier debits. trial: as write, but a missing database is not created.
   */
  access: Access;
  /** Treats this as the first live run, whatever evidence there is of an earlier one. */
  isFirst?: boolean;
  /** One JSON document is expected on standard output. */
  isJson: boolean;
  env: NodeJS.ProcessEnv;
  now?: () => number;
  /** The service that reloads its edited config, and so already holds the database. */
  holder?: StoreHolder;
}

/**
 * Loads the config, opens the store and assigns every client its permanent ID. Throws KindError.
 */
export async function openApp(options: AppOptions): Promise<App> {
  const now = options.now ?? Date.now;
  const config = loadConfig({
    file: options.configFile,
    env: options.env,
    ...(await knownVendors(options.vendors, options.configFile)),
    isCron: validate,
    areSecretsNeeded: options.access !== 'read',
  });
  if (options.holder !== undefined && options.holder.file !== config.store) {
    throw new KindError(
      'config',
      `The config now points to another database, ${nameOfPlace(config.store)}.`,
      {
        fix: 'Restart the service to use it.',
      },
    );
  }
  const redactor = new Redactor(config.secrets);
  const log = openLog(config, redactor, options);
  const isReadOnly = options.access === 'read';
  if (!isReadOnly && options.isFirst !== true) refuseLostFile(config);
  const isTrial = options.access === 'trial';
  let store = await openStore({ file: config.store, isReadOnly, isTrial, now });
  try {
    if (options.access === 'run' && options.isFirst !== true) await refuseLostStore(config, store);
    const { clients, questions } = isReadOnly
      ? { clients: await recognizeClients(store, config.clients, () => null), questions: [] }
      : await identifyClients(store, config.clients, instantFromMs(now()));
    if (options.access === 'run') {
      const { holder } = options;
      // Other commands start without the rules that a rehearsal is made again by.
      const { rebuildRehearsal } = await import('./rehearsal.ts');
      store = await rebuildRehearsal({ config, store, clients, log, now }, holder);
    }
    const requests: RequestMeter = new Map();
    const connectors = connectAll(config, { store, log, redactor, now, requests });
    const opened = store;
    const close = () => opened.close();
    return { config, store, clients, questions, connectors, requests, log, now, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** For `loadConfig`: the file as it is now, the vendors named in it, and the IDs of all. */
export async function knownVendors(registry: VendorRegistry, file: string) {
  const source = readSource(file);
  const vendors = await loadVendors(registry, namedVendors(source));
  return { source, vendors, vendorIds: Object.keys(registry) };
}

function openLog(config: LoadedConfig, redactor: Redactor, options: AppOptions): Logger {
  const env = effectiveEnvironment(config.file, options.env);
  const isTerminal = process.stderr.isTTY === true && !options.isJson;
  return createLog({ ...readLogSettings(env, isTerminal), redactor });
}
