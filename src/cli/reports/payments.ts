import type { Command } from 'commander';
import { buildPayments, type PaymentsReport } from '../../reports/payments/payments.ts';
import { readDate } from '../input/values.ts';
import type { TableColumn } from '../output/table.ts';
import type { Cli, Scope } from '../scope.ts';

export function addPaymentsReport(report: Command, cli: Cli): void {
  cli
    .add(
      report,
      'payments',
      'recharges: what was requested, collected, declined and returned',
      'report payments --from 2026-01-01',
    )
    .option('--from <day>', 'requested on this day or later (default: all)')
    .option('--to <day>', 'requested on this day or earlier')
    .action((options: { from?: string; to?: string }, command: Command) =>
      cli.withApp(command, 'read', async (scope) => {
        const { store, clients } = scope.app;
        const day = (flag: '--from' | '--to', text: string | undefined) =>
          text === undefined ? null : readDate(flag, text);
        const period = { from: day('--from', options.from), to: day('--to', options.to) };
        const payments = await buildPayments(store, clients, period);
        scope.answer(payments, () => paymentsText(payments, scope));
        return 0;
      }),
    );
}

function paymentsText({ recharges, sums }: PaymentsReport, { table, format }: Scope): string {
  if (recharges.length === 0) return 'No recharges.\n';
  const columns: TableColumn[] = [
    { title: 'Client', cut: 'name' },
    { title: 'Block' },
    { title: 'By' },
    { title: 'Invoice' },
    { title: 'Price', isFigure: true },
    { title: 'Requested' },
    { title: 'Collected' },
    { title: 'State' },
  ];
  const rows = recharges.map((one) => [
    one.client,
    one.blockId,
    one.collect,
    one.invoice ?? '',
    format.money(one.priceMinor, one.currency),
    format.day(one.requestedOn),
    one.collectedOn === null ? '' : format.day(one.collectedOn),
    one.isUnapproved ? 'unapproved' : one.state,
  ]);
  const lines = sums.map(({ currency, states, successPercent, medianDays }) => {
    const parts = states
      .filter(({ count }) => count > 0)
      .map(({ state, count, minor }) => `${count} ${state} (${format.money(minor, currency)})`);
    const success = successPercent === null ? [] : [`${successPercent} % succeeded`];
    const days = medianDays === null ? [] : [`half within ${medianDays} days`];
    return `${[...parts, ...success, ...days].join(', ')}.\n`;
  });
  return `${table(columns, rows)}\n${lines.join('')}`;
}
