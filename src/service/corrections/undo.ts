import { randomBytes } from 'node:crypto';
import type { PushKind } from '../../contract/connector.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { describeError, KindError } from '../../domain/errors.ts';
import type { LedgerEntry, Posting } from '../../domain/ledger/ledger.ts';
import { undoneReason } from '../../domain/ledger/undo.ts';
import { instantFromMs } from '../../domain/time.ts';
import { rearmUndone } from '../../replenish/rearm.ts';
import { acquireLock } from '../../store/lock.ts';
import type { KeptPart, RunRow, UndoneRun } from '../../store/port.ts';
import type { UndoContext } from '../../undo/context.ts';
import { planUndo } from '../../undo/plan.ts';
import { byHand, withdrawMessages } from '../../undo/withdraw.ts';
import type { App } from '../app/app.ts';
import { abortLater } from '../run/run.ts';
import { exitCodeOf } from '../run/step.ts';

export interface UndoResult {
  /** The undo's own run; null: a dry run. */
  run: string | null;
  undo: string;
  ledger: Pick<
    Posting,
    'key' | 'clientId' | 'side' | 'reason' | 'blockId' | 'seconds' | 'minor' | 'reverses'
  >[];
  /** Closed or void in the PSA; in a dry run: what would be tried. */
  withdrawn: RemoteThing[];
  byHand: LeftByHand[];
  /** Keys of messages that will not be sent. */
  cancelled: string[];
  /** As of a run. */
  exitCode: number;
}

interface RemoteThing {
  kind: string;
  client: string;
  remoteId: string | null;
  /** As `outbox` shows it. */
  label: string | null;
}

interface LeftByHand extends RemoteThing {
  fix: string;
}

/**
 * Shows what an undo would do, or does it. Idempotent: a second call continues where the first
 * stopped.
 */
export async function undoRun(
  app: App,
  request: { runId: string; isDone: boolean; signal: AbortSignal },
): Promise<UndoResult> {
  const run = await findRun(app, request.runId);
  const undone = (await app.store.listUndone()).find(({ runId }) => runId === run.id);
  if (!request.isDone) {
    return undone === undefined ? preview(app, run) : resultOf(app, undone, []);
  }
  const lock = await acquireLock(app.config.store, `undo ${run.id}`, app.now);
  try {
    return await doUndo(app, run, request.signal);
  } finally {
    lock.release();
  }
}

interface UndoableRun extends RunRow {
  /** The run that undid it; null: not undone. */
  undoneBy: string | null;
}

/** Lists the latest runs that have something to undo. */
export async function listUndoable(app: App): Promise<UndoableRun[]> {
  const undone = new Map(
    (await app.store.listUndone()).map(({ runId, undoRunId }) => [runId, undoRunId]),
  );
  const runs = (await app.store.listWritingRuns(30)).filter(({ command }) => !isUndo(command));
  return runs.map((run) => ({ ...run, undoneBy: undone.get(run.id) ?? null }));
}

function isUndo(command: string): boolean {
  return command.startsWith('undo ');
}

async function findRun(app: App, runId: string): Promise<RunRow> {
  const run = await app.store.readRun(runId);
  if (run === null) {
    throw new KindError('config', `There is no run ${runId}.`, {
      fix: 'Run `prepaid-hours undo` for the runs that can be undone.',
    });
  }
  if (run.command === 'agreement') {
    throw new KindError('config', `Run ${runId} recorded an accepted agreement, which stays.`, {
      fix: 'Record the right one as the next version: `prepaid-hours agreement CLIENT --accepted …`.',
    });
  }
  if (!isUndo(run.command)) return run;
  throw new KindError('config', `Run ${runId} is itself an undo, which cannot be undone.`, {
    fix: 'To post the undone charges again: `prepaid-hours run --undone`.',
  });
}

function newRunId(at: string): string {
  return `u-${at.slice(0, 19).replace(/[-:]/g, '')}-${randomBytes(3).toString('hex')}`;
}

async function undoContext({ store, clients, now }: App, run: RunRow): Promise<UndoContext> {
  const at = instantFromMs(now());
  // The debit step stores a fingerprint of the rules whenever they change.
  const memory = await store.listMemory('', 'rules');
  const rulesSince = memory.find(({ key }) => key === 'rules')?.updatedAt ?? null;
  return { store, clients, run, undoRunId: newRunId(at), at, rulesSince };
}

