import { formatIn } from '../../domain/format.ts';
import { type Instant, instantFromMs } from '../../domain/time.ts';
import { buildBalances } from '../../reports/balances/balances.ts';
import type { Reconciliation } from '../../reports/notices/reconciliation.ts';
import { type LockOwner, readLockOwner } from '../../store/lock.ts';
import type { App } from '../app/app.ts';
import { type BalanceStatus, toBalanceStatus } from './balances.ts';
import { type MessagesStatus, readMessages } from './messages.ts';
import { findProblems, type Problem } from './problems.ts';
import { readSteps, type StepStatus } from './steps.ts';

/** Whether all is well, for `status`, the status page and `/readyz`. */
export interface Status {
  asOf: Instant;
  /** Nothing is late, failed or stuck. */
  ok: boolean;
  mode: 'observe' | 'live';
  timezone: string;
  /** The process that works on the database now; null: none. */
  service: LockOwner | null;
  problems: Problem[];
  /** Each step as a whole, followed by its connections. */
  steps: StepStatus[];
  messages: MessagesStatus;
  openQuarantine: number;
  /** The last comparison with the vendors; null: there was none. */
  reconciliation: Reconciliation | null;
  balances: BalanceStatus[];
}

/** `status` exits with this when something is late, failed or stuck. */
export const needsAttention = 6;

/** Reads the store alone, and sends nothing. */
export async function readStatus(
  app: Pick<App, 'config' | 'store' | 'clients' | 'now'>,
): Promise<Status> {
  const { config, store, clients, now } = app;
  const asOf = instantFromMs(now());
  const service = await readLockOwner(config.store);
  const steps = await readSteps(app);
  const messages = await readMessages(store, now());
  const report = await buildBalances(store, { shown: clients, all: clients, asOf });
  const problems = findProblems(steps, messages, service !== null);
  return {
    asOf,
    ok: problems.length === 0,
    mode: config.mode,
    timezone: config.timezone,
    service,
    problems,
    steps,
    messages,
    openQuarantine: report.openQuarantine,
    reconciliation: report.reconciliation,
    balances: report.clients.map((balance) => toBalanceStatus(balance, asOf, formatIn(app.config))),
  };
}

/** Each configured connection with the time of its last complete read. */
export interface LastRead {
  connection: string;
  at: Instant | null;
  /** Older than twice the schedule. */
  isLate: boolean;
  error: string | null;
}

export async function readLastReads(
  app: Pick<App, 'config' | 'store' | 'now'>,
): Promise<LastRead[]> {
  if (app.config.connections.size === 0) return [];
  const pulls = await readSteps(app, ['pull']);
  return [...app.config.connections.keys()].map((connection) => {
    const pull = pulls.find((one) => one.connection === connection);
    return {
      connection,
      at: pull?.lastSuccessAt ?? null,
      isLate: pull?.state === 'late',
      error: pull?.error ?? null,
    };
  });
}
