import type { Presence } from '../contract/connector.ts';
import { formatDuration } from '../domain/duration.ts';
import { KindError } from '../domain/errors.ts';
import { type ClientLoss, isMostVanished } from '../domain/records/vanished.ts';
import { addSeconds, type Instant } from '../domain/time.ts';
import type { Store, SweepWindow } from '../store/port.ts';

export interface SweepContext {
  store: Store;
  connection: string;
  clientIds: readonly string[];
  runStartedAt: Instant;
  /** How far back the sweep looks. */
  days: number;
  /** Share of the mirrored time in the window above which a person must agree. */
  percentMax: number;
  /** A person has seen what an earlier sweep would have taken, and agrees. */
  isAccepted: boolean;
  signal: AbortSignal;
  /** Told when entries were found that changed unseen. */
  onUnseen(entries: number): void;
}

export interface SweepOutcome {
  /** Ids that the vendor listed. */
  rows: number;
  /** Entries that are gone. */
  changed: number;
}

/** So few entries may go at once whatever share of the whole they are: in a small month each is a large one. */
const entriesFree = 3;

/** What a person was asked about, by connection. */
const heldKey = 'sweep-held';

/**
 * Finds time that was deleted in a vendor that does not tell: what is mirrored in the window and is
 * listed no more. A list that is shorter than the vendor's own count, or one that would take away
 * more than a set share, is never believed: lost permission looks just like it.
 */
export async function sweepConnection(
  context: SweepContext,
  presence: Presence,
): Promise<SweepOutcome> {
  const { store, connection, clientIds, runStartedAt, days, signal } = context;
  // What is logged while the sweep reads may be listed or not: it ends where the run began.
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

/** Work of which only the day is known has a start that the vendor and we may place a day apart. */
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
 * Listed time that is not mirrored was hidden from us when it changed, and the watermark has passed it:
 * so everything of the window is read again (or the time of their tickets), once for the same entries.
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
    `"${connection}" counts ${counted} time entries and lists ${rows}: the rest is hidden from us.`,
    {
      fix: 'Give the API role back what it could see before, then run again. None of it was removed.',
    },
  );
}

/** Asks a person, once, and goes on once the answer is yes to at least as much. */
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
      `${share} % of what is mirrored)${clients === '' ? '' : `, most of client ${clients}’s among them`}.`,
    {
      fix: `Look whether the API role lost a permission. If the time was really deleted: prepaid-hours sweep ${connection} --accept. None of it was removed.`,
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
