import type { Command } from 'commander';
import type { Format } from '../../domain/format.ts';
import { plainText } from '../../reports/format/plain-text.ts';
import { comparisonLine } from '../../reports/notices/reconciliation.ts';
import type { BalanceStatus } from '../../service/status/balances.ts';
import { needsAttention, readStatus, type Status } from '../../service/status/status.ts';
import type { StepState } from '../../service/status/steps.ts';
import { agoText, counted, inText, localTime } from '../../service/status/words.ts';
import type { Style } from '../output/style.ts';
import type { TableCell, TableColumn } from '../output/table.ts';
import type { Cli, Scope } from '../scope.ts';

export function defineStatus(status: Command, cli: Cli): void {
  status.action((_options: unknown, command: Command) =>
    cli.withApp(command, 'read', async (scope) => {
      const status = await readStatus(scope.app);
      scope.answer(status, () => statusText(status, scope));
      return status.ok ? 0 : needsAttention;
    }),
  );
}

function statusText(status: Status, scope: Scope): string {
  return [
    headText(status, scope),
    stepsText(status, scope),
    messagesText(status, scope),
    restText(status, scope),
    balancesText(status, scope),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

const kindWidth = 6;

function headText({ ok, problems, service, mode, timezone, asOf }: Status, scope: Scope): string {
  const { paint, hang } = scope;
  const runs =
    service === null
      ? 'No service is running.'
      : `\`${service.purpose}\` is running (pid ${service.pid}, since ${localTime(service.since, timezone)}).`;
  const line = ok
    ? paint('green', 'OK: nothing is late, failed or stuck.')
    : paint('red', `${counted(problems.length, 'problem')}:`);
  const lines = problems.flatMap(({ kind, subject, text, fix }) => {
    const head = kind.padEnd(kindWidth);
    const what = hang(`${head} `, plainText(`${subject}: ${text}`));
    return [
      paint('red', head) + what.slice(head.length),
      hang(' '.repeat(head.length + 1), plainText(fix)),
    ];
  });
  const time = `${localTime(asOf, timezone)} (${timezone}), mode ${mode}.`;
  return `${[line, ...lines, '', hang('', `${plainText(runs)} It is ${time}`)].join('\n')}\n`;
}

const stepStyles: Partial<Record<StepState, Style>> = { failed: 'red', late: 'red', never: 'dim' };
const stepWords: Record<StepState, string> = {
  ok: 'ok',
  failed: 'failed',
  late: 'late',
  never: 'not run yet',
};

function stepsText({ steps, asOf }: Status, { table }: Scope): string {
  const nowMs = Date.parse(asOf);
  const columns = ['Step', 'Connection', 'Last success', 'Last run', 'Next run', 'Status'];
  const rows = steps.map(({ step, connection, state, lastSuccessAt, lastRunAt, nextRunAt }) => {
    const style = stepStyles[state];
    const text = stepWords[state];
    const cell: TableCell = style === undefined ? text : { text, style };
    const times = [agoText(lastSuccessAt, nowMs), agoText(lastRunAt, nowMs)];
    const next = connection === null ? inText(nextRunAt, nowMs) : '';
    return [connection === null ? step : '', connection ?? '', ...times, next, cell];
  });
  return table(
    columns.map((title) => ({ title })),
    rows,
  );
}

/** More are only counted. */
const shownMax = 5;

function messagesText({ messages }: Status, { paint, hang }: Scope): string {
  const { waiting, stuck, failed, unapproved, withheld, list } = messages;
  const counts = [
    failed === 0 ? '' : `${failed} failed`,
    stuck === 0 ? '' : `${stuck} stuck`,
    unapproved === 0 ? '' : `${unapproved} to approve`,
    `${waiting === 0 ? 'none' : waiting} waiting`,
    withheld === 0 ? '' : `${withheld} withheld in observe mode`,
  ].filter((text) => text !== '');
  const style = failed + stuck > 0 ? 'red' : 'yellow';
  const head = `Messages: ${counts.join(', ')}.`;
  // Failed and stuck ones are among the problems, with what to do.
  const shown = list
    .filter(({ state }) => state === 'waiting' || state === 'unapproved')
    .slice(0, shownMax);
  const lines = shown.map(({ kind, client, connection, reason }) =>
    hang('  ', plainText(`${kind} for ${client} to ${connection}: ${reason ?? 'not tried yet'}`)),
  );
  const more =
    waiting + unapproved > 0
      ? ['  See prepaid-hours outbox list --status pending,claimed,unapproved']
      : [];
  return `${[list.length === 0 ? head : paint(style, head), ...lines, ...more].join('\n')}\n`;
}

function restText(
  { openQuarantine, reconciliation, timezone }: Status,
  { paint, format, hang }: Scope,
): string {
  const rows = `${counted(openQuarantine, 'row')} to review: prepaid-hours quarantine list`;
  const quarantine =
    openQuarantine === 0 ? 'Quarantine: empty.' : paint('yellow', `Quarantine: ${rows}`);
  if (reconciliation === null) {
    return `${quarantine}\nReconcile: not run yet: prepaid-hours reconcile\n`;
  }
  const { at, clients, failed, found } = reconciliation;
  const without = failed.length === 0 ? '' : ` Not compared: ${plainText(failed.join(', '))}.`;
  const line = `Reconcile: ${comparisonLine(clients, found, format)} (${localTime(at, timezone)}).${without}`;
  if (found.rows === 0 && failed.length === 0) return `${quarantine}\n${hang('', line)}\n`;
  const advice = hang('', `${line} See prepaid-hours reconcile --last`);
  return `${quarantine}\n${paint('yellow', advice)}\n`;
}

const balanceWords: Record<BalanceStatus['state'], string> = {
  ok: '',
  soon: 'runs out soon',
  low: 'low',
  overdrawn: 'below zero',
};

function balancesText({ balances }: Status, { table, paint, format }: Scope): string {
  const shown = balances.filter(({ state }) => state !== 'ok');
  if (balances.length === 0) return '';
  if (shown.length === 0) {
    return `Balances: none of ${counted(balances.length, 'client')} is low or about to run out.\n`;
  }
  const columns: TableColumn[] = [
    { title: 'Client', cut: 'name' },
    { title: 'Projected', isFigure: true },
    { title: 'Runs out' },
    { title: 'Balance' },
  ];
  const rows = shown.map((balance) => [
    balance.client,
    leftText(balance, format),
    balance.runOutText,
    {
      text: balanceWords[balance.state],
      style: balance.state === 'overdrawn' ? ('red' as const) : ('yellow' as const),
    },
  ]);
  const head = `Balances: ${shown.length} of ${counted(balances.length, 'client')} low or about to run out.`;
  return `${paint('yellow', head)}\n${table(columns, rows)}`;
}

function leftText({ hasHours, projectedSeconds, money }: BalanceStatus, format: Format): string {
  const amounts = money.map(({ currency, leftMinor }) => format.money(leftMinor, currency));
  return [...(hasHours ? [format.duration(projectedSeconds)] : []), ...amounts].join(', ');
}
