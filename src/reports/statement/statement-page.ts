import type { Cell, Column } from '../format/table-cells.ts';
import type { Texts } from '../text/texts.ts';
import { textsIn } from '../text/texts.ts';
import { changeTexts, paidFrom, priceTexts, rateText, workCells } from './statement-cells.ts';
import type { LineKind, Statement, StatementBalance, StatementLine } from './statement-shape.ts';

/** One table of a statement, whatever it is printed on. */
export interface StatementTable {
  caption: string;
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
  foot: readonly Cell[] | null;
}

/** All that a statement says, in its client's language. */
interface StatementPage {
  title: string;
  month: string;
  client: string;
  period: string;
  /** Present while the month is not over. */
  notice: string | null;
  summary: StatementTable;
  /** What was bought and used; none: `nothing` is said instead. */
  sections: readonly StatementTable[];
  nothing: string;
  /** The share of proactive work; null: not known. */
  proactive: string | null;
  blocks: StatementTable | null;
}

export function statementToPage(statement: Statement): StatementPage {
  const texts = textsIn(statement);
  const { title, period, nothing, provisional } = texts.statement;
  const { firstOn, lastOn, timezone } = statement;
  const sections = [
    creditTable(statement, texts),
    workTable(statement, texts),
    correctionTable(statement, texts),
    otherTable(statement, texts),
  ].filter((section) => section !== null);
  const pending = statement.provisional?.pendingSeconds ?? 0;
  return {
    title,
    month: texts.month(statement.month),
    client: statement.client.name,
    period: period(texts.date(firstOn), texts.date(lastOn), timezone),
    notice:
      statement.provisional === null
        ? null
        : provisional(pending === 0 ? null : texts.duration(pending)),
    summary: summaryTable(statement, texts),
    sections,
    nothing,
    proactive:
      statement.proactive === undefined ? null : texts.statement.proactive(statement.proactive),
    blocks: blockTable(statement, texts),
  };
}

function summaryTable(statement: Statement, texts: Texts): StatementTable {
  const { opening, closing, firstOn, lastOn, paidBy } = statement;
  const words = texts.statement;
  const columns = [
    { title: '' },
    { title: `${words.opening}, ${texts.date(firstOn)}`, isFigure: true },
    { title: `${words.closing}, ${texts.date(lastOn)}`, isFigure: true },
  ];
  const row = (title: string, before: number, after: number): Cell[] => [
    [title],
    [texts.duration(before)],
    [texts.duration(after)],
  ];
  const money = moneyRows(statement, texts);
  if (paidBy !== null) {
    // Only its own usage: the blocks belong to another client.
    const used = row(words.usedOf(paidBy), 0 - opening.netSeconds, 0 - closing.netSeconds);
    return { caption: words.summary, columns, rows: [used, ...money], foot: null };
  }
  const rows = [row(words.leftInBlocks, opening.settledSeconds, closing.settledSeconds)];
  if (opening.overageSeconds !== 0 || closing.overageSeconds !== 0) {
    rows.push(row(words.overage, opening.overageSeconds, closing.overageSeconds));
  }
  const foot = row(words.balance, opening.netSeconds, closing.netSeconds);
  return { caption: words.summary, columns, rows: [...rows, ...money], foot };
}

/** Money is listed next to the hours, one row per currency. */
function moneyRows({ opening, closing, paidBy }: Statement, texts: Texts): Cell[][] {
  const currencies = new Set([...opening.money, ...closing.money].map(({ currency }) => currency));
  const title = paidBy === null ? texts.statement.moneyLeft : texts.statement.usedOf(paidBy);
  const sign = paidBy === null ? 1 : -1;
  return [...currencies].map((currency) => {
    const shown = ({ money }: StatementBalance) => {
      const minor = money.find((one) => one.currency === currency)?.minor ?? 0;
      return [texts.money(minor === 0 ? 0 : sign * minor, currency)];
    };
    return [[title], shown(opening), shown(closing)];
  });
}

function linesOf(statement: Statement, ...kinds: LineKind[]): StatementLine[] {
  return statement.lines.filter((line) => kinds.includes(line.kind));
}

function creditTable(statement: Statement, texts: Texts): StatementTable | null {
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
  return { caption: sections.credits, columns, rows, foot: null };
}

function workTable(statement: Statement, texts: Texts): StatementTable | null {
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
    [texts.duration(line.workedSeconds ?? 0)],
    [texts.duration(line.chargedSeconds)],
    paidFrom(line, texts),
    priceTexts([line], texts),
  ]);
  const worked = lines.reduce((sum, line) => sum + (line.workedSeconds ?? 0), 0);
  const foot = [
    [total],
    [],
    [],
    [texts.duration(worked)],
    [texts.duration(lines.reduce((sum, line) => sum + line.chargedSeconds, 0))],
    [],
    priceTexts(lines, texts),
  ];
  return { caption: sections.work, columns, rows, foot };
}

function correctionTable(statement: Statement, texts: Texts): StatementTable | null {
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
    const reason = texts.clauses(correction?.changes.map((one) => texts.change(one, texts)) ?? []);
    const figures =
      correction === null
        ? ''
        : beforeAfter(
            texts.duration(correction.beforeSeconds),
            texts.duration(correction.afterSeconds),
          );
    return [
      ...workCells(line, statement, texts),
      [reason === '' ? kinds[line.kind] : reason, figures],
      paidFrom(line, texts),
      priceTexts([line], texts),
      changeTexts(line, texts),
    ];
  });
  return { caption: sections.corrections, columns, rows, foot: null };
}

function otherTable(statement: Statement, texts: Texts): StatementTable | null {
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
  return { caption: sections.other, columns, rows, foot: null };
}

function workColumns(texts: Texts): Column[] {
  const { date, work, technicians } = texts.statement.columns;
  return [{ title: date }, { title: work, isProse: true }, { title: technicians }];
}

function blockTable(statement: Statement, texts: Texts): StatementTable | null {
  if (statement.blocks.length === 0) return null;
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
      : [block.blockId, texts.explain.limitedTo(block.workTypes, texts)],
    [texts.date(block.purchasedOn)],
    [block.expiresOn === null ? never : texts.date(block.expiresOn)],
    ...(block.amountMinor === null
      ? [
          [texts.duration(block.seconds)],
          [rateText(block, texts)],
          [texts.duration(block.openingSeconds)],
          [texts.duration(block.closingSeconds)],
        ]
      : [
          [texts.money(block.amountMinor, block.currency)],
          [texts.statement.byWorkType],
          [texts.money(block.openingMinor ?? 0, block.currency)],
          [texts.money(block.closingMinor ?? 0, block.currency)],
        ]),
  ]);
  return { caption: sections.blocks, columns, rows, foot: null };
}
