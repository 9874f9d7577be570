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

function paymentsText(report: PaymentsReport, scope: Scope): string {
  const parts = [
    report.recharges.length === 0 ? 'No recharges.\n' : rechargesText(report, scope),
    ...(report.mandates.length === 0 ? [] : [mandatesText(report, scope)]),
  ];
  return parts.join('\n');
}

function rechargesText({ recharges, sums }: PaymentsReport, { table, format }: Scope): string {
  const columns: TableColumn[] = [
    { title: 'Client', cut: 'name' },
    { title: 'Block' },
    { title: 'By' },
    { title: 'Invoice' },
    { title: 'Price', isFigure: true },
    { title: 'Requested' },
    { title: 'Collected' },
    { title: 'State' },
    { title: 'Reason', cut: 'prose' },
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
    one.reason ?? '',
  ]);
  const lines = sums.map(({ currency, states, successPercent, medianDays }) => {
    const parts = states
      .filter(({ count }) => count > 0)
      .map(({ state, count, minor, reasons }) => {
        const why = reasons.map((one) => `${one.count} ${one.reason}`).join(', ');
        const sum = format.money(minor, currency);
        return `${count} ${state} (${why === '' ? sum : `${sum}: ${why}`})`;
      });
    const success = successPercent === null ? [] : [`${successPercent} % succeeded`];
    const days = medianDays === null ? [] : [`half within ${medianDays} days`];
    return `${[...parts, ...success, ...days].join(', ')}.\n`;
  });
  return `${table(columns, rows)}\n${lines.join('')}`;
}

function mandatesText({ mandates }: PaymentsReport, { table, format }: Scope): string {
  const columns: TableColumn[] = [
    { title: 'Client', cut: 'name' },
    { title: 'Connection' },
    { title: 'Mandate' },
    { title: 'Scheme' },
    { title: 'Expires' },
    { title: 'State' },
    { title: 'Detail', cut: 'prose' },
  ];
  const rows = mandates.map((one) => [
    one.client,
    one.connection,
    one.mandate,
    one.scheme,
    one.expiresOn === null ? '' : format.day(one.expiresOn),
    one.status,
    one.detail ?? '',
  ]);
  return table(columns, rows);
}
