import type { Page, Pull, StreamName, TicketRow } from '../contract/connector.ts';
import { isKindError } from '../domain/errors.ts';
import {
  type UnlistedName,
  unlistedInTicket,
  unlistedInTime,
} from '../domain/records/unlisted-names.ts';
import { addSeconds, type DateText, type Instant } from '../domain/time.ts';
import type {
  MirrorRows,
  PullOutcome,
  PullPass,
  QuarantinedRow,
  Store,
  Watermark,
} from '../store/port.ts';
import { readAhead } from './ahead.ts';
import { countPage, type PullCounts } from './counts.ts';
import { completePass, isCatchUp, mustStore, nextPass, noWatermark } from './pass.ts';
import { validateTimeEntries } from './validate.ts';

export interface PullContext {
  store: Store;
  connection: string;
  clientIds: readonly string[];
  horizon: Instant;
  /** Whether to read everything since the horizon again, whatever was read before. */
  isFromHorizon: boolean;
  runStartedAt: Instant;
  runId: string;
  /** Aborts a request in progress. */
  signal: AbortSignal;
  /** Aborted: stop after the current page. */
  stop: AbortSignal;
  /** First day from which invoice lines are read; absent: none are read. */
  linesSince?: DateText | undefined;
  /** Whether time must be read ticket by ticket for changed tickets. */
  isTimePerTicket: boolean;
  /** Whether the time of unchanged tickets must be read too. */
  isTimeReadAgain: boolean;
  /** Whether a user accepted that time missing from complete tickets is deleted. */
  areLossesAccepted?: boolean;
  onPage?: ((stream: StreamName, rows: number) => void) | undefined;
  /** Called with names in rows that the vendor does not list. */
  onUnlisted?: ((found: readonly UnlistedName[]) => void) | undefined;
}

type RowOf<Stream extends StreamName> = Extract<MirrorRows, { stream: Stream }>['rows'][number];

/** Reads a stream up to the run's start. Rows and watermark are stored together, page by page. */
export async function pullStream<Stream extends StreamName>(
  context: PullContext,
  stream: Stream,
  pull: Pull<RowOf<Stream>>,
  counts: PullCounts,
): Promise<void> {
  const { store, connection, clientIds, horizon, isFromHorizon, runStartedAt, stop } = context;
  let watermark = (await store.readWatermark(connection, stream)) ?? noWatermark;
  let hasCaughtUp = false;
  for (;;) {
    const request = { watermark, clientIds, horizon, isFromHorizon, runStartedAt };
    const pass = nextPass(request, hasCaughtUp);
    if (pass === null || stop.aborted) return;
    const isResumed = watermark.pass !== null;
    const isFull = isCatchUp(watermark, pass);
    watermark = await runOrRestart({ context, stream, pull, counts }, watermark, pass);
    // A resumed pass is complete only up to the start of the run that began it.
    if (isFull && !isResumed) hasCaughtUp = true;
  }
}

interface PassWork<Stream extends StreamName> {
  context: PullContext;
  stream: Stream;
  pull: Pull<RowOf<Stream>>;
  counts: PullCounts;
}

/**
 * A resume token may have expired at the vendor. The pass then restarts from its beginning: rows
 * already mirrored are the same rows.
 */
async function runOrRestart<Stream extends StreamName>(
  work: PassWork<Stream>,
  before: Watermark,
  pass: PullPass,
): Promise<Watermark> {
  try {
    return await runPass(work, before, pass);
  } catch (error) {
    if (pass.resume === null || !isKindError(error, 'rejected', 'contract')) throw error;
    return runPass(work, before, { ...pass, resume: null });
  }
}

