import type { Connector, Delivered, PushKind } from '../contract/connector.ts';
import { describeError, type ErrorKind, isKindError, KindError } from '../domain/errors.ts';
import { provenBySearchAt } from '../domain/records/messages.ts';
import { addSeconds, type Instant } from '../domain/time.ts';
import type { PushMessageRow, Settlement, Store } from '../store/port.ts';
import { messageOf } from '../store/port.ts';
import { withFigure } from './balance-field.ts';

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
  /** How many requests that may change something have left for the connection so far. */
  countWrites(connection: string): number;
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
    const now = context.now();
    const messages = await context.store.claimMessages({
      owner: context.runId,
      at: now,
      latest: addSeconds(now, longestWaitSeconds(context)),
      staleBefore: context.runStartedAt,
      connections,
      limit: messagesPerClaim,
    });
    if (messages.length === 0) return outcome;
    for (const message of messages) await deliverOne(context, message, outcome);
  }
}

function longestWaitSeconds({ connectors }: PushContext): number {
  const lags = [...connectors.values()].map(({ searchLagSeconds }) => searchLagSeconds ?? 0);
  return Math.max(longestPauseSeconds, ...lags);
}

async function deliverOne(
  context: PushContext,
  message: PushMessageRow,
  outcome: PushOutcome,
): Promise<void> {
  const settlement = await attempt(context, message, outcome);
  const { key, connection, kind } = message;
  const isOurs = await context.store.settleMessage(key, context.runId, context.now(), settlement);
  if (settlement.status !== 'delivered') return;
  if (isOurs) {
    outcome.delivered += 1;
    return;
  }
  outcome.failed += 1;
  const text = `Message ${key} was cancelled while it was sent: the ${kind} exists in "${connection}" as ${settlement.remoteId}.`;
  const fix = 'Remove it there if it is not wanted.';
  context.onFailure(message, new KindError('unknown-outcome', text, { fix }));
}

async function attempt(
  context: PushContext,
  message: PushMessageRow,
  outcome: PushOutcome,
): Promise<Settlement> {
  const { connection } = message;
  // Claimed with others before the connection turned out to be closed to us, or before a stop.
  if (outcome.stopped.has(connection) || context.stop.aborted) return release(context, message);
  let created: Instant | null = message.createAttemptedAt;
  try {
    const push = pushOf(context, message);
    const found = await push.find(messageOf(message), context.signal);
    if (found !== null) {
      tellStranger(context, message, found, outcome);
      return toDelivered(found);
    }
    const lag = context.connectors.get(connection)?.searchLagSeconds;
    const provenAt = provenBySearchAt(created, context.now(), lag);
    if (provenAt !== null) return waitForSearch(context, message, provenAt);
    created = context.now();
    const isOurs = await context.store.noteCreate(message.key, context.runId, created);
    // Cancelled by a person since it was claimed.
    if (!isOurs) return release(context, message);
    return toDelivered(
      await create(context, message, push, () => {
        created = null;
      }),
    );
  } catch (error) {
    if (!isKindError(error)) throw error;
    outcome.failed += 1;
    context.onFailure(message, error);
    const settled = { lastError: describeError(error), createAttemptedAt: created };
    if (isFinal(error.kind)) return { status: 'dead', ...settled };
    if (closesConnection(error.kind)) outcome.stopped.set(connection, error);
    return { status: 'pending', ...settled, nextAttemptAt: nextAttempt(context, message, error) };
  }
}

/**
 * A record that bears the key of a message which this database never sent: it is ours, so nothing is written
 * again, but a person is told. A balance that is shown already is no such record.
 */
function tellStranger(
  context: PushContext,
  message: PushMessageRow,
  { remoteId, label }: Delivered,
  outcome: PushOutcome,
): void {
  const { attempts, createAttemptedAt, kind, key, connection } = message;
  if (attempts > 1 || createAttemptedAt !== null || kind === 'balance-field') return;
  outcome.failed += 1;
  const text = `The ${kind} ${key} exists in "${connection}" as ${label ?? remoteId}, but this database never sent it. Is it an older backup?`;
  const fix =
    'If so, what was entered by hand since then is missing: see `prepaid-hours reconcile`.';
  context.onFailure(message, new KindError('unknown-outcome', text, { fix }));
}

