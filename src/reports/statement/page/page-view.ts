import type { Sender } from '../../../config/loaded.ts';
import type { PageWords } from '../../text/page-shape.ts';
import { pageWordsIn } from '../../text/page-words.ts';
import type { Texts } from '../../text/shape.ts';
import { textsIn } from '../../text/texts.ts';
import type { Outlook } from '../outlook.ts';
import type { Statement } from '../statement-shape.ts';
import { axisDays, type BurnDown, drawBurnDown, type Measure } from './burn-down.ts';
import { type Headline, toHeadlines } from './headlines.ts';
import {
  type BlockRow,
  balanceText,
  type CorrectionRow,
  type LedgerRow,
  toBlockRows,
  toCorrectionRows,
  toLedgerRows,
} from './ledger-rows.ts';
import { type OutlookView, toOutlookView } from './outlook-view.ts';
import { splitWork, sumFigures, toWorkGroups, type WorkGroup } from './work-groups.ts';
import { type SummaryRow, summarize } from './work-summary.ts';

/** All that the template needs, in the client's language: it decides nothing and formats nothing. */
export interface PageView {
  texts: Texts;
  words: PageWords;
  sender: Sender | null;
  title: string;
  client: string;
  period: string;
  zone: string;
  /** Present while the month is not over. */
  notice: string | null;
  headlines: Headline[];
  burnDown: (BurnDown & { labels: string[]; days: string[]; text: string }) | null;
  /** Null for a client whose work is paid from another's blocks. */
  ledger: { opening: LedgerRow; rows: LedgerRow[]; closing: LedgerRow } | null;
  summaries: { title: string; rows: SummaryRow[] }[];
  work: WorkGroup[];
  workTotal: Figures;
  free: WorkGroup[];
  freeText: string;
  corrections: CorrectionRow[];
  blocks: BlockRow[];
  outlook: OutlookView | null;
  isEmpty: boolean;
}

type Figures = Pick<WorkGroup, 'worked' | 'charged' | 'price'>;

export interface PageExtras {
  sender: Sender | null;
  /** Not for a month that is over: its page never changes. */
  outlook: Outlook | null;
}

export function toPageView(statement: Statement, { sender, outlook }: PageExtras): PageView {
  const texts = textsIn(statement);
  const words = pageWordsIn(statement.locale);
  const { firstOn, lastOn, timezone, provisional } = statement;
  const isRunning = provisional !== null;
  const until = isRunning ? lastShown(statement, outlook) : lastOn;
  const split = splitWork(statement);
  const month = texts.month(statement.month);
  const freeWorked = split.free.reduce((sum, line) => sum + (line.workedSeconds ?? 0), 0);
  const pending = provisional?.pendingSeconds ?? 0;
  return {
    texts,
    words,
    sender,
    title: `${texts.statement.title}, ${month}`,
    client: statement.client.name,
    period: texts.statement.period(texts.date(firstOn), texts.date(lastOn), timezone),
    zone: timezone,
    notice: isRunning
      ? texts.statement.provisional(pending === 0 ? null : texts.duration(pending))
      : null,
    headlines: toHeadlines(statement, texts.date(until), texts, words),
    burnDown: toPicture(statement, until, texts, words),
    ledger: toLedger(statement, split, until, texts, words),
    summaries: [
      {
        title: words.workType,
        rows: summarize(split.charged, ({ workType }) => workType ?? words.otherWork, texts),
      },
      {
        title: words.technician,
        rows: summarize(split.charged, ({ technician }) => technician, texts),
      },
    ].filter(({ rows }) => rows.length > 0),
    work: toWorkGroups(split.charged, statement, texts, words),
    workTotal: sumFigures(split.charged, texts),
    free: toWorkGroups(split.free, statement, texts, words),
    freeText: words.freeText(texts.duration(freeWorked)),
    corrections: toCorrectionRows(statement, texts, words),
    blocks: toBlockRows(statement, texts, words),
    outlook: outlook === null || !isRunning ? null : toOutlookView(outlook, texts, words),
    isEmpty: statement.lines.length === 0,
  };
}

/** A running month is shown up to today; without an outlook, up to the last day that is in it. */
function lastShown({ firstOn, lastOn, lines }: Statement, outlook: Outlook | null): string {
  if (outlook !== null) return outlook.asOf < lastOn ? outlook.asOf : lastOn;
  return lines.reduce((last, { postedOn }) => (postedOn > last ? postedOn : last), firstOn);
}

/** Null where kinds of hours, or hours and money, are not one balance. */
function toPicture(
  statement: Statement,
  until: string,
  texts: Texts,
  words: PageWords,
): PageView['burnDown'] {
  const { opening, closing, blocks, lastOn } = statement;
  if (statement.paidBy !== null) return null;
  const kinds = new Set(
    blocks.map(({ workTypes, amountMinor, currency }) =>
      JSON.stringify([workTypes, amountMinor === null ? null : currency]),
    ),
  );
  const [block] = blocks;
  if (kinds.size !== 1 || block === undefined) return null;
  const { currency } = block;
  const isMoney = block.amountMinor !== null;
  const moneyOf = (amounts: Statement['opening']['money']) =>
    amounts.find((one) => one.currency === currency)?.minor ?? 0;
  const measure: Measure = isMoney
    ? { opening: moneyOf(opening.money), moved: ({ money }) => moneyOf(money), unit: 100 }
    : { opening: opening.netSeconds, moved: ({ seconds }) => seconds, unit: 3600 };
  const drawn = drawBurnDown(statement, measure, until);
  if (drawn === null) return null;
  const spell = (value: number) => (isMoney ? texts.money(value, currency) : words.hours(value));
  const spellSigned = (value: number) =>
    value < 0 ? words.belowZero(spell(-value)) : spell(value);
  const end = isMoney ? moneyOf(closing.money) : closing.netSeconds;
  return {
    ...drawn,
    labels: drawn.ticks.map(({ value }) => spellSigned(value)),
    days: axisDays(statement).map((day) => texts.span(day, day, lastOn)),
    text: words.burnDownLabel(spellSigned(measure.opening), spellSigned(end)),
  };
}

function toLedger(
  statement: Statement,
  split: ReturnType<typeof splitWork>,
  until: string,
  texts: Texts,
  words: PageWords,
): PageView['ledger'] {
  const { opening, closing, firstOn, blocks, lines, paidBy } = statement;
  if (paidBy !== null) return null;
  const hasHours =
    blocks.some(({ amountMinor }) => amountMinor === null) ||
    lines.some(({ seconds }) => seconds !== 0);
  const row = (text: string, on: string, balance: Statement['opening']): LedgerRow => ({
    date: texts.date(on),
    text,
    note: '',
    change: balanceText(balance, hasHours, texts, words),
  });
  return {
    opening: row(texts.statement.opening, firstOn, opening),
    rows: toLedgerRows(statement, split, texts, words),
    closing: row(texts.statement.closing, until, closing),
  };
}
