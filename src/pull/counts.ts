/** What a pull read, and whether it quarantined so much that balances are misleading. */

import { KindError } from '../domain/errors.ts';
import type { StreamName } from '../domain/records/rows.ts';
import type { ClientLoss } from '../domain/records/vanished.ts';
import type { PullOutcome } from '../store/port.ts';

export interface PullCounts {
  rows: number;
  changed: number;
  quarantined: number;
  /** The same by stream, so that many client rows do not hide a few bad entries. */
  streams: Map<StreamName, { rows: number; quarantined: number }>;
  /** Clients most of whose time is missing from complete tickets; nothing of it was removed. */
  vanished: ClientLoss[];
}

export function noCounts(): PullCounts {
  return { rows: 0, changed: 0, quarantined: 0, streams: new Map(), vanished: [] };
}

export function countPage(
  counts: PullCounts,
  stream: StreamName,
  rows: number,
  outcome: PullOutcome,
): void {
  counts.rows += rows;
  counts.changed += outcome.changed;
  counts.quarantined += outcome.quarantined;
  counts.vanished.push(...outcome.vanished);
  const before = counts.streams.get(stream) ?? { rows: 0, quarantined: 0 };
  counts.streams.set(stream, {
    rows: before.rows + rows,
    quarantined: before.quarantined + outcome.quarantined,
  });
}

/**
 * This many rows may be quarantined at once, whatever their share: on a quiet day each is a large
 * one.
 */
const rowsFree = 3;
const percentMax = 5;

const called: Record<StreamName, string> = {
  clients: 'clients',
  tickets: 'tickets',
  timeEntries: 'time entries',
  sessions: 'sessions',
  invoices: 'invoices',
  payments: 'payments',
  mandates: 'mandates',
};

/** Everything that could be read is stored and will be debited, but the run is not OK. */
export function refuseGreatQuarantine(connection: string, { streams }: PullCounts): void {
  for (const [stream, { rows, quarantined }] of streams) {
    if (quarantined <= rowsFree || quarantined * 100 <= rows * percentMax) continue;
    throw new KindError(
      'contract',
      `${quarantined} of ${rows} ${called[stream]} of "${connection}" were quarantined, so balances are incomplete.`,
      { fix: 'See `prepaid-hours quarantine list`. All other rows are stored.' },
    );
  }
}
