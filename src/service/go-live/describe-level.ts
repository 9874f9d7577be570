import type { Format } from '../../domain/format.ts';
import type { Crossing } from '../../domain/thresholds/episodes.ts';

/** `2 h`, `20 %`, `runs out within 7 days`, `block b-12 ends on 2026-03-31`; with its kind of hours. */
export function describeLevel(
  { rule: { when }, block, position }: Crossing,
  format: Format,
): string {
  const { workTypes } = position;
  const kind = workTypes === null ? '' : ` (${workTypes.join(', ')})`;
  const projected = when.balance === 'projected' ? ' projected' : '';
  if ('secondsLeft' in when) return `${format.duration(when.secondsLeft)}${projected}${kind}`;
  if ('minorLeft' in when) return `${format.money(when.minorLeft, when.currency)}${kind}`;
  if ('percentLeft' in when) return `${when.percentLeft} %${projected}${kind}`;
  if ('runOutWithinDays' in when) return `runs out within ${when.runOutWithinDays} days`;
  if ('idleDays' in when) return `no work for ${when.idleDays} days`;
  const { id = '', expiresOn = null } = block ?? {};
  return `block ${id} ends on ${expiresOn === null ? '' : format.day(expiresOn)}`;
}
