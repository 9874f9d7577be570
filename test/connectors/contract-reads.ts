/** Reading a whole stream, as the pull room would. */
import type {
  Page,
  PullRequest,
  RejectedRow,
  StreamName,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { type ContractSubject, type Opened, openConnector } from './contract-bench.ts';

const hourMs = 3_600_000;

/** A fresh sandbox and connector for one test, closed whatever happens. */
export async function withBench(
  subject: ContractSubject,
  use: (opened: Opened) => Promise<void>,
): Promise<void> {
  const bench = await subject.start();
  try {
    await use(openConnector(subject, bench));
  } finally {
    await bench.sandbox.close();
  }
}

export interface Read {
  ids: string[];
  rows: { sourceId: string }[];
  rejected: RejectedRow[];
  pages: Page<{ sourceId: string }>[];
}

export function pullRequest(opened: Opened, change: Partial<PullRequest> = {}): PullRequest {
  return {
    since: new Date(Date.now() - hourMs).toISOString(),
    until: new Date(Date.now() + hourMs).toISOString(),
    resume: null,
    isStored: true,
    whenStored: async () => {},
    clientIds: opened.bench.clientIds,
    signal: AbortSignal.timeout(25_000),
    ...change,
  };
}

/** All pages of a stream, or the first few. */
export async function readStream(
  opened: Opened,
  stream: StreamName,
  change: Partial<PullRequest> = {},
  pagesMax = Number.POSITIVE_INFINITY,
): Promise<Read> {
  const pull = opened.connector.pull[stream];
  if (pull === undefined) throw new Error(`The connector has no stream ${stream}.`);
  const read: Read = { ids: [], rows: [], rejected: [], pages: [] };
  for await (const page of pull(pullRequest(opened, change))) {
    read.pages.push(page);
    read.rows.push(...page.rows);
    read.rejected.push(...page.rejected);
    if (read.pages.length >= pagesMax) break;
  }
  read.ids = read.rows.map((row) => row.sourceId);
  return read;
}

/** All time of the last hour (unless told), by whichever way the vendor shows it. */
export async function readTime(
  opened: Opened,
  change: Partial<PullRequest> = {},
): Promise<TimeEntryRow[]> {
  const { timeEntries, ticketTime } = opened.connector.pull;
  const rows: TimeEntryRow[] = [];
  if (timeEntries !== undefined) {
    for await (const page of timeEntries(pullRequest(opened, change))) rows.push(...page.rows);
    return rows;
  }
  if (ticketTime === undefined) return rows;
  const tickets = await readStream(opened, 'tickets', change);
  const ids = [...new Set(tickets.ids)];
  for await (const page of ticketTime(ids, AbortSignal.timeout(25_000))) rows.push(...page.rows);
  return rows;
}
