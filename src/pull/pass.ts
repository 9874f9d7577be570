import { addSeconds, type Instant, msFromInstant } from '../domain/time.ts';
import type { PullPass, Watermark } from '../store/port.ts';

/** Rows may appear a little after the moment they are stamped with: each pass looks back this far. */
export const overlapSeconds = 15 * 60;

/** A quiet stream's watermark is stored at least this often, though nothing has changed. */
const restSeconds = 24 * 3600;

export interface PassRequest {
  watermark: Watermark;
  clientIds: readonly string[];
  /** Where a first pass begins. */
  horizon: Instant;
  /** Whether everything since the horizon is read again, whatever was read before. */
  isFromHorizon: boolean;
  runStartedAt: Instant;
}

export const noWatermark: Watermark = { since: null, clientIds: [], pass: null };

/**
 * The passes that a stream needs, in order: the interrupted one to its end, the history of clients
 * added to the config since, then everything changed since the watermark. Where the config has come to
 * reach further back, the last is everything since that day.
 */
export function nextPass(request: PassRequest, hasCaughtUp: boolean): PullPass | null {
  const { watermark, clientIds, horizon, runStartedAt } = request;
  if (watermark.pass !== null) return watermark.pass;
  const startedAt = runStartedAt;
  if (watermark.since === null) {
    return { since: horizon, startedAt, clientIds, resume: null };
  }
  const added = clientIds.filter((id) => !watermark.clientIds.includes(id));
  if (added.length > 0) return { since: horizon, startedAt, clientIds: added, resume: null };
  if (hasCaughtUp) return null;
  // A clock that was ahead has left a watermark from which nobody knows when it was really written.
  const isAhead = watermark.since > addSeconds(runStartedAt, overlapSeconds);
  const since =
    request.isFromHorizon || isAhead ? horizon : addSeconds(watermark.since, -overlapSeconds);
  return { since, startedAt, clientIds, resume: null };
}

/** A pass over added clients alone leaves the watermark of the others where it is. */
export function isCatchUp(watermark: Watermark, pass: PullPass): boolean {
  return watermark.since === null || pass.clientIds.some((id) => watermark.clientIds.includes(id));
}

/** The watermark once the pass is at its end: the pass's start, also where a clock was put back. */
export function completePass(watermark: Watermark, pass: PullPass): Watermark {
  if (!isCatchUp(watermark, pass)) {
    const clientIds = [...watermark.clientIds, ...pass.clientIds];
    return { since: watermark.since, clientIds, pass: null };
  }
  return { since: pass.startedAt, clientIds: pass.clientIds, pass: null };
}

/** Whether the end of the pass must be stored even if it brought nothing new. */
export function mustStore(watermark: Watermark, completed: Watermark): boolean {
  if (watermark.pass !== null || watermark.since === null || completed.since === null) return true;
  if (watermark.clientIds.join('\n') !== completed.clientIds.join('\n')) return true;
  const restedMs = msFromInstant(completed.since) - msFromInstant(watermark.since);
  return restedMs < 0 || restedMs > restSeconds * 1000;
}
