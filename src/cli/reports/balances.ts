import type { Command } from 'commander';
import { type Format, sizeIn } from '../../domain/format.ts';
import { dateInZone, type Instant, instantFromMs } from '../../domain/time.ts';
import {
  type BalanceReport,
  balancesToJson,
  buildBalances,
  type ClientBalance,
} from '../../reports/balances/balances.ts';
import { runOutText } from '../../reports/balances/run-out-text.ts';
import { plainText } from '../../reports/format/plain-text.ts';
import { leftClientFix, leftClientText } from '../../reports/notices/left-clients.ts';
import { describeNotice } from '../../reports/notices/name-notices.ts';
import { comparisonLine } from '../../reports/notices/reconciliation.ts';
import { undeliveredLines } from '../../reports/notices/undelivered.ts';
import { unlistedFix } from '../../reports/notices/unlisted.ts';
import { type LastRead, readLastReads } from '../../service/status/status.ts';
import { agoText } from '../../service/status/words.ts';
import { findClient } from '../input/find-client.ts';
import type { TableCell, TableColumn } from '../output/table.ts';
import type { Cli, Scope } from '../scope.ts';

export function defineBalances(balances: Command, cli: Cli): void {
  balances.action((query: string | undefined, _options: unknown, command: Command) =>
    cli.withApp(command, 'read', async (scope) => {
      const { app } = scope;
      const clients = query === undefined ? app.clients : [findClient(app.clients, query)];
      const asOf = instantFromMs(app.now());
      const request = {
        shown: clients,
        all: app.clients,
        asOf,
        offers: app.config.offers,
        format: scope.format,
      };
      const report = await buildBalances(app.store, request);
      const reads = await readLastReads(app);
      scope.answer({ ...balancesToJson(report), reads }, () =>
        balancesText(report, reads, scope, query !== undefined),
      );
      return 0;
    }),
  );
}

function balancesText(
  report: BalanceReport,
  reads: readonly LastRead[],
  scope: Scope,
  isOneClient: boolean,
): string {
  if (report.clients.length === 0) {
    return 'No clients yet: run `prepaid-hours run` first.\n';
  }
  const has = {
    overage: report.clients.some((balance) => balance.overageSeconds > 0),
    money: report.clients.some((balance) => balance.moneyLeft.size > 0),
  };
  const columns: TableColumn[] = [
    { title: 'Client', cut: 'name' },
    { title: 'Settled', isFigure: true },
    ...(has.money ? [{ title: 'Money left', isFigure: true }] : []),
    ...(has.overage ? [{ title: 'Overage', isFigure: true }] : []),
    { title: 'Pending', isFigure: true },
    { title: 'Projected', isFigure: true },
    { title: 'Runs out' },
    { title: 'Last alert' },
  ];
  const rows = report.clients.map((balance) => balanceRow(balance, has, report.asOf, scope.format));
  const parts = [scope.table(columns, rows)];
  if (isOneClient) {
    parts.push(
      ...report.clients.flatMap((one) => [blocksText(one, scope), ...markText(one, scope)]),
    );
  }
  parts.push(...readText(reads, scope));
  const waiting = waitingText(report, scope);
  return [...parts, ...waiting, ...reconciliationText(report, scope)].join('\n');
}

function balanceRow(
  balance: ClientBalance,
  has: { overage: boolean; money: boolean },
  asOf: Instant,
  format: Format,
): TableCell[] {
  const { client, overageSeconds, pendingSeconds, projectedSeconds, lastAlert } = balance;
  const overage = overageSeconds === 0 ? '' : format.duration(overageSeconds);
  const alert = lastAlert === null ? '' : alertText(lastAlert, client.timezone, format);
  const money = [...balance.moneyLeft].map(([currency, minor]) => format.money(minor, currency));
  const { paidBy } = client;
  return [
    paidBy === null ? client.name : `${client.name} (paid by ${paidBy.name})`,
    hoursCell(balance.settledSeconds, format),
    ...(has.money ? [money.join(', ')] : []),
    ...(has.overage ? [{ text: overage, style: 'red' as const }] : []),
    pendingSeconds === 0 ? '' : format.duration(pendingSeconds),
    hoursCell(projectedSeconds, format),
    runOutText(balance.runOut, dateInZone(asOf, client.timezone), format),
    alert,
  ];
}

