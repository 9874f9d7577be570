import type { PageWords } from '../../text/page-words.ts';
import type { Texts } from '../../text/texts.ts';
import { priceTexts, rateText, workTitle } from '../statement-cells.ts';
import type { Statement, StatementLine } from '../statement-shape.ts';

/** The lines of one ticket. */
export interface WorkGroup {
  title: string;
  /** Of all its lines. */
  worked: string;
  charged: string;
  price: string;
  lines: WorkRow[];
}

interface WorkRow {
  date: string;
  /** Who, and what kind of work. */
  by: string;
  notes: string[];
  worked: string;
  charged: string;
  price: string;
}

interface WorkSplit {
  /** In the first month: what was worked before it, which is told in one line. */
  earlier: StatementLine[];
  charged: StatementLine[];
  free: StatementLine[];
}

export function splitWork({ lines, isFirst, firstOn }: Statement): WorkSplit {
  const work = lines.filter(({ kind }) => kind === 'usage');
  const isEarlier = ({ workedTo }: StatementLine) =>
    isFirst && workedTo !== null && workedTo < firstOn;
  const listed = work.filter((line) => !isEarlier(line));
  return {
    earlier: work.filter(isEarlier),
    charged: listed.filter(({ chargedSeconds }) => chargedSeconds !== 0),
    free: listed.filter(({ chargedSeconds }) => chargedSeconds === 0),
  };
}

/** In the order of the first line of each ticket. */
export function toWorkGroups(
  lines: readonly StatementLine[],
  statement: Statement,
  texts: Texts,
  words: PageWords,
): WorkGroup[] {
  return [...groupByTicket(lines).values()].map((group) => ({
    title: titleOf(group[0], texts),
    ...figures(group, texts),
    lines: group.map((line) => ({
      date: spellDay(line, statement, texts),
      by: byText(line),
      notes: notesOf(line, statement, texts, words),
      ...figures([line], texts),
    })),
  }));
}

/** One row per ticket, the latest first; older ones are summed up in a last row. */
export function toLatestTickets(
  lines: readonly StatementLine[],
  statement: Statement,
  texts: Texts,
  { current }: PageWords,
  rowsMax: number,
): WorkGroup[] {
  const tickets = [...groupByTicket(lines).values()].sort((a, b) =>
    lastDay(a) < lastDay(b) ? 1 : lastDay(a) > lastDay(b) ? -1 : 0,
  );
  const row = (group: readonly StatementLine[], title: string, date: string, by: string) => ({
    title,
    ...figures(group, texts),
    lines: [{ date, by, notes: [], ...figures(group, texts) }],
  });
  const older = tickets.slice(rowsMax);
  return [
    ...tickets
      .slice(0, rowsMax)
      .map((group) =>
        row(
          group,
          titleOf(group[0], texts),
          spellDays(group, statement, texts),
          byText(merge(group)),
        ),
      ),
    ...(older.length === 0
      ? []
      : [row(older.flat(), current.earlierTickets(older.length), '', '')]),
  ];
}

function lastDay(group: readonly StatementLine[]): string {
  return group.reduce(
    (last, { workedTo }) => (workedTo !== null && workedTo > last ? workedTo : last),
    '',
  );
}

function spellDays(group: readonly StatementLine[], { lastOn }: Statement, texts: Texts): string {
  const [from = ''] = group.map(({ workedFrom, postedOn }) => workedFrom ?? postedOn).sort();
  const to = lastDay(group);
  return texts.span(from, to === '' ? from : to, lastOn);
}

function merge(group: readonly StatementLine[]) {
  return {
    technicians: [...new Set(group.flatMap(({ technicians }) => technicians))],
    workTypes: [...new Set(group.flatMap(({ workTypes }) => workTypes))],
    client: group[0]?.client ?? null,
  };
}

function groupByTicket(lines: readonly StatementLine[]): Map<string, StatementLine[]> {
  return Map.groupBy(lines, ({ ticketNumbers, summary, recordedBy }) =>
    JSON.stringify([ticketNumbers, summary, recordedBy]),
  );
}

export function countTickets(lines: readonly StatementLine[]): number {
  return groupByTicket(lines).size;
}

export function titleOf(
  line: Pick<StatementLine, 'ticketNumbers' | 'summary' | 'recordedBy'> | undefined,
  texts: Texts,
): string {
  return line === undefined ? texts.statement.withoutTicket : workTitle(line, texts);
}

/** The year is that of the month, unless it is shown. */
export function spellDay(
  { workedFrom, workedTo, postedOn }: StatementLine,
  { lastOn }: Statement,
  texts: Texts,
): string {
  const from = workedFrom ?? postedOn;
  return texts.span(from, workedTo ?? from, lastOn);
}

export function byText({
  technicians,
  workTypes,
  client,
}: Pick<StatementLine, 'technicians' | 'workTypes' | 'client'>): string {
  return [technicians.join(', '), workTypes.join(', '), client ?? '']
    .filter((text) => text !== '')
    .join(' · ');
}

function figures(lines: readonly StatementLine[], texts: Texts) {
  return {
    worked: texts.duration(lines.reduce((sum, line) => sum + (line.workedSeconds ?? 0), 0)),
    charged: texts.duration(lines.reduce((sum, line) => sum + line.chargedSeconds, 0)),
    price: priceTexts(lines, texts).join(', '),
  };
}

export function sumFigures(groups: readonly StatementLine[], texts: Texts) {
  return figures(groups, texts);
}

function notesOf(
  line: StatementLine,
  statement: Statement,
  texts: Texts,
  words: PageWords,
): string[] {
  const isEarlier = (line.workedFrom ?? statement.firstOn) < statement.firstOn;
  return [
    ...(isEarlier && line.kind === 'usage' ? [texts.statement.earlier] : []),
    ...takenFrom(line, statement, texts, words),
  ];
}

/** Which blocks paid, where it was not one block alone. */
export function takenFrom(
  { blocks, overageSeconds }: StatementLine,
  statement: Statement,
  texts: Texts,
  words: PageWords,
): string[] {
  if (blocks.length + (overageSeconds === 0 ? 0 : 1) < 2 && overageSeconds === 0) return [];
  const shares = blocks.map((share) => {
    const block = statement.blocks.find(({ blockId }) => blockId === share.blockId);
    const name =
      block !== undefined
        ? words.block(sizeText(block, texts), texts.date(block.purchasedOn))
        : share.isMoney
          ? words.otherBlock
          : words.blockAt(rateText(share, texts));
    return words.takenFrom(texts.duration(share.seconds), name);
  });
  if (overageSeconds !== 0) shares.push(words.takenBeyond(texts.duration(overageSeconds)));
  return [shares.join(', ')];
}

export function sizeText(
  block: { seconds: number; amountMinor: number | null; currency: string },
  texts: Texts,
): string {
  return block.amountMinor === null
    ? texts.duration(block.seconds)
    : texts.money(block.amountMinor, block.currency);
}
