import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { VendorModule } from '../contract/connector.ts';
import { toFormatOptions } from '../domain/format.ts';
import { isPostgres } from '../domain/store-address.ts';
import { buildTerms, toSender } from './build.ts';
import { missingBilledTime } from './checks/billed-time.ts';
import { blockFaults } from './checks/block-checks.ts';
import { pushTargets, sharedIdentities } from './checks/client-checks.ts';
import { missingProducts, rechargeFaults, unseenPayments } from './checks/payment-checks.ts';
import { unknownReferences } from './checks/references.ts';
import { sessionFaults } from './checks/session-checks.ts';
import { sharingFaults } from './checks/sharing-checks.ts';
import { termFaults } from './checks/term-checks.ts';
import { blockDateFaults, moneyFaults, scheduleFaults } from './checks/value-checks.ts';
import { readConnections, strayReferences } from './connections.ts';
import { buildContract } from './contract.ts';
import { ConfigError, type Fault, type Problem } from './fault.ts';
import { problemsFromIssues, unworded } from './issues.ts';
import type { LoadedConfig } from './loaded.ts';
import { baseFolder, type Environment, environmentLayers } from './read/environment.ts';
import { keyed, textAt, valueAt } from './read/raw.ts';
import { asServiceUser, readText, type TextRead } from './read/read-text.ts';
import { readLogo } from './read/sender.ts';
import { readStorePlace } from './read/store-place.ts';
import { readYaml, type YamlTree } from './read/yaml-tree.ts';
import { fileSchemaNode } from './schema/json-schema.ts';
import { ConfigFile, usualStore } from './schema/schema.ts';
import { serviceSections } from './schema/service-schema.ts';
import { buildServices, serviceFaults, withPathSecrets } from './services.ts';

interface LoadOptions {
  /** Path of the YAML file; faults show it as given here. */
  file: string;
  /** The file, if it has been read already. */
  source?: ConfigSource;
  env: Environment;
  /** The vendors named in the file, loaded; and all supported ones, if there are more. */
  vendors: readonly VendorModule[];
  vendorIds?: readonly string[];
  /** Whether the scheduler understands a cron expression. */
  isCron(text: string): boolean;
  /** Its `.env` is read too. Default: the process's working folder. */
  workingFolder?: string;
  /** False for a command that sends no request: a missing secret is then not an error. */
  areSecretsNeeded?: boolean;
}

/** A config file that was read and parsed once, for all who ask what it says. */
interface ConfigSource {
  read: TextRead;
  /** Null: there is no text. */
  yaml: ReturnType<typeof readYaml> | null;
}

export function readSource(file: string): ConfigSource {
  const read = readText(file);
  const isEmpty = !('text' in read) || read.text.trim() === '';
  return { read, yaml: isEmpty ? null : readYaml(read.text) };
}

/** The vendors named in the file; empty if it cannot be read, which `loadConfig` reports. */
export function namedVendors({ yaml }: ConfigSource): string[] {
  const entries = keyed(valueAt(yaml?.tree?.value, ['connections']));
  return entries.flatMap(([, entry]) => textAt(entry, 'vendor') ?? []);
}

/** The database's file, whatever else is wrong in the config. Null: it cannot be read, or the database is on a server. */
export function namedStore(file: string): string | null {
  const tree = readSource(file).yaml?.tree ?? null;
  if (tree === null) return null;
  const store = textAt(tree.value, 'store') ?? usualStore;
  return isPostgres(store) ? null : resolve(baseFolder(file), store);
}

