import type { NamedKind, RuleReference } from '../agreements/rule-names.ts';
import type { TimeEntryRow } from './rows.ts';

/** The name of one thing at a vendor. */
export interface SeenName {
  connection: string;
  kind: NamedKind;
  /** The vendor's ID, or the name itself if there is none (`nameAsId`). */
  sourceId: string;
  name: string;
  /** Its name when first seen. */
  nameFirst: string;
  /** Missing from the vendor's own list. */
  isGone: boolean;
}

/** A name in the rules, and a thing that it refers to. */
export interface NameBinding {
  connection: string;
  kind: NamedKind;
  /** In lower case, from `keyOfName`. */
  key: string;
  sourceId: string;
  /**
   * Where the rules used the name when it was bound; a use elsewhere is resolved with current
   * names.
   */
  places: string;
}

/** A notice to the admin about a name in the rules. */
export interface NameNotice {
  kind: NamedKind;
  /** As written in the rules. */
  name: string;
  /** Null: no connection has it. */
  connection: string | null;
  state: 'renamed' | 'reused' | 'swapped' | 'gone' | 'missing';
  /** Its current name; for a swapped name, the former name of its new holder. */
  other: string | null;
}

/** Normalizes a client's name for comparison, ignoring case, accents and surrounding spaces. */
export function foldName(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

/** Normalizes a name for comparison, ignoring case and surrounding spaces. */
export function keyOfName(name: string): string {
  return name.trim().toLowerCase();
}

function hasId({ sourceId }: Pick<SeenName, 'sourceId'>): boolean {
  return !sourceId.startsWith('=');
}

/** Used as the ID of a thing that the vendor only shows by name. */
export function nameAsId(name: string): string {
  return `=${keyOfName(name)}`;
}

interface Wanted {
  kind: NamedKind;
  key: string;
  name: string;
  places: string;
}

function wantedNames(references: readonly RuleReference[]): Wanted[] {
  const byKey = Map.groupBy(references, ({ kind, name }) => `${kind}\n${keyOfName(name)}`);
  return [...byKey.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const places = [...new Set(all.flatMap(({ place }) => place ?? []))].sort().join('\n');
    return [{ kind: first.kind, key: keyOfName(first.name), name: first.name, places }];
  });
}

/**
 * Decides which things of a connection each name in the rules refers to. A renamed thing keeps its
 * rules. A new thing with a name in the rules is added (re-created, or a second one of the same
 * name); one that had another name before is not, while the first one exists: they may have swapped
 * names. If the rules use a name in other places than before, the admin has edited it: current
 * names count.
 */
export function bindNames(
  references: readonly RuleReference[],
  names: readonly SeenName[],
  bindings: readonly NameBinding[],
): NameBinding[] {
  const wanted = wantedNames(references);
  const seen = Map.groupBy(names, ({ connection }) => connection);
  return [...seen].flatMap(([connection, ofIt]) =>
    wanted.flatMap(({ kind, key, places }) => {
      const before = bindings.filter(
        (one) => one.connection === connection && one.kind === kind && one.key === key,
      );
      const things = ofIt.filter((one) => one.kind === kind);
      return thingsOf(key, places, before, things).map((sourceId) => ({
        connection,
        kind,
        key,
        sourceId,
        places,
      }));
    }),
  );
}

function thingsOf(
  key: string,
  places: string,
  before: readonly NameBinding[],
  things: readonly SeenName[],
): string[] {
  const holders = things.filter(({ name }) => keyOfName(name) === key);
  const isSaidAnew = places !== '' && before.some((one) => one.places !== places);
  if (before.length === 0 || (isSaidAnew && holders.length > 0)) {
    const former = things.filter(({ nameFirst }) => keyOfName(nameFirst) === key);
    return (holders.length > 0 ? holders : former).map(({ sourceId }) => sourceId);
  }
  const bound = new Set(before.map(({ sourceId }) => sourceId));
  const areGone = things.every(({ sourceId, isGone }) => isGone || !bound.has(sourceId));
  const added = holders.filter(({ nameFirst }) => areGone || keyOfName(nameFirst) === key);
  return [...new Set([...bound, ...added.map(({ sourceId }) => sourceId)])];
}

/** Maps things to their names in the rules. */
export interface NameBook {
  /** Undefined: the vendor's name. */
  ruleNames(
    connection: string,
    kind: NamedKind,
    sourceId: string | undefined,
    shown: string | null,
  ): readonly string[] | undefined;
}

