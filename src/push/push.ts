import type { Connector, Delivered, PushKind } from '../contract/connector.ts';
import { describeError, type ErrorKind, isKindError, KindError } from '../domain/errors.ts';
import { saleKeysIn } from '../domain/keys.ts';
import { provenBySearchAt } from '../domain/records/messages.ts';
import { addSeconds, type Instant } from '../domain/time.ts';
import type { PushMessageRow, Settlement, Store } from '../store/port.ts';
import { messageOf } from '../store/port.ts';
import { withFigure } from './balance-field.ts';
import { createLookAhead } from './look-ahead.ts';
import { deliverBeside, finishAll } from './places.ts';
import { countWrites } from './writes.ts';

/** What a push run works with. */
interface PushContext {
  store: Store;
  connectors: ReadonlyMap<string, Connector>;
  /** In observe mode nothing is claimed or sent. */
  mode: 'observe' | 'live';
  runId: string;
  /** Earlier claims have lost their owner: only one process pushes, one step at a time. */
  runStartedAt: Instant;
  now(): Instant;
  /** Aborts a request in progress. */
  signal: AbortSignal;
  /** Delivers the tickets about the service itself, or the balance fields, instead of the others. */
  only?: 'service' | 'balances' | undefined;
  /** Aborted: stop after the current messages. */
  stop: AbortSignal;
  onFailure(message: PushMessageRow, error: unknown): void;
}

interface PushOutcome {
  delivered: number;
  failed: number;
  /** Why a connection was skipped in this run, by name. */
  stopped: Map<string, unknown>;
}

const messagesPerClaim = 100;
const firstPauseSeconds = 60;
const longestPauseSeconds = 3600;

/**
 * Delivers due messages, all connections side by side. Every attempt first searches for the message
 * at the vendor and writes only if it is missing, so an attempt whose response was lost is found by
 * the next, never repeated blindly.
 */
export async function deliverMessages(context: PushContext): Promise<PushOutcome> {
  const outcome: PushOutcome = { delivered: 0, failed: 0, stopped: new Map() };
  if (context.mode === 'observe') return outcome;
  const names = [...context.connectors.keys()];
  await finishAll(names.map((name) => deliverTo(context, name, outcome)));
  return outcome;
}

async function deliverTo(
  context: PushContext,
  connection: string,
  outcome: PushOutcome,
): Promise<void> {
  const { signal } = context;
  const places = context.connectors.get(connection)?.places ?? 1;
  const proven = new Set<string>();
  const lookAhead = createLookAhead(context.now);
  while (!context.stop.aborted && !outcome.stopped.has(connection)) {
    const now = context.now();
    const messages = await context.store.claimMessages({
      owner: context.runId,
      at: now,
      latest: addSeconds(now, longestWaitSeconds(context)),
      staleBefore: context.runStartedAt,
      connections: [connection],
      ...(context.only && { only: context.only }),
      limit: messagesPerClaim,
    });
    if (messages.length === 0) return;
    await deliverBeside(messages, places, proven, (message, following) =>
      deliverOne(context, message, outcome, ({ findMissing }) =>
        lookAhead(message, following, findMissing && ((rows) => findMissing(rows, signal))),
      ),
    );
  }
}

function longestWaitSeconds({ connectors }: PushContext): number {
  const lags = [...connectors.values()].map(({ searchLagSeconds }) => searchLagSeconds ?? 0);
  return Math.max(longestPauseSeconds, ...lags);
}

/** Whether it is at the vendor now. */
async function deliverOne(
  context: PushContext,
  message: PushMessageRow,
  outcome: PushOutcome,
  isMissing: IsMissing,
): Promise<boolean> {
  const settlement = await attempt(context, message, outcome, isMissing);
  const { key, connection, kind } = message;
  const isOurs = await context.store.settleMessage(key, context.runId, context.now(), settlement);
  if (settlement.status !== 'delivered') return false;
  if (isOurs) {
    outcome.delivered += 1;
    return true;
  }
  outcome.failed += 1;
  const text = `Message ${key} was cancelled while being sent: the ${kind} exists in "${connection}" as ${settlement.remoteId}.`;
  const fix = 'Delete it there if it is not wanted.';
  context.onFailure(message, new KindError('unknown-outcome', text, { fix }));
  return true;
}

