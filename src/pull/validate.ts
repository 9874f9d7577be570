import type { TimeEntryRow } from '../../connectors/contract.ts';
import { formatDuration } from '../domain/duration.ts';
import { msFromInstant } from '../domain/time.ts';
import type { QuarantinedRow } from '../store/port.ts';

/** No one entry is longer than a day: such a row is a slip of the pen until a person says otherwise. */
const longestEntrySeconds = 24 * 3600;

export interface ValidatedEntries {
  rows: TimeEntryRow[];
  rejected: QuarantinedRow[];
}

/** Sets aside entries that parse but cannot be true. A person may accept them as they are. */
export function validateTimeEntries(rows: readonly TimeEntryRow[]): ValidatedEntries {
  const validated: ValidatedEntries = { rows: [], rejected: [] };
  for (const row of rows) {
    const fault = findFault(row);
    if (fault === null) validated.rows.push(row);
    else {
      const where = row.ticketId === null ? '' : ` on ticket ${row.ticketId}`;
      const reason = `Time entry ${row.sourceId} of ${row.technician}${where} ${fault}. Correct it where it was logged, or accept this row if it is true.`;
      validated.rejected.push({ sourceId: row.sourceId, reason, row, vendorRow: null });
    }
  }
  return validated;
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
