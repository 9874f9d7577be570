import { readFileSync } from 'node:fs';
import type { Sender } from '../../config/loaded.ts';
import { type Format, type FormatOptions, formatIn } from '../../domain/format.ts';
import { dateInZone, type Instant, msFromInstant } from '../../domain/time.ts';
import { wallClockAt, type ZoneName } from '../../domain/zone.ts';
import type { ClientBalance } from '../balances/balances.ts';
import { runOutText } from '../balances/run-out-text.ts';
import { compileHtmlTemplate } from '../format/template.ts';
import { type PublishedWords, publishedWordsIn } from '../text/published-words.ts';

/** Who reads it: the MSP. */
interface IndexReader extends FormatOptions {
  timezone: ZoneName;
  sender: Sender | null;
}

interface IndexRow {
  name: string;
  address: string;
  left: string;
  isOver: boolean;
  open: string;
  runsOut: string;
}

interface IndexView {
  locale: string;
  words: PublishedWords;
  sender: Sender | null;
  style: string;
  updated: string;
  rows: IndexRow[];
}

let renderIndex: ((values: IndexView) => string) | undefined;
let renderNoPage: ((values: Omit<IndexView, 'updated' | 'rows'>) => string) | undefined;

/** The MSP's list of all published pages, with what each client has left. */
export function clientIndexToHtml(
  balances: readonly ClientBalance[],
  addresses: ReadonlyMap<string, string>,
  reader: IndexReader,
  at: Instant,
): string {
  renderIndex ??= compileHtmlTemplate(fileOf('clients.eta'));
  const frame = frameOf(reader);
  const format = formatIn(reader);
  const on = format.date(dateInZone(at, reader.timezone));
  const time = new Date(wallClockAt(msFromInstant(at), reader.timezone)).toISOString();
  return renderIndex({
    ...frame,
    updated: frame.words.updated(`${on}, ${time.slice(11, 16)} (${reader.timezone})`),
    rows: balances.flatMap((balance) => {
      const address = addresses.get(balance.client.id);
      if (address === undefined) return [];
      return [{ address, ...toCells(balance, at, format, frame.words) }];
    }),
  });
}

function toCells(balance: ClientBalance, at: Instant, format: Format, words: PublishedWords) {
  const { client, settledSeconds, overageSeconds, pendingSeconds, moneyLeft, runOut } = balance;
  const money = [...moneyLeft].map(([currency, minor]) => format.money(minor, currency));
  const isOver = overageSeconds > 0;
  const hours = isOver
    ? words.over(format.duration(overageSeconds))
    : format.duration(settledSeconds);
  const hasHours = isOver || settledSeconds > 0 || money.length === 0;
  return {
    name: client.name,
    left: [...(hasHours ? [hours] : []), ...money].join(', '),
    isOver,
    open: pendingSeconds === 0 ? '' : format.duration(pendingSeconds),
    runsOut: runOutText(runOut, dateInZone(at, client.timezone), format, words),
  };
}

/** What is shown in place of a list of all pages, and at an address that is no longer used. */
export function noPageToHtml(reader: IndexReader): string {
  renderNoPage ??= compileHtmlTemplate(fileOf('no-page.eta'));
  return renderNoPage(frameOf(reader));
}

function frameOf({ locale, sender }: IndexReader) {
  const style = readFileSync(new URL('../statement/page/templates/statement.css', import.meta.url));
  return { locale, words: publishedWordsIn(locale), sender, style: style.toString() };
}

function fileOf(name: string): URL {
  return new URL(`templates/${name}`, import.meta.url);
}
