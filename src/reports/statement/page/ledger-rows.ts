import type { PageWords } from '../../text/page-words.ts';
import type { Texts } from '../../text/texts.ts';
import { changeTexts, priceTexts, rateText } from '../statement-cells.ts';
import { addUp } from '../statement-lines.ts';
import type {
  Amount,
  LineKind,
  Statement,
  StatementBlock,
  StatementLine,
} from '../statement-shape.ts';
import { endedBlocks } from './headlines.ts';
import { byText, countTickets, sizeText, spellDay, takenFrom, titleOf } from './work-groups.ts';

/** One step from the opening to the closing balance. */
export interface LedgerRow {
  date: string;
  text: string;
  note: string;
  change: string;
}

export interface CorrectionRow {
  date: string;
  title: string;
  by: string;
  reason: string;
  notes: string[];
  change: string;
}

export interface BlockRow {
  date: string;
  size: string;
  /** What it pays for, where that is not all work. */
  limit: string;
  rate: string;
  expires: string;
  left: string;
  /** Expired or withdrawn. */
  ended: string | null;
}

const corrections: readonly LineKind[] = ['correction', 'overage-paid', 'reversal'];

/** What was bought by itself, work and corrections as sums, then adjustments and expiries by themselves. */
export function toLedgerRows(
  statement: Statement,
  work: { earlier: readonly StatementLine[]; charged: readonly StatementLine[] },
  texts: Texts,
  words: PageWords,
): LedgerRow[] {
  const month = texts.month(statement.month);
  const { lines } = statement;
  const of = (...kinds: LineKind[]) => lines.filter(({ kind }) => kinds.includes(kind));
  const sum = (group: readonly StatementLine[], text: string): LedgerRow[] =>
    group.length === 0
      ? []
      : [{ date: '', text, note: '', change: sumChange(group, texts).join(', ') }];
  const single = (line: StatementLine): LedgerRow => ({
    date: texts.date(boughtOn(line, statement)),
    text: line.kind === 'purchase' ? words.blockBought : texts.statement.kinds[line.kind],
    note: line.note ?? '',
    change: changeTexts(line, texts).join(', '),
  });
  const { earlier, charged } = work;
  const corrected = of(...corrections).filter(({ seconds, money }) => seconds || money.length > 0);
  return [
    ...of('purchase', 'rollover', 'overage-billed').map(single),
    ...sum(earlier, words.workBefore(month, countTickets(earlier))),
    ...sum(charged, words.workIn(month, countTickets(charged))),
    ...sum(corrected, words.seeCorrections),
    ...of('adjustment', 'refund', 'expiry').map(single),
  ];
}

function boughtOn(line: StatementLine, { blocks }: Statement): string {
  if (line.kind !== 'purchase') return line.postedOn;
  const block = blocks.find(({ blockId }) => blockId === line.blocks[0]?.blockId);
  return block?.purchasedOn ?? line.postedOn;
}

function sumChange(lines: readonly StatementLine[], texts: Texts): string[] {
  const seconds = lines.reduce((sum, line) => sum + line.seconds, 0);
  const money = addUp(
    lines.flatMap((line) => line.money),
    ({ minor }) => minor,
  );
  return changeTexts({ seconds, money }, texts);
}

export function balanceText(
  balance: { netSeconds: number; money: readonly Amount[] },
  hasHours: boolean,
  texts: Texts,
  words: PageWords,
): string {
  const { netSeconds } = balance;
  const shown =
    netSeconds < 0 ? words.belowZero(texts.duration(-netSeconds)) : texts.duration(netSeconds);
  const money = balance.money.map(({ minor, currency }) => texts.money(minor, currency));
  const hours = hasHours || money.length === 0 ? [shown] : [];
  return [...hours, ...money].join(', ');
}

/** `rowsMax`: older corrections are summed up in a first row. */
export function toCorrectionRows(
  statement: Statement,
  texts: Texts,
  words: PageWords,
  rowsMax = Number.POSITIVE_INFINITY,
): CorrectionRow[] {
  const lines = statement.lines.filter(({ kind }) => corrections.includes(kind));
  const older = lines.slice(0, Math.max(0, lines.length - rowsMax));
  const sum: CorrectionRow = {
    date: '',
    title: '',
    by: '',
    reason: words.current.earlierCorrections(older.length),
    notes: [],
    change: sumChange(older, texts).join(', '),
  };
  const rows = lines.slice(older.length).map((line): CorrectionRow => {
    const { correction } = line;
    const reason = texts.clauses(correction?.changes.map((one) => texts.change(one, texts)) ?? []);
    const before = correction && texts.duration(correction.beforeSeconds);
    const after = correction && texts.duration(correction.afterSeconds);
    const isPaid = line.kind === 'overage-paid';
    const price = isPaid ? priceTexts([line], texts).join(', ') : '';
    const payers = takenFrom(
      { ...line, ...(isPaid ? { overageSeconds: 0 } : {}) },
      statement,
      texts,
      words,
    );
    return {
      date: spellDay(line, statement, texts),
      title: line.workedSeconds === null ? '' : titleOf(line, texts),
      by: byText(line),
      reason: reason === '' ? texts.statement.kinds[line.kind] : reason,
      notes: [
        ...(before === null || after === null ? [] : [texts.statement.beforeAfter(before, after)]),
        ...(correction === null ? payers : []),
        ...(price === '' ? [] : [price]),
      ],
      change: changeTexts(line, texts).join(', '),
    };
  });
  return older.length === 0 ? rows : [sum, ...rows];
}

/** By date and size: our IDs mean nothing to a client. */
export function toBlockRows(statement: Statement, texts: Texts, words: PageWords): BlockRow[] {
  const ended = endedBlocks(statement);
  return statement.blocks.map((block) => {
    const end = ended.get(block.blockId);
    return {
      date: texts.date(block.purchasedOn),
      size: sizeText(block, texts),
      limit: block.workTypes === null ? '' : texts.explain.limitedTo(block.workTypes, texts),
      rate: block.amountMinor === null ? rateText(block, texts) : texts.statement.byWorkType,
      expires: block.expiresOn === null ? texts.statement.never : texts.date(block.expiresOn),
      left: leftText(block, texts),
      ended: end === undefined ? null : words.ended[end],
    };
  });
}

function leftText(block: StatementBlock, texts: Texts): string {
  return block.closingMinor === null
    ? texts.duration(block.closingSeconds)
    : texts.money(block.closingMinor, block.currency);
}
