/** Facts that reading settles: what queries make of filters and pages, and what numbers mean. */

import { z } from 'zod';
import type { CheckResult } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { instantFromText, msFromInstant } from '../../src/domain/time.ts';
import { secondsOf } from '../http/exact.ts';
import { DecimalText } from '../http/wire.ts';
import type { Query } from './api.ts';
import { Threshold } from './budget.ts';
import { type FactId, factResult, facts, verifyFact } from './facts.ts';
import { believeRow } from './look-up.ts';
import { linesOf } from './pull-invoices.ts';
import { equals, everything, exists, since } from './query.ts';
import type { Rooms } from './rooms.ts';

/** Enough rows to tell; `check` is to stay light. */
const sampleSize = 50;

const farFuture = '2999-01-01T00:00:00.000Z';

export async function settleByReading(
  rooms: Rooms,
  clientIds: readonly string[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const { context } = rooms.api;
  const pages = await readPages(rooms, signal);
  const answers: { [id in FactId]?: boolean | null } = {
    'change-filters':
      (await isHonoured(rooms, 'Tickets', 'lastActivityDate', signal)) &&
      (await isHonoured(rooms, 'TimeEntries', 'lastModifiedDateTime', signal)),
    'tracked-filter': await isHonoured(rooms, 'Tickets', 'lastTrackedModificationDateTime', signal),
    'approval-filter': await isHonoured(rooms, 'TimeEntries', 'billingApprovalDateTime', signal),
    // No invoice has the number 0.
    'invoice-lines': await isEmpty(rooms, linesOf(['0']), signal),
    'page-order': pages.isRising,
    'page-count': pages.isCounted,
    'hours-worked': await hoursAddUp(rooms, signal),
    'threshold-information': await thresholdIsTold(rooms, signal),
  };
  const results: CheckResult[] = [];
  for (const [id, isSo] of Object.entries(answers) as [FactId, boolean | null][]) {
    if (isSo !== null) await verifyFact(context, id, isSo);
    const known = await factResult(context, id);
    const isOpen = isSo === null && known.status === 'warning';
    const detail = `Nothing to see it by yet: ${facts[id].claim}`;
    results.push(isOpen ? { id: known.id, status: 'ok', detail } : known);
  }
  if (clientIds.length > 0) results.push(await nonBillableIsSeen(rooms, signal));
  return results;
}

async function firstRows(rooms: Rooms, query: Query, signal: AbortSignal) {
  for await (const { rows } of rooms.api.pages(query, signal)) return rows;
  return [];
}

/** Nothing was changed in a far future; whoever ignores the filter shows a row. */
async function isHonoured(
  rooms: Rooms,
  entity: string,
  field: string,
  signal: AbortSignal,
): Promise<boolean> {
  return isEmpty(rooms, { entity, filter: [since(field, farFuture)], fields: ['id'] }, signal);
}

async function isEmpty(rooms: Rooms, query: Query, signal: AbortSignal): Promise<boolean> {
  try {
    return (await firstRows(rooms, { ...query, pageSize: 1 }, signal)).length === 0;
  } catch (error) {
    // A field that cannot be asked for is refused as such.
    if (isKindError(error, 'contract')) return false;
    throw error;
  }
}

const AnyRow = z.object({ id: z.int() });

/** Two pages of one row each must show two rows, in the order of their ids, each counted as one. */
async function readPages({ api }: Rooms, signal: AbortSignal) {
  const ids: number[] = [];
  let isCounted: boolean | null = null;
  const list = { entity: 'TimeEntries', filter: [everything], fields: ['id'], pageSize: 1 };
  for await (const { rows, count } of api.pages({ ...list, isCountIgnored: true }, signal)) {
    ids.push(...rows.map((row) => believeRow('TimeEntries', row, AnyRow).id));
    if (count !== null) isCounted = count === rows.length;
    if (ids.length >= 2 || rows.length === 0) break;
  }
  const [first, second] = ids;
  if (first === undefined || second === undefined) return { isRising: null, isCounted: null };
  return { isRising: second > first, isCounted };
}

const Timed = z.object({
  startDateTime: z.string(),
  endDateTime: z.string(),
  hoursWorked: DecimalText,
});

async function hoursAddUp(rooms: Rooms, signal: AbortSignal): Promise<boolean | null> {
  const rows = await firstRows(
    rooms,
    {
      entity: 'TimeEntries',
      filter: [exists('startDateTime'), exists('ticketID')],
      fields: ['id', 'startDateTime', 'endDateTime', 'hoursWorked'],
      pageSize: sampleSize,
    },
    signal,
  );
  const verdicts = rows.map(addsUp).filter((verdict) => verdict !== null);
  return verdicts.length === 0 ? null : verdicts.every((verdict) => verdict);
}

/** To the hundredth of an hour; null for an entry without an end, or one that cannot be read. */
function addsUp(row: unknown): boolean | null {
  const timed = Timed.safeParse(row).data;
  if (timed === undefined) return null;
  try {
    const [start, end] = [timed.startDateTime, timed.endDateTime].map((text) =>
      msFromInstant(instantFromText(text)),
    );
    const worked = secondsOf(timed.hoursWorked, 'hours');
    return Math.abs(((end ?? 0) - (start ?? 0)) / 1000 - worked) <= 36;
  } catch (error) {
    if (isKindError(error, 'contract') || error instanceof RangeError) return null;
    throw error;
  }
}

async function thresholdIsTold({ api }: Rooms, signal: AbortSignal): Promise<boolean> {
  try {
    await api.get('ThresholdInformation', Threshold, signal);
    return true;
  } catch (error) {
    if (isKindError(error, 'contract', 'rejected', 'permission')) return false;
    throw error;
  }
}

/** Who may not see it is not told so: non-billable time is simply not there. */
async function nonBillableIsSeen(rooms: Rooms, signal: AbortSignal): Promise<CheckResult> {
  const id = 'permission.non-billable';
  const filter = [equals('isNonBillable', true)];
  const query = { entity: 'TimeEntries', filter, fields: ['id'], pageSize: 1 };
  const rows = await firstRows(rooms, query, signal);
  if (rows.length > 0) return { id, status: 'ok', detail: 'Non-billable time can be seen.' };
  return {
    id,
    status: 'warning',
    detail: 'Autotask shows no non-billable time: there is none, or the API user may not see it.',
    fix: 'Give its security level "Can view non-billable time entries" if there is some.',
  };
}
