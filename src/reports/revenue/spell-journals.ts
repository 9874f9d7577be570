import type { LoadedConfig } from '../../config/loaded.ts';
import { KindError } from '../../domain/errors.ts';
import { formatIn } from '../../domain/format.ts';
import { type Journal, toJournals } from './journal.ts';
import { toQuickBooksCsv, toXeroCsv } from './journal-csv.ts';
import type { RevenueReport } from './revenue.ts';
import { revenueWordsIn } from './revenue-words.ts';

export const journalFormats = ['journal-quickbooks', 'journal-xero'] as const;
type JournalFormat = (typeof journalFormats)[number];

/** Journals as they go to a file or a pipe, and what their reader must know besides. */
export function spellJournals(
  report: RevenueReport,
  config: LoadedConfig,
  format: JournalFormat,
): { text: string; notes: string[] } {
  const { accounting, locale, currency } = config;
  if (accounting === null) {
    throw new KindError('config', `${config.file} has no accounts for journals.`, {
      fix: 'Add `accounting:` with your accounts; config/guide/revenue.md has an example.',
    });
  }
  const words = revenueWordsIn(locale);
  const spellMonth = formatIn(config).month;
  const all = toJournals(report, accounting, words);
  const notes = takenOverNotes(report, config);
  if (format === 'journal-quickbooks') return { text: toQuickBooksCsv(all, locale), notes };
  const own = all.filter((journal) => journal.currency === currency);
  const others = new Set(all.map((journal) => journal.currency));
  others.delete(currency);
  if (others.size > 0) {
    const list = [...others].join(', ');
    notes.push(
      `Not in the file: ${list}. Xero's manual journals are in the organisation's own currency; convert and enter these by hand.`,
    );
  }
  const spellNarration = ({ month, currency: of }: Journal) =>
    words.narration(spellMonth(month), of);
  return { text: toXeroCsv(own, accounting, spellNarration), notes };
}

/** They are part of what is deferred, and were booked before. */
function takenOverNotes({ currencies }: RevenueReport, config: LoadedConfig): string[] {
  const { money } = formatIn(config);
  const amounts = currencies
    .filter(({ total }) => total.takenOver !== 0)
    .map(({ currency, total }) => money(total.takenOver, currency));
  if (amounts.length === 0) return [];
  return [
    `Not in the file: ${amounts.join(', ')} of hours taken over at go-live. If they are not in your deferred revenue yet, book them once by hand.`,
  ];
}
