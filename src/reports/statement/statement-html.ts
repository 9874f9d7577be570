import { formatDuration } from '../../domain/duration.ts';
import { type Cell, type Column, escapeHtml, htmlPage, htmlTable } from '../format/html.ts';
import type { Texts } from '../text/shape.ts';
import { textsIn } from '../text/texts.ts';
import {
  type LineKind,
  linePrices,
  type Statement,
  type StatementBalance,
  type StatementLine,
} from './statement-shape.ts';

/** One self-contained page for the client, to read or print. */
export function statementToHtml(statement: Statement): string {
  const texts = textsIn(statement.locale);
  const { title, nothing } = texts.statement;
  const month = texts.month(statement.month);
  const sections = [
    creditTable(statement, texts),
    workTable(statement, texts),
    correctionTable(statement, texts),
    otherTable(statement, texts),
  ].filter((section) => section !== null);
  return htmlPage(statement.locale, `${title}, ${statement.client.name}, ${month}`, [
    ...header(statement, texts),
    summaryTable(statement, texts),
    ...(sections.length === 0 ? [`<p>${escapeHtml(nothing)}</p>`] : sections),
    ...blockTable(statement, texts),
  ]);
}

function header(statement: Statement, texts: Texts): string[] {
  const { title, period, provisional } = texts.statement;
  const { firstOn, lastOn, timezone } = statement;
  const span = period(texts.date(firstOn), texts.date(lastOn), timezone);
  const pending = statement.provisional?.pendingSeconds ?? 0;
  const notice = provisional(pending === 0 ? null : formatDuration(pending));
  return [
    '<header>',
    `<h1>${escapeHtml(`${title}, ${texts.month(statement.month)}`)}</h1>`,
    `<p class="client">${escapeHtml(statement.client.name)}</p>`,
    `<p>${escapeHtml(span)}</p>`,
    '</header>',
    ...(statement.provisional === null ? [] : [`<p class="notice">${escapeHtml(notice)}</p>`]),
  ];
}

function summaryTable(statement: Statement, texts: Texts): string {
  const { opening, closing, firstOn, lastOn, paidBy } = statement;
  const words = texts.statement;
  const columns = [
    { title: '' },
    { title: `${words.opening}, ${texts.date(firstOn)}`, isFigure: true },
    { title: `${words.closing}, ${texts.date(lastOn)}`, isFigure: true },
  ];
  const row = (title: string, before: number, after: number): Cell[] => [
    [title],
    [formatDuration(before)],
    [formatDuration(after)],
  ];
  const money = moneyRows(statement, texts);
  if (paidBy !== null) {
    // Only its own usage: the blocks belong to another client.
    const used = row(words.usedOf(paidBy), 0 - opening.netSeconds, 0 - closing.netSeconds);
    return htmlTable(words.summary, columns, [used, ...money], null);
  }
  const rows = [row(words.leftInBlocks, opening.settledSeconds, closing.settledSeconds)];
  if (opening.overageSeconds !== 0 || closing.overageSeconds !== 0) {
    rows.push(row(words.overage, opening.overageSeconds, closing.overageSeconds));
  }
  const foot = row(words.balance, opening.netSeconds, closing.netSeconds);
  return htmlTable(words.summary, columns, [...rows, ...money], foot);
}

/** Money is listed next to the hours, one row per currency. */
function moneyRows({ opening, closing, paidBy }: Statement, texts: Texts): Cell[][] {
  const currencies = new Set([...opening.money, ...closing.money].map(({ currency }) => currency));
  const title = paidBy === null ? texts.statement.moneyLeft : texts.statement.usedOf(paidBy);
  const sign = paidBy === null ? 1 : -1;
  return [...currencies].map((currency) => {
    const shown = ({ money }: StatementBalance) => {
      const minor = money.find((one) => one.currency === currency)?.minor ?? 0;
      return [texts.amount(minor === 0 ? 0 : sign * minor, currency)];
    };
    return [[title], shown(opening), shown(closing)];
  });
}

