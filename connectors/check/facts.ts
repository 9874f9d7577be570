/**
 * Facts that a vendor's documents do not settle and a connector relies on. `check` settles by reading,
 * `check --probe` and the first real write by writing; the answers are kept in the connection's memory.
 */
import { KindError } from '../../src/domain/errors.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import type { CheckResult, ConnectorContext } from '../contract.ts';

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
  /** Stores `yes 2026-03-02` or `no 2026-03-02`; a later answer replaces an earlier one. */
  settleFact(context: ConnectorContext, id: Id, isSo: boolean): Promise<void>;
  /** Throws `config` where one of these was found not to be so. */
  refuseIfNot(context: ConnectorContext, ...ids: Id[]): Promise<void>;
  /** What is known about a fact, for `check`. */
  factResult(context: ConnectorContext, id: Id): Promise<CheckResult>;
}

/** `product`: what people call the vendor's product, for the messages. */
export function keepFacts<Id extends string>(
  product: string,
  facts: Readonly<Record<Id, Fact>>,
): FactBook<Id> {
  const readFact = async ({ memory }: ConnectorContext, id: Id) => {
    const stored = await memory.get(`fact.${id}`);
    if (stored === null) return null;
    return stored.startsWith('yes') ? 'yes' : 'no';
  };
  return {
    readFact,
    async settleFact({ memory, now }, id, isSo) {
      const day = instantFromMs(now()).slice(0, 10);
      await memory.set(`fact.${id}`, `${isSo ? 'yes' : 'no'} ${day}`);
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
      const [answer, day] = (stored ?? '').split(' ');
      const result = { id: `fact.${id}` };
      if (answer === 'yes') return { ...result, status: 'ok', detail: `${claim} (seen ${day})` };
      if (answer === 'no') {
        const status = isNeeded ? 'failed' : 'warning';
        return { ...result, status, detail: `Not so (seen ${day}): ${claim}`, fix: otherwise };
      }
      const fix =
        settledBy === 'writing'
          ? 'Run check --probe with a test client; else the first real case settles it.'
          : `Nothing was there to see it by; check again once there is more in ${product}.`;
      return { ...result, status: 'warning', detail: `Not settled yet: ${claim}`, fix };
    },
  };
}