/** Reads, checks and resolves the config file. Throws a ConfigError with every fault in it. */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const { file } = options;
  const { tree, faults: syntax } = parsedOf(options.source ?? readSource(file), file);
  const faults: Fault[] = syntax.map((fault) => ({ file, ...fault }));
  if (tree === null) throw new ConfigError(faults);
  const layers = environmentLayers(file, options.env, options.workingFolder);
  const raw = tree.value;
  const read = readConnections(
    valueAt(raw, ['connections']),
    { vendors: options.vendors, ids: options.vendorIds ?? options.vendors.map(({ id }) => id) },
    layers,
    options.areSecretsNeeded ?? true,
    Object.fromEntries(serviceSections.map((name) => [name, valueAt(raw, [name])])),
  );
  const store = textAt(raw, 'store') ?? usualStore;
  const place = readStorePlace(store, file, layers);
  const parsed = ConfigFile.safeParse(raw, { error: unworded });
  const { logo, problems: logoProblems } = readLogo(raw, resolve(file));
  const problems = [
    ...(parsed.success ? [] : shapeProblems(parsed.error, raw, options.vendors)),
    ...read.problems,
    ...place.problems,
    ...strayReferences(
      isPostgres(store) ? { ...Object.fromEntries(keyed(raw)), store: null } : raw,
    ),
    ...unknownReferences(raw),
    ...sharedIdentities(raw),
    ...pushTargets(raw, options.vendors),
    ...unseenPayments(raw, read.connections),
    ...missingProducts(raw, read.connections),
    ...rechargeFaults(raw, read.connections),
    ...missingBilledTime(raw, read.connections),
    ...sharingFaults(raw),
    ...blockFaults(raw),
    ...moneyFaults(raw),
    ...blockDateFaults(raw),
    ...termFaults(raw),
    ...sessionFaults(raw),
    ...scheduleFaults(raw, options.isCron),
    ...serviceFaults(read.sections),
    ...logoProblems,
  ];
  faults.push(...toFaults(problems, file, tree, read.redact));
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);

  const { mode, timezone, locale, currency, history, balanceField, schedule } = parsed.data;
  const { sweep, reconcile, blocksSoldByHand } = parsed.data;
  const { backup = null, publish: publishCron, ...stepSchedule } = schedule;
  const { publish = null } = parsed.data;
  const folderOf = (folder: string) => resolve(baseFolder(file), folder);
  const services = buildServices(read.sections, raw);
  return {
    file: resolve(file),
    mode,
    timezone,
    ...toFormatOptions(locale, parsed.data.durations),
    currency,
    sender: toSender(parsed.data.sender, logo),
    store: place.place,
    historyMonths: history,
    balanceField: balanceField ?? null,
    blocksSoldByHand,
    connections: read.connections,
    schedule: stepSchedule,
    backup: backup && { ...backup, folder: folderOf(backup.folder) },
    publish: publish && {
      cron: publishCron,
      folder: folderOf(publish.folder),
      url: publish.url ?? null,
    },
    sweep,
    reconcile,
    ...services,
    accounting: parsed.data.accounting ?? null,
    contract: buildContract(parsed.data),
    ...buildTerms(parsed.data, raw),
    technicians: parsed.data.technicians.map(({ name, ids }) => {
      return { name, ids: new Map(Object.entries(ids)) };
    }),
    templates: templateFolders(file),
    secrets: withPathSecrets([...read.secrets, ...place.secrets], services),
  };
}

function parsedOf({ read, yaml }: ConfigSource, file: string): ReturnType<typeof readYaml> {
  if (yaml !== null) return yaml;
  let advice = '`prepaid-hours init` writes one; or pass another file with --config';
  let reason = 'the file is empty';
  if ('problem' in read && read.isForbidden) advice = asServiceUser;
  if ('problem' in read)
    reason = read.isMissing ? 'the file does not exist' : `the file ${read.problem}`;
  throw new ConfigError([{ file, line: 1, column: 1, message: `${reason}; ${advice}` }]);
}

function shapeProblems(
  error: NonNullable<ReturnType<typeof ConfigFile.safeParse>['error']>,
  raw: unknown,
  vendors: readonly VendorModule[],
): Problem[] {
  const schema = fileSchemaNode(vendors);
  return problemsFromIssues(error.issues, { value: raw, schema, path: [], mayQuote: true });
}

function toFaults(
  problems: readonly Problem[],
  file: string,
  tree: YamlTree,
  redact: (text: string) => string,
): Fault[] {
  const faults = new Map<string, Fault>();
  for (const problem of problems) {
    const fault = {
      file,
      ...tree.positionOf(problem.path, problem.at),
      message: redact(problem.message),
    };
    faults.set(JSON.stringify(fault), fault);
  }
  return [...faults.values()];
}

/** The admin's own templates next to the config file, then the built-in ones for those it lacks. */
function templateFolders(file: string): string[] {
  const own = join(dirname(resolve(file)), 'templates');
  let folder = dirname(fileURLToPath(import.meta.url));
  // The compiled program is one folder deeper than its sources.
  while (!existsSync(join(folder, 'config', 'templates', 'en')) && folder !== dirname(folder)) {
    folder = dirname(folder);
  }
  const builtIn = join(folder, 'config', 'templates');
  return existsSync(own) && own !== builtIn ? [own, builtIn] : [builtIn];
}
