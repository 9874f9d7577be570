import type { Database } from '../database.ts';

/** Facts as stored: whole, or with only the parts that the revision before does not have. */
export interface StoredFacts {
  facts: string;
  /** The last whole revision before; null: this one is whole. */
  wholeRevision: number | null;
  /** Parts of the revision before that are kept, at its beginning and at its end. */
  keptFirst: number | null;
  keptLast: number | null;
}

interface Facts {
  parts: readonly unknown[];
}

/** The text around the parts, and that of each part. */
interface SplitFacts {
  head: string;
  parts: readonly string[];
  tail: string;
}

/** Shorter facts are always whole: there is little to save. */
const longFactsMin = 4096;

/** Of text that is read beside its whole revision. Reading any revision costs at most this. */
const changesPerWholeMax = 2;

const sqlName = 'rebuilt_facts';

/** The charge's facts as they were posted, to the byte. */
export function factsOf(charge: string): string {
  return `iif(${charge}.whole_revision IS NULL, ${charge}.facts, (
    SELECT ${sqlName}(group_concat(coalesce(r.kept_first, 0) || ' ' || coalesce(r.kept_last, 0)
      || ' ' || r.facts, char(10) ORDER BY r.revision))
    FROM charge r WHERE r.group_key = ${charge}.group_key
      AND r.revision BETWEEN ${charge}.whole_revision AND ${charge}.revision))`;
}

export function defineFactsFunction(database: Database): void {
  database.define(sqlName, (rows) => {
    const reader = new FactsReader();
    // JSON has no line breaks of its own.
    for (const row of String(rows).split('\n')) {
      const [, first, last, facts = ''] = /^(\d+) (\d+) (.*)$/.exec(row) ?? [];
      reader.read(facts, Number(first), Number(last));
    }
    return reader.text();
  });
}

/** Rebuilds the facts of one group's revisions, in their order from a whole one. */
export class FactsReader {
  #facts: SplitFacts = { head: '', parts: [], tail: '' };

  read(stored: string, keptFirst: number, keptLast: number): void {
    const { parts } = this.#facts;
    const { head, parts: changed, tail } = splitFacts(stored);
    const first = parts.slice(0, keptFirst);
    const last = parts.slice(parts.length - keptLast);
    this.#facts = { head, parts: [...first, ...changed, ...last], tail };
  }

  get parts(): readonly string[] {
    return this.#facts.parts;
  }

  text(): string {
    return joinFacts(this.#facts);
  }
}

/** What to store of a revision; the one before it is already stored. */
export function toStoredFacts(
  database: Database,
  charge: { groupKey: string; revision: number; facts: string },
): StoredFacts {
  const whole = { facts: charge.facts, wholeRevision: null, keptFirst: null, keptLast: null };
  if (charge.facts.length < longFactsMin || charge.revision === 1) return whole;
  const before = readUpTo(database, charge.groupKey, charge.revision - 1);
  const [first, ...changes] = before;
  if (first === undefined) return whole;
  const changedLength = changes.reduce((sum, { facts }) => sum + facts.length, 0);
  if (changedLength > changesPerWholeMax * first.facts.length) return whole;
  const reader = new FactsReader();
  for (const { facts, keptFirst, keptLast } of before) reader.read(facts, keptFirst, keptLast);
  const { head, parts, tail } = splitFacts(charge.facts);
  // What would not come back to the byte stays whole.
  if (joinFacts({ head, parts, tail }) !== charge.facts) return whole;
  const { keptFirst, keptLast } = compareParts(reader.parts, parts);
  const changed = parts.slice(keptFirst, parts.length - keptLast);
  const facts = joinFacts({ head, parts: changed, tail });
  if (facts.length > charge.facts.length / 2) return whole;
  return { facts, wholeRevision: first.revision, keptFirst, keptLast };
}

/** From the last whole revision on. */
function readUpTo(
  database: Database,
  groupKey: string,
  revision: number,
): { revision: number; facts: string; keptFirst: number; keptLast: number }[] {
  return database.rows(
    `SELECT r.revision, r.facts, coalesce(r.kept_first, 0) AS keptFirst,
       coalesce(r.kept_last, 0) AS keptLast
     FROM charge c CROSS JOIN charge r ON r.group_key = c.group_key
       AND r.revision BETWEEN coalesce(c.whole_revision, c.revision) AND c.revision
     WHERE c.group_key = ? AND c.revision = ? ORDER BY r.revision`,
    groupKey,
    revision,
  );
}

function compareParts(
  before: readonly string[],
  after: readonly string[],
): { keptFirst: number; keptLast: number } {
  const most = Math.min(before.length, after.length);
  let keptFirst = 0;
  while (keptFirst < most && before[keptFirst] === after[keptFirst]) keptFirst += 1;
  let keptLast = 0;
  while (keptLast < most - keptFirst && before.at(-1 - keptLast) === after.at(-1 - keptLast)) {
    keptLast += 1;
  }
  return { keptFirst, keptLast };
}

const noParts = '"parts":[]';

/** Inside of JSON's strings a quote is escaped: `noParts` is nowhere else. */
function splitFacts(text: string): SplitFacts {
  const facts = JSON.parse(text) as Partial<Facts>;
  const [head = '', tail] = JSON.stringify({ ...facts, parts: [] }).split(noParts);
  if (facts.parts === undefined || tail === undefined) throw new Error('facts without parts');
  const parts = facts.parts.map((part) => JSON.stringify(part));
  return { head: `${head}"parts":[`, parts, tail: `]${tail}` };
}

function joinFacts({ head, parts, tail }: SplitFacts): string {
  return `${head}${parts.join(',')}${tail}`;
}
