/**
 * Changes since a timestamp. BMS has two filters for them, and it is not documented whether the first returns
 * everything that the second does: the second is read until a page holds nothing that the first one missed.
 */
import { z } from 'zod';
import type { PullRequest } from '../../src/contract/connector.ts';
import { msFromInstant } from '../../src/domain/time.ts';
import type { Pages } from '../kit/reading/lists.ts';
import type { Bms } from './call.ts';
import { facts } from './facts.ts';
import { listOf } from './lists.ts';
import { readableMs, writtenTime } from './local-times.ts';

/** `field`: the one that the first filter compares. */
export const timeChanges = {
  name: 'time',
  first: 'Filter.ModifiedOnFrom',
  field: 'modifiedon',
  second: 'Filter.CreatedOnFrom',
} as const;

export const ticketChanges = {
  name: 'tickets',
  first: 'Filter.LastActivityUpdateFrom',
  field: 'lastactivityupdate',
  second: 'Filter.LastStatusUpdateFrom',
} as const;

export async function* changedPages(
  bms: Bms,
  { name, first, field, second }: typeof timeChanges | typeof ticketChanges,
  { since }: PullRequest,
): Pages {
  await facts.refuseIfFalse(bms.context, 'change-filters', 'change-zone');
  const from = writtenTime(since);
  yield* bms.pages(listOf(name, { [first]: from }));
  const fromMs = msFromInstant(since);
  const isMissed = (raw: unknown): boolean => {
    const row = z.record(z.string(), z.unknown()).safeParse(raw).data ?? {};
    const changedMs = readableMs(row[field]);
    return changedMs === null || changedMs < fromMs;
  };
  for await (const { rows } of bms.pages(listOf(name, { [second]: from }))) {
    const missed = rows.filter(isMissed);
    if (missed.length === 0) return;
    yield { rows: missed };
  }
}
