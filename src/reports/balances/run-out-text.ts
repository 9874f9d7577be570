import type { RunOut } from '../../domain/forecast/forecast.ts';
import type { Format } from '../../domain/format.ts';
import type { DateText } from '../../domain/time.ts';

interface RunOutWords {
  today: string;
  from(date: string): string;
}

const english: RunOutWords = { today: 'today', from: (date) => `from ${date}` };

/** The interval for a table: `12–19 May`, `today`, `from 12 May`. */
export function runOutText(
  runOut: RunOut | null,
  today: DateText,
  format: Format,
  words: RunOutWords = english,
): string {
  if (runOut === null) return '';
  const { earliestOn, latestOn } = runOut;
  if (latestOn === null) return words.from(format.span(earliestOn, earliestOn, today));
  if (latestOn === earliestOn && latestOn === today) return words.today;
  return format.span(earliestOn, latestOn, today);
}
