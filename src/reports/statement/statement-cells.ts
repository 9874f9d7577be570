import type { Cell } from '../format/table-cells.ts';
import type { Texts } from '../text/texts.ts';
import { linePrices, type Statement, type StatementLine } from './statement-shape.ts';

export function workCells(line: StatementLine, { firstOn }: Statement, texts: Texts): Cell[] {
  const { earlier } = texts.statement;
  const from = line.workedFrom ?? line.postedOn;
  const to = line.workedTo ?? from;
  const isEarlier = line.kind === 'usage' && from < firstOn;
  return [
    [texts.days(from, to), isEarlier ? earlier : ''],
    [
      workTitle(line, texts),
      [line.client, ...line.workTypes].filter((text) => text !== null).join(', '),
    ],
    [line.technicians.join(', ')],
  ];
}

/** The ticket, or what there is in its place. */
export function workTitle(
  line: Pick<StatementLine, 'ticketNumbers' | 'summary' | 'recordedBy'>,
  texts: Texts,
): string {
  const tickets = line.ticketNumbers.map((number) => `#${number}`).join(', ');
  const ticket = [tickets, line.summary ?? ''].filter((text) => text !== '').join(' ');
  const { recordedBy = [] } = line;
  const sessions = recordedBy.length === 0 ? '' : texts.statement.fromSessions(recordedBy, texts);
  const title = [ticket, sessions].filter((text) => text !== '').join('; ');
  return title === '' ? texts.statement.withoutTicket : title;
}

/** The slices of a charge over several blocks, in its one line. */
export function paidFrom(line: StatementLine, texts: Texts): string[] {
  const { free, beyondBlocks } = texts.statement;
  const shares = line.blocks.map((block) => ({ name: block.blockId, seconds: block.seconds }));
  if (line.overageSeconds !== 0) shares.push({ name: beyondBlocks, seconds: line.overageSeconds });
  if (shares.length === 0) return line.kind === 'usage' && line.chargedSeconds === 0 ? [free] : [];
  if (shares.length === 1) return shares.map(({ name }) => name);
  return [
    shares.map(({ name, seconds }) => texts.labelled(name, texts.duration(seconds))).join(', '),
  ];
}

export function priceTexts(lines: readonly StatementLine[], texts: Texts): string[] {
  const sums = new Map<string, number>();
  for (const { currency, minor } of lines.flatMap(linePrices)) {
    sums.set(currency, (sums.get(currency) ?? 0) + minor);
  }
  return [...sums].map(([currency, minor]) => texts.money(minor, currency));
}

export function rateText(block: { rateMinor: number; currency: string }, texts: Texts): string {
  return texts.statement.perHour(texts.money(block.rateMinor, block.currency));
}

function changeText(seconds: number, texts: Texts): string {
  return seconds > 0 ? `+${texts.duration(seconds)}` : texts.duration(seconds);
}

export function changeTexts(
  { seconds, money }: Pick<StatementLine, 'seconds' | 'money'>,
  texts: Texts,
): string[] {
  const amounts = money.map(({ minor, currency }) => {
    const text = texts.money(minor, currency);
    return minor > 0 ? `+${text}` : text;
  });
  return seconds === 0 && amounts.length > 0 ? amounts : [changeText(seconds, texts), ...amounts];
}
