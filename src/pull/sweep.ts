import type { Presence } from '../contract/connector.ts';
import { formatDuration } from '../domain/duration.ts';
import { KindError } from '../domain/errors.ts';
import { type ClientLoss, isMostVanished } from '../domain/records/vanished.ts';
import { addSeconds, type Instant } from '../domain/time.ts';
import type { Store, SweepWindow } from '../store/port.ts';

interface SweepContext {
  store: Store;
  connection: string;
  clientIds: readonly string[];
  runStartedAt: Instant;
  /** How far back the sweep looks. */
  days: number;
  /** Share of the mirrored time in the window above which a user must accept. */
  percentMax: number;
  /** Whether a user has seen and accepted what an earlier sweep would have removed. */
  isAccepted: boolean;
  signal: AbortSignal;
  /** Called when entries were found that had changed while hidden. */
  onUnseen(entries: number): void;
}

interface SweepOutcome {
  /** IDs that the vendor listed. */
  rows: number;
  /** Entries that were deleted. */
  changed: number;
}

/**
 * This many entries may be removed at once, whatever their share: in a small month each is a large
 * one.
 */
const entriesFree = 3;

/** What a user was asked to accept, by connection. */
const heldKey = 'sweep-held';

/**
 * Finds time that was deleted at a vendor whose API does not report deletions: entries that are
 * mirrored in the window and no longer listed. A list shorter than the vendor's own count, or one
 * that would remove more than a set share, is never trusted: a lost permission looks the same.
 */
export async function sweepConnection(
  context: SweepContext,
  presence: Presence,
): Promise<SweepOutcome> {
  const { store, connection, clientIds, runStartedAt, days, signal } = context;
  // Time logged during the sweep may be listed or not, so the window ends at the start of the run.
  const to = `${runStartedAt.slice(0, 19)}.000Z`;
  const from = addSeconds(to, -days * 86_400);
  const question = { ...widen(from, to), clientIds, signal };
  const rows = await readPresent(context, presence.ids(question));
  refuseShortList(connection, rows, await presence.count(question));
  const window: SweepWindow = { from, to, clientIds, connection, startedAt: runStartedAt };
  await catchUp(context, question.from, presence);
  await refuseGreatLoss(context, await store.readSweepLosses(window));
  const changed = await store.sweep(window);
  await forgetHeld(context);
  return { rows, changed };
}

/** For work with only a date, the vendor's start and ours may be a day apart. */
function widen(from: Instant, to: Instant): { from: Instant; to: Instant } {
  return { from: addSeconds(from, -86_400), to: addSeconds(to, 86_400) };
}

async function readPresent(
  { store, connection }: SweepContext,
  pages: AsyncIterable<readonly string[]>,
): Promise<number> {
  let rows = 0;
  await store.writePresent(connection, [], true);
  for await (const ids of pages) {
    await store.writePresent(connection, ids, false);
    rows += ids.length;
  }
  return rows;
}

/**
 * Listed time that is not mirrored was hidden when it changed, and the watermark has passed it: so
 * the whole window (or the time of their tickets) is read again, once for the same entries.
 */
async function catchUp(context: SweepContext, from: Instant, presence: Presence): Promise<void> {
  const { store, connection } = context;
  const unseen = await store.readUnseenAgain(connection, from, presence.ticketOf);
  if (unseen > 0) context.onUnseen(unseen);
}

function refuseShortList(connection: string, rows: number, counted: number): void {
  if (rows >= counted) return;
  throw new KindError(
    'permission',
    `"${connection}" counts ${counted} time entries but lists ${rows}: the rest is hidden from the API user.`,
    {
      fix: 'Restore the API role’s permissions, then run again. Nothing was removed.',
    },
  );
}

/** Requires acceptance by a user, and continues once at least this much was accepted. */
async function refuseGreatLoss(context: SweepContext, all: readonly ClientLoss[]): Promise<void> {
  const { store, connection, percentMax, isAccepted, runStartedAt } = context;
  const lost = total(all);
  const isGreat =
    lost.entries > entriesFree && lost.seconds * 100 > lost.mirroredSeconds * percentMax;
  const vanished = all.filter(isMostVanished);
  if (!isGreat && vanished.length === 0) return;
  const held = Number((await store.readMemory(connection, heldKey)) ?? 0);
  if (isAccepted && lost.entries <= held) return;
  await store.writeMemory(connection, heldKey, String(lost.entries), runStartedAt);
  const share = Math.round((100 * lost.seconds) / Math.max(1, lost.mirroredSeconds));
  const clients = vanished.map(({ clientId }) => clientId).join(', ');
  throw new KindError(
    'permission',
    `"${connection}" no longer lists ${lost.entries} time entries (${formatDuration(lost.seconds)}, ` +
      `${share} % of mirrored time)${clients === '' ? '' : `, including most of client ${clients}’s time`}.`,
    {
      fix: `Check whether the API role lost a permission. If the time was really deleted: \`prepaid-hours sweep ${connection} --accept\`. Nothing was removed.`,
    },
  );
}

function total(losses: readonly ClientLoss[]): Omit<ClientLoss, 'clientId' | 'earlierEntries'> {
  const sum = { entries: 0, seconds: 0, mirroredEntries: 0, mirroredSeconds: 0 };
  for (const loss of losses) {
    sum.entries += loss.entries;
    sum.seconds += loss.seconds;
    sum.mirroredEntries += loss.mirroredEntries;
    sum.mirroredSeconds += loss.mirroredSeconds;
  }
  return sum;
}

async function forgetHeld({ store, connection, runStartedAt }: SweepContext): Promise<void> {
  if ((await store.readMemory(connection, heldKey)) === null) return;
  await store.writeMemory(connection, heldKey, null, runStartedAt);
}