export function createNameBook(
  references: readonly RuleReference[],
  names: readonly SeenName[],
  bindings: readonly NameBinding[],
): NameBook {
  const idKey = (connection: string, kind: NamedKind, sourceId: string) =>
    `${connection}\n${kind}\n${sourceId}`;
  const wanted = new Set(wantedNames(references).map(({ kind, key }) => `${kind}\n${key}`));
  const seen = new Map(names.map((one) => [idKey(one.connection, one.kind, one.sourceId), one]));
  const bound = Map.groupBy(bindings, (one) => idKey(one.connection, one.kind, one.sourceId));
  const holders = Map.groupBy(names.filter(hasId), (one) =>
    idKey(one.connection, one.kind, keyOfName(one.name)),
  );
  /** For a row without an ID: the only thing of that name. */
  const idByName = (connection: string, kind: NamedKind, shown: string) => {
    const called = holders.get(idKey(connection, kind, keyOfName(shown))) ?? [];
    return called.length === 1 ? called[0]?.sourceId : undefined;
  };
  return {
    ruleNames(connection, kind, rowId, shown) {
      const sourceId = shown === null ? undefined : (rowId ?? idByName(connection, kind, shown));
      if (shown === null || sourceId === undefined) return undefined;
      const id = idKey(connection, kind, sourceId);
      const keys = (bound.get(id) ?? []).map(({ key }) => key);
      const known = seen.get(id);
      if (keys.length === 0 && known !== undefined) {
        // A thing that only took over a name in the rules keeps its own name, which no rule uses.
        const own = [known.name, known.nameFirst].find(
          (name) => !wanted.has(`${kind}\n${keyOfName(name)}`),
        );
        keys.push(...(own === undefined ? [] : [keyOfName(own)]));
      }
      if (keys.length === 0 && known === undefined) return undefined;
      return keys.length === 1 && keys[0] === keyOfName(shown) ? undefined : keys;
    },
  };
}

/**
 * Finds what happened to the names in the rules. `asked` are those (`kind key`) that were searched
 * for in all vendors' lists, and `listed` the kinds that some vendor lists.
 */
export function findNameNotices(
  references: readonly RuleReference[],
  names: readonly SeenName[],
  bindings: readonly NameBinding[],
  { asked, listed }: { asked: readonly string[]; listed: readonly NamedKind[] },
): NameNotice[] {
  const things = new Map(
    names.map((one) => [`${one.connection}\n${one.kind}\n${one.sourceId}`, one]),
  );
  return wantedNames(references).flatMap(({ kind, key, name }) => {
    const means = bindings.filter((one) => one.kind === kind && one.key === key);
    if (means.length === 0) {
      return listed.includes(kind) && asked.includes(`${kind} ${key}`)
        ? [{ kind, name, connection: null, state: 'missing' as const, other: null }]
        : [];
    }
    const known = means.flatMap((one) => {
      const thing = things.get(`${one.connection}\n${kind}\n${one.sourceId}`);
      return thing === undefined ? [] : [thing];
    });
    // A row without the ID only shows the name of something that is already known by its ID.
    const bound = known.filter(
      (one) =>
        hasId(one) || !known.some((other) => hasId(other) && other.connection === one.connection),
    );
    const ids = new Set(bound.map(({ connection, sourceId }) => `${connection}\n${sourceId}`));
    const others = names.filter(
      (one) =>
        one.kind === kind &&
        keyOfName(one.name) === key &&
        hasId(one) &&
        !ids.has(`${one.connection}\n${one.sourceId}`) &&
        bound.some(({ connection }) => connection === one.connection),
    );
    const notice = (
      { connection }: SeenName,
      state: NameNotice['state'],
      other: string | null,
    ): NameNotice => ({ kind, name, connection, state, other });
    const renamed = bound.filter((one) => keyOfName(one.name) !== key);
    const gone = bound.filter((one) => one.isGone && !renamed.includes(one));
    const isThere = bound.some((one) => !renamed.includes(one) && !gone.includes(one));
    return [
      ...renamed.map((one) => notice(one, 'renamed', one.name)),
      ...gone.slice(0, isThere ? 0 : 1).map((one) => notice(one, 'gone', null)),
      ...[...renamed, ...gone].slice(0, isThere ? 1 : 0).map((one) => notice(one, 'reused', null)),
      ...others.map((one) => notice(one, 'swapped', one.nameFirst)),
    ];
  });
}

/** The technician, work type and role of an entry as named in the rules. */
export interface EntryNames {
  technician?: readonly string[];
  workType?: readonly string[];
  role?: readonly string[];
}

/** Only names that differ from the vendor's. */
export function namesOfEntry(entry: NamedEntry, names: NameBook): EntryNames {
  const { connection, ids = {} } = entry;
  const technician = names.ruleNames(
    connection,
    'technician',
    entry.technicianId,
    entry.technician,
  );
  const workType = names.ruleNames(connection, 'workType', ids.workType, entry.workType);
  const role = names.ruleNames(connection, 'role', ids.role, entry.role);
  return {
    ...(technician === undefined ? {} : { technician }),
    ...(workType === undefined ? {} : { workType }),
    ...(role === undefined ? {} : { role }),
  };
}

type NamedEntry = Pick<
  TimeEntryRow,
  'technicianId' | 'technician' | 'workType' | 'role' | 'ids'
> & {
  connection: string;
};
