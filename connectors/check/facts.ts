/**
 * Facts that a vendor's documents do not settle and a connector relies on. `check` settles by reading,
 * `check --probe` and the first real write by writing; the answers are kept in the connection's memory.
 */

import type { CheckResult, ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { instantFromMs, msFromInstant } from '../../src/domain/time.ts';

export interface Fact {
  /** What is relied on, as a sentence. */
  claim: string;
  /** What is done, or no longer done, where it is not so. */
  otherwise: string;
  /** Whether a step refuses to run then. */
  isNeeded: boolean;
  settledBy: 'reading' | 'writing';
}

export interface FactBook<Id extends string> {
  readFact(context: ConnectorContext, id: Id): Promise<'yes' | 'no' | null>;
  /** Stores what was seen; a later answer replaces an earlier one. Null: nothing was seen. */
  settleFact(context: ConnectorContext, id: Id, isSo: boolean | null): Promise<void>;
  /**
   * After a write: whether the record bears its key, as it shows by its id (null: it is not shown yet, which
   * proves nothing), else whether it is found by its key. Both missing is a doubt, which nothing refuses for;
   * a second one, a minute or more later, verifies the fact false.
   */
  settleKept(
    context: ConnectorContext,
    id: Id,
    byId: boolean | null,
    isFoundByKey: () => Promise<boolean>,
  ): Promise<void>;
  /** Throws `config` where one of these was found not to be so. */
  refuseIfNot(context: ConnectorContext, ...ids: Id[]): Promise<void>;
  /**
   * What is known about a fact, for `check`. One that misses proved false is a doubt again afterwards: the
   * next write verifies it, and with it goes what waits because of it.
   */
  factResult(context: ConnectorContext, id: Id): Promise<CheckResult>;
}

/** Time between two looks that verify a fact false. */
const apartMs = 60_000;

/** `product`: what people call the vendor's product, for the messages. */
export function keepFacts<Id extends string>(
  product: string,
  facts: Readonly<Record<Id, Fact>>,
): FactBook<Id> {
  const readFact = async ({ memory }: ConnectorContext, id: Id) =>
    answerOf(await memory.get(`fact.${id}`));
  const settleFact = async ({ memory, now }: ConnectorContext, id: Id, isSo: boolean | null) => {
    if (isSo === null) return;
    await memory.set(`fact.${id}`, `${isSo ? 'yes' : 'no'} ${instantFromMs(now()).slice(0, 10)}`);
  };
  return {
    readFact,
    settleFact,
    async settleKept(context, id, byId, isFoundByKey) {
      if (byId === true || (await isFoundByKey())) return settleFact(context, id, true);
      if (byId === null) return;
      const { memory, now } = context;
      await memory.set(`fact.${id}`, afterMiss(await memory.get(`fact.${id}`), now()));
    },
    async refuseIfNot(context, ...ids) {
      for (const id of ids) {
        if ((await readFact(context, id)) !== 'no') continue;
        throw new KindError('config', `Not so on this ${product}: ${facts[id].claim}`, {
          fix: `${facts[id].otherwise} After a change there, run check (or check --probe) again.`,
        });
      }
    },
    async factResult({ memory }, id) {
      const stored = await memory.get(`fact.${id}`);
      const { claim, otherwise, isNeeded, settledBy } = facts[id];
      const answer = answerOf(stored);
      const day = (stored ?? '').split(' ')[1]?.slice(0, 10);
      const result = { id: `fact.${id}` };
      if (answer === 'yes') return { ...result, status: 'ok', detail: `${claim} (seen ${day})` };
      if (answer === 'no') {
        await memory.set(`fact.${id}`, reopened(stored ?? ''));
        const status = isNeeded ? 'failed' : 'warning';
        return { ...result, status, detail: `Not so (seen ${day}): ${claim}`, fix: otherwise };
      }
      if (stored !== null) {
        const fix =
          'Run check --probe with a test client some time later; else the next real case verifies it.';
        const detail = `Seen once not to be so (${day}), not verified yet: ${claim}`;
        return { ...result, status: 'warning', detail, fix };
      }
      const fix =
        settledBy === 'writing'
          ? 'Run check --probe with a test client; else the first real case settles it.'
          : `Nothing was there to see it by; check again once there is more in ${product}.`;
      return { ...result, status: 'warning', detail: `Not settled yet: ${claim}`, fix };
    },
  };
}

/** Stored are `yes 2026-03-02`, `no 2026-03-02`, `no 2026-03-02 missed` and `doubt 2026-03-02T09:00:00.000Z`. */
function answerOf(stored: string | null): 'yes' | 'no' | null {
  const [answer] = (stored ?? '').split(' ');
  return answer === 'yes' || answer === 'no' ? answer : null;
}

/** What is stored after a miss; `stored`: what was before it. */
export function afterMiss(stored: string | null, nowMs: number): string {
  const now = instantFromMs(nowMs);
  const [answer, seenAt = now, how] = (stored ?? '').split(' ');
  // Seen by other means than a miss: that stays as it is.
  if (stored !== null && answer === 'no' && how === undefined) return stored;
  // A look in the future was taken by a clock that was ahead: this one is the first.
  if (answer === 'doubt' && msFromInstant(seenAt) > nowMs) return `doubt ${now}`;
  const isVerified = answer === 'doubt' && nowMs - msFromInstant(seenAt) >= apartMs;
  if (isVerified || answer === 'no') return `no ${now.slice(0, 10)} missed`;
  return answer === 'doubt' ? `doubt ${seenAt}` : `doubt ${now}`;
}

/** A fact that misses proved false becomes a first look of that day again; any other answer stays. */
export function reopened(stored: string): string {
  const [answer, day, how] = stored.split(' ');
  return answer === 'no' && how === 'missed' ? `doubt ${day}T00:00:00.000Z` : stored;
}
