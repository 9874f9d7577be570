import type { LoadedConfig } from '../../config/loaded.ts';
import { type Instant, instantFromMs, msFromInstant } from '../../domain/time.ts';
import type { StepHealth, Store } from '../../store/port.ts';
import type { SideJob } from '../app/side-job.ts';
import type { StepName } from '../run/step.ts';
import { nextSlots } from '../schedule/slots.ts';
import { lateFrom } from './due.ts';

export type StepState = 'ok' | 'failed' | 'late' | 'never';

/** What `start` does by its schedule. */
type ScheduledName = StepName | SideJob;

/** How one step, or one connection of it, is doing. */
export interface StepStatus {
  step: ScheduledName;
  /** Null: the step as a whole. */
  connection: string | null;
  /** never: not run yet, and not due for long; late: its last success is older than twice its schedule. */
  state: StepState;
  lastRunAt: Instant | null;
  lastSuccessAt: Instant | null;
  /** Since the last success. */
  ageSeconds: number | null;
  /** By the schedule, whether or not the service is running. */
  nextRunAt: Instant | null;
  runs: number;
  failedRuns: number;
  /** In a row. */
  failures: number;
  error: string | null;
}

type StatusApp = { config: LoadedConfig; store: Store; now(): number };

/** In the order of a run. */
const allSteps: readonly StepName[] = ['pull', 'sweep', 'debit', 'replenish', 'push', 'reconcile'];
const stepsOfRun: readonly ScheduledName[] = ['pull', 'debit', 'replenish', 'push'];

/** Every step as a whole, followed by its connections. */
export async function readSteps(
  { config, store, now }: StatusApp,
  steps: readonly ScheduledName[] = scheduledIn(config),
): Promise<StepStatus[]> {
  const health = await store.listStepHealth();
  const began = health.map(({ firstRanAt }) => firstRanAt).sort()[0];
  const found: StepStatus[] = [];
  for (const step of steps) {
    const own = health.filter((row) => row.step === step);
    const whole = own.find(({ connection }) => connection === null) ?? null;
    const parts = own.filter(
      ({ connection }) => connection !== null && config.connections.has(connection),
    );
    for (const row of [whole, ...parts]) {
      found.push(await toStatus({ config, nowMs: now() }, step, row, began ?? null));
    }
  }
  return found;
}

function scheduledIn({ backup, publish }: LoadedConfig): ScheduledName[] {
  return [
    ...allSteps,
    ...(backup === null ? [] : ['backup' as const]),
    ...(publish === null ? [] : ['publish' as const]),
  ];
}

async function toStatus(
  { config, nowMs }: { config: LoadedConfig; nowMs: number },
  step: ScheduledName,
  row: StepHealth | null,
  began: Instant | null,
): Promise<StepStatus> {
  const since = row?.succeededAt ?? row?.firstRanAt ?? began;
  const sinceMs = since === null ? nowMs : msFromInstant(since);
  // A cron line that calls `run` does these steps together, at the pace of the slowest.
  const isByRun = row !== null && !row.command.startsWith('start ') && stepsOfRun.includes(step);
  const paces: readonly ScheduledName[] = isByRun ? stepsOfRun : [step];
  const expressions = new Set(paces.map((name) => expressionOf(config, name)));
  const lates = await Promise.all(
    [...expressions].map((expression) => lateFrom(expression, config.timezone, sinceMs)),
  );
  const [nextMs = null] = await nextSlots(expressionOf(config, step), config.timezone, nowMs, 1);
  const lateFromMs = lates.includes(null) ? null : Math.max(...lates.map((at) => at ?? 0));
  const succeededAt = row?.succeededAt ?? null;
  return {
    step,
    connection: row?.connection ?? null,
    state: stateOf(row, lateFromMs !== null && nowMs > lateFromMs),
    lastRunAt: row?.ranAt ?? null,
    lastSuccessAt: succeededAt,
    ageSeconds: succeededAt === null ? null : toSeconds(nowMs - msFromInstant(succeededAt)),
    nextRunAt: nextMs === null ? null : instantFromMs(nextMs),
    runs: row?.runs ?? 0,
    failedRuns: row?.failedRuns ?? 0,
    failures: row?.failures ?? 0,
    error: row?.error ?? null,
  };
}

function expressionOf({ schedule, backup, publish }: LoadedConfig, name: ScheduledName): string {
  if (name === 'backup') return backup?.cron ?? '';
  return name === 'publish' ? (publish?.cron ?? '') : schedule[name];
}

function stateOf(row: StepHealth | null, isLate: boolean): StepState {
  if (isLate) return 'late';
  if (row === null) return 'never';
  return row.error === null ? 'ok' : 'failed';
}

function toSeconds(ms: number): number {
  return Math.max(0, Math.round(ms / 1000));
}