function linesOf(statement: Statement, ...kinds: LineKind[]): StatementLine[] {
  return statement.lines.filter((line) => kinds.includes(line.kind));
}

function creditTable(statement: Statement, texts: Texts): string | null {
  const lines = linesOf(statement, 'purchase', 'rollover', 'overage-billed');
  if (lines.length === 0) return null;
  const { columns: titles, sections, kinds } = texts.statement;
  const columns: Column[] = [
    { title: titles.date },
    { title: titles.kind },
    { title: titles.block },
    { title: titles.rate, isFigure: true },
    { title: titles.change, isFigure: true },
  ];
  const rows = lines.map((line) => [
    [texts.date(line.postedOn)],
    [kinds[line.kind], line.note ?? ''],
    line.blocks.map((block) => block.blockId),
    line.blocks.map((block) => (block.isMoney ? '' : rateText(block, texts))),
    changeTexts(line, texts),
  ]);
  return htmlTable(sections.credits, columns, rows, null);
}

function workTable(statement: Statement, texts: Texts): string | null {
  const lines = linesOf(statement, 'usage');
  if (lines.length === 0) return null;
  const { columns: titles, sections, total } = texts.statement;
  const columns: Column[] = [
    ...workColumns(texts),
    { title: titles.worked, isFigure: true },
    { title: titles.charged, isFigure: true },
    { title: titles.paidFrom, isUnbroken: true },
    { title: titles.price, isFigure: true },
  ];
  const rows = lines.map((line) => [
    ...workCells(line, statement, texts),
    [formatDuration(line.workedSeconds ?? 0)],
    [formatDuration(line.chargedSeconds)],
    paidFrom(line, texts),
    priceTexts([line], texts),
  ]);
  const worked = lines.reduce((sum, line) => sum + (line.workedSeconds ?? 0), 0);
  const foot = [
    [total],
    [],
    [],
    [formatDuration(worked)],
    [formatDuration(lines.reduce((sum, line) => sum + line.chargedSeconds, 0))],
    [],
    priceTexts(lines, texts),
  ];
  return htmlTable(sections.work, columns, rows, foot);
}

function correctionTable(statement: Statement, texts: Texts): string | null {
  const lines = linesOf(statement, 'correction', 'overage-paid', 'reversal');
  if (lines.length === 0) return null;
  const { columns: titles, sections, kinds, beforeAfter } = texts.statement;
  const columns: Column[] = [
    ...workColumns(texts),
    { title: titles.reason },
    { title: titles.paidFrom, isUnbroken: true },
    { title: titles.price, isFigure: true },
    { title: titles.change, isFigure: true },
  ];
  const rows = lines.map((line) => {
    const { correction } = line;
    const reason = texts.clauses(correction?.changes.map(texts.change) ?? []);
    const figures =
      correction === null
        ? ''
        : beforeAfter(
            formatDuration(correction.beforeSeconds),
            formatDuration(correction.afterSeconds),
          );
    return [
      ...workCells(line, statement, texts),
      [reason === '' ? kinds[line.kind] : reason, figures],
      paidFrom(line, texts),
      priceTexts([line], texts),
      changeTexts(line, texts),
    ];
  });
  return htmlTable(sections.corrections, columns, rows, null);
}

function otherTable(statement: Statement, texts: Texts): string | null {
  const lines = linesOf(statement, 'adjustment', 'refund', 'expiry');
  if (lines.length === 0) return null;
  const { columns: titles, sections, kinds } = texts.statement;
  const columns: Column[] = [
    { title: titles.date },
    { title: titles.kind },
    { title: titles.paidFrom, isUnbroken: true },
    { title: titles.change, isFigure: true },
  ];
  const rows = lines.map((line) => [
    [texts.date(line.postedOn)],
    [kinds[line.kind], line.note ?? ''],
    paidFrom(line, texts),
    changeTexts(line, texts),
  ]);
  return htmlTable(sections.other, columns, rows, null);
}

