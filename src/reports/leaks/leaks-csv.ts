import { textFromMinor } from '../../domain/money.ts';
import { csvText } from '../format/csv.ts';
import type { LeakReport, LeakRow } from './leak-shape.ts';

const columns = [
  ...['client', 'month', 'section', 'reason', 'is_leak', 'ticket', 'summary', 'explain'],
  ...['worked_seconds', 'seconds', 'rate', 'rate_source', 'amount', 'currency', 'detail'],
];

/** One row per row of the report; codes, not words, so that it reads the same in every language. */
export function leaksToCsv({ clients, withoutClient }: LeakReport): string {
  return csvText([
    columns,
    ...clients.flatMap(({ client, rows }) => rows.map((row) => toCells(client, row))),
    ...withoutClient.map((row) => toCells(null, row)),
  ]);
}

function toCells(client: string | null, row: LeakRow): (string | number | null)[] {
  const { rate, minor } = row;
  const money = (amount: number | null) =>
    amount === null || rate === null ? null : textFromMinor(amount, rate.currency);
  return [
    ...[client, row.month, row.section, row.reason, row.isLeak ? 'yes' : 'no', row.ticket],
    ...[row.summary, row.explain, row.workedSeconds, row.seconds, money(rate?.minor ?? null)],
    ...[rate?.source ?? null, money(minor), rate?.currency ?? null, row.detail],
  ];
}
