import { schedule } from 'node-cron';
import { describeError, isKindError } from '../../domain/errors.ts';
import { acquireLock } from '../../store/lock.ts';
import type { App } from '../app/app.ts';
import type { StoreHolder } from '../app/rehearsal.ts';
import { runSteps } from '../run/run.ts';
import type { StepName } from '../run/step.ts';
import { ConfigWatch } from './config-watch.ts';
import { Schedule } from './schedule.ts';

/**
 * The cron service: each step by its own expression, in the configured zone, until the signal. One
 * step at a time: one that becomes due while another is at work waits its turn, and one that is
 * waiting already is left out, since the one that waits will do its work. `open` reads the config
 * file again, once somebody has edited it.
 */
export async function startService(
  app: App,
  signal: AbortSignal,
  open: (holder: StoreHolder) => Promise<App>,
): Promise<void> {
  const lock = acquireLock(app.config.store, 'start', app.now);
  const service = new Service(app, signal, open);
  let clock: ReturnType<typeof schedule> | null = null;
  try {
    await service.begin();
    // In UTC, where no clock is ever changed; what is due is found by the time that has passed.
    const options = { timezone: 'UTC', suppressMissedWarning: true } as const;
    clock = schedule('* * * * * *', () => service.tick(), options);
    app.log.info('The service is running.', { ...app.config.schedule, mode: app.config.mode });
    await Promise.race([raised(signal), service.broken]);
  } finally {
    await clock?.destroy();
    await service.end();
    lock.release();
  }
  app.log.info('The service has stopped.');
}

/** Steps in a row. A defect in one ends the service, loudly; an expected error is logged and told. */
class Service {
  readonly broken: Promise<never>;
  private readonly first: App;
  private readonly signal: AbortSignal;
  private readonly open: (holder: StoreHolder) => Promise<App>;
  private app: App;
  private jobs: Schedule<StepName>;
  private watch: ConfigWatch;
  /** Why the edited config is not used, for as long as it is not. */
  private fault: string | null = null;
  private readonly waiting = new Set<string>();
  private last: Promise<void> = Promise.resolve();
  private fail: (error: unknown) => void = () => {};

  constructor(app: App, signal: AbortSignal, open: (holder: StoreHolder) => Promise<App>) {
    this.first = app;
    this.app = app;
    this.signal = signal;
    this.open = open;
    this.watch = new ConfigWatch(app.config.file);
    this.jobs = scheduleOf(app);
    this.broken = new Promise((_, reject) => {
      this.fail = reject;
    });
    // Whoever waits for the service sees the rejection; nobody may be waiting any more when it comes.
    this.broken.catch(() => {});
  }

  /** What an earlier process did is remembered, so that a daily job missed since then is made up for. */
  async begin(): Promise<void> {
    for (const { name, doneUntilMs } of this.jobs.dailyJobs) {
      const known = await this.app.store.readMemory('', `schedule:${name}`);
      const [rule, at] = known?.split('\n') ?? [];
      if (rule === ruleOf(this.app, name)) this.jobs.resume(name, Date.parse(at ?? ''));
      else await this.remember(name, doneUntilMs);
    }
  }

  /** Once a second, and late after the machine was asleep. */
  tick(): void {
    if (this.signal.aborted) return;
    if (this.watch.hasSettled()) this.queue('config', () => this.reload());
    const { app, jobs } = this;
    for (const { name, missedAt } of jobs.takeDue(app.now())) {
      if (missedAt !== null) {
        const due = new Date(missedAt).toISOString().slice(0, 16).replace('T', ' ');
        app.log.warn('A daily job was missed; it runs now.', { step: name, due });
      }
      this.queue(name, () => this.run(name));
    }
  }

  async end(): Promise<void> {
    await this.last;
    await this.jobs.close();
    if (this.app !== this.first) await this.app.close();
  }

  private queue(name: string, work: () => Promise<void>): void {
    if (this.waiting.has(name)) return;
    this.waiting.add(name);
    this.last = this.last.then(async () => {
      this.waiting.delete(name);
      if (this.signal.aborted) return;
      try {
        await work();
      } catch (error) {
        this.fail(error);
      }
    });
  }

  private async run(step: StepName): Promise<void> {
    this.tellFault();
    const done = this.jobs.dailyJobs.find(({ name }) => name === step);
    try {
      await runSteps(this.app, [step], `start ${step}`, { signal: this.signal });
    } catch (error) {
      if (!isKindError(error)) throw error;
      this.app.log.error('A step could not run.', { step, reason: describeError(error) });
    }
    if (done !== undefined && !this.signal.aborted) await this.remember(step, done.doneUntilMs);
  }

  /** Between two steps: a valid file takes the old one's place, an invalid one does not. */
  private async reload(): Promise<void> {
    const { app } = this;
    let isClosed = false;
    const close = async () => {
      isClosed = true;
      await app.close();
    };
    try {
      const next = await this.open({ file: app.config.store, close });
      const jobs = scheduleOf(next);
      await this.jobs.close();
      if (app !== this.first) await app.close();
      [this.app, this.jobs, this.fault] = [next, jobs, null];
      await this.begin();
      next.log.info('The edited config is used from now on.', { ...next.config.schedule });
    } catch (error) {
      // Its database was about to be replaced: a restart does that from the start.
      if (!isKindError(error) || isClosed) throw error;
      this.fault = describeError(error);
      this.tellFault();
    }
  }

  /** At every step, so that whoever looks at the log later sees it, too. */
  private tellFault(): void {
    if (this.fault === null) return;
    this.app.log.error('The edited config has faults; the service goes on with the previous one.', {
      reason: this.fault,
      fix: 'Correct the file; it is read again once it is saved.',
    });
  }

  private async remember(name: StepName, doneUntilMs: number): Promise<void> {
    const { store, now } = this.app;
    const at = new Date(now()).toISOString();
    const until = new Date(doneUntilMs).toISOString();
    await store.writeMemory('', `schedule:${name}`, `${ruleOf(this.app, name)}\n${until}`, at);
  }
}

function scheduleOf({ config, now }: App): Schedule<StepName> {
  return new Schedule(config.schedule, config.timezone, now());
}

/** A job whose rule was edited begins afresh: a slot that it did not have was not missed. */
function ruleOf({ config }: App, name: StepName): string {
  return `${config.schedule[name]} ${config.timezone}`;
}

function raised(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
