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

/** Shorter facts are always whole: there is little to save. */
const longFactsMin = 4096;

/** Of text that is read beside its whole revision. Reading any revision costs at most this. */
const changesPerWholeMax = 2;

/** JSON has no line breaks of its own: those that long facts have between their parts are ours. */
const partBreak = '\n';
const revisionBreak = '\u001e';

/** Name of the SQL function that is `rebuildFacts`. */
export const rebuiltFacts = 'rebuilt_facts';

/** The charge's facts as they were posted, to the byte. */
export function factsOf(charge: string): string {
  return `iif(${charge}.whole_revision IS NULL, replace(${charge}.facts, '${partBreak}', ''), (
    SELECT ${rebuiltFacts}(string_agg(coalesce(r.kept_first, 0) || ' ' || coalesce(r.kept_last, 0)
      || ' ' || r.facts, '${revisionBreak}' ORDER BY r.revision))
    FROM charge r WHERE r.group_key = ${charge}.group_key
      AND r.revision BETWEEN ${charge}.whole_revision AND ${charge}.revision))`;
}

/** `rows`: revisions of one group from a whole one on, as `factsOf` joins them. */
export function rebuildFacts(rows: string): string {
  const reader = new FactsReader();
  for (const row of rows.split(revisionBreak)) {
    const [first = '', last = ''] = row.split(' ', 2);
    reader.read(row.slice(first.length + last.length + 2), Number(first), Number(last));
  }
  return reader.text();
}

/** Rebuilds the facts of one group's revisions, in their order from a whole one. */
export class FactsReader {
  #head = '';
  #parts: string[] = [];
  #tail = '';

  read(stored: string, keptFirst: number, keptLast: number): void {
    const lines = withPartBreaks(stored).split(partBreak);
    this.#head = lines.shift() ?? '';
    this.#tail = lines.pop() ?? '';
    const parts = lines.map((line) => (line.endsWith(',') ? line.slice(0, -1) : line));
    const replaced = this.#parts.length - keptFirst - keptLast;
    if (replaced < 0) throw new Error('facts keep more parts than there were');
    this.#parts = this.#parts.toSpliced(keptFirst, replaced, ...parts);
  }

  get parts(): readonly string[] {
    return this.#parts;
  }

  text(): string {
    return `${this.#head}${this.#parts.join(',')}${this.#tail}`;
  }
}

/** What to store of a revision; the one before it is already stored. */
export function toStoredFacts(
  database: Database,
  charge: { groupKey: string; revision: number; facts: string },
): StoredFacts {
  const asWhole = (facts: string) => {
    return { facts, wholeRevision: null, keptFirst: null, keptLast: null };
  };
  if (charge.facts.length < longFactsMin) return asWhole(charge.facts);
  const before = charge.revision === 1 ? [] : readUpTo(database, charge);
  const [first, ...changes] = before;
  const changedLength = changes.reduce((sum, { facts }) => sum + facts.length, 0);
  if (first === undefined || changedLength > changesPerWholeMax * first.facts.length) {
    return asWhole(withPartBreaks(charge.facts));
  }
  const reader = new FactsReader();
  for (const { facts, keptFirst, keptLast } of before) reader.read(facts, keptFirst, keptLast);
  const { facts, keptFirst, keptLast } = leaveOutKept(charge.facts, reader.parts);
  if (facts.length > charge.facts.length / 2) return asWhole(withPartBreaks(charge.facts));
  return { facts: withPartBreaks(facts), wholeRevision: first.revision, keptFirst, keptLast };
}

/** From the last whole revision to the one before the charge. */
function readUpTo(
  database: Database,
  { groupKey, revision }: { groupKey: string; revision: number },
): { revision: number; facts: string; keptFirst: number; keptLast: number }[] {
  return database.rows(
    `SELECT r.revision, r.facts, coalesce(r.kept_first, 0) AS keptFirst,
       coalesce(r.kept_last, 0) AS keptLast
     FROM charge c CROSS JOIN charge r ON r.group_key = c.group_key
       AND r.revision BETWEEN coalesce(c.whole_revision, c.revision) AND c.revision
     WHERE c.group_key = ? AND c.revision = ? ORDER BY r.revision`,
    groupKey,
    revision - 1,
  );
}

/** The facts without the parts that the revision before has, too, at the beginning and at the end. */
function leaveOutKept(
  facts: string,
  before: readonly string[],
): { facts: string; keptFirst: number; keptLast: number } {
  const { from, to } = placeOfParts(facts);
  let start = from;
  let keptFirst = 0;
  for (const part of before) {
    if (!facts.startsWith(part, start)) break;
    keptFirst += 1;
    // Past the comma, or at the end of the list.
    start = Math.min(start + part.length + 1, to);
  }
  let end = to;
  let keptLast = 0;
  for (const part of before.slice(keptFirst).reverse()) {
    const place = end - part.length;
    const isWhole = place === start || facts[place - 1] === ',';
    if (place < start || !isWhole || !facts.startsWith(part, place)) break;
    keptLast += 1;
    end = Math.max(place - 1, start);
  }
  const changed = facts.slice(0, from) + facts.slice(start, end) + facts.slice(to);
  return { facts: changed, keptFirst, keptLast };
}

function withPartBreaks(facts: string): string {
  if (facts.includes(partBreak)) return facts;
  const { from, to } = placeOfParts(facts);
  const parts = JSON.parse(`[${facts.slice(from, to)}]`) as unknown[];
  const lines = parts.map((part) => JSON.stringify(part)).join(`,${partBreak}`);
  const head = facts.slice(0, from);
  return [head, ...(parts.length === 0 ? [] : [lines]), facts.slice(to)].join(partBreak);
}

/** Both keys are there once: inside of JSON's strings a quote is escaped. */
function placeOfParts(facts: string): { from: number; to: number } {
  const key = '"parts":[';
  const from = facts.indexOf(key) + key.length;
  const to = facts.indexOf('],"rounding":{', from);
  if (from < key.length || to < 0) throw new Error('a charge without parts and rounding');
  return { from, to };
}
