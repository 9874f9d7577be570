import { sharersOf } from '../domain/agreements/shares.ts';
import { findUndoneLeft } from '../domain/thresholds/episodes.ts';
import { dateInZone } from '../domain/time.ts';
import { accountFrom, emptyBatch } from '../store/port.ts';
import type { ReplenishContext } from './context.ts';
import { positionsIn, readSituation } from './replenish.ts';

/**
 * Re-arms thresholds whose alert was withdrawn if the returned hours lift the balance above them:
 * reaching them again is a new crossing. Done immediately, before the work is posted again.
 */
export async function rearmUndone(
  context: Pick<ReplenishContext, 'store' | 'clients' | 'balanceField' | 'runId' | 'at'>,
): Promise<void> {
  const { store, clients, at } = context;
  const episodes = await store.readEpisodes(clients.map(({ id }) => id));
  const undone = new Set(
    episodes
      .filter(({ isFired, firedMode }) => isFired && firedMode === 'undone')
      .map(({ clientId }) => clientId),
  );
  const page = clients.filter(({ id }) => undone.has(id));
  if (page.length === 0) return;
  const situation = await readSituation(context, page);
  for (const client of page) {
    const ledger = situation.ledgers.get(client.id);
    if (ledger === undefined) continue;
    const account = accountFrom(ledger, sharersOf(clients));
    const today = dateInZone(at, client.timezone);
    const positions = positionsIn(situation, client, clients, { ledger, account, today });
    const known = situation.episodes.get(client.id) ?? [];
    const left = findUndoneLeft(client.agreement.replenish, positions, known);
    if (left.length === 0) continue;
    await store.writeReplenish({
      ...emptyBatch(context),
      episodes: left.map((episode) => ({ ...episode, isFired: false })),
    });
  }
}
