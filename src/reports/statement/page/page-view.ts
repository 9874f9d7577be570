import type { Sender } from '../../../config/loaded.ts';
import { dateInZone, type Instant, msFromInstant } from '../../../domain/time.ts';
import { wallClockAt } from '../../../domain/zone.ts';
import type { PageWords } from '../../text/page-words.ts';
import { pageWordsIn } from '../../text/page-words.ts';
import type { Texts } from '../../text/texts.ts';
import { textsIn } from '../../text/texts.ts';
import type { Outlook } from '../outlook.ts';
import type { Statement, StatementLine } from '../statement-shape.ts';
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
import {
  splitWork,
  sumFigures,
  toLatestTickets,
  toWorkGroups,
  type WorkGroup,
} from './work-groups.ts';
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
  burnDown: (BurnDown & { labels: string[]; widest: string; days: string[]; text: string }) | null;
  /** Null for a client whose work is paid from another's blocks. */
  ledger: { opening: LedgerRow; rows: LedgerRow[]; closing: LedgerRow } | null;
  summaries: { title: string; rows: SummaryRow[] }[];
  /** The share of proactive work; null: not known. */
  proactive: string | null;
  work: WorkGroup[];
  workTotal: Figures;
  free: WorkGroup[];
  freeText: string;
  corrections: CorrectionRow[];
  blocks: BlockRow[];
  outlook: OutlookView | null;
  isEmpty: boolean;
  /** Null: a statement. */
  current: { updated: string } | null;
  workTitle: string;
  questions: string;
}

type Figures = Pick<WorkGroup, 'worked' | 'charged' | 'price'>;

export interface PageExtras {
  sender: Sender | null;
  /** Not for a month that is over: its page never changes. */
  outlook: Outlook | null;
  /** For the page that always shows the current balance, with so many rows a table. */
  current?: { at: Instant; rowsMax: number } | undefined;
}

export function toPageView(
  statement: Statement,
  { sender, outlook, current }: PageExtras,
): PageView {
  const texts = textsIn(statement);
  const words = pageWordsIn(statement.locale);
  const { firstOn, lastOn, timezone, provisional } = statement;
  const isRunning = provisional !== null;
  const until = isRunning ? lastShown(statement, outlook) : lastOn;
  const split = splitWork(statement);
  const freeWorked = split.free.reduce((sum, line) => sum + (line.workedSeconds ?? 0), 0);
  const listed = (lines: readonly StatementLine[]) =>
    current === undefined
      ? toWorkGroups(lines, statement, texts, words)
      : toLatestTickets(lines, statement, texts, words, current.rowsMax);
  return {
    texts,
    words,
    sender,
    ...toFrame(statement, current, texts, words),
    client: statement.client.name,
    period: texts.statement.period(texts.date(firstOn), texts.date(lastOn), timezone),
    zone: timezone,
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
    proactive:
      statement.proactive === undefined ? null : texts.statement.proactive(statement.proactive),
    work: listed(split.charged),
    workTotal: sumFigures(split.charged, texts),
    free: listed(split.free),
    freeText: words.freeText(texts.duration(freeWorked)),
    corrections: toCorrectionRows(statement, texts, words, current?.rowsMax),
    blocks: toBlockRows(statement, texts, words),
    outlook:
      outlook === null || !isRunning
        ? null
        : toOutlookView(outlook, texts, words, current?.rowsMax),
    isEmpty: statement.lines.length === 0,
  };
}

/** What the page is called and what it says of itself. */
function toFrame(
  { month, provisional, timezone }: Statement,
  current: PageExtras['current'],
  texts: Texts,
  words: PageWords,
) {
  const pending = provisional?.pendingSeconds ?? 0;
  const statementFrame = {
    title: `${texts.statement.title}, ${texts.month(month)}`,
    notice:
      provisional === null
        ? null
        : texts.statement.provisional(pending === 0 ? null : texts.duration(pending)),
    current: null,
    workTitle: texts.statement.sections.work,
    questions: words.questions,
  };
  if (current === undefined) return statementFrame;
  const time = new Date(wallClockAt(msFromInstant(current.at), timezone)).toISOString();
  const on = texts.date(dateInZone(current.at, timezone));
  return {
    title: words.current.title,
    notice: null,
    current: { updated: words.current.updated(on, time.slice(11, 16), timezone) },
    workTitle: words.current.work(texts.month(month)),
    questions: words.current.questions,
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
  const labels = drawn.ticks.map(({ value }) => spellSigned(value));
  return {
    ...drawn,
    labels,
    widest: labels.reduce((widest, label) => (label.length > widest.length ? label : widest)),
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
