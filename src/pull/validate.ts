import type { TimeEntryRow } from '../contract/connector.ts';
import { formatDuration } from '../domain/duration.ts';
import { type Instant, msFromInstant } from '../domain/time.ts';
import type { QuarantinedRow, Store } from '../store/port.ts';

/** An entry longer than a day counts as a typo until a user accepts it. */
const longestEntrySeconds = 24 * 3600;

const dayMs = 86_400_000;

/** Clocks differ, and a ticket may be created after the work was done. */
const aheadMs = dayMs;
const beforeTicketMs = 365 * dayMs;

interface ValidatedEntries {
  rows: TimeEntryRow[];
  rejected: QuarantinedRow[];
}

interface ValidationContext {
  store: Pick<Store, 'readTicketCreation'>;
  connection: string;
  runStartedAt: Instant;
}

/** Quarantines entries that parse but are impossible. A user may accept them as they are. */
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
      const reason = `Time entry ${row.sourceId} of ${row.technician}${where} ${fault}. Correct it in the PSA, or accept this row if it is correct.`;
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
  if (!Number.isSafeInteger(row.seconds))
    return `has a duration that is not a whole number of seconds`;
  if (msFromInstant(row.endedAt) < msFromInstant(row.startedAt)) {
    return `ends (${row.endedAt}) before it starts (${row.startedAt})`;
  }
  if (row.kind === 'correction') {
    if (row.ticketId === null) return 'is a negative correction that is not linked to a ticket';
    return row.seconds < 0 ? null : 'is a correction whose duration is not negative';
  }
  if (row.seconds < 0) return `has a negative duration (${formatDuration(row.seconds)})`;
  if (row.seconds > longestEntrySeconds) {
    return `is longer than a day (${formatDuration(row.seconds)})`;
  }
  return null;
}
