import { textFromMinor } from '../../domain/money.ts';
import { movementKinds } from '../../domain/revenue/movements.ts';
import { csvText } from '../format/csv.ts';
import type { CurrencyRevenue, RevenueReport } from './revenue.ts';

type Row = (string | number | null)[];

const figureColumns = [
  'opening_deferred',
  'sold',
  'taken_over',
  'earned',
  'breakage',
  'refunded',
  'reversed',
  'adjusted',
  'rolled_over',
  'closing_deferred',
  'closing_seconds',
];

type Figured = CurrencyRevenue['total'];

function figureCells(row: Figured, currency: string): Row {
  const text = (minor: number) => textFromMinor(minor, currency);
  return [
    text(row.openingMinor),
    ...movementKinds.map((kind) => text(row[kind])),
    text(row.closingMinor),
    row.closingSeconds,
  ];
}

/**
 * One row per month, currency and client, then the month's total with no client. Column names are
 * the same in every language; amounts have a dot and no currency.
 */
export function revenueToCsv({ rows, currencies }: RevenueReport): string {
  const all = currencies.flatMap(({ currency, months }) =>
    months.flatMap((total): Row[] => {
      const { month } = total;
      const own = rows.filter((row) => row.currency === currency && row.month === month);
      return [
        ...own.map((row) => [
          month,
          currency,
          row.client,
          row.clientId,
          ...figureCells(row, currency),
        ]),
        [month, currency, null, null, ...figureCells(total, currency)],
      ];
    }),
  );
  return csvText([['month', 'currency', 'client', 'client_id', ...figureColumns], ...all]);
}

/** The roll-forward of what is deferred: one row per month and currency. */
export function rollForwardToCsv({ currencies }: RevenueReport): string {
  const rows = currencies.flatMap(({ currency, months }) =>
    months.map((row): Row => [row.month, currency, ...figureCells(row, currency)]),
  );
  return csvText([['month', 'currency', ...figureColumns], ...rows]);
}

/** Rows of clients, then figures of all of them, then the money of those that were active. */
export function retentionToCsv({ retention }: RevenueReport): string {
  const { clients, money } = retention;
  const spellFlag = (is: boolean) => (is ? 'yes' : 'no');
  const figure = (name: string, currency: string | null, value: string | number | null): Row => {
    return ['figure', name, null, null, null, null, null, currency, value];
  };
  return csvText([
    [
      ...['row', 'name', 'client_id', 'bought', 'median_days_between', 'was_active', 'is_retained'],
      ...['currency', 'value'],
    ],
    ...clients.map(
      (one): Row => [
        'client',
        one.client,
        one.clientId,
        one.bought,
        one.medianDaysBetween,
        spellFlag(one.wasActive),
        one.wasActive ? spellFlag(one.isRetained) : null,
        null,
        null,
      ],
    ),
    figure('active_clients', null, retention.wasActive),
    figure('retained_clients', null, retention.retained),
    figure('retained_percent', null, retention.retainedPercent),
    figure('median_days_between_purchases', null, retention.medianDaysBetween),
    figure('median_days_from_low_to_ordered', null, retention.medianDaysLowToOrdered),
    figure('median_days_from_low_to_paid', null, retention.medianDaysLowToPaid),
    ...money.flatMap(({ currency, beforeMinor, minor, percent }) => [
      figure('sold_before_to_active', currency, textFromMinor(beforeMinor, currency)),
      figure('sold_in_period_to_active', currency, textFromMinor(minor, currency)),
      figure('money_retained_percent', currency, percent),
    ]),
  ]);
}