async function attempt(
  context: PushContext,
  message: PushMessageRow,
  outcome: PushOutcome,
  isMissing: IsMissing,
): Promise<Settlement> {
  const { connection } = message;
  // Claimed with others before the connection failed, or before a stop.
  if (outcome.stopped.has(connection) || context.stop.aborted) return release(context, message);
  let created: Instant | null = message.createAttemptedAt;
  try {
    const push = pushOf(context, message);
    const sent = await toSent(context, message);
    const found = (await isMissing(push)) ? null : await push.find(sent, context.signal);
    if (found !== null) {
      warnOfUnsentRecord(context, message, found, outcome);
      return toDelivered(found);
    }
    const lag = context.connectors.get(connection)?.searchLagSeconds;
    const provenAt = provenBySearchAt(created, context.now(), lag);
    if (provenAt !== null) return waitForSearch(context, message, provenAt);
    created = context.now();
    const isOurs = await context.store.noteCreate(message.key, context.runId, created);
    // Cancelled by a user since it was claimed.
    if (!isOurs) return release(context, message);
    return toDelivered(
      await create(context, sent, push, () => {
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
 * A record with the key of a message that this database never sent: it is ours, so it is not
 * written again, but a warning is logged. A balance that is already shown does not count.
 */
function warnOfUnsentRecord(
  context: PushContext,
  message: PushMessageRow,
  { remoteId, label }: Delivered,
  outcome: PushOutcome,
): void {
  const { attempts, createAttemptedAt, kind, key, connection } = message;
  if (attempts > 1 || createAttemptedAt !== null || kind === 'balance-field') return;
  outcome.failed += 1;
  const text = `The ${kind} ${key} exists in "${connection}" as ${label ?? remoteId}, but this database never sent it. Is it an older backup?`;
  const fix = 'If so, manual entries made since then are missing: see `prepaid-hours reconcile`.';
  context.onFailure(message, new KindError('unknown-outcome', text, { fix }));
}

/** Kind and payload of a stored message were written together, so they always match. */
interface StoredPush {
  find(message: object, signal: AbortSignal): Promise<Delivered | null>;
  create(message: object, signal: AbortSignal): Promise<Delivered>;
  findMissing?(messages: readonly object[], signal: AbortSignal): Promise<ReadonlySet<string>>;
}

/** Whether the message was just looked up with others, and is not there. */
type IsMissing = (push: StoredPush) => Promise<boolean>;

function pushOf({ connectors }: PushContext, { connection, kind }: PushMessageRow): StoredPush {
  const pushes = connectors.get(connection)?.push;
  if (kind === 'balance-field' && pushes?.[kind] !== undefined) {
    return withFigure(pushes[kind]) as StoredPush;
  }
  const push = pushes?.[kind as PushKind];
  if (push !== undefined) return push as StoredPush;
  throw new KindError('rejected', `"${connection}" cannot take a ${kind}.`, {
    fix: 'Configure another connection for it, then retry this message.',
  });
}

/** The message as it is sent: invoices that are in the PSA by now are named by their numbers. */
async function toSent(context: PushContext, row: PushMessageRow): Promise<object> {
  const message = messageOf(row);
  if (!('body' in message) || typeof message.body !== 'string') return message;
  let { body } = message;
  for (const key of saleKeysIn(body)) {
    if (key === row.key) continue;
    const label = (await context.store.readMessage(key))?.remoteLabel;
    if (label) body = body.replaceAll(key, label);
  }
  return { ...message, body };
}

/** `onNothingWritten` is called before an error that proves that the vendor wrote nothing. */
function create(
  { signal }: PushContext,
  sent: object,
  push: StoredPush,
  onNothingWritten: () => void,
): Promise<Delivered> {
  return countWrites(async (written) => {
    try {
      return await push.create(sent, signal);
    } catch (error) {
      if (!isKindError(error)) throw error;
      if (error.kind !== 'unknown-outcome') {
        if (isNothingWritten(error.kind, written())) onNothingWritten();
        throw error;
      }
      // The response was lost, but the write may have succeeded: search for it.
      const found = await push.find(sent, signal);
      if (found === null) throw error;
      return found;
    }
  });
}

/** No write was sent, or the vendor rejected it. An invalid response proves nothing. */
function isNothingWritten(kind: ErrorKind, writes: number): boolean {
  return kind === 'rejected' || (writes === 0 && kind !== 'contract');
}

/** A message is dead only if the vendor rejected it or sent an invalid response. */
function isFinal(kind: ErrorKind): boolean {
  return kind === 'rejected' || kind === 'contract';
}

/**
 * A problem with one message (a name, a permission for its kind of record) does not block others.
 */
function closesConnection(kind: ErrorKind): boolean {
  return kind === 'auth' || kind === 'rate-limited' || kind === 'transient';
}

function toDelivered({ remoteId, label }: Delivered): Settlement {
  return { status: 'delivered', remoteId, remoteLabel: label ?? null };
}

/** Not tried, so there is no backoff. */
function release(context: PushContext, message: PushMessageRow): Settlement {
  const { lastError, createAttemptedAt } = message;
  const nextAttemptAt = context.now();
  return { status: 'pending', lastError, nextAttemptAt, createAttemptedAt, isUntried: true };
}

/** The vendor's search may not yet show what a request of unknown outcome wrote. */
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
      'It is unknown whether an earlier attempt wrote it. It is searched for again before anything is written.',
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
