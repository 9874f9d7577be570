import type { LoadedConfig } from '../../config/loaded.ts';
import { KindError } from '../../domain/errors.ts';
import { formatIn } from '../../domain/format.ts';
import { plainJson } from '../format/plain-text.ts';
import { type Journal, toJournals } from './journal.ts';
import { toQuickBooksCsv, toXeroCsv } from './journal-csv.ts';
import type { RevenueReport } from './revenue.ts';
import { revenueToCsv } from './revenue-csv.ts';
import { revenueToHtml } from './revenue-html.ts';
import { toRevenuePage } from './revenue-page.ts';
import { revenueWordsIn } from './revenue-words.ts';

export const revenueFormats = [
  'text',
  'csv',
  'json',
  'html',
  'journal-quickbooks',
  'journal-xero',
] as const;
export type RevenueFormat = (typeof revenueFormats)[number];

export function isJournal(format: RevenueFormat): boolean {
  return format.startsWith('journal-');
}

/** The report as it goes to a file or a pipe, and what its reader must know besides. */
export function spellRevenue(
  report: RevenueReport,
  config: LoadedConfig,
  { format, current }: { format: Exclude<RevenueFormat, 'text'>; current: string },
): { text: string; notes: string[] } {
  if (format === 'csv') return { text: revenueToCsv(report), notes: [] };
  if (format === 'json') return { text: `${plainJson(report)}\n`, notes: [] };
  if (format !== 'html') return spellJournals(report, config, format);
  const { sender, locale } = config;
  const page = toRevenuePage(report, config);
  const month = formatIn(config).month(current);
  const notice = report.to < current ? null : page.words.running(month);
  return { text: revenueToHtml({ page, sender, locale, notice }), notes: [] };
}

function spellJournals(report: RevenueReport, config: LoadedConfig, format: RevenueFormat) {
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
