import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Connector, Page, TimeEntryRow } from '../../src/contract/connector.ts';
import { clientFinder } from '../../src/debit/context.ts';
import { debitDirtyWork } from '../../src/debit/debit.ts';
import { applyOpeningBlocks } from '../../src/debit/opening-blocks.ts';
import { createNameBook } from '../../src/domain/records/names.ts';
import { type Instant, instantFromMs } from '../../src/domain/time.ts';
import type { App } from '../../src/service/app/app.ts';
import { type RunResult, runSteps } from '../../src/service/run/run.ts';
import { openStore } from '../../src/store/open.ts';
import { clientsOf, type Span, type Work, workOf } from './work.ts';

/** Work of the years before was posted then; that of the last month in it. */
export const historyAt = '2025-10-31T20:00:00.000Z';
export const lastMonthAt = '2026-02-28T20:00:00.000Z';
export const lastMonth = '2026-02';

const quiet = () => undefined;
const log: App['log'] = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => log };

/** An MSP with a store of its own and one vendor, whose only news is what `changed` holds. */
export interface Office {
  app: App;
  file: string;
  changed: TimeEntryRow[];
  close(): Promise<void>;
}

export async function openOffice(
  folder: string,
  name: string,
  clientCount: number,
): Promise<Office> {
  const file = join(folder, `${name}.db`);
  const store = await openStore({ file, now: Date.now });
  const configured = clientsOf(clientCount);
  const ids = await store.assignClientIds(configured, historyAt);
  const clients = configured.map((client, index) => ({ ...client, id: ids[index] ?? '' }));
  let nowMs = Date.parse('2026-03-02T08:00:00.000Z');
  const office: Office = {
    file,
    changed: [],
    app: {
      config: {
        file: `${file}.yaml`,
        mode: 'observe',
        timezone: 'Europe/Paris',
        locale: 'en',
        durations: 'clock',
        currency: 'EUR',
        store: file,
        historyMonths: 12,
        blocksSoldByHand: 'propose',
        web: null,
        notify: null,
        accounting: null,
        balanceField: null,
        connections: new Map(),
        schedule: { pull: '', debit: '', replenish: '', push: '', sweep: '', reconcile: '' },
        backup: null,
        publish: null,
        sweep: { days: 62, percentMax: 10 },
        sender: null,
        reconcile: { days: 31 },
        contract: { registration: [], reviewedOn: null, clients: new Map(), closings: new Map() },
        offers: new Map(),
        agreements: new Map(),
        clients: configured,
        technicians: [],
        templates: [join(import.meta.dirname, '../../config/templates')],
        secrets: [],
      },
      store,
      clients,
      connectors: new Map([['psa', connectorOf(() => office.changed)]]),
      questions: [],
      requests: new Map(),
      log,
      now: () => (nowMs += 1000),
      close: () => store.close(),
    },
    close: () => store.close(),
  };
  return office;
}

function connectorOf(changed: () => TimeEntryRow[]): Connector {
  async function* timeEntries(): AsyncGenerator<Page<TimeEntryRow>> {
    yield { rows: changed(), rejected: [], resume: null };
  }
  return { check: async () => [], pull: { timeEntries }, push: {} };
}

/** Puts the work into the mirror as a pull leaves it, marked for debit. */
export function mirror(office: Office, span: Span): void {
  const raw = new DatabaseSync(office.file);
  // The set-up is not what is measured.
  raw.exec('PRAGMA synchronous = OFF');
  const ticketRow = raw.prepare(
    `INSERT INTO mirror_ticket (connection, revision, source_id, number, client_id, summary, board,
       ticket_type, agreement, status, is_closed, closed_at, merged_into, updated_at)
     VALUES ('psa', 'seeded', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const entryRow = raw.prepare(
    `INSERT INTO mirror_time_entry (connection, revision, source_id, ticket_id, client_id,
       technician_id, technician, started_at, ended_at, is_timed, seconds, seconds_text, kind,
       work_type, role, is_billable, is_approved, agreement, note, updated_at)
     VALUES ('psa', 'seeded', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  raw.exec('BEGIN');
  for (const { ticket, entries } of workOf(span, office.app.clients.length)) {
    ticketRow.run(...columnsOf(ticket));
    for (const entry of entries) entryRow.run(...columnsOf(entry));
  }
  raw.exec('COMMIT');
  raw.close();
}

/** The row's fields in their order, which is that of the columns above. */
function columnsOf(row: Work['ticket'] | TimeEntryRow): (string | number | null)[] {
  return Object.values(row).map((value) => (typeof value === 'boolean' ? Number(value) : value));
}

export async function openBlocks(office: Office): Promise<void> {
  await applyOpeningBlocks(debitContext(office, historyAt, new AbortController().signal));
}

/** Debits what is dirty as of that moment. */
export async function debitPages(office: Office, at: Instant, onPage?: () => void): Promise<void> {
  const { signal } = new AbortController();
  const store: App['store'] = {
    ...office.app.store,
    writeDebits: async (batch) => {
      await office.app.store.writeDebits(batch);
      onPage?.();
    },
  };
  await debitDirtyWork({ ...debitContext(office, at, signal), store });
}

function debitContext({ app }: Office, at: Instant, signal: AbortSignal) {
  const { store, clients } = app;
  const findClient = clientFinder(clients);
  return {
    store,
    clients,
    findClient,
    runId: `r-${at}`,
    at,
    firstRunAt: at,
    signal,
    limitedAccounts: new Set<string>(),
    names: createNameBook([], [], []),
  };
}

/** One run of all steps, as the service and the command line do it. */
export async function runAll(office: Office): Promise<RunResult> {
  const signal = new AbortController().signal;
  const steps = ['pull', 'debit', 'replenish', 'push'] as const;
  const result = await runSteps(office.app, steps, 'bench', { signal });
  if (!result.ok) throw new Error(`a run failed: ${JSON.stringify(result.steps)}`);
  return result;
}

export function nowOf(office: Office): Instant {
  return instantFromMs(office.app.now());
}
