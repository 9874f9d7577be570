import type { Connector, Delivered, PushKind } from '../../connectors/contract.ts';
import { describeError, type ErrorKind, isKindError, KindError } from '../domain/errors.ts';
import { addSeconds, type Instant } from '../domain/time.ts';
import type { PushMessageRow, Settlement, Store } from '../store/port.ts';
import { messageOf } from '../store/port.ts';

/** What a push run works with. */
export interface PushContext {
  store: Store;
  connectors: ReadonlyMap<string, Connector>;
  /** In observe mode nothing is claimed and nothing leaves. */
  mode: 'observe' | 'live';
  runId: string;
  /** What was claimed before this has lost its owner: one process at a time pushes, one step at a time. */
  runStartedAt: Instant;
  now(): Instant;
  /** Ends a request under way. */
  signal: AbortSignal;
  /** Asks to end after the message in hand. */
  stop: AbortSignal;
  onFailure(message: PushMessageRow, error: unknown): void;
}

export interface PushOutcome {
  delivered: number;
  failed: number;
  /** Why a connection was left for this run, by its name. */
  stopped: Map<string, unknown>;
}

const messagesPerClaim = 20;
const firstPauseSeconds = 60;
const longestPauseSeconds = 3600;

/**
 * Delivers what is due. Every attempt looks for the message in the vendor first and writes only what
 * is not there, so an attempt whose answer was lost is found by the next, never repeated blindly.
 */
export async function deliverMessages(context: PushContext): Promise<PushOutcome> {
  const outcome: PushOutcome = { delivered: 0, failed: 0, stopped: new Map() };
  if (context.mode === 'observe') return outcome;
  for (;;) {
    if (context.stop.aborted) return outcome;
    const connections = [...context.connectors.keys()].filter((name) => !outcome.stopped.has(name));
    const messages = await context.store.claimMessages({
      owner: context.runId,
      at: context.now(),
      staleBefore: context.runStartedAt,
      connections,
      limit: messagesPerClaim,
    });
    if (messages.length === 0) return outcome;
    for (const message of messages) await deliverOne(context, message, outcome);
  }
}

async function deliverOne(
  context: PushContext,
  message: PushMessageRow,
  outcome: PushOutcome,
): Promise<void> {
  const settlement = await attempt(context, message, outcome);
  const { key, connection, kind } = message;
  const isOurs = await context.store.settleMessage(key, context.runId, context.now(), settlement);
  if (settlement.status === 'delivered' && isOurs) {
    outcome.delivered += 1;
    return;
  }
  outcome.failed += 1;
  if (settlement.status !== 'delivered') return;
  const text = `Message ${key} was cancelled while it was sent: the ${kind} stands in "${connection}" as ${settlement.remoteId}.`;
  const fix = 'Remove it there if it is not wanted.';
  context.onFailure(message, new KindError('unknown-outcome', text, { fix }));
}

async function attempt(
  context: PushContext,
  message: PushMessageRow,
  outcome: PushOutcome,
): Promise<Settlement> {
  // Claimed with others before the connection turned out to be closed to us, or before a stop.
  const stop = outcome.stopped.get(message.connection);
  if (stop !== undefined) return release(context, describeError(stop));
  if (context.stop.aborted) return release(context, message.lastError ?? 'The service stopped.');
  try {
    const delivered = await findOrCreate(context, message);
    return {
      status: 'delivered',
      remoteId: delivered.remoteId,
      remoteLabel: delivered.label ?? null,
    };
  } catch (error) {
    if (!isKindError(error)) throw error;
    context.onFailure(message, error);
    if (isFinal(error.kind)) return { status: 'dead', lastError: describeError(error) };
    if (closesConnection(error.kind)) outcome.stopped.set(message.connection, error);
    return waitFor(context, message, error);
  }
}

/** A message is dead only when the vendor understood it and said no, or answered nonsense. */
function isFinal(kind: ErrorKind): boolean {
  return kind === 'rejected' || kind === 'contract';
}

function closesConnection(kind: ErrorKind): boolean {
  return kind !== 'unknown-outcome';
}

/** Not tried: nothing to back off from. */
function release(context: PushContext, lastError: string): Settlement {
  return { status: 'pending', lastError, nextAttemptAt: context.now() };
}

function waitFor(context: PushContext, message: PushMessageRow, error: unknown): Settlement {
  const doubled = firstPauseSeconds * 2 ** Math.min(message.attempts - 1, 20);
  const pauseSeconds = Math.min(doubled, longestPauseSeconds);
  return {
    status: 'pending',
    lastError: describeError(error),
    nextAttemptAt: addSeconds(context.now(), pauseSeconds),
  };
}

/** Kind and payload of a stored message were written together, so they fit whatever the kind is. */
interface StoredPush {
  find(message: object, signal: AbortSignal): Promise<Delivered | null>;
  create(message: object, signal: AbortSignal): Promise<Delivered>;
}

async function findOrCreate(context: PushContext, row: PushMessageRow): Promise<Delivered> {
  const push = context.connectors.get(row.connection)?.push[row.kind as PushKind] as
    | StoredPush
    | undefined;
  if (push === undefined) {
    throw new KindError('rejected', `"${row.connection}" cannot take a ${row.kind}.`, {
      fix: 'Name another connection for it in the config, then cancel this message.',
    });
  }
  const message = messageOf(row);
  const found = await push.find(message, context.signal);
  if (found !== null) return found;
  try {
    return await push.create(message, context.signal);
  } catch (error) {
    if (!isKindError(error, 'unknown-outcome')) throw error;
    // The answer was lost, the write perhaps not: what stands there now is the answer.
    const written = await push.find(message, context.signal);
    if (written === null) throw error;
    return written;
  }
}
