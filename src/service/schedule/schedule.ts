import { wallClockAt, type ZoneName } from '../../domain/zone.ts';
import { type CronRule, firstSlot, isDaily, readRule } from './slots.ts';

/** A job to run now. */
interface DueJob<Name extends string> {
  name: Name;
  /** The scheduled wall-clock time (written as if it were UTC), if the job is late. */
  missedAt: number | null;
}

interface Job<Name extends string> extends CronRule {
  name: Name;
  /** Slots up to here are done: wall clock for a job at fixed hours, otherwise a timestamp. */
  doneUntilMs: number;
}

/** In a busy process a tick may be this late before a job counts as missed. */
const lateMs = 5_000;
/**
 * DST shifts are smaller than this. A larger step back is a correction: the "done" time is in the
 * future.
 */
const changeMsMax = 3 * 3_600_000;
/** No slot before this is caught up. */
const lookBackMs = 62 * 24 * 3_600_000;

/**
 * Determines which jobs became due since the last look, whatever happened in between: sleep, a busy
 * process, a clock change, a restart. As in Vixie cron, a job at fixed hours (`30 2 * * *`) follows
 * the wall clock, so that it runs once a day when an hour is skipped or repeated; an hourly job
 * follows real time. node-cron parses the expressions; its own timers get those two days wrong.
 */
export class Schedule<Name extends string> {
  readonly #zone: ZoneName;
  readonly #jobs: Job<Name>[];

  constructor(expressions: Readonly<Partial<Record<Name, string>>>, zone: ZoneName, nowMs: number) {
    this.#zone = zone;
    this.#jobs = (Object.entries(expressions) as [Name, string][]).map(([name, expression]) => {
      const job = { name, ...readRule(expression), doneUntilMs: nowMs };
      return isDaily(job) ? { ...job, doneUntilMs: wallClockAt(nowMs, zone) } : job;
    });
  }

  /** Jobs at fixed hours, with the wall-clock time up to which they are done. */
  get dailyJobs(): { name: Name; doneUntilMs: number }[] {
    return this.#jobs.filter(isDaily).map(({ name, doneUntilMs }) => ({ name, doneUntilMs }));
  }

  /** Restores what an earlier process did: a later slot was missed, unless it is too old. */
  resume(name: Name, doneUntilMs: number): void {
    const job = this.#jobs.find((one) => one.name === name);
    if (job !== undefined && isDaily(job)) job.doneUntilMs = doneUntilMs;
  }

  takeDue(nowMs: number): DueJob<Name>[] {
    return this.#jobs.flatMap((job) => {
      const { name } = job;
      const isOwnHour = isDaily(job);
      const nowAt = isOwnHour ? wallClockAt(nowMs, this.#zone) : nowMs;
      if (job.doneUntilMs - nowAt > (isOwnHour ? changeMsMax : 0)) job.doneUntilMs = nowAt;
      if (nowAt <= job.doneUntilMs) return [];
      const from = Math.max(job.doneUntilMs, nowAt - lookBackMs);
      const slot = firstSlot(job, from, nowAt, isOwnHour ? null : this.#zone);
      job.doneUntilMs = nowAt;
      if (slot === null) return [];
      return [{ name, missedAt: isOwnHour && nowAt - slot > lateMs ? slot : null }];
    });
  }

  async close(): Promise<void> {
    for (const { task } of this.#jobs) await task.destroy();
  }
}
