import type { NamedKind, RuleReference } from '../agreements/rule-names.ts';
import type { TimeEntryRow } from './rows.ts';

/** What one thing of a vendor is called. */
export interface SeenName {
  connection: string;
  kind: NamedKind;
  /** The vendor's id; where it has none, the name itself (`nameAsId`). */
  sourceId: string;
  name: string;
  /** As it was called when it was first seen. */
  nameFirst: string;
  /** The vendor's own list lacks it. */
  isGone: boolean;
}

/** A name of the rules, and a thing that it means. */
export interface NameBinding {
  connection: string;
  kind: NamedKind;
  /** In lower case, as `keyOfName` makes it. */
  key: string;
  sourceId: string;
  /** Where the rules said the name when it was bound; said elsewhere, it is read by today's names. */
  places: string;
}

/** Something that a person should know about a name in the rules. */
export interface NameNotice {
  kind: NamedKind;
  /** As the rules say it. */
  name: string;
  /** Null: no connection has it. */
  connection: string | null;
  state: 'renamed' | 'reused' | 'swapped' | 'gone' | 'missing';
  /** What it is called now; of a swapped name, what its new holder was called. */
  other: string | null;
}

/** A client's name as it is compared: capitals, accents and surrounding blanks do not matter. */
export function foldName(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

/** Names are compared as people do: case and outer spaces do not matter. */
export function keyOfName(name: string): string {
  return name.trim().toLowerCase();
}

function hasId({ sourceId }: Pick<SeenName, 'sourceId'>): boolean {
  return !sourceId.startsWith('=');
}

/** Stands for the id of a thing that the vendor shows by name alone. */
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
 * Decides which things of a connection each name of the rules means. A thing keeps its rules when it is
 * renamed. A thing that is new under a name of the rules comes on top (deleted and made again, or two of
 * one name); one that was called otherwise before does not, as long as the first is there: they may have
 * swapped names. Where the rules say a name in other places than before, somebody looked: today's names count.
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
        ...{ connection, kind, key, sourceId, places },
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

/** By which names the rules know a thing. */
export interface NameBook {
  /** Undefined: the name that the vendor shows. */
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
  /** Where a row shows no id, the one thing of that name. */
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
        // What only took over a name of the rules goes on under its own, which no rule says.
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
 * What became of the names in the rules. `asked` are those (`kind key`) that all the vendors' lists were
 * looked through for, and `listed` the kinds that some vendor keeps a list of.
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
    // A row without its id shows the name alone of what is known by its id already.
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

/** What the rules call the technician, work type and role of an entry. */
export interface EntryNames {
  technician?: readonly string[];
  workType?: readonly string[];
  role?: readonly string[];
}

/** Only what the rules call otherwise than the vendor does. */
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
