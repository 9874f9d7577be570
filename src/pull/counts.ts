/** What a pull read, and whether it set so much of it aside that its balances mislead. */

import { KindError } from '../domain/errors.ts';
import type { StreamName } from '../domain/records/rows.ts';
import type { ClientLoss } from '../domain/records/vanished.ts';
import type { PullOutcome } from '../store/port.ts';

export interface PullCounts {
  rows: number;
  changed: number;
  quarantined: number;
  /** The same by stream: many clients must not make a few entries look like little. */
  streams: Map<StreamName, { rows: number; quarantined: number }>;
  /** Most of a client's time, which whole tickets lack: it stays as it was. */
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

/** So few rows may be set aside at once whatever share they are: on a quiet day each is a large one. */
const rowsFree = 3;
const percentMax = 5;

const called: Record<StreamName, string> = {
  clients: 'clients',
  tickets: 'tickets',
  timeEntries: 'time entries',
  sessions: 'sessions',
  invoices: 'invoices',
};

/** All that could be read is stored and goes on to be debited; but such a run is not in order. */
export function refuseGreatQuarantine(connection: string, { streams }: PullCounts): void {
  for (const [stream, { rows, quarantined }] of streams) {
    if (quarantined <= rowsFree || quarantined * 100 <= rows * percentMax) continue;
    throw new KindError(
      'contract',
      `${quarantined} of ${rows} ${called[stream]} of "${connection}" were set aside: balances lack what they say.`,
      { fix: 'See why with prepaid-hours quarantine list. The others are stored.' },
    );
  }
}
