import { readFileSync } from 'node:fs';
import { validate } from 'node-cron';
import { Temporal } from 'temporal-polyfill';
import { loadConfig } from '../../config/load.ts';
import type { ConfiguredConnection, LoadedConfig } from '../../config/loaded.ts';
import type { Environment } from '../../config/read/environment.ts';
import { clientEntry, connectionLines } from '../../config/write/compose.ts';
import { addToConfig } from '../../config/write/edit.ts';
import type { Connector, VendorModule } from '../../contract/connector.ts';
import type { VendorRegistry } from '../../contract/registry.ts';
import { KindError } from '../../domain/errors.ts';
import { textFromMinor } from '../../domain/money.ts';
import { foldName } from '../../domain/records/names.ts';
import { knownVendors } from '../app/app.ts';
import { toNewClient, type WrittenFiles, writeConfig } from './create-files.ts';
import { type ConnectionDraft, connectPassing, settingsOf } from './draft.ts';
import type { OfferedClient } from './offered.ts';

/** A config file that is there and has no fault. */
interface ExistingConfig {
  /** As it was named. */
  file: string;
  text: string;
  config: LoadedConfig;
  vendors: readonly VendorModule[];
  env: Environment;
}

export async function readExisting(
  registry: VendorRegistry,
  file: string,
  env: Environment,
): Promise<ExistingConfig> {
  const known = await knownVendors(registry, file);
  const config = loadConfig({ file, env, ...known, isCron: validate });
  return { file, text: readFileSync(file, 'utf8'), config, vendors: known.vendors, env };
}

/** The named connection; else the only one, or the one that alerts go to. Throws `config`. */
export function chooseConnection(
  { config }: Pick<ExistingConfig, 'config'>,
  name: string | undefined,
): ConfiguredConnection {
  const names = [...config.connections.keys()];
  const wanted = name ?? (names.length === 1 ? names[0] : config.clients[0]?.pushTo);
  const connection = config.connections.get(wanted ?? '');
  if (connection !== undefined) return connection;
  throw new KindError('config', `--connection: there is no connection "${wanted}".`, {
    fix: `Connections: ${names.join(', ')}.`,
  });
}

export function connectExisting(
  { config }: Pick<ExistingConfig, 'config'>,
  connection: ConfiguredConnection,
): Connector {
  return connectPassing(connection, config);
}

/** Those of the PSA's clients that the connection has no ID for yet. */
export function unconfiguredClients(
  { config }: Pick<ExistingConfig, 'config'>,
  connection: string,
  offered: readonly OfferedClient[],
): OfferedClient[] {
  const ours = new Set(config.clients.map(({ sourceIds }) => sourceIds.get(connection)));
  return offered.filter(({ id }) => !ours.has(id));
}

interface AddedClients {
  written: WrittenFiles;
  added: string[];
  /** Names of configured clients that got their ID in this connection. */
  matched: string[];
}

interface ClientsToAdd {
  connection: string;
  clients: readonly OfferedClient[];
  /** Null: the first of the file. */
  agreement: string | null;
  takesBlocks: boolean;
  /** Of the one client that is added. */
  pastBlocks: readonly PastBlockText[];
}

/** Adds clients at the end of the list, or their ID to a configured client of the same name. */
export function addClients(existing: ExistingConfig, adding: ClientsToAdd): AddedClients {
  const { config } = existing;
  const { connection, clients, takesBlocks } = adding;
  const agreement = adding.agreement ?? [...config.agreements.keys()][0] ?? '';
  if (!config.agreements.has(agreement)) {
    throw new KindError('config', `--agreement: there is no agreement "${agreement}".`, {
      fix: `Agreements: ${[...config.agreements.keys()].join(', ')}.`,
    });
  }
  const today = Temporal.Now.plainDateISO(config.timezone).toString();
  const terms = { draft: { name: connection }, offer: { rate: usualRate(config) }, today };
  let text = existing.text;
  const added: string[] = [];
  const matched: string[] = [];
  for (const client of clients) {
    const place = findNamesake(config, connection, client.name);
    if (place === null) {
      const name = isTaken(config, client.name) ? `${client.name} (${client.id})` : client.name;
      const entry = toNewClient({ ...client, name }, { ...terms, takesBlocks });
      const value = clientEntry({ ...entry, pastBlocks: adding.pastBlocks }, agreement);
      text = addToConfig(text, { path: ['clients'], key: null, value });
      added.push(name);
    } else {
      refusePastBlocks(client.name, adding);
      const path = ['clients', place, 'ids'];
      text = addToConfig(text, { path, key: connection, value: client.id });
      matched.push(client.name);
    }
  }
  const { file, vendors, env } = existing;
  return { written: writeConfig({ file, text, secrets: new Map(), vendors, env }), added, matched };
}

