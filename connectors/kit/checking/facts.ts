/**
 * Facts that a vendor's documentation leaves open and a connector relies on. `check` verifies some by reading,
 * `check --probe` and the first real write the others; answers are kept in the connection's memory.
 */
import type { CheckResult, ConnectorContext, Fact } from '../../../src/contract/connector.ts';
import { KindError } from '../../../src/domain/errors.ts';
import { instantFromMs, msFromInstant } from '../../../src/domain/time.ts';

/** `needed`: a step refuses to run if the fact is verified false; `useful`: there is a fallback. */
function factsBy(verifiedBy: Fact['verifiedBy']) {
  const state =
    (isNeeded: boolean) =>
    (claim: string, otherwise: string): Fact => {
      return { claim, otherwise, isNeeded, verifiedBy };
    };
  return { needed: state(true), useful: state(false) };
}

export const reading = factsBy('reading');
export const writing = factsBy('writing');

export type FactBook<Id extends string> = ReturnType<typeof keepFacts<Id>>;

/** Minimum time between two misses that verify a fact false. */
const apartMs = 60_000;

/** `product`: display name of the vendor's product. */
export function keepFacts<Id extends string>(product: string, rows: Readonly<Record<Id, Fact>>) {
  const readFact = async ({ memory }: ConnectorContext, id: Id) =>
    answerOf(await memory.get(`fact.${id}`));
  /** Stores the answer, replacing an earlier one. Null: not observed. */
  const verifyFact = async ({ memory, now }: ConnectorContext, id: Id, isTrue: boolean | null) => {
    if (isTrue === null) return;
    await memory.set(`fact.${id}`, `${isTrue ? 'yes' : 'no'} ${instantFromMs(now()).slice(0, 10)}`);
  };
  /**
   * What is known about a fact, for `check`. One that misses proved false becomes doubtful again: the
   * next write verifies it and releases what was blocked by it.
   */
  const factResult = async ({ memory }: ConnectorContext, id: Id) => {
    const stored = await memory.get(`fact.${id}`);
    const result = resultOf(`fact.${id}`, rows[id], stored, product);
    if (answerOf(stored) === 'no') await memory.set(`fact.${id}`, reopened(stored ?? ''));
    return result;
  };
  const written = (Object.keys(rows) as Id[]).filter((id) => rows[id].verifiedBy === 'writing');
  return {
    rows,
    readFact,
    verifyFact,
    factResult,
    /** The same of several. Default: those that are verified by writing. */
    factResults: (context: ConnectorContext, ids: readonly Id[] = written) =>
      Promise.all(ids.map((id) => factResult(context, id))),
    /** Stores several answers; then what is known about each of these facts, in the same order. */
    async verifyAll(context: ConnectorContext, answers: { [Fact in Id]?: boolean | null }) {
      const results: CheckResult[] = [];
      for (const [id, isTrue] of Object.entries(answers) as [Id, boolean | null][]) {
        await verifyFact(context, id, isTrue);
        results.push(await factResult(context, id));
      }
      return results;
    },
    /**
     * After a write: whether the record has its key when read by ID (null: it is not shown yet, which
     * proves nothing), else whether it is found by its key. If neither, the fact is doubtful, which blocks nothing;
     * a second miss, a minute or more later, verifies it false.
     */
    async verifyKept(
      context: ConnectorContext,
      id: Id,
      byId: boolean | null,
      isFoundByKey: () => Promise<boolean>,
    ) {
      if (byId === true || (await isFoundByKey())) return verifyFact(context, id, true);
      if (byId === null) return;
      const { memory, now } = context;
      await memory.set(`fact.${id}`, afterMiss(await memory.get(`fact.${id}`), now()));
    },
    /** Throws `config` if one of these was verified false. */
    async refuseIfFalse(context: ConnectorContext, ...ids: Id[]) {
      for (const id of ids) {
        if ((await readFact(context, id)) !== 'no') continue;
        const message = `fact.${id} was verified false on this ${product}: ${rows[id].claim}`;
        const fix = `${rows[id].otherwise} Once corrected, run check (or check --probe) again.`;
        throw new KindError('config', message, { fix });
      }
    },
  };
}

function resultOf(id: string, fact: Fact, stored: string | null, product: string): CheckResult {
  const { claim, otherwise, isNeeded, verifiedBy } = fact;
  const answer = answerOf(stored);
  // Earlier versions of some connectors stored no day.
  const day = (stored ?? '').split(' ')[1]?.slice(0, 10) ?? 'earlier';
  if (answer === 'yes') return { id, status: 'ok', detail: `${claim} (verified ${day})` };
  if (answer === 'no') {
    const status = isNeeded ? 'failed' : 'warning';
    return { id, status, detail: `Verified false (${day}): ${claim}`, fix: otherwise };
  }
  if (stored !== null) {
    const detail = `Seen false once (${day}), not verified yet: ${claim}`;
    const fix =
      'Run check --probe with a test client in a while, or let the next real write verify it.';
    return { id, status: 'warning', detail, fix };
  }
  const fix =
    verifiedBy === 'writing'
      ? 'Run check --probe with a test client, or let the first real write verify it.'
      : `No data to verify it with; run check again once there is more in ${product}.`;
  return { id, status: 'warning', detail: `Not verified yet: ${claim}`, fix, isUnverified: true };
}

/** Stored are `yes 2026-03-02`, `no 2026-03-02`, `no 2026-03-02 missed` and `doubt 2026-03-02T09:00:00.000Z`. */
function answerOf(stored: string | null): 'yes' | 'no' | null {
  const [answer] = (stored ?? '').split(' ');
  return answer === 'yes' || answer === 'no' ? answer : null;
}

/** What to store after a miss; `stored`: the previous value. */
export function afterMiss(stored: string | null, nowMs: number): string {
  const now = instantFromMs(nowMs);
  const [answer, seenAt = now, how] = (stored ?? '').split(' ');
  // Verified by other means than a miss: unchanged.
  if (stored !== null && answer === 'no' && how === undefined) return stored;
  // A timestamp in the future came from a clock that was ahead: this miss counts as the first.
  if (answer === 'doubt' && msFromInstant(seenAt) > nowMs) return `doubt ${now}`;
  const isVerified = answer === 'doubt' && nowMs - msFromInstant(seenAt) >= apartMs;
  if (isVerified || answer === 'no') return `no ${now.slice(0, 10)} missed`;
  return answer === 'doubt' ? `doubt ${seenAt}` : `doubt ${now}`;
}

/** A fact that misses proved false goes back to one miss on that day; any other answer stays. */
export function reopened(stored: string): string {
  const [answer, day, how] = stored.split(' ');
  return answer === 'no' && how === 'missed' ? `doubt ${day}T00:00:00.000Z` : stored;
}
