import { readFileSync } from 'node:fs';
import { type Locale, languageOf } from '../../domain/format.ts';
import type { RevenuePeriod } from '../../domain/revenue/account.ts';

/** What each file is, and how to verify it without the seller. */
export function spellReadme(
  locale: Locale,
  { from, to }: RevenuePeriod,
  isAnonymous: boolean,
): string {
  const file = new URL(`templates/readme-${languageOf(locale)}.txt`, import.meta.url);
  const [text = '', anonymous = ''] = readFileSync(file, 'utf8').split('---\n');
  const whole = isAnonymous ? `${text}\n${anonymous}` : text;
  return whole.replaceAll('{from}', from).replaceAll('{to}', to);
}