function workColumns(texts: Texts): Column[] {
  const { date, work, technicians } = texts.statement.columns;
  return [{ title: date }, { title: work }, { title: technicians }];
}

function workCells(line: StatementLine, { firstOn }: Statement, texts: Texts): Cell[] {
  const { withoutTicket, earlier } = texts.statement;
  const from = line.workedFrom ?? line.postedOn;
  const to = line.workedTo ?? from;
  const isEarlier = line.kind === 'usage' && from < firstOn;
  const tickets = line.ticketNumbers.map((number) => `#${number}`).join(', ');
  const title = [tickets, line.summary ?? ''].filter((text) => text !== '').join(' ');
  return [
    [texts.days(from, to), isEarlier ? earlier : ''],
    [
      title === '' ? withoutTicket : title,
      [line.client, ...line.workTypes].filter((text) => text !== null).join(', '),
    ],
    [line.technicians.join(', ')],
  ];
}

/** The slices of a charge over several blocks, in its one line. */
function paidFrom(line: StatementLine, texts: Texts): string[] {
  const { free, beyondBlocks } = texts.statement;
  const shares = line.blocks.map((block) => ({ name: block.blockId, seconds: block.seconds }));
  if (line.overageSeconds !== 0) shares.push({ name: beyondBlocks, seconds: line.overageSeconds });
  if (shares.length === 0) return line.kind === 'usage' && line.chargedSeconds === 0 ? [free] : [];
  if (shares.length === 1) return shares.map(({ name }) => name);
  return [
    shares.map(({ name, seconds }) => texts.labelled(name, formatDuration(seconds))).join(', '),
  ];
}

function priceTexts(lines: readonly StatementLine[], texts: Texts): string[] {
  const sums = new Map<string, number>();
  for (const { currency, minor } of lines.flatMap(linePrices)) {
    sums.set(currency, (sums.get(currency) ?? 0) + minor);
  }
  return [...sums].map(([currency, minor]) => texts.amount(minor, currency));
}

function blockTable(statement: Statement, texts: Texts): string[] {
  if (statement.blocks.length === 0) return [];
  const { columns: titles, sections, never, opening, closing } = texts.statement;
  const columns: Column[] = [
    { title: titles.block },
    { title: titles.purchased },
    { title: titles.expires },
    { title: titles.size, isFigure: true },
    { title: titles.rate, isFigure: true },
    { title: opening, isFigure: true },
    { title: closing, isFigure: true },
  ];
  const rows = statement.blocks.map((block) => [
    block.workTypes === null
      ? [block.blockId]
      : [block.blockId, texts.explain.limitedTo(block.workTypes)],
    [texts.date(block.purchasedOn)],
    [block.expiresOn === null ? never : texts.date(block.expiresOn)],
    ...(block.amountMinor === null
      ? [
          [formatDuration(block.seconds)],
          [rateText(block, texts)],
          [formatDuration(block.openingSeconds)],
          [formatDuration(block.closingSeconds)],
        ]
      : [
          [texts.amount(block.amountMinor, block.currency)],
          [texts.statement.byWorkType],
          [texts.amount(block.openingMinor ?? 0, block.currency)],
          [texts.amount(block.closingMinor ?? 0, block.currency)],
        ]),
  ]);
  return [htmlTable(sections.blocks, columns, rows, null)];
}

function rateText(block: { rateMinor: number; currency: string }, texts: Texts): string {
  return texts.statement.perHour(texts.amount(block.rateMinor, block.currency));
}

function changeText(seconds: number): string {
  return seconds > 0 ? `+${formatDuration(seconds)}` : formatDuration(seconds);
}

function changeTexts({ seconds, money }: StatementLine, texts: Texts): string[] {
  const amounts = money.map(({ minor, currency }) => {
    const text = texts.amount(minor, currency);
    return minor > 0 ? `+${text}` : text;
  });
  return seconds === 0 && amounts.length > 0 ? amounts : [changeText(seconds), ...amounts];
}
