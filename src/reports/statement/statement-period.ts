import { KindError } from '../../domain/errors.ts';
import { addDays, addMonths, type DateText, type Instant, startOfDay } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';

/** A calendar month in a client's zone. */
export interface Period {
  /** `2026-03`. */
  month: string;
  firstOn: DateText;
  lastOn: DateText;
  from: Instant;
  /** Exclusive. */
  to: Instant;
}

/** Throws `config` on anything but a month `YYYY-MM`. */
export function periodOfMonth(month: string, zone: ZoneName): Period {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) {
    throw new KindError('config', `"${month}" is not a month.`, {
      fix: 'Write the month as 2026-03.',
    });
  }
  const firstOn = `${month}-01`;
  const nextOn = addMonths(firstOn, 1);
  return {
    month,
    firstOn,
    lastOn: addDays(nextOn, -1),
    from: startOfDay(firstOn, zone),
    to: startOfDay(nextOn, zone),
  };
}
