import { familyOf } from '../domain/agreements/shares.ts';
import type { Client } from '../domain/agreements/terms.ts';
import { pushKeyOf } from '../domain/keys.ts';
import { onboardingKey } from '../domain/thresholds/thresholds.ts';
import { addDays, dateInZone } from '../domain/time.ts';
import type {
  BlockBalance,
  ClientLedger,
  Episode,
  OnboardingUse,
  ReplenishBatch,
} from '../store/port.ts';
import { emptyBatch } from '../store/port.ts';
import type { ReplenishContext, ReplenishOutcome } from './context.ts';
import { toAlert } from './messages/compose.ts';
import { composeOnboarding, type OnboardingEnd } from './messages/onboarding-texts.ts';
import { firedEpisode } from './orders/orders.ts';

/** Work is done if nothing more was charged for this long. */
const quietDays = 14;

/**
 * Once per block for onboarding: when it is used up or expired, or its work is done, an alert
 * proposes the agreement that is to follow.
 */
export async function alertOnOnboarding(
  context: ReplenishContext,
  outcome: ReplenishOutcome,
): Promise<void> {
  const { store, clients } = context;
  const uses = await store.readOnboardings(clients.map(({ id }) => id));
  if (uses.length === 0) return;
  const ids = [...new Set(uses.map(({ clientId }) => clientId))];
  const ledgers = await store.readLedgers(ids, { isAllBlocks: true });
  const episodes = await store.readEpisodes(ids);
  const pending = await store.readPending(clients.map(({ id }) => id));
  const isDebited = (await store.takeDirty(1)).length === 0;
  for (const use of uses) {
    const client = clients.find(({ id }) => id === use.clientId);
    const ledger = ledgers.find(({ clientId }) => clientId === use.clientId);
    const block = ledger?.blocks.find(({ id }) => id === use.blockId);
    if (client === undefined || ledger === undefined || block === undefined) continue;
    const threshold = onboardingKey(block.id);
    const last = episodes.find(
      (episode) => episode.clientId === client.id && episode.threshold === threshold,
    );
    if (last !== undefined && !isArmed(last, ledger, context.mode)) continue;
    const isPending = familyOf(client, clients).some(({ id }) => (pending.get(id) ?? 0) > 0);
    const end = findEnd(context, client, block, { use, isDone: isDebited && !isPending });
    if (end === null) continue;
    const number = (last?.number ?? 0) + 1;
    const batch = toBatch(context, client, { use, block, end, ledger, number });
    await store.writeReplenish({ ...emptyBatch(context), ...batch });
    outcome.changed += 1;
    outcome.messages += 1;
  }
}

/** An undone alert is only repeated if the ledger has changed since: the work was undone too. */
function isArmed(
  { isFired, firedMode, firedClientSeq }: Episode,
  { clientSeq }: ClientLedger,
  mode: ReplenishContext['mode'],
): boolean {
  if (isFired) return firedMode === 'observe' && mode === 'live';
  return clientSeq > firedClientSeq;
}

/** Null: it goes on. */
function findEnd(
  { at }: ReplenishContext,
  { timezone }: Client,
  block: BlockBalance,
  { use, isDone }: { use: OnboardingUse; isDone: boolean },
): OnboardingEnd | null {
  const today = dateInZone(at, timezone);
  if (block.expiresOn !== null && block.expiresOn < today) {
    return { why: 'expired', on: block.expiresOn };
  }
  if (block.remainingSeconds === 0 && !block.remainingMinor) return { why: 'used-up' };
  if (!isDone || use.openTickets > 0 || use.chargedAt === null) return null;
  const on = dateInZone(use.chargedAt, timezone);
  return addDays(on, quietDays) <= today ? { why: 'done', on } : null;
}

interface Ended {
  use: OnboardingUse;
  block: BlockBalance;
  end: OnboardingEnd;
  ledger: ClientLedger;
  number: number;
}

function toBatch(
  context: ReplenishContext,
  client: Client,
  { use, block, end, ledger, number }: Ended,
): Partial<ReplenishBatch> {
  const threshold = onboardingKey(block.id);
  const cause = `${context.firstRunAt} ${threshold}#${number}`;
  const key = pushKeyOf('onboard', client.id, cause);
  const text = composeOnboarding(context, client, { block, use, end });
  return {
    messages: [toAlert(context, client, key, text)],
    episodes: [firedEpisode(context, ledger, threshold, number)],
  };
}