async function runPass<Stream extends StreamName>(
  work: PassWork<Stream>,
  before: Watermark,
  pass: PullPass,
): Promise<Watermark> {
  const { store, connection, runId, runStartedAt: at, linesSince, signal, stop } = work.context;
  const request = {
    since: pass.since,
    until: pass.startedAt,
    clientIds: pass.clientIds,
    isStored: true,
    signal,
    ...(linesSince === undefined ? {} : { linesSince }),
  };
  const { resume } = pass;
  const pages = readAhead((whenStored) => work.pull({ ...request, resume, whenStored }), stop);
  let watermark = before;
  for await (const page of pages) {
    const reached = page.resume ?? watermark.pass?.resume ?? null;
    const under: Watermark = { ...before, pass: { ...pass, resume: reached } };
    const { changed, quarantined } = await writePage(work, pass, page, under);
    if (changed > 0 || quarantined > 0) watermark = under;
    // The current page is stored; the next one is not requested.
    if (stop.aborted) return watermark;
  }
  const completed = completePass(before, pass);
  const isAwaited = work.stream === 'invoices' && (await store.hasUnreadInvoices(connection));
  if (!isAwaited && !mustStore(watermark, completed)) return completed;
  await store.writePage({
    ...({ stream: work.stream, rows: [] } as MirrorRows),
    connection,
    at,
    runId,
    since: pass.since,
    rejected: [],
    watermark: completed,
  });
  return completed;
}

async function writePage<Stream extends StreamName>(
  { context, stream, counts }: PassWork<Stream>,
  pass: PullPass,
  page: Page<RowOf<Stream>>,
  watermark: Watermark,
): Promise<PullOutcome> {
  const checked = await checkRows(context, stream, page);
  const { store, connection, runId, runStartedAt: at } = context;
  const outcome = await store.writePage({
    ...checked.rows,
    connection,
    at,
    runId,
    since: pass.since,
    rejected: checked.rejected,
    watermark,
    watermarkWhen: 'if-changed',
    ...(page.completeTicketIds === undefined ? {} : { completeTicketIds: page.completeTicketIds }),
    ...(page.deletions === undefined ? {} : { deletions: page.deletions }),
    askedClientIds: counts.vanished.map(({ clientId }) => clientId),
    areLossesAccepted: context.areLossesAccepted === true,
    ...(context.isTimePerTicket && stream === 'tickets'
      ? {
          timeDue: {
            clientIds: context.clientIds,
            isForced: context.isTimeReadAgain || !isCatchUp(watermark, pass),
            untimedIds: watermark.since === null ? restingUntimed(page, at) : [],
          },
        }
      : {}),
  });
  countPage(counts, stream, page.rows.length + page.rejected.length, outcome);
  context.onPage?.(stream, counts.rows);
  context.onUnlisted?.(unlistedIn(checked.rows));
  return outcome;
}

/** A vendor's total may lag behind its list: one that changed within a day is not trusted. */
const totalLagSeconds = 86_400;

/** Tickets without time that have not changed for a while. */
function restingUntimed<Stream extends StreamName>(
  { rows, untimedIds = [] }: Page<RowOf<Stream>>,
  runStartedAt: Instant,
): string[] {
  const before = addSeconds(runStartedAt, -totalLagSeconds);
  const resting = (rows as readonly TicketRow[]).filter(({ updatedAt }) => updatedAt < before);
  const ids = new Set(untimedIds);
  return resting.map(({ sourceId }) => sourceId).filter((sourceId) => ids.has(sourceId));
}

function unlistedIn(page: MirrorRows): UnlistedName[] {
  if (page.stream === 'tickets') return page.rows.flatMap(unlistedInTicket);
  return page.stream === 'timeEntries' ? page.rows.flatMap(unlistedInTime) : [];
}

async function checkRows<Stream extends StreamName>(
  context: PullContext,
  stream: Stream,
  page: Page<RowOf<Stream>>,
): Promise<{ rows: MirrorRows; rejected: QuarantinedRow[] }> {
  const rejected = page.rejected.map(({ sourceId, reason, row }) => ({
    sourceId,
    reason,
    row: null,
    vendorRow: row,
  }));
  const given = { stream, rows: page.rows } as MirrorRows;
  if (given.stream !== 'timeEntries') return { rows: given, rejected };
  const validated = await validateTimeEntries(context, given.rows);
  return {
    rows: { stream: 'timeEntries', rows: validated.rows },
    rejected: [...rejected, ...validated.rejected],
  };
}
