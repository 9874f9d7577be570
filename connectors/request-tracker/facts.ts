/** What cannot be believed of every RT, is settled by check or probe, and is kept in memory. */

import type {
  CheckResult,
  ConnectorContext,
  ConnectorMemory,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { afterMiss, reopened } from '../kit/facts.ts';

export type Fact =
  /** RT reads `-3600 seconds` in a query as that long ago. */
  | 'fact.query-dates'
  /** This user sees all time on the tickets it sees, that of comments too. */
  | 'fact.time-visible'
  /** A new ticket of ours carries its key in the custom field. */
  | 'fact.key-field'
  /** A ticket or note that was just made is found by its key. */
  | 'fact.find-ticket'
  | 'fact.find-note';

export async function settle(memory: ConnectorMemory, fact: Fact, isSo: boolean): Promise<void> {
  await memory.set(fact, isSo ? 'yes' : 'no');
}

/** A miss after a write is a doubt; a second one, a minute or more later, verifies the fact false. */
export async function verifyKept(
  { memory, now }: Pick<ConnectorContext, 'memory' | 'now'>,
  fact: Fact,
  isKept: boolean,
): Promise<void> {
  await memory.set(fact, isKept ? 'yes' : afterMiss(await memory.get(fact), now()));
}

export async function isSettled(memory: ConnectorMemory, fact: Fact): Promise<boolean> {
  return (await memory.get(fact)) === 'yes';
}

const refusals: Record<Fact, string> = {
  'fact.query-dates':
    'This RT does not read relative moments in a query as it should, so that changes would be missed.',
  'fact.time-visible':
    "This RT shows less time to the connection's user than its tickets hold: less would be debited than was worked.",
  'fact.key-field':
    'RT did not store the key field of a new ticket, so that it could be made twice after a lost answer.',
  'fact.find-ticket':
    'A new ticket was not found again by its key, so that it could be made twice.',
  'fact.find-note': 'A new note was not found again by its key, so that it could be made twice.',
};

/** Throws `config` where the fact is known to be not so; an open one passes. */
export async function refuseUnless(memory: ConnectorMemory, ...facts: Fact[]): Promise<void> {
  for (const fact of facts) {
    if (!(await memory.get(fact))?.startsWith('no')) continue;
    throw new KindError('config', refusals[fact], {
      fix: `See what \`check\` says about ${fact}, mend it and run \`check\` again, with --probe for what is written.`,
    });
  }
}

/** What a write found false, for `check`. A fact that misses proved false is verified by the next write. */
export async function refusedResults(memory: ConnectorMemory): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const id of ['fact.key-field', 'fact.find-ticket', 'fact.find-note'] as const) {
    const stored = await memory.get(id);
    if (!stored?.startsWith('no')) continue;
    await memory.set(id, reopened(stored));
    const fix =
      'Correct the rights in RT; then run check --probe, or let the next message verify it.';
    results.push({ id, status: 'failed', detail: refusals[id], fix });
  }
  return results;
}
