import { textFromMinor } from '../../domain/money.ts';
import type { DateText } from '../../domain/time.ts';

/** `1,234.50 EUR`, with the language's separators. */
export function spellAmount(
  minor: number,
  currency: string,
  marks: { decimal: string; thousands: string },
): string {
  const [whole = '', fraction] = textFromMinor(minor, currency).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, marks.thousands);
  const number = fraction === undefined ? grouped : `${grouped}${marks.decimal}${fraction}`;
  return `${number} ${currency}`;
}

/** `×1.5`, `×2`, `×1.333`. */
export function spellFactor(thousandths: number, decimal: string): string {
  const whole = Math.floor(thousandths / 1000);
  const fraction = String(thousandths % 1000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return `×${whole}${fraction === '' ? '' : decimal + fraction}`;
}

/** Day, month name and year of `2026-03-02`; for a month `2026-03` the day is 0. */
export function splitDate(
  date: DateText,
  monthNames: readonly string[],
): { day: number; month: string; year: string } {
  const [year = '', month = '', day = '0'] = date.split('-');
  return { day: Number(day), month: monthNames[Number(month) - 1] ?? month, year };
}

export function spellList(texts: readonly string[], and: string): string {
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} ${and} ${last}`;
}

/** `2–4 March 2026`; dates in two months are both written out. The day comes first in `date`. */
export function spellDays(from: DateText, to: DateText, date: (text: DateText) => string): string {
  if (from === to) return date(from);
  if (from.slice(0, 7) !== to.slice(0, 7)) return `${date(from)} – ${date(to)}`;
  return `${date(from).split(' ')[0]}–${date(to)}`;
}
