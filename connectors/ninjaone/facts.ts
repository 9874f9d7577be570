/**
 * What no page of the vendor says and this connector relies on. Each is settled at the customer's, by
 * `check` (reading) or `check --probe CLIENT` (writing), and the answer is kept in memory.
 */

import type {
  CheckResult,
  ConnectorContext,
  ConnectorMemory,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { afterMiss, reopened } from '../kit/facts.ts';

export const facts = {
  'board-sort': { claim: 'a board is sorted by lastUpdated when asked', verifiedBy: 'check' },
  'board-organization': {
    claim: 'a board row shows the organization by its name',
    verifiedBy: 'check',
  },
  'total-time': {
    claim: 'totalTimeTracked of a board row is the sum of the ticket’s log entries',
    verifiedBy: 'check',
  },
  'activity-type': { claim: 'the activity list can be asked for one type', verifiedBy: 'check' },
  'ticket-create': { claim: 'client credentials may create tickets', verifiedBy: 'probe' },
  'ticket-tags': { claim: 'a new ticket keeps a free tag', verifiedBy: 'probe' },
  'ticket-status': { claim: 'a new ticket takes its status by number', verifiedBy: 'probe' },
  'ticket-on-boards': { claim: 'the boards that are read show a new ticket', verifiedBy: 'probe' },
  'ticket-search': { claim: 'a board search finds the key in a subject', verifiedBy: 'probe' },
  'comment-create': { claim: 'client credentials may comment on tickets', verifiedBy: 'probe' },
  'comment-moves-ticket': {
    claim: 'a new log entry moves the ticket’s lastUpdated',
    verifiedBy: 'probe',
  },
} as const;

export type FactId = keyof typeof facts;
export type Settled = 'yes' | 'no';

export const factIds = Object.keys(facts) as FactId[];

/** Null: not settled yet, so the connector goes by the claim. */
export async function readFact(memory: ConnectorMemory, id: FactId): Promise<Settled | null> {
  const answer = await memory.get(`fact.${id}`);
  const [known] = (answer ?? '').split(' ');
  return known === 'yes' || known === 'no' ? known : null;
}

export async function verifyFact(
  memory: ConnectorMemory,
  id: FactId,
  isSo: boolean,
): Promise<Settled> {
  const answer = isSo ? 'yes' : 'no';
  await memory.set(`fact.${id}`, answer);
  return answer;
}

/** A miss after a write is a doubt; a second one, a minute or more later, verifies the fact false. */
export async function verifyKept(
  { memory, now }: Pick<ConnectorContext, 'memory' | 'now'>,
  id: FactId,
  isKept: boolean,
): Promise<boolean> {
  const key = `fact.${id}`;
  await memory.set(key, isKept ? 'yes' : afterMiss(await memory.get(key), now()));
  return isKept;
}

/** A step whose fact is "not so" refuses to run and says why. */
export async function refuseWhereNot(
  memory: ConnectorMemory,
  ids: readonly FactId[],
  step: string,
): Promise<void> {
  for (const id of ids) {
    if ((await readFact(memory, id)) !== 'no') continue;
    throw new KindError(
      'config',
      `NinjaOne: ${step} is off, because a test showed that it is not so that ${facts[id].claim}.`,
      { fix: facts[id].verifiedBy === 'probe' ? probeFix : 'Run check again once that changed.' },
    );
  }
}

const probeFix =
  'Use another connection for it, or run check --probe CLIENT again once that changed.';

/** One line of `check` for each fact. What only writing can settle stays a warning until then. */
export async function factResults(memory: ConnectorMemory): Promise<CheckResult[]> {
  return Promise.all(
    factIds.map(async (id): Promise<CheckResult> => {
      const { claim, verifiedBy } = facts[id];
      const answer = await readFact(memory, id);
      if (answer === 'yes') return { id: `fact.${id}`, status: 'ok', detail: `So: ${claim}.` };
      if (answer === 'no') {
        await memory.set(`fact.${id}`, reopened((await memory.get(`fact.${id}`)) ?? ''));
        const detail = `Not so: ${claim}.`;
        return { id: `fact.${id}`, status: 'warning', detail, fix: consequences[id] };
      }
      const fix =
        verifiedBy === 'probe'
          ? 'Run check --probe CLIENT with a test client to settle it.'
          : 'Nothing was there to settle it by; check again once there are tickets and sessions.';
      return { id: `fact.${id}`, status: 'warning', detail: `Not settled: ${claim}.`, fix };
    }),
  );
}

const consequences: Record<FactId, string> = {
  'board-sort': 'Every run reads whole boards. Name one board with few columns and no filter.',
  'board-organization': 'Every changed ticket is read singly for its organization: more requests.',
  'total-time': 'The log of every changed ticket is read to its end: more requests.',
  'activity-type': 'Sessions are not read. Tell the vendor’s support that `type` is ignored.',
  'ticket-create': 'Send alerts to another connection (pushTo).',
  'ticket-tags': 'Alert tickets carry their key in the subject only.',
  'ticket-status': 'Alert tickets begin in another status than alerts.status says.',
  'ticket-on-boards': 'Name a board that shows every ticket under boards, then probe again.',
  'ticket-search': 'Before an alert, the tickets of the last 90 days are looked through.',
  'comment-create': 'Send notes to another connection (pushTo).',
  'comment-moves-ticket': 'Tickets are not read: logged time would be missed. Ask the support.',
};
