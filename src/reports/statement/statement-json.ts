import { plainJson } from '../format/plain-text.ts';
import { linePrices, type Statement } from './statement-shape.ts';

/** The JSON form of the statement: the same lines, hours in seconds, prices in minor units. */
export function statementToJson(statement: Statement): string {
  const { durations: _durations, isFirst: _isFirst, ...shown } = statement;
  const lines = statement.lines.map(({ shares: _, ...line }) => ({
    ...line,
    prices: line.workedSeconds === null ? [] : linePrices(line),
  }));
  return `${plainJson({ ...shown, lines })}\n`;
}
