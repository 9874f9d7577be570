/** Facts that reading settles: what the lists make of conditions and pages, and what numbers mean. */

import { z } from 'zod';
import type { CheckResult } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { instantFromText, msFromInstant } from '../../src/domain/time.ts';
import { secondsOf } from '../http/exact.ts';
import { DecimalText } from '../http/wire.ts';
import type { Api, List } from './api.ts';
import { changedSince, isOneOf } from './conditions.ts';
import { type FactId, factResult, facts, verifyFact } from './facts.ts';
import { resources } from './resources.ts';

/** Enough rows to tell; `check` is to stay light. */
const sampleSize = 50;

const nobody = '2147483647';
const farFuture = '2999-01-01T00:00:00.000Z';

export async function settleByReading(
  api: Api,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const isEmpty = async (conditions: (field: string) => string): Promise<boolean> => {
    for (const { path, companyField } of resources) {
      const rows = await firstRows(
        api,
        { path, fields: 'id', conditions: conditions(companyField), pageSize: 1 },
        signal,
      );
      if (rows.length > 0) return false;
    }
    return true;
  };
  const answers: { [id in FactId]?: boolean | null } = {
    'conditions-company': await isEmpty((field) => isOneOf(field, [nobody])),
    'conditions-last-updated': await isEmpty(() =>
      changedSince(farFuture, api.config.naiveDateTimes),
    ),
    'forward-only': await pagesGoForward(api, signal),
    'ticket-numbers': await numbersAreShared(api, signal),
    'actual-hours': await hoursAddUp(api, ids, signal),
  };
  const results: CheckResult[] = [];
  for (const [id, isSo] of Object.entries(answers) as [FactId, boolean | null][]) {
    if (isSo !== null) await verifyFact(api.context, id, isSo);
    const known = await factResult(api.context, id);
    const isOpen = isSo === null && known.status === 'warning';
    const detail = `Nothing to see it by yet: ${facts[id].claim}`;
    results.push(isOpen ? { id: known.id, status: 'ok', detail } : known);
  }
  return results;
}

async function firstRows(api: Api, list: List, signal: AbortSignal): Promise<readonly unknown[]> {
  for await (const { rows } of api.pages(list, signal)) return rows;
  return [];
}

const AnyRow = z.object({ id: z.int(), recordType: z.string().nullish() });

/** Two pages of one row each must show two companies, in the order of their ids. */
async function pagesGoForward(api: Api, signal: AbortSignal): Promise<boolean | null> {
  const seen: number[] = [];
  try {
    const list = { path: '/company/companies', fields: 'id', pageSize: 1 };
    for await (const { rows } of api.pages(list, signal)) {
      seen.push(...rows.map((row) => AnyRow.parse(row).id));
      if (seen.length >= 2 || rows.length === 0) break;
    }
  } catch (error) {
    if (isKindError(error, 'contract')) return false;
    throw error;
  }
  const [first, second] = seen;
  if (first === undefined || second === undefined) return null;
  return second > first;
}

/** No project ticket's number may be a service ticket's too. */
async function numbersAreShared(api: Api, signal: AbortSignal): Promise<boolean | null> {
  const sample = { path: '/project/tickets', fields: 'id', pageSize: sampleSize };
  const projectRows = await firstRows(api, sample, signal);
  if (projectRows.length === 0) return null;
  const ids = projectRows.map((row) => String(AnyRow.parse(row).id));
  const same = await firstRows(
    api,
    { path: '/service/tickets', fields: 'id,recordType', conditions: isOneOf('id', ids) },
    signal,
  );
  const wanted = new Set(ids.map(Number));
  return !same
    .map((row) => AnyRow.parse(row))
    .some(
      ({ id, recordType }) => wanted.has(id) && (recordType ?? 'ServiceTicket') === 'ServiceTicket',
    );
}

const Timed = z.object({
  timeStart: z.string(),
  timeEnd: z.string().nullish(),
  hoursDeduct: DecimalText.nullish(),
  actualHours: DecimalText.nullish(),
});

async function hoursAddUp(
  api: Api,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<boolean | null> {
  if (ids.length === 0) return null;
  const list = {
    path: '/time/entries',
    fields: 'id,timeStart,timeEnd,hoursDeduct,actualHours',
    conditions: isOneOf('company/id', ids.slice(0, sampleSize)),
    pageSize: sampleSize,
  };
  const rows = (await firstRows(api, list, signal)).flatMap((row) => {
    const timed = Timed.safeParse(row);
    return timed.success ? [timed.data] : [];
  });
  const verdicts = rows.map(addsUp).filter((verdict) => verdict !== null);
  return verdicts.length === 0 ? null : verdicts.every((verdict) => verdict);
}

/** To the hundredth of an hour; null for an entry without an end, or one that cannot be read. */
function addsUp(row: z.infer<typeof Timed>): boolean | null {
  if (!row.timeEnd || !row.actualHours) return null;
  try {
    const span =
      (msFromInstant(instantFromText(row.timeEnd)) -
        msFromInstant(instantFromText(row.timeStart))) /
      1000;
    const deducted = secondsOf(row.hoursDeduct ?? '0', 'hours');
    const worked = secondsOf(row.actualHours, 'hours');
    return Math.abs(span - deducted - worked) <= 36;
  } catch (error) {
    if (isKindError(error, 'contract') || error instanceof RangeError) return null;
    throw error;
  }
}
