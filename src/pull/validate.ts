import type { TimeEntryRow } from '../contract/connector.ts';
import { formatDuration } from '../domain/duration.ts';
import { type Instant, msFromInstant } from '../domain/time.ts';
import type { QuarantinedRow, Store } from '../store/port.ts';

/** No one entry is longer than a day: such a row is a slip of the pen until a person says otherwise. */
const longestEntrySeconds = 24 * 3600;

const dayMs = 86_400_000;

/** Clocks differ, and a ticket may be opened for work that was done before. */
const aheadMs = dayMs;
const beforeTicketMs = 365 * dayMs;

export interface ValidatedEntries {
  rows: TimeEntryRow[];
  rejected: QuarantinedRow[];
}

export interface ValidationContext {
  store: Pick<Store, 'readTicketCreation'>;
  connection: string;
  runStartedAt: Instant;
}

/** Quarantines entries that parse but cannot be true. A person may accept them as they are. */
export async function validateTimeEntries(
  { store, connection, runStartedAt }: ValidationContext,
  rows: readonly TimeEntryRow[],
): Promise<ValidatedEntries> {
  const validated: ValidatedEntries = { rows: [], rejected: [] };
  const ticketIds = [...new Set(rows.flatMap(({ ticketId }) => ticketId ?? []))];
  const created = await store.readTicketCreation(connection, ticketIds);
  for (const row of rows) {
    const fault =
      findFault(row) ?? findDayFault(row, runStartedAt, created.get(row.ticketId ?? ''));
    if (fault === null) validated.rows.push(row);
    else {
      const where = row.ticketId === null ? '' : ` on ticket ${row.ticketId}`;
      const reason = `Time entry ${row.sourceId} of ${row.technician}${where} ${fault}. Correct it where it was logged, or accept this row if it is true.`;
      validated.rejected.push({ sourceId: row.sourceId, reason, row, vendorRow: null });
    }
  }
  return validated;
}

/** A mistyped year is the usual cause. */
function findDayFault(
  { startedAt, endedAt }: TimeEntryRow,
  now: Instant,
  ticketCreatedAt: Instant | undefined,
): string | null {
  if (msFromInstant(endedAt) > msFromInstant(now) + aheadMs) {
    return `is dated in the future (${startedAt} to ${endedAt})`;
  }
  if (ticketCreatedAt === undefined) return null;
  if (msFromInstant(startedAt) >= msFromInstant(ticketCreatedAt) - beforeTicketMs) return null;
  return `is dated ${startedAt}, more than a year before its ticket was created (${ticketCreatedAt})`;
}

function findFault(row: TimeEntryRow): string | null {
  if (!Number.isSafeInteger(row.seconds)) return `has a duration that is no whole second`;
  if (msFromInstant(row.endedAt) < msFromInstant(row.startedAt)) {
    return `ends (${row.endedAt}) before it starts (${row.startedAt})`;
  }
  if (row.kind === 'correction') {
    if (row.ticketId === null) return 'takes time off, but hangs on no ticket to take it from';
    return row.seconds < 0 ? null : 'is a correction that takes nothing off';
  }
  if (row.seconds < 0) return `has a negative duration (${formatDuration(row.seconds)})`;
  if (row.seconds > longestEntrySeconds) {
    return `is longer than a day (${formatDuration(row.seconds)})`;
  }
  return null;
}
