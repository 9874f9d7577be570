import type { Command } from 'commander';
import { buildPayments, type PaymentsReport } from '../../reports/payments/payments.ts';
import { readDate } from '../input/values.ts';
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

function rechargesText({ recharges, sums }: PaymentsReport, { list, format }: Scope): string {
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
  const table = list(recharges, [
    ['Client', ({ client }) => client, 'name'],
    ['Block', ({ blockId }) => blockId],
    ['By', ({ collect }) => collect],
    ['Invoice', ({ invoice }) => invoice ?? ''],
    ['Price', ({ priceMinor, currency }) => format.money(priceMinor, currency), 'figure'],
    ['Requested', ({ requestedOn }) => format.day(requestedOn)],
    ['Collected', ({ collectedOn }) => (collectedOn === null ? '' : format.day(collectedOn))],
    ['State', ({ isUnapproved, state }) => (isUnapproved ? 'unapproved' : state)],
    ['Reason', ({ reason }) => reason ?? '', 'prose'],
  ]);
  return `${table}\n${lines.join('')}`;
}

function mandatesText({ mandates }: PaymentsReport, { list, format }: Scope): string {
  return list(mandates, [
    ['Client', ({ client }) => client, 'name'],
    ['Connection', ({ connection }) => connection],
    ['Mandate', ({ mandate }) => mandate],
    ['Scheme', ({ scheme }) => scheme],
    ['Expires', ({ expiresOn }) => (expiresOn === null ? '' : format.day(expiresOn))],
    ['State', ({ status }) => status],
    ['Detail', ({ detail }) => detail ?? '', 'prose'],
  ]);
}
