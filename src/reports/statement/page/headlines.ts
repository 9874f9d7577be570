import type { PageWords } from '../../text/page-words.ts';
import type { Texts } from '../../text/texts.ts';
import type { Statement, StatementBlock } from '../statement-shape.ts';

/** A figure that is read first: `18.5 h`, `left of 66 h`. */
export interface Headline {
  label: string;
  figure: string;
  rest: string;
  isOver: boolean;
  /** The share that is left, in per cent; null: no bar. */
  percent: number | null;
  /** Beside the bar. */
  used: string | null;
}

/** Hours of each kind, hours beyond all blocks, and money, each by itself: they are never added up. */
export function toHeadlines(
  statement: Statement,
  on: string,
  texts: Texts,
  words: PageWords,
): Headline[] {
  if (statement.paidBy !== null) return usedOfPayer(statement, texts, words);
  const { closing } = statement;
  const ended = endedBlocks(statement);
  const open = statement.blocks.filter(({ blockId }) => !ended.has(blockId));
  const hours = open.filter(({ amountMinor }) => amountMinor === null);
  const kinds = [...Map.groupBy(hours, ({ workTypes }) => JSON.stringify(workTypes)).values()];
  const headlines = kinds.map((blocks) => ofKind(blocks, on, texts, words));
  const money = moneyHeadlines(statement, open, on, texts, words);
  if (headlines.length === 0 && money.length === 0) headlines.push(ofKind([], on, texts, words));
  if (closing.overageSeconds > 0) {
    headlines.unshift({
      label: words.overOn(on),
      figure: words.hours(closing.overageSeconds),
      rest: words.over,
      isOver: true,
      percent: null,
      used: null,
    });
  }
  return [...headlines, ...money];
}

function ofKind(
  blocks: readonly StatementBlock[],
  on: string,
  texts: Texts,
  words: PageWords,
): Headline {
  const left = blocks.reduce((sum, { closingSeconds }) => sum + closingSeconds, 0);
  const total = blocks.reduce((sum, { seconds }) => sum + seconds, 0);
  const workTypes = blocks[0]?.workTypes ?? null;
  const kind = workTypes === null ? [] : [texts.explain.limitedTo(workTypes, texts)];
  // Adjustments can leave more than was bought.
  const isWhole = total > 0 && left <= total;
  return {
    label: [words.leftOn(on), ...kind].join(', '),
    figure: words.hours(left),
    rest: words.left(isWhole ? words.hours(total) : null),
    isOver: false,
    percent: isWhole ? percentOf(left, total) : null,
    used: isWhole ? words.usedOf(words.hours(total - left)) : null,
  };
}

function moneyHeadlines(
  { closing }: Statement,
  open: readonly StatementBlock[],
  on: string,
  texts: Texts,
  words: PageWords,
): Headline[] {
  const money = open.filter(({ amountMinor }) => amountMinor !== null);
  const currencies = new Set([...money, ...closing.money].map(({ currency }) => currency));
  return [...currencies].map((currency) => {
    const left = closing.money.find((one) => one.currency === currency)?.minor ?? 0;
    const total = money
      .filter((one) => one.currency === currency)
      .reduce((sum, { amountMinor }) => sum + (amountMinor ?? 0), 0);
    const isWhole = total > 0 && left <= total;
    return {
      label: `${texts.statement.moneyLeft}, ${on}`,
      figure: texts.money(left, currency),
      rest: words.leftMoney(isWhole ? texts.money(total, currency) : null),
      isOver: false,
      percent: isWhole ? percentOf(left, total) : null,
      used: isWhole ? words.usedMoney(texts.money(total - left, currency)) : null,
    };
  });
}

/** The blocks belong to another client: only what was used of them in the month. */
function usedOfPayer(
  { opening, closing, paidBy }: Statement,
  texts: Texts,
  words: PageWords,
): Headline[] {
  const headline = (figure: string): Headline => ({
    label: texts.statement.usedOf(paidBy ?? ''),
    figure,
    rest: words.used,
    isOver: false,
    percent: null,
    used: null,
  });
  const seconds = opening.netSeconds - closing.netSeconds;
  const money = closing.money.map(({ minor, currency }) => {
    const before = opening.money.find((one) => one.currency === currency)?.minor ?? 0;
    return headline(texts.money(before - minor, currency));
  });
  const hours = seconds < 0 ? texts.duration(seconds) : words.hours(seconds);
  return seconds === 0 && money.length > 0 ? money : [headline(hours), ...money];
}

/** Blocks that expired or were withdrawn in the month, and what was lost with them. */
export function endedBlocks({ lines }: Statement): Map<string, 'expiry' | 'refund'> {
  const ended = new Map<string, 'expiry' | 'refund'>();
  for (const { kind, blocks } of lines) {
    if (kind !== 'expiry' && kind !== 'refund') continue;
    for (const { blockId } of blocks) ended.set(blockId, kind);
  }
  return ended;
}

function percentOf(part: number, whole: number): number {
  return Math.round((1000 * Math.max(0, part)) / whole) / 10;
}