function refusePastBlocks(name: string, { pastBlocks }: ClientsToAdd): void {
  if (pastBlocks.length === 0) return;
  throw new KindError('config', `"${name}" is in the config already.`, {
    fix: `Add its past blocks with \`prepaid-hours block add "${name}" --past\`.`,
  });
}

/** A block of hours from before the first day that counts, as it is typed. */
export interface PastBlockText {
  hours: string;
  rate: string;
  purchasedOn: string;
  expiresOn?: string;
}

/** Adds to the client's past blocks; the other bytes of the file stay. */
export function addPastBlock(
  existing: ExistingConfig,
  name: string,
  block: PastBlockText,
): WrittenFiles {
  const { file, vendors, env, config } = existing;
  const place = config.clients.findIndex((client) => client.name === name);
  const path = ['clients', place];
  const isFirst = config.clients[place]?.pastBlocks.length === 0;
  const value = { ...block };
  const text = addToConfig(
    existing.text,
    isFirst
      ? { path, key: 'pastBlocks', value: [value] }
      : { path: [...path, 'pastBlocks'], key: null, value },
  );
  return writeConfig({ file, text, secrets: new Map(), vendors, env });
}

/** Price of an hour that an opening block gets: that of the first offer of hours. */
function usualRate({ offers }: LoadedConfig): string {
  const offer = [...offers.values()].find(({ amountMinor }) => amountMinor === null);
  return offer === undefined ? '0' : textFromMinor(offer.rateMinor, offer.currency);
}

function isTaken({ clients }: LoadedConfig, name: string): boolean {
  return clients.some((client) => client.name.toLowerCase() === name.toLowerCase());
}

/** The place of the one configured client of that name that has no ID in the connection. */
function findNamesake(config: LoadedConfig, connection: string, name: string): number | null {
  const alike = config.clients.flatMap((client, index) =>
    foldName(client.name) === foldName(name) && !client.sourceIds.has(connection) ? [index] : [],
  );
  return alike.length === 1 ? (alike[0] ?? null) : null;
}

interface AddedConnection {
  written: WrittenFiles;
  matched: string[];
  /** Configured clients of whom the connection has no namesake. */
  unmatched: string[];
}

/** Adds a connection, and its ID to every configured client whose name it lists once. */
export function addConnection(
  existing: ExistingConfig,
  draft: ConnectionDraft,
  offered: readonly OfferedClient[],
): AddedConnection {
  const { config, file, env } = existing;
  const { name, vendor } = draft;
  const settings = settingsOf(draft);
  const connection = { name, vendorId: vendor.id, title: vendor.title, settings, pushes: [] };
  let text = addToConfig(existing.text, {
    path: ['connections'],
    key: name,
    isTyped: true,
    value: { vendor: vendor.id, ...settings },
    lines: connectionLines(connection, false).map((line) => line.slice(2)),
  });
  const [only, ...others] = config.connections.keys();
  if (only !== undefined && others.length === 0 && !/^pushTo\s*:/m.test(text)) {
    text = addToConfig(text, { path: [], key: 'pushTo', value: only, after: 'currency' });
  }
  const matched: string[] = [];
  for (const [index, client] of config.clients.entries()) {
    const alike = offered.filter((one) => foldName(one.name) === foldName(client.name));
    const [namesake] = alike;
    if (namesake === undefined || alike.length > 1) continue;
    const path = ['clients', index, 'ids'];
    text = addToConfig(text, { path, key: name, value: namesake.id });
    matched.push(client.name);
  }
  const vendors = [...existing.vendors.filter(({ id }) => id !== vendor.id), vendor];
  const written = writeConfig({ file, text, secrets: draft.secrets, vendors, env });
  const unmatched = config.clients.flatMap((one) => (matched.includes(one.name) ? [] : one.name));
  return { written, matched, unmatched };
}
