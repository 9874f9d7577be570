import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Format } from '../../domain/format.ts';
import type { ClientPlan, ConfigPlan, RuleEffect } from '../../service/plan/plan.ts';
import type { Outcome } from '../../service/plan/plan-outcomes.ts';
import type { TableColumn } from '../output/table.ts';
import { type Cli, type Scope, usualConfig } from '../scope.ts';

export function definePlan(plan: Command, cli: Cli): void {
  plan
    .option(
      '--current <file>',
      'the current config, whose database is read (default: connector.yaml next to the changed file, else config/connector.yaml)',
    )
    .action((_options: unknown, command: Command) => {
      const named = command.optsWithGlobals<{ config?: string; current?: string }>();
      const file = named.config ?? usualConfig;
      const current = named.current ?? configInForce(file);
      const work = async (scope: Scope) => {
        const plan = await scope.deps.service.planConfig(scope.app, {
          file,
          env: scope.deps.env,
          vendors: scope.deps.vendors,
        });
        scope.answer(plan, () => planText(plan, scope));
        return 0;
      };
      return cli.withApp(command, 'read', work, current);
    });
}

/** A changed copy is usually next to the current file; a file edited in place is its own. */
function configInForce(file: string): string {
  const candidates = [join(dirname(file), 'connector.yaml'), usualConfig];
  const other = candidates.find(
    (candidate) => existsSync(candidate) && resolve(candidate) !== resolve(file),
  );
  const isInPlace = candidates.some((candidate) => resolve(candidate) === resolve(file));
  return isInPlace ? file : (other ?? file);
}

function planText(plan: ConfigPlan, scope: Scope): string {
  const changed = plan.clients.filter(isChanged);
  const same = plan.clients.length - changed.length;
  const sameText = same === 0 ? '' : `${same} of ${plan.clients.length} clients: no difference.`;
  const against = plan.currentFile === null ? 'posted charges' : `${plan.currentFile}`;
  const parts = [
    changed.length === 0
      ? ''
      : scope.table(
          outcomeColumns,
          changed.map((one) => outcomeRow(one, scope.format)),
        ),
    ruleTable(changed, scope),
    agreementTable(plan, scope),
    [
      sameText,
      `${plan.file} against ${against}, over all mirrored work. Money is what the blocks would have paid, at their prices; alerts and invoices are counted as if each charge were processed separately.`,
      plan.currentFile === null && changed.length > 0
        ? 'Pass the current config with --current to see which rule makes the difference.'
        : '',
      'Nothing was written. Posted charges never change; changed terms apply to work that is not posted yet.',
    ]
      .filter((line) => line !== '')
      .join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n')}\n`;
}

/** What clients accepted otherwise. */
function agreementTable({ agreements }: ConfigPlan, scope: Scope): string {
  const rows = agreements.flatMap(({ client, accepted, changes }) =>
    changes.map(({ term, before, after }) => [
      client,
      `version ${accepted?.version}`,
      term,
      before,
      after,
    ]),
  );
  if (rows.length === 0) return '';
  const columns: TableColumn[] = [
    { title: 'Client', cut: 'name' },
    { title: 'Accepted' },
    { title: 'Term of its agreement' },
    { title: 'Agreed', cut: 'prose' },
    { title: 'Planned', cut: 'prose' },
  ];
  const advice =
    'These terms were accepted otherwise: have a new version signed first, `prepaid-hours agreement CLIENT`.';
  return `${scope.table(columns, rows)}${scope.hang('', advice)}\n`;
}

function isChanged({ posted, planned, rules }: ClientPlan): boolean {
  return rules.length > 0 || JSON.stringify(posted) !== JSON.stringify(planned);
}

const outcomeColumns: TableColumn[] = [
  { title: 'Client', cut: 'name' },
  { title: 'Posted', isFigure: true },
  { title: 'Planned', isFigure: true },
  { title: 'Pending', isFigure: true },
  { title: 'Overage', isFigure: true },
  { title: 'Money', isFigure: true },
  { title: 'Alerts', isFigure: true },
  { title: 'Invoices', isFigure: true },
];

function outcomeRow({ client, posted, planned }: ClientPlan, format: Format): string[] {
  return [
    client,
    format.duration(posted.seconds),
    format.duration(planned.seconds),
    arrow(format.duration(posted.pendingSeconds), format.duration(planned.pendingSeconds)),
    arrow(format.duration(posted.overageSeconds), format.duration(planned.overageSeconds)),
    arrow(moneyText(posted, format), moneyText(planned, format)),
    arrow(String(posted.alerts), String(planned.alerts)),
    arrow(String(posted.invoices), String(planned.invoices)),
  ];
}

function arrow(before: string, after: string): string {
  return before === after ? before : `${before} → ${after}`;
}

function moneyText({ money }: Outcome, format: Format): string {
  return money.map(({ minor, currency }) => format.money(minor, currency)).join(' + ') || '0';
}

/** Labels of rules whose name in the config file is different. */
const ruleNames: Readonly<Record<string, string>> = {
  sourceIds: 'ids',
  stackMultipliers: 'stack',
  alarms: 'replenish',
  excludedTechnicians: 'technicians',
  listed: 'client added or removed',
  'posted-otherwise': 'posted under other terms, or not posted yet',
  together: 'combined effect',
};

function ruleTable(clients: readonly ClientPlan[], scope: Scope): string {
  const rows = clients.flatMap(({ client, rules }) =>
    rules.map((effect) => [client, ...ruleRow(effect, scope.format)]),
  );
  if (rows.length === 0) return '';
  const figures = ['Hours', 'Pending', 'Overage', 'Money', 'Alerts', 'Invoices'];
  const columns = figures.map((title) => ({ title, isFigure: true }));
  return scope.table(
    [{ title: 'Client', cut: 'name' }, { title: 'Rule, changed alone' }, ...columns],
    rows,
  );
}

function ruleRow(effect: RuleEffect, format: Format): string[] {
  return [
    ruleNames[effect.rule] ?? effect.rule,
    ...[effect.seconds, effect.pendingSeconds, effect.overageSeconds].map((seconds) =>
      signed(seconds, format.duration(seconds)),
    ),
    effect.money
      .map(({ minor, currency }) => signed(minor, format.money(minor, currency)))
      .join(' '),
    ...[effect.alerts, effect.invoices].map((count) => signed(count, String(count))),
  ];
}

function signed(value: number, text: string): string {
  return value === 0 ? '' : value > 0 ? `+${text}` : text;
}
