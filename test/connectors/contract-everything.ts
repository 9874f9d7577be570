/** All that a vendor shows, read once by a connector that remembers nothing. */
import type { ContractBench, ContractSubject } from './contract-bench.ts';
import { openConnector } from './contract-bench.ts';
import { readStream } from './contract-reads.ts';

const streamNames = [
  ...(['clients', 'tickets', 'timeEntries', 'sessions', 'invoices'] as const),
  ...(['payments', 'mandates'] as const),
];

export interface Everything {
  rows: Map<string, unknown>;
  rejected: number;
  /** Time is requested by the tickets that were read: that of a quarantined ticket waits with it. */
  isTimePerTicket: boolean;
}

export async function readEverything(
  subject: ContractSubject,
  bench: ContractBench,
): Promise<Everything> {
  const opened = openConnector(subject, bench);
  const { ticketTime, ...streams } = opened.connector.pull;
  const isTimePerTicket = ticketTime !== undefined;
  const read: Everything = { rows: new Map(), rejected: 0, isTimePerTicket };
  for (const stream of streamNames) {
    if (streams[stream] === undefined) continue;
    const { rows, rejected } = await readStream(opened, stream);
    for (const row of rows) read.rows.set(`${stream} ${row.sourceId}`, row);
    read.rejected += rejected.length;
    if (stream !== 'tickets' || ticketTime === undefined) continue;
    const ids = rows.map(({ sourceId }) => sourceId);
    for await (const page of ticketTime(ids, AbortSignal.timeout(25_000))) {
      for (const row of page.rows) read.rows.set(`timeEntries ${row.sourceId}`, row);
      read.rejected += page.rejected.length;
    }
  }
  return read;
}
