import { foldName } from '../records/names.ts';

/** A technician as one connection shows them. */
export interface Technician {
  connection: string;
  id: string;
  name: string;
  email: string | null;
}

/** What the config says about one person: their ID in each connection. */
export interface TechnicianRule {
  name: string;
  ids: ReadonlyMap<string, string>;
}

/** Who is who across systems. */
export interface TechnicianBook {
  /** The same text for the same person in any connection. */
  personOf(connection: string, id: string): string;
  /** Every technician that is this person. */
  membersOf(person: string): readonly Pick<Technician, 'connection' | 'id'>[];
  /** Whether the config names this technician. */
  isListed(connection: string, id: string): boolean;
}

type Group = Map<string, string>;

/**
 * Matches technicians of several connections: by the config first, then by e-mail, then by name. An
 * e-mail or a name that two technicians of one connection have matches nobody, and nobody is ever
 * two technicians of one connection.
 */
export function matchTechnicians(
  technicians: readonly Technician[],
  rules: readonly TechnicianRule[],
): TechnicianBook {
  const groups = new Map<string, Group>();
  const known = [
    ...technicians,
    ...rules.flatMap(({ ids }) => [...ids].map(([connection, id]) => ({ connection, id }))),
  ];
  for (const { connection, id } of known) {
    groups.set(keyOf(connection, id), new Map([[connection, id]]));
  }
  const listed = new Set<string>();
  for (const { ids } of rules) {
    const keys = [...ids].map(([connection, id]) => keyOf(connection, id));
    for (const key of keys) listed.add(key);
    join(groups, keys);
  }
  for (const identify of [emailOf, nameOf]) {
    const named = technicians.filter((one) => identify(one) !== '');
    const buckets = Map.groupBy(named, identify);
    for (const [, bucket] of [...buckets].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const connections = new Set(bucket.map(({ connection }) => connection));
      if (connections.size < bucket.length) continue;
      join(groups, bucket.map(({ connection, id }) => keyOf(connection, id)).sort());
    }
  }
  const personOf = (connection: string, id: string) => {
    const group = groups.get(keyOf(connection, id)) ?? new Map([[connection, id]]);
    return [...group].map(([one, other]) => keyOf(one, other)).sort()[0] ?? '';
  };
  return {
    personOf,
    membersOf: (person) => {
      const [connection = '', id = ''] = person.split('\n');
      const group = groups.get(person) ?? new Map([[connection, id]]);
      return [...group].map(([one, other]) => ({ connection: one, id: other }));
    },
    isListed: (connection, id) => listed.has(keyOf(connection, id)),
  };
}

/** One after the other, each that does not bring a second technician of a connection. */
function join(groups: Map<string, Group>, keys: readonly string[]): void {
  for (const key of keys.slice(1)) {
    const group = groups.get(keys[0] ?? '');
    const other = groups.get(key);
    if (group === undefined || other === undefined || group === other) continue;
    if ([...other.keys()].some((connection) => group.has(connection))) continue;
    for (const [connection, id] of other) {
      group.set(connection, id);
      groups.set(keyOf(connection, id), group);
    }
  }
}

function emailOf({ email }: Technician): string {
  return email?.trim().toLowerCase() ?? '';
}

function nameOf({ name }: Technician): string {
  return foldName(name).replace(/\s+/g, ' ');
}

function keyOf(connection: string, id: string): string {
  return `${connection}\n${id}`;
}
