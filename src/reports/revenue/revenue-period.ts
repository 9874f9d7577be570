import { KindError } from '../../domain/errors.ts';
import type { RevenuePeriod } from '../../domain/revenue/account.ts';
import { addMonths, dateInZone, earliest, type Instant } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import { periodOfMonth } from '../statement/statement-period.ts';

/** The month that is still running for one of the clients: nothing later is complete. */
export function currentMonth(now: Instant, zones: readonly ZoneName[]): string {
  return earliest(zones.map((zone) => dateInZone(now, zone))).slice(0, 7);
}

/** By default, twelve months. Throws `config` on anything but months in order. */
export function toRevenuePeriod(
  from: string | undefined,
  to: string | undefined,
  last: string,
): RevenuePeriod {
  const end = periodOfMonth(to ?? last, 'UTC').month;
  const start = periodOfMonth(from ?? addMonths(`${end}-01`, -11).slice(0, 7), 'UTC').month;
  if (start > end) {
    throw new KindError('config', `${start} is after ${end}.`, {
      fix: 'Choose a first month that is not after the last one: --from and --to.',
    });
  }
  return { from: start, to: end };
}
