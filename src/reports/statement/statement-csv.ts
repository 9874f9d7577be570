import { textFromMinor } from '../../domain/money.ts';
import { csvText } from '../format/csv.ts';
import type { Texts } from '../text/texts.ts';
import { textsIn } from '../text/texts.ts';
import { linePrices, type Statement, type StatementLine } from './statement-shape.ts';

const columns = [
  'kind',
  'posted_on',
  'worked_from',
  'worked_to',
  'ticket',
  'summary',
  'technicians',
  'work_types',
  'worked_seconds',
  'charged_hours',
  'change_seconds',
  'blocks',
  'overage_seconds',
  'price',
  'currency',
  'reason',
  'balance_seconds',
  'money_change',
  'client',
];

/**
 * One row per line, between the rows `opening` and `closing`. Column names and kinds are the same
 * in every language; reasons are in the client's. Seconds are exact; hours have four decimals.
 * Money has its own column and is never part of a balance of hours.
 */
export function statementToCsv(statement: Statement): string {
  const { opening, closing, firstOn, lastOn } = statement;
  const texts = textsIn(statement);
  let balance = opening.netSeconds;
  const rows = statement.lines.map((line) => {
    balance += line.seconds;
    return lineRow(line, texts, balance);
  });
  return csvText([
    columns,
    balanceRow('opening', firstOn, opening.netSeconds),
    ...rows,
    balanceRow('closing', lastOn, closing.netSeconds),
  ]);
}

function balanceRow(kind: string, on: string, seconds: number): (string | number | null)[] {
  return columns.map((column) => {
    if (column === 'kind') return kind;
    if (column === 'posted_on') return on;
    return column === 'balance_seconds' ? seconds : null;
  });
}

function lineRow(line: StatementLine, texts: Texts, balance: number): (string | number | null)[] {
  const prices = linePrices(line);
  const isCharge = line.workedSeconds !== null;
  return [
    line.kind,
    line.postedOn,
    line.workedFrom,
    line.workedTo,
    line.ticketNumbers.join(' '),
    line.summary ?? sessionsText(line, texts),
    line.technicians.join('; '),
    line.workTypes.join('; '),
    line.workedSeconds,
    isCharge ? Math.round(line.chargedSeconds / 0.36) / 10_000 : null,
    line.seconds,
    blocksText(line, texts),
    line.overageSeconds,
    isCharge ? prices.map(({ currency, minor }) => textFromMinor(minor, currency)).join(' ') : null,
    isCharge ? prices.map(({ currency }) => currency).join(' ') : null,
    line.correction?.changes.map((one) => texts.change(one, texts)).join('; ') ?? line.note,
    balance,
    line.money
      .map(({ minor, currency }) => `${textFromMinor(minor, currency)} ${currency}`)
      .join(' '),
    line.client,
  ];
}

function sessionsText({ recordedBy }: StatementLine, texts: Texts): string | null {
  return recordedBy === undefined ? null : texts.statement.fromSessions(recordedBy, texts);
}

/** `b-1`, or each block's share if there are several. */
function blocksText({ blocks, overageSeconds }: StatementLine, texts: Texts): string {
  if (blocks.length === 1 && overageSeconds === 0) return blocks[0]?.blockId ?? '';
  return blocks.map((block) => `${block.blockId} ${texts.duration(block.seconds)}`).join('; ');
}
