/** What moments without a zone are in, as far as a moment that is now tells. */
import { msFromInstant } from '../../src/domain/time.ts';
import { wallClockAt } from '../../src/domain/zone.ts';
import type { Api } from './api.ts';
import { verifyFact } from './facts.ts';
import { readableMoment } from './moments.ts';

/** The vendor's clock and ours may differ by so much; no two zones in question differ by less. */
const clockMsMax = 10 * 60_000;

const isMarked = /(?:Z|[+-]\d{2}:?\d{2})$/i;
const halfYearMs = 182 * 86_400_000;

/**
 * Settles by what BMS says that the time was, just now; a moment of another kind says nothing, and nor does one
 * in the winter of a zone whose clocks then agree with UTC.
 */
export async function settleMomentsBy(
  { config, context, zones }: Pick<Api, 'config' | 'context' | 'zones'>,
  text: string | null | undefined,
): Promise<boolean | null> {
  const isNow = (zone: string): boolean => {
    const at = readableMoment(text, zone);
    return at !== null && Math.abs(msFromInstant(at) - context.now()) <= clockMsMax;
  };
  const other = config.moments === 'utc' ? zones.work : 'UTC';
  const laterMs = context.now() + halfYearMs;
  const isSame = wallClockAt(laterMs, zones.work) === laterMs;
  const isTold = !isNow(other) || isSame || isMarked.test(text ?? '');
  const isSo = isNow(zones.moments) ? isTold || null : isNow(other) ? false : null;
  if (isSo !== null) await verifyFact(context, 'moments-zone', isSo);
  return isSo;
}
