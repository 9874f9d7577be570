import { addSeconds, type Instant, msFromInstant } from '../domain/time.ts';
import type { PullPass, Watermark } from '../store/port.ts';

/** Rows may appear a little later than their timestamp: each pass looks back this far. */
export const overlapSeconds = 15 * 60;

/** A quiet stream's watermark is stored at least this often, even if nothing has changed. */
const restSeconds = 24 * 3600;

interface PassRequest {
  watermark: Watermark;
  clientIds: readonly string[];
  /** Start of the first pass. */
  horizon: Instant;
  /** Whether to read everything since the horizon again, whatever was read before. */
  isFromHorizon: boolean;
  runStartedAt: Instant;
}

export const noWatermark: Watermark = { since: null, clientIds: [], pass: null };

/**
 * The passes that a stream needs, in order: the rest of an interrupted one, the history of newly
 * configured clients, then everything changed since the watermark. If the configured history now
 * goes further back, the last pass is everything since that day.
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
  // A clock that was ahead left a watermark in the future; its real time is unknown.
  const isAhead = watermark.since > addSeconds(runStartedAt, overlapSeconds);
  const since =
    request.isFromHorizon || isAhead ? horizon : addSeconds(watermark.since, -overlapSeconds);
  return { since, startedAt, clientIds, resume: null };
}

/** A pass over added clients only does not move the others' watermark. */
export function isCatchUp(watermark: Watermark, pass: PullPass): boolean {
  return watermark.since === null || pass.clientIds.some((id) => watermark.clientIds.includes(id));
}

/** The watermark at the end of the pass: the pass's start, even if a clock was set back. */
export function completePass(watermark: Watermark, pass: PullPass): Watermark {
  if (!isCatchUp(watermark, pass)) {
    const clientIds = [...watermark.clientIds, ...pass.clientIds];
    return { since: watermark.since, clientIds, pass: null };
  }
  return { since: pass.startedAt, clientIds: pass.clientIds, pass: null };
}

/** Whether the end of the pass must be stored even if it found nothing new. */
export function mustStore(watermark: Watermark, completed: Watermark): boolean {
  if (watermark.pass !== null || watermark.since === null || completed.since === null) return true;
  if (watermark.clientIds.join('\n') !== completed.clientIds.join('\n')) return true;
  const restedMs = msFromInstant(completed.since) - msFromInstant(watermark.since);
  return restedMs < 0 || restedMs > restSeconds * 1000;
}
