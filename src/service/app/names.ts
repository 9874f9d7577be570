import { isDeepStrictEqual } from 'node:util';
import type { NameLists } from '../../contract/connector.ts';
import {
  collectReferences,
  type NamedKind,
  type RuleReference,
} from '../../domain/agreements/rule-names.ts';
import { isKindError } from '../../domain/errors.ts';
import {
  bindNames,
  createNameBook,
  keyOfName,
  type NameBinding,
  type NameBook,
} from '../../domain/records/names.ts';
import { instantFromMs } from '../../domain/time.ts';
import {
  type AskedNames,
  askedNamesKey,
  describeNotice,
  readAskedNames,
  readNameNotices,
} from '../../reports/notices/name-notices.ts';
import type { Store } from '../../store/port.ts';
import type { App } from './app.ts';

/** A connector's lists, by what the rules refer to. */
const listedKinds = {
  boards: 'board',
  ticketTypes: 'ticketType',
  agreements: 'agreement',
  workTypes: 'workType',
  roles: 'role',
} as const satisfies Partial<Record<keyof NameLists, NamedKind>>;

/** The rules, the vendors they refer to, and the store that keeps what the names mean. */
type NamedRules = Pick<App, 'store' | 'clients' | 'connectors' | 'now'>;

async function readReferences({ store, clients }: NamedRules): Promise<RuleReference[]> {
  return collectReferences(clients, await store.listBlockWorkTypes());
}

/**
 * Resolves each name in the rules and stores it, so that the rules follow a rename. For a name
 * never seen before, the vendors' lists are requested, once for the same names.
 */
export async function followNames(rules: NamedRules, signal: AbortSignal): Promise<NameBook> {
  const { store } = rules;
  const references = await readReferences(rules);
  let bindings = await rebindNames(store, references);
  const unknown = unknownNames(references, bindings);
  const { names: asked } = await readAskedNames(store);
  if (unknown.some((name) => !asked.includes(name))) {
    const isWhole = await readLists(rules, signal);
    bindings = await rebindNames(store, references);
    await noteAsked(rules, { names: unknownNames(references, bindings), isWhole });
  }
  return createNameBook(references, await store.readNames(), bindings);
}

/** Stores the connections' lists for runs that request none; null: one list could not be read. */
export async function learnLists(
  rules: NamedRules,
  lists: ReadonlyMap<string, NameLists | null>,
): Promise<void> {
  const references = await readReferences(rules);
  for (const [connection, list] of lists) {
    if (list !== null) await keepLists(rules, connection, list);
  }
  const bindings = await rebindNames(rules.store, references);
  const isWhole = ![...lists.values()].includes(null);
  await noteAsked(rules, { names: unknownNames(references, bindings), isWhole });
}

async function noteAsked({ store, now }: NamedRules, asked: AskedNames): Promise<void> {
  await store.writeMemory('', askedNamesKey, JSON.stringify(asked), instantFromMs(now()));
}

async function rebindNames(store: Store, references: readonly RuleReference[]) {
  const before = await store.readBindings();
  const bindings = bindNames(references, await store.readNames(), before);
  if (!isDeepStrictEqual(sortedTexts(before), sortedTexts(bindings))) {
    await store.writeBindings(bindings);
  }
  return bindings;
}

function sortedTexts(bindings: readonly NameBinding[]): string[] {
  const texts = bindings.map(({ connection, kind, key, sourceId, places }) =>
    JSON.stringify([connection, kind, key, sourceId, places]),
  );
  return texts.sort();
}

function unknownNames(
  references: readonly RuleReference[],
  bindings: readonly NameBinding[],
): string[] {
  const bound = new Set(bindings.map(({ kind, key }) => `${kind} ${key}`));
  const named = references.map(({ kind, name }) => `${kind} ${keyOfName(name)}`);
  return [...new Set(named)].filter((name) => !bound.has(name)).sort();
}

/** Whether all could be read; a connection's error is reported by its other steps. */
async function readLists(rules: NamedRules, signal: AbortSignal): Promise<boolean> {
  let areRead = true;
  for (const [connection, connector] of rules.connectors) {
    try {
      const lists = await connector.listNames?.(clientIdsOf(rules, connection), signal);
      if (lists !== undefined) await keepLists(rules, connection, lists);
    } catch (error) {
      if (!isKindError(error)) throw error;
      areRead = false;
    }
  }
  return areRead;
}

function clientIdsOf({ clients }: NamedRules, connection: string): string[] {
  return clients.flatMap((client) => client.sourceIds.get(connection) ?? []);
}

async function keepLists(
  { store, now }: NamedRules,
  connection: string,
  lists: NameLists,
): Promise<void> {
  const at = instantFromMs(now());
  for (const [list, kind] of Object.entries(listedKinds)) {
    const things = lists[list as keyof typeof listedKinds];
    if (things !== undefined) await store.writeListedNames(connection, kind, things, at);
  }
}

/** Reported by every run until the config is updated. */
export async function reportNames({
  store,
  clients,
  log,
}: Pick<App, 'store' | 'clients' | 'log'>): Promise<void> {
  for (const notice of await readNameNotices(store, clients)) {
    const { text, fix } = describeNotice(notice);
    log.warn(text, { fix });
  }
}
