import type { Sender } from '../../config/loaded.ts';
import { type Format, type FormatOptions, formatIn } from '../../domain/format.ts';
import { dateInZone, type Instant, msFromInstant } from '../../domain/time.ts';
import { wallClockAt, type ZoneName } from '../../domain/zone.ts';
import type { ClientBalance } from '../balances/balances.ts';
import { runOutText } from '../balances/run-out-text.ts';
import { definePage } from '../page/frame.ts';
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

const toIndex = definePage<{ words: PublishedWords; rows: IndexRow[] }>(
  import.meta.url,
  'templates/clients',
);
const toNoPage = definePage<{ words: PublishedWords; sender: Sender | null }>(
  import.meta.url,
  'templates/no-page',
);

/** The MSP's list of all published pages, with what each client has left. */
export function clientIndexToHtml(
  balances: readonly ClientBalance[],
  addresses: ReadonlyMap<string, string>,
  reader: IndexReader,
  at: Instant,
): string {
  const { locale, timezone } = reader;
  const words = publishedWordsIn(locale);
  const format = formatIn(reader);
  const on = format.date(dateInZone(at, timezone));
  const time = new Date(wallClockAt(msFromInstant(at), timezone)).toISOString();
  const rows = balances.flatMap((balance) => {
    const address = addresses.get(balance.client.id);
    return address === undefined ? [] : [{ address, ...toCells(balance, at, format, words) }];
  });
  const subtitle = words.updated(`${on}, ${time.slice(11, 16)} (${timezone})`);
  return toIndex({ words, rows }, { locale, title: words.title, subtitle });
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

/** What is shown in place of a list of all pages, and at an address that was replaced. */
export function noPageToHtml({ locale, sender }: IndexReader): string {
  const words = publishedWordsIn(locale);
  return toNoPage({ words, sender }, { locale, title: words.noPage });
}