async function preview(app: App, run: RunRow): Promise<UndoResult> {
  const { store, clients, connectors } = app;
  const batch = await planUndo(await undoContext(app, run));
  const messages = await store.listMessages({});
  const remote = new Set(batch.remote.map(({ key }) => key));
  const standing = messages.filter(({ key }) => remote.has(key));
  const canWithdraw = ({ connection, kind }: { connection: string; kind: string }) => {
    const push = connectors.get(connection)?.push;
    const one = push?.[kind as PushKind];
    return one?.withdraw !== undefined && one.isWithdrawnByHand !== true;
  };
  const left = standing.filter((message) => !canWithdraw(message));
  return {
    run: null,
    undo: run.id,
    ledger: batch.postings.map(toShown),
    withdrawn: standing.filter(canWithdraw).map(toRemote),
    byHand: [
      ...left.map((message) => ({ ...toRemote(message), fix: byHand(message) })),
      ...batch.kept.map((one) => keptByHand(clients, one)),
    ],
    cancelled: [...batch.cancelledKeys],
    exitCode: 0,
  };
}

/**
 * The ledger entries and the withdrawals to make are stored in one transaction; the rest follows
 * from it.
 */
async function doUndo(app: App, run: RunRow, signal: AbortSignal): Promise<UndoResult> {
  const { store, clients, connectors, config, log } = app;
  const now = () => instantFromMs(app.now());
  const known = (await store.listUndone()).find(({ runId }) => runId === run.id);
  const context = await undoContext(app, run);
  const undone = known ?? (await writeLedger(context, config.mode));
  await rearmUndone({
    store,
    clients,
    runId: undone.undoRunId,
    at: context.at,
    balanceField: config.balanceField,
  });
  const { abort, clear } = abortLater(signal);
  try {
    const failures = await withdrawMessages({
      store,
      connectors,
      mode: config.mode,
      undoneRunId: run.id,
      now,
      signal: abort,
      stop: signal,
    });
    const result = await resultOf(app, undone, failures);
    log.info('A run was undone.', {
      run: result.run,
      undone: run.id,
      entries: result.ledger.length,
      withdrawn: result.withdrawn.length,
      leftByHand: result.byHand.length,
    });
    for (const error of failures) {
      log.warn('A message could not be withdrawn.', { reason: describeError(error) });
    }
    const isOk = result.exitCode === 0;
    await store.finishRun(undone.undoRunId, now(), JSON.stringify({ ok: isOk }));
    return result;
  } finally {
    clear();
  }
}

async function writeLedger(context: UndoContext, mode: string): Promise<UndoneRun> {
  const { store, run, undoRunId, at } = context;
  const batch = await planUndo(context);
  await store.startRun({ id: undoRunId, command: `undo ${run.id}`, mode, at });
  await store.writeUndo(batch);
  return { runId: run.id, undoRunId, undoneAt: at, kept: [...batch.kept] };
}

async function resultOf(
  { store, clients }: Pick<App, 'store' | 'clients'>,
  undone: UndoneRun,
  failures: readonly unknown[],
): Promise<UndoResult> {
  const messages = await store.readUndoMessages(undone.runId);
  const cancelled = await store.listMessages({ statuses: ['cancelled'] });
  const left = messages.filter(({ status }) => status === 'open' || status === 'by-hand');
  return {
    run: undone.undoRunId,
    undo: undone.runId,
    ledger: (await store.readRunEntries(undone.undoRunId)).map(toShown),
    withdrawn: messages
      .filter(({ status }) => status === 'withdrawn')
      .map(({ message }) => toRemote(message)),
    byHand: [
      ...left.map(({ message, detail }) => ({
        ...toRemote(message),
        fix: detail ?? byHand(message),
      })),
      ...undone.kept.map((one) => keptByHand(clients, one)),
    ],
    cancelled: cancelled
      .filter(({ lastError }) => lastError === undoneReason(undone.runId))
      .map(({ key }) => key),
    exitCode: messages.some(({ status }) => status === 'open') ? exitCodeOf(failures) : 0,
  };
}

function toRemote(message: {
  kind: string;
  clientName: string;
  remoteId: string | null;
  remoteLabel: string | null;
}): RemoteThing {
  const { kind, clientName: client, remoteId, remoteLabel } = message;
  return { kind, client, remoteId, label: remoteLabel ?? remoteId };
}

function keptByHand(
  clients: readonly Client[],
  { kind, clientId, id, byRun }: KeptPart,
): LeftByHand {
  const client = clients.find((one) => one.id === clientId)?.name ?? clientId;
  const fix =
    kind === 'charge'
      ? `Run ${byRun} posted this charge again: undo that run too if it is also wrong.`
      : `Run ${byRun} sold this block: undo that run if the sale is wrong.`;
  return { kind, client, remoteId: id, label: id, fix };
}

function toShown(entry: Posting | LedgerEntry): UndoResult['ledger'][number] {
  const { key, clientId, side, reason, blockId, seconds, minor, reverses } = entry;
  return { key, clientId, side, reason, blockId, seconds, minor, reverses };
}
