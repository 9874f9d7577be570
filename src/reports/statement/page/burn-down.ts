import { addDays, type DateText, daysBetween } from '../../../domain/time.ts';
import type { Statement, StatementLine } from '../statement-shape.ts';

/** A balance over the days of a month, as paths of an SVG of this size that is stretched to its box. */
export interface BurnDown {
  line: string;
  area: string;
  /** Height of the zero line. */
  zero: number;
  ticks: { value: number; at: number }[];
}

const pictureWidth = 1000;
const pictureHeight = 300;

/** How a balance of hours, or of money in one currency, is read off a statement. */
export interface Measure {
  opening: number;
  moved(line: StatementLine): number;
  /** The smallest unit in which the scale counts. */
  unit: number;
}

/**
 * Work counts on the day on which it was done, blocks on the day on which they were bought, whenever they
 * were posted; what lies before the month, at its start. `until`: the last day that is shown.
 */
export function drawBurnDown(
  statement: Statement,
  { opening, moved, unit }: Measure,
  until: DateText,
): BurnDown | null {
  const { firstOn, lastOn } = statement;
  const days = daysBetween(firstOn, lastOn) + 1;
  const shown = Math.min(days, Math.max(1, daysBetween(firstOn, until) + 1));
  const changes = new Map<number, number>();
  let start = opening;
  for (const line of statement.lines) {
    const on = dayOf(line, statement);
    const index = daysBetween(firstOn, on);
    if (index < 0) start += moved(line);
    else {
      const day = Math.min(index, shown - 1);
      changes.set(day, (changes.get(day) ?? 0) + moved(line));
    }
  }
  const values = [start];
  for (let day = 0; day < shown; day += 1) {
    values.push((values.at(-1) ?? 0) + (changes.get(day) ?? 0));
  }
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  if (low === high) return null;
  const ticks = scale(low, high, unit);
  const [bottom = 0, top = 0] = [ticks[0], ticks.at(-1)];
  const yOf = (value: number) => round((pictureHeight * (top - value)) / (top - bottom));
  const xOf = (day: number) => round((pictureWidth * day) / days);
  const steps = values
    .slice(1)
    .flatMap((value, day) => (value === values[day] ? [] : [`H${xOf(day + 0.5)}V${yOf(value)}`]));
  const line = `M0 ${yOf(start)}${steps.join('')}H${xOf(shown)}`;
  return {
    line,
    area: `${line}V${yOf(0)}H0Z`,
    zero: yOf(0),
    ticks: ticks.map((value) => ({ value, at: round((100 * yOf(value)) / pictureHeight) })),
  };
}

function dayOf(line: StatementLine, { blocks }: Statement): DateText {
  if (line.kind === 'usage') return line.workedTo ?? line.postedOn;
  if (line.kind !== 'purchase') return line.postedOn;
  const block = blocks.find(({ blockId }) => blockId === line.blocks[0]?.blockId);
  return block === undefined ? line.postedOn : block.purchasedOn;
}

/** At most six round values that cover the range, zero among them. */
function scale(low: number, high: number, unit: number): number[] {
  const span = (high - low) / unit;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 2.5, 5, 10, 20].map((one) => one * power).find((one) => span / one <= 4) ?? 1;
  const ticks: number[] = [];
  const first = Math.floor(low / unit / step);
  const last = Math.ceil(high / unit / step);
  for (let index = first; index <= last; index += 1) ticks.push(index * step * unit);
  return ticks;
}

/** The first, the middle and the last day of a month, for the axis. */
export function axisDays({ firstOn, lastOn }: Statement): DateText[] {
  return [firstOn, addDays(firstOn, 14), lastOn];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
