import type { Format } from '../../domain/format.ts';
import { plainText } from '../../reports/format/plain-text.ts';
import type { GoLive } from '../../service/go-live/preview.ts';
import type { GoLiveClient, GoLiveInvoice } from '../../service/go-live/read-clients.ts';
import type { GoLiveSummary } from '../../service/go-live/sum-up.ts';
import { counted } from '../../service/status/words.ts';
import type { TableColumn } from '../output/table.ts';
import type { Scope } from '../scope.ts';

type Shown = Omit<GoLive, 'exitCode'>;

/** `marked`: the levels that this command marked, by client; null: it was not to mark any. */
export function goLiveText(
  shown: Shown,
  marked: readonly Pick<GoLiveClient, 'client' | 'levels'>[] | null,
  scope: Scope,
): string {
  const { clients, summary, faults } = shown;
  const sending = clients.filter(
    ({ alerts, notes, invoices, balanceFields }) =>
      [alerts, notes, invoices, balanceFields].flat().length > 0,
  );
  const levels = (found: GoLiveClient['levels']) => found.map(({ level }) => level).join(', ');
  const lines = [
    ...(marked ?? []).map((one) =>
      plainText(`Marked as told: ${one.client}, ${levels(one.levels)}.`),
    ),
    ...(marked?.length === 0
      ? ['Nothing was marked: no threshold is reached that is not marked yet.']
      : []),
    ...(marked === null ? earlierMarks(clients, scope.format) : []),
    ...faults.map((fault) => scope.paint('red', `Not decided: ${plainText(fault)}`)),
    summaryText(summary, scope.format),
    ...nextText(summary, clients),
  ];
  const table = sending.length === 0 ? '' : `${tableText(sending, scope)}\n`;
  return `${table}${lines.map((line) => `${line}\n`).join('')}`;
}

function tableText(clients: readonly GoLiveClient[], scope: Scope): string {
  const columns: TableColumn[] = [
    { title: 'Client', cut: 'name' },
    { title: 'Left' },
    { title: 'Thresholds reached' },
    { title: 'Alert' },
    { title: 'Invoice' },
    { title: 'Balance field' },
  ];
  const rows = clients.map((client) => [
    client.client,
    leftText(client),
    client.levels.map(({ level }) => level).join(', '),
    alertText(client),
    client.invoices.map((one) => invoiceText(one, scope.format)).join('; '),
    client.balanceFields.map(({ text }) => text).join('; '),
  ]);
  const isFilled = (_: unknown, index: number) => rows.some((row) => row[index] !== '');
  return scope.table(
    columns.filter(isFilled),
    rows.map((row) => row.filter(isFilled)),
  );
}

/** `1.50 h`, with what it comes to once pending work is debited. */
function leftText({ left, projected }: GoLiveClient): string {
  if (left === null) return '';
  return projected === null || projected === left ? left : `${left} (${projected} projected)`;
}

function alertText({ alerts, notes }: GoLiveClient): string {
  const parts = [countedIfAny(alerts.length, 'ticket'), countedIfAny(notes.length, 'client note')];
  return parts.filter((part) => part !== '').join(' + ');
}

/** `2 × ten = 20 h, €2,400.00 (BLOCK-10)`. */
function invoiceText(invoice: GoLiveInvoice, format: Format): string {
  const { offer, product, quantity, seconds, totalMinor, currency } = invoice;
  const size = seconds === 0 ? '' : ` = ${format.duration(seconds)}`;
  const what = quantity === 1 ? offer : `${quantity} × ${offer}`;
  const total = format.money(totalMinor, currency);
  return `${what}${size}, ${total}${product === null ? '' : ` (${product})`}`;
}

/** What a mark of the client's levels would keep from being sent. */
export function keptBackText(client: GoLiveClient, format: Format): string {
  const sales = client.invoices.filter(({ isOverage }) => !isOverage);
  const parts = [alertText(client), ...sales.map((sale) => `invoice ${invoiceText(sale, format)}`)];
  return parts.filter((part) => part !== '').join('; ');
}

function summaryText(summary: GoLiveSummary, format: Format): string {
  const totals = summary.invoiceTotals.map(({ currency, totalMinor }) =>
    format.money(totalMinor, currency),
  );
  const invoices = countedIfAny(summary.invoices, 'invoice');
  const sent = [
    countedIfAny(summary.alerts, 'alert'),
    countedIfAny(summary.notes, 'client note'),
    invoices === '' ? '' : `${invoices} (${totals.join(' + ')})`,
  ].filter((part) => part !== '');
  const fields = countedIfAny(summary.balanceFields, 'balance field');
  const actions = [
    sent.length === 0 ? '' : `send ${new Intl.ListFormat('en-GB').format(sent)}`,
    fields === '' ? '' : `write ${fields}`,
  ].filter((part) => part !== '');
  if (actions.length === 0) return 'Going live now would send nothing.';
  return `Going live now would ${actions.join(', and ')}.`;
}

/** What to do about it, and what a mark does not change. */
function nextText(summary: GoLiveSummary, clients: readonly GoLiveClient[]): string[] {
  const lines: string[] = [];
  if (summary.clientsReached > 0) {
    lines.push(
      'To mark the thresholds as told, so that no alert or invoice is sent for them: prepaid-hours check --go-live --mark [CLIENT]',
    );
  }
  const bills = clients.filter(({ invoices }) => invoices.some(({ isOverage }) => isOverage));
  if (bills.length > 0) {
    const names = bills.map(({ client }) => client).join(', ');
    lines.push(
      plainText(
        `--mark does not affect invoices for overage (${names}). If the hours are billed already, enter them first: prepaid-hours block add CLIENT`,
      ),
    );
  }
  return lines;
}

function earlierMarks(clients: readonly GoLiveClient[], format: Format): string[] {
  return clients.flatMap(({ client, marked }) => {
    const days = new Set(marked.map(({ markedOn }) => format.day(markedOn)));
    if (marked.length === 0) return [];
    return plainText(
      `${client}: ${counted(marked.length, 'threshold')} marked as told on ${[...days].join(', ')}.`,
    );
  });
}

function countedIfAny(count: number, noun: string): string {
  return count === 0 ? '' : counted(count, noun);
}
