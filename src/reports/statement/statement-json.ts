import { plainJson } from '../format/plain-text.ts';
import { linePrices, type Statement } from './statement-shape.ts';

/** The JSON form of the statement: the same lines, hours in seconds, prices in minor units. */
export function statementToJson(statement: Statement): string {
  const { durations: _, ...shown } = statement;
  const lines = statement.lines.map((line) => ({
    ...line,
    prices: line.workedSeconds === null ? [] : linePrices(line),
  }));
  return `${plainJson({ ...shown, lines })}\n`;
}
