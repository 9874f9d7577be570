/** Facts that reading settles: whether the filters by moment show what they should. */
import { z } from 'zod';
import type { CheckResult } from '../../src/contract/connector.ts';
import { addSeconds, type Instant } from '../../src/domain/time.ts';
import { parseRows } from '../http/rows.ts';
import { WireInstant } from '../http/wire.ts';
import type { Api, List } from './api.ts';
import { type FactId, factResult, verifyFact } from './facts.ts';
import { changedInvoices, changedTickets, createdTimers } from './lists.ts';
import { InvoiceDetail, NumberId, PaymentWire } from './schema.ts';

const Dated = z.object({ id: NumberId, created_at: WireInstant, updated_at: WireInstant });
type Dated = z.infer<typeof Dated>;

interface Trial {
  fact: FactId;
  /** Where a row that must show is taken from. */
  from: List;
  moment: 'created_at' | 'updated_at';
  since(at: Instant): List;
}

const resolved: List = {
  path: '/tickets',
  rows: 'tickets',
  query: { resolved_after: '2000-01-01T00:00:00.000Z' },
};

const trials: readonly Trial[] = [
  {
    fact: 'tickets-since',
    from: { path: '/tickets', rows: 'tickets' },
    moment: 'updated_at',
    since: changedTickets,
  },
  { fact: 'closed-listed', from: resolved, moment: 'updated_at', since: changedTickets },
  {
    fact: 'timers-since',
    from: { path: '/ticket_timers', rows: 'ticket_timers' },
    moment: 'created_at',
    since: createdTimers,
  },
  {
    fact: 'invoices-since',
    from: { path: '/invoices', rows: 'invoices' },
    moment: 'updated_at',
    since: changedInvoices,
  },
];

/** What nothing was there to settle by stays as it was. */
export async function settleByReading(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const trial of trials) {
    const isSo = await isListed(api, trial, signal);
    if (isSo !== null) await verifyFact(api.context, trial.fact, isSo);
    results.push(await factResult(api.context, trial.fact));
  }
  return results;
}

/** An invoice and its payment are written one after the other. */
const paySeconds = 60;

/** The newest payment of an invoice is no newer than the invoice's own last change. */
export async function settlePayments(api: Api, signal: AbortSignal): Promise<CheckResult[]> {
  const id = 'payment-moves-invoice';
  const list: List = { path: '/payments', rows: 'payments' };
  for await (const { rows } of api.pages(list, signal)) {
    const payments = parseRows(rows, PaymentWire, (row) => row).rows;
    const [newest] = payments
      .flatMap(({ updated_at: at, invoice_ids }) => invoice_ids.map((invoice) => ({ at, invoice })))
      .filter(({ invoice }) => invoice !== null)
      .toSorted((a, b) => (a.at < b.at ? 1 : -1));
    if (newest === undefined) break;
    const path = `/invoices/${newest.invoice}`;
    const found = await api.getIfThere(path, InvoiceDetail, signal);
    if (found === null) break;
    const isSo = found.invoice.updated_at >= addSeconds(newest.at, -paySeconds);
    await verifyFact(api.context, id, isSo);
    break;
  }
  return [await factResult(api.context, id)];
}

/** The newest row that is seen must be in the list since a second before its moment. */
async function isListed(
  api: Api,
  { from, moment, since }: Trial,
  signal: AbortSignal,
): Promise<boolean | null> {
  const newest = (await firstPage(api, from, signal)).rows.reduce<Dated | null>(
    (best, row) => (best === null || row[moment] > best[moment] ? row : best),
    null,
  );
  if (newest === null) return null;
  const { rows, isLast } = await firstPage(api, since(newest[moment]), signal);
  if (rows.some(({ id }) => id === newest.id)) return true;
  // Where more came since than a page holds, it may be on another.
  return isLast ? false : null;
}

async function firstPage(
  api: Api,
  list: List,
  signal: AbortSignal,
): Promise<{ rows: Dated[]; isLast: boolean }> {
  for await (const { rows, isLast } of api.pages(list, signal)) {
    return { rows: parseRows(rows, Dated, (row) => row).rows, isLast };
  }
  return { rows: [], isLast: true };
}
