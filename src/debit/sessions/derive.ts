import { createHash } from 'node:crypto';
import type { SessionContext } from './context.ts';
import { refreshUnlogged } from './refresh.ts';

/** Installation-wide memory (connection ''): the rules that sessions were last compared by. */
const rulesKey = 'session-rules';

/**
 * Compares changed sessions with the time logged, and makes time entries of what an agreement
 * debits and nobody logged in time, for debit to charge. Returns how many changes were
 * compared.
 */
export async function followSessions(context: SessionContext): Promise<number> {
  const { store, at } = context;
  await followRules(context);
  const changed = await refreshUnlogged(context);
  const due = await store.readDueUnlogged('debit', at);
  if (due.length === 0) return changed;
  const rows = due.map((row) => ({ ...row, done: 'debited' }));
  await store.writeUnlogged({ at, rows, removed: [], dirtySeqs: [] });
  return changed;
}

/** Who is who counts as a rule: a technician who logs time for the first time may now be matched. */
async function followRules(context: SessionContext): Promise<void> {
  const { store, clients, technicians, timeConnections } = context;
  const people = (await store.readTechnicians()).map(({ connection, id }) => [
    technicians.personOf(connection, id),
    technicians.isListed(connection, id),
  ]);
  const terms = clients.map(({ id, sourceIds, formerIds, timezone, startOn, agreement }) => {
    return [id, [...sourceIds], [...formerIds], timezone, startOn, agreement.unloggedTime];
  });
  const text = JSON.stringify([terms, people, timeConnections]);
  const rules = createHash('sha256').update(text).digest('hex');
  if ((await store.readMemory('', rulesKey)) === rules) return;
  await store.markSessionsDirty();
  await store.writeMemory('', rulesKey, rules, context.at);
}
