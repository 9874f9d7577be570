import { type MonthRow, monthsOf, type RevenuePeriod } from '../../domain/revenue/account.ts';
import { addFigures, emptyFigures, type Figures } from '../../domain/revenue/movements.ts';
import { measureRetention, type Retention } from './retention.ts';
import type { MeasuredAccount } from './revenue-source.ts';

interface ClientRow extends MonthRow {
  client: string;
  clientId: string;
}

/** A client's whole period, or that of all. */
interface PeriodRow extends Figures {
  openingMinor: number;
  closingMinor: number;
  closingSeconds: number;
}

export interface CurrencyRevenue {
  currency: string;
  /** The roll-forward: one row per month from the first with anything on, without gaps. */
  months: MonthRow[];
  total: PeriodRow;
  clients: (PeriodRow & { client: string; clientId: string })[];
}

export interface RevenueReport {
  from: string;
  to: string;
  /** By currency, month and client. */
  rows: ClientRow[];
  currencies: CurrencyRevenue[];
  retention: Retention;
}

/** What was sold, earned and is still deferred: by month, currency and client. */
export function sumUpRevenue(
  accounts: readonly MeasuredAccount[],
  period: RevenuePeriod,
): RevenueReport {
  const all = accounts.flatMap(({ name, id, revenue }) =>
    revenue.rows.map((row) => ({ client: name, clientId: id, ...row })),
  );
  const rows = all.toSorted(
    (a, b) =>
      compare(a.currency, b.currency) ||
      compare(a.month, b.month) ||
      compare(a.client, b.client) ||
      compare(a.clientId, b.clientId),
  );
  const byCurrency = [...Map.groupBy(rows, ({ currency }) => currency)];
  return {
    ...period,
    rows,
    currencies: byCurrency.map(([currency, own]) => sumUp(currency, own, period)),
    retention: measureRetention(accounts, period),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sumUp(
  currency: string,
  rows: readonly ClientRow[],
  period: RevenuePeriod,
): CurrencyRevenue {
  const byMonth = Map.groupBy(rows, ({ month }) => month);
  const from = rows[0]?.month ?? period.from;
  const months = monthsOf({ from, to: period.to }).map((month) => ({
    month,
    currency,
    ...addUp((byMonth.get(month) ?? []).map((row) => [row])),
  }));
  const byClient = [...Map.groupBy(rows, ({ clientId }) => clientId).values()];
  const clients = byClient
    .map((own) => ({
      client: own[0]?.client ?? '',
      clientId: own[0]?.clientId ?? '',
      ...addUp([own]),
    }))
    .toSorted((a, b) => compare(a.client, b.client) || compare(a.clientId, b.clientId));
  return { currency, months, total: addUp(byClient), clients };
}

/** Of each list, the first row opens and the last one closes. */
function addUp(lists: readonly (readonly PeriodRow[])[]): PeriodRow {
  const figures = emptyFigures();
  const total = { openingMinor: 0, closingMinor: 0, closingSeconds: 0 };
  for (const list of lists) {
    for (const row of list) addFigures(figures, row);
    total.openingMinor += list[0]?.openingMinor ?? 0;
    total.closingMinor += list.at(-1)?.closingMinor ?? 0;
    total.closingSeconds += list.at(-1)?.closingSeconds ?? 0;
  }
  return { ...figures, ...total };
}
