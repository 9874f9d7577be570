import type { Accounting } from '../../config/loaded.ts';
import { KindError } from '../../domain/errors.ts';
import type { Locale } from '../../domain/format.ts';
import { textFromMinor } from '../../domain/money.ts';
import type { DateText } from '../../domain/time.ts';
import { csvText } from '../format/csv.ts';
import type { Journal } from './journal.ts';

/**
 * For "Import data → Journal entries" of QuickBooks Online: rows with one number are one entry, and
 * an amount is in the column of its side, never negative. Columns are matched on its next screen.
 * https://quickbooks.intuit.com/learn-support/en-au/help-article/import-export-files/import-journal-entries-quickbooks-online/L4tQBwbs7_AU_en_AU
 */
export function toQuickBooksCsv(journals: readonly Journal[], locale: Locale): string {
  const isDayFirst = locale === 'en-GB' || locale === 'fr';
  const rows = journals.flatMap(({ number, postedOn, currency, lines }) =>
    lines.map(({ account, description, client, minor }) => [
      number,
      isDayFirst ? spellDayFirst(postedOn) : spellMonthFirst(postedOn),
      currency,
      account,
      minor > 0 ? textFromMinor(minor, currency) : null,
      minor < 0 ? textFromMinor(-minor, currency) : null,
      description,
      client,
    ]),
  );
  const header = ['Journal No.', 'Journal Date', 'Currency', 'Account Name', 'Debits', 'Credits'];
  return csvText([[...header, 'Description', 'Name'], ...rows]);
}

/** A file with more lines is refused. */
const xeroLinesMax = 300;

/**
 * The template of Xero's "Import manual journals": rows with one narration and date are one
 * journal, a debit is above zero and a credit below. It has no column for a currency, so the caller
 * passes journals in the organisation's own only.
 * https://help.xero.com/nz/ManualJournalsImport
 */
export function toXeroCsv(
  journals: readonly Journal[],
  { taxRate, trackingCategory }: Accounting,
  spellNarration: (journal: Journal) => string,
): string {
  const rows = journals.flatMap((journal) =>
    journal.lines.map(({ account, description, client, minor }) => [
      spellNarration(journal),
      spellDayFirst(journal.postedOn),
      description,
      account,
      taxRate,
      textFromMinor(minor, journal.currency),
      client === null ? null : trackingCategory,
      client,
      null,
      null,
    ]),
  );
  if (rows.length > xeroLinesMax) {
    const text = `Xero imports at most ${xeroLinesMax} lines at a time; these are ${rows.length}.`;
    throw new KindError('config', text, { fix: 'Write fewer months: --from and --to.' });
  }
  const mandatory = ['*Narration', '*Date', 'Description', '*AccountCode', '*TaxRate', '*Amount'];
  const tracking = ['TrackingName1', 'TrackingOption1', 'TrackingName2', 'TrackingOption2'];
  return csvText([[...mandatory, ...tracking], ...rows]);
}

function spellDayFirst(date: DateText): string {
  const [year, month, day] = date.split('-');
  return `${day}/${month}/${year}`;
}

function spellMonthFirst(date: DateText): string {
  const [year, month, day] = date.split('-');
  return `${month}/${day}/${year}`;
}
