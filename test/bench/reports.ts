import { buildBalances } from '../../src/reports/balances/balances.ts';
import { buildStatement } from '../../src/reports/statement/statement.ts';
import { lastMonth, type Office } from './office.ts';
import { besideText, type Ratio, ratioOf, type Side, sideBySide } from './ratio.ts';

const rounds = { balances: 5, statement: 9 };
const reportAt = '2026-03-02T08:00:00.000Z';

/** The reports of two offices with the same clients and the same last month, one with years before it. */
export async function measureReports(large: Office, small: Office): Promise<Ratio[]> {
  const balances = await compare('balances', rounds.balances, showBalances, large, small);
  const statement = await compare(
    'statement of a month',
    rounds.statement,
    showStatement,
    large,
    small,
  );
  return [balances, statement];
}

async function compare(
  name: string,
  times: number,
  show: (office: Office) => Promise<unknown>,
  large: Office,
  small: Office,
): Promise<Ratio> {
  const side = (office: Office): Side => ({ work: () => show(office) });
  const took = await sideBySide(times, side(large), side(small));
  const clients = large.app.clients.length;
  const aim = { name: `${name} beside a hundredth of the ledger`, clients, atMost: 1.5 };
  return ratioOf(aim, took, besideText(took));
}

/** All clients, with pending work and forecast, as `balances` shows them. */
async function showBalances({ app }: Office): Promise<void> {
  await buildBalances(app.store, { shown: app.clients, all: app.clients, asOf: reportAt });
}

/** Of ten clients, since one alone is too quick to time. */
async function showStatement(office: Office): Promise<void> {
  for (const client of office.app.clients.slice(0, 10)) {
    const { lines } = await buildStatement(office.app.store, {
      client,
      month: lastMonth,
      locale: 'en',
      now: reportAt,
    });
    if (lines.length === 0) throw new Error(`nothing on the statement of ${client.name}`);
  }
}