/** Kind and payload of a stored message were written together, so they fit whatever the kind is. */
interface StoredPush {
  find(message: object, signal: AbortSignal): Promise<Delivered | null>;
  create(message: object, signal: AbortSignal): Promise<Delivered>;
}

function pushOf({ connectors }: PushContext, { connection, kind }: PushMessageRow): StoredPush {
  const pushes = connectors.get(connection)?.push;
  if (kind === 'balance-field' && pushes?.[kind] !== undefined) {
    return withFigure(pushes[kind]) as StoredPush;
  }
  const push = pushes?.[kind as PushKind];
  if (push !== undefined) return push as StoredPush;
  throw new KindError('rejected', `"${connection}" cannot take a ${kind}.`, {
    fix: 'Name another connection for it in the config, then retry this message.',
  });
}

/** `onNothingWritten` is called before an error that proves that the vendor has nothing of it. */
async function create(
  context: PushContext,
  message: PushMessageRow,
  push: StoredPush,
  onNothingWritten: () => void,
): Promise<Delivered> {
  const before = context.countWrites(message.connection);
  try {
    return await push.create(messageOf(message), context.signal);
  } catch (error) {
    if (!isKindError(error)) throw error;
    if (error.kind !== 'unknown-outcome') {
      const writes = context.countWrites(message.connection) - before;
      if (isNothingWritten(error.kind, writes)) onNothingWritten();
      throw error;
    }
    // The answer was lost, the write perhaps not: what is there now is the answer.
    const written = await push.find(messageOf(message), context.signal);
    if (written === null) throw error;
    return written;
  }
}

/** No write has left, or the vendor understood it and said no. An answer that makes no sense proves nothing. */
function isNothingWritten(kind: ErrorKind, writes: number): boolean {
  return kind === 'rejected' || (writes === 0 && kind !== 'contract');
}

/** A message is dead only when the vendor understood it and said no, or answered nonsense. */
function isFinal(kind: ErrorKind): boolean {
  return kind === 'rejected' || kind === 'contract';
}

/** What is wrong with one message (a name, a right for its kind of record) holds up no other. */
function closesConnection(kind: ErrorKind): boolean {
  return kind === 'auth' || kind === 'rate-limited' || kind === 'transient';
}

function toDelivered({ remoteId, label }: Delivered): Settlement {
  return { status: 'delivered', remoteId, remoteLabel: label ?? null };
}

/** Not tried: nothing to back off from. */
function release(context: PushContext, message: PushMessageRow): Settlement {
  const { lastError, createAttemptedAt } = message;
  const nextAttemptAt = context.now();
  return { status: 'pending', lastError, nextAttemptAt, createAttemptedAt, isUntried: true };
}

/** The vendor's search may not show yet what a request of unknown outcome has written. */
function waitForSearch(
  context: PushContext,
  message: PushMessageRow,
  provenAt: Instant,
): Settlement {
  const now = context.now();
  const attemptedAt = message.createAttemptedAt ?? now;
  return {
    status: 'pending',
    lastError:
      'It is not known whether an earlier attempt wrote it. It is looked for again before anything is written.',
    nextAttemptAt: provenAt,
    createAttemptedAt: attemptedAt > now ? now : attemptedAt,
  };
}

function nextAttempt(context: PushContext, message: PushMessageRow, error: KindError): Instant {
  const now = context.now();
  const doubled = firstPauseSeconds * 2 ** Math.min(message.attempts - 1, 20);
  const due = addSeconds(now, Math.min(doubled, longestPauseSeconds));
  if (error.kind !== 'unknown-outcome') return due;
  const lag = context.connectors.get(message.connection)?.searchLagSeconds;
  const provenAt = provenBySearchAt(now, now, lag) ?? now;
  return provenAt > due ? provenAt : due;
}
