import type { RunOut } from '../../domain/forecast/forecast.ts';
import type { DateText } from '../../domain/time.ts';

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/**
 * The interval for a table: `12–19 May`, `28 May – 3 Jun`, `today`, `from 12 May`; with years where
 * they differ.
 */
export function runOutText(runOut: RunOut | null, today: DateText): string {
  if (runOut === null) return '';
  const { earliestOn, latestOn } = runOut;
  if (latestOn === null) return `from ${dayText(earliestOn, today)}`;
  if (latestOn === earliestOn) return latestOn === today ? 'today' : dayText(latestOn, today);
  if (earliestOn.slice(0, 7) === latestOn.slice(0, 7)) {
    return `${Number(earliestOn.slice(8))}–${dayText(latestOn, today)}`;
  }
  const isOneYear = earliestOn.slice(0, 4) === latestOn.slice(0, 4);
  return `${dayText(earliestOn, isOneYear ? earliestOn : today)} – ${dayText(latestOn, today)}`;
}

function dayText(date: DateText, today: DateText): string {
  const [year, month, day] = date.split('-');
  const text = `${Number(day)} ${months[Number(month) - 1]}`;
  return year === today.slice(0, 4) ? text : `${text} ${year}`;
}