/** Its day, and its status unless it was delivered; or the day of a mark. */
function alertText(
  { at, status }: { at: Instant; status: string },
  timezone: string,
  format: Format,
): string {
  const day = format.day(dateInZone(at, timezone));
  if (status === 'marked') return `marked as told on ${day}`;
  return status === 'delivered' ? day : `${day} (${status})`;
}

function hoursCell(seconds: number, format: Format): TableCell {
  return seconds > 0
    ? format.duration(seconds)
    : { text: format.duration(seconds), style: 'red' as const };
}

/** Why no alert was sent for levels that are reached. */
function markText({ client, markedAt }: ClientBalance, { format }: Scope): string[] {
  if (markedAt === null) return [];
  const day = format.day(dateInZone(markedAt, client.timezone));
  return [
    `The thresholds reached on ${day} were marked as told: nothing is sent for them until hours are bought or given and used again.\n`,
  ];
}

function blocksText({ client, blocks }: ClientBalance, scope: Scope): string {
  const { format } = scope;
  if (blocks.length === 0) return `${client.name} has no blocks.\n`;
  const columns = [
    { title: 'Block' },
    { title: 'Size', isFigure: true },
    { title: 'Rate', isFigure: true },
    { title: 'Bought' },
    { title: 'Expires' },
    { title: 'Left', isFigure: true },
    { title: 'Status' },
  ];
  const rows = blocks.map((block) => [
    block.workTypes === null
      ? block.id
      : `${block.id} (${block.workTypes.map(plainText).join(', ')})`,
    ...(block.amountMinor === null
      ? [format.duration(block.seconds), format.money(block.rateMinor, block.currency)]
      : [format.money(block.amountMinor, block.currency), 'by work type']),
    format.day(block.purchasedOn),
    block.expiresOn === null ? 'never' : format.day(block.expiresOn),
    sizeIn(format, block.remainingSeconds, block.remainingMinor, block.currency),
    block.shownStatus,
  ]);
  return scope.table(columns, rows);
}

function named(workType: string): string {
  return `"${plainText(workType)}"`;
}

/** When each connection was last read to its end; a warning where that is too long ago. */
function readText(reads: readonly LastRead[], { app, paint }: Scope): string[] {
  if (reads.length === 0) return [];
  const ages = reads.map(({ connection, at }) => `${connection} ${agoText(at, app.now())}`);
  const late = reads.filter(({ isLate }) => isLate).map(({ connection }) => connection);
  const line = `Last read: ${plainText(ages.join(', '))}.`;
  if (late.length === 0) return [`${line}\n`];
  const names = plainText(late.join(', '));
  const warning = `These balances may lack work from ${names}: the last read is older than twice its schedule. See prepaid-hours status`;
  return [`${line}\n${paint('yellow', warning)}\n`];
}

/** When everything was last compared with the vendors, and the result. */
function reconciliationText({ reconciliation }: BalanceReport, { paint, format }: Scope): string[] {
  if (reconciliation === null) return [];
  const { at, clients, failed, found } = reconciliation;
  const day = format.time(at);
  const line = `Compared with the PSA on ${day} UTC: ${comparisonLine(clients, found, format)}.`;
  const without = failed.length === 0 ? '' : ` Not compared: ${plainText(failed.join(', '))}.`;
  if (found.rows === 0 && failed.length === 0) return [`${line}\n`];
  return [`${paint('yellow', `${line}${without} See prepaid-hours reconcile --last`)}\n`];
}

/** What needs attention. */
function waitingText(report: BalanceReport, { paint, format }: Scope): string[] {
  const lines = undeliveredLines(report.undelivered);
  lines.push(...report.salesQuestions.map(plainText));
  const { openQuarantine: open } = report;
  if (open > 0) {
    const noun = open === 1 ? 'quarantined row needs' : 'quarantined rows need';
    lines.push(`${open} ${noun} review: prepaid-hours quarantine list`);
  }
  for (const { workType, agreements } of report.unlistedWorkTypes) {
    lines.push(
      `Work type ${named(workType)} is not listed in ${agreements.join(', ')}; the \`unlisted\` default was applied. ${unlistedFix}`,
    );
  }
  for (const { text, fix } of report.names.map(describeNotice))
    lines.push(plainText(`${text} ${fix}`));
  for (const left of report.leftClients)
    lines.push(`${plainText(leftClientText(left, format))} ${leftClientFix(left)}`);
  return lines.length === 0 ? [] : [`${lines.map((line) => paint('yellow', line)).join('\n')}\n`];
}
