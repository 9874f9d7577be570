import { schedule } from 'node-cron';
import type { ChangedRecord } from '../../contract/connector.ts';
import { describeError, isKindError } from '../../domain/errors.ts';
import { awaitLock } from '../../store/lock.ts';
import type { App } from '../app/app.ts';
import type { StoreHolder } from '../app/rehearsal.ts';
import type { SideJob } from '../app/side-job.ts';
import { runScheduledBackup } from '../backup/scheduled.ts';
import { runScheduledPublishing } from '../publish/scheduled.ts';
import { runNamed } from '../run/named.ts';
import { type AfterRun, runSteps, usualSteps } from '../run/run.ts';
import type { StepName } from '../run/step.ts';
import { ConfigWatch } from './config-watch.ts';
import { Pokes } from './pokes.ts';
import { Schedule } from './schedule.ts';

/** What a part beside the steps sees of the service; an edited config brings another app. */
export interface ServiceView {
  app(): App;
  /** Why the edited config is not used; null: the file is in use. */
  fault(): string | null;
  /**
   * A vendor says that something changed: a run follows soon, however often it is said. `changed`:
   * the record that it names. False: too many were named within the hour.
   */
  poke(connection: string, changed: ChangedRecord | null): boolean;
}

/** What runs beside the steps, for as long as the service does. */
interface ServiceParts {
  /** Null: the config asks for none. */
  openWeb?(view: ServiceView): Promise<{ close(): Promise<void> } | null>;
  afterRun?: AfterRun;
}

/**
 * The cron service: runs each step on its own schedule, in the configured zone, until the signal.
 * One step at a time: a step that becomes due while another runs is queued, at most once. `open`
 * reloads the config file after an edit.
 */
export async function startService(
  app: App,
  signal: AbortSignal,
  open: (holder: StoreHolder) => Promise<App>,
  parts: ServiceParts = {},
): Promise<void> {
  const service = new Service(app, signal, open, parts.afterRun);
  const lock = await awaitLock(app.config.store, 'start', {
    now: app.now,
    signal,
    onWait: (reason) => app.log.info(`Standing by. ${reason}`),
    onLost: (error) => service.fail(error),
  });
  if (lock === null) return;
  let clock: ReturnType<typeof schedule> | null = null;
  let web: Awaited<ReturnType<NonNullable<ServiceParts['openWeb']>>> | undefined;
  try {
    web = await parts.openWeb?.(service.view);
    await service.begin();
    // In UTC, which has no clock changes; due jobs are found by elapsed time.
    const options = { timezone: 'UTC', suppressMissedWarning: true } as const;
    clock = schedule('* * * * * *', () => service.tick(), options);
    app.log.info('The service is running.', { ...expressionsOf(app), mode: app.config.mode });
    await Promise.race([raised(signal), service.broken]);
  } finally {
    await clock?.destroy();
    await web?.close();
    await service.end();
    lock.release();
  }
  app.log.info('The service has stopped.');
}

/** What is done by the schedule. */
type JobName = StepName | SideJob;

/** Runs steps one after the other. A bug in one ends the service; an expected error is logged. */
class Service {
  readonly broken: Promise<never>;
  private readonly first: App;
  private readonly signal: AbortSignal;
  private readonly open: (holder: StoreHolder) => Promise<App>;
  private readonly afterRun: AfterRun | undefined;
  private app: App;
  private jobs: Schedule<JobName>;
  private watch: ConfigWatch;
  /** Why the edited config is not used, while that is so. */
  private fault: string | null = null;
  private readonly waiting = new Set<string>();
  private last: Promise<void> = Promise.resolve();
  fail: (error: unknown) => void = () => {};
  private readonly pokes = new Pokes();

  constructor(
    app: App,
    signal: AbortSignal,
    open: (holder: StoreHolder) => Promise<App>,
    afterRun: AfterRun | undefined,
  ) {
    this.first = app;
    this.app = app;
    this.signal = signal;
    this.open = open;
    this.afterRun = afterRun;
    this.watch = new ConfigWatch(app.config.file);
    this.jobs = scheduleOf(app);
    this.broken = new Promise((_, reject) => {
      this.fail = reject;
    });
    // The caller sees the rejection; it may come when nobody is waiting any more.
    this.broken.catch(() => {});
  }

  get view(): ServiceView {
    return {
      app: () => this.app,
      fault: () => this.fault,
      poke: (connection, changed) => this.pokes.add(connection, changed, this.app.now()),
    };
  }

  /** Restores what an earlier process did, so that a daily job missed since then is caught up. */
  async begin(): Promise<void> {
    for (const { name, doneUntilMs } of this.jobs.dailyJobs) {
      const known = await this.app.store.readMemory('', `schedule:${name}`);
      const [rule, at] = known?.split('\n') ?? [];
      if (rule === ruleOf(this.app, name)) this.jobs.resume(name, Date.parse(at ?? ''));
      else await this.remember(name, doneUntilMs);
    }
  }

  /** Called once a second, and late after the machine was asleep. */
  tick(): void {
    if (this.signal.aborted) return;
    if (this.watch.hasSettled()) this.queue('config', () => this.reload());
    const { app, jobs } = this;
    for (const { name, missedAt } of jobs.takeDue(app.now())) {
      if (missedAt !== null) {
        const due = new Date(missedAt).toISOString().slice(0, 16).replace('T', ' ');
        app.log.warn('A daily job was missed; running it now.', { step: name, due });
      }
      this.queue(name, () => this.run([name]));
    }
    if (this.pokes.takeRun(app.now())) {
      this.queue('webhook', () => this.run(usualSteps, 'start webhook'));
    }
    if (this.pokes.isLookDue(app.now())) this.queue('callback', () => this.look());
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

  private async run(jobs: readonly JobName[], command = `start ${jobs.join(' ')}`): Promise<void> {
    this.tellFault();
    const [step] = jobs;
    const done = this.jobs.dailyJobs.find(({ name }) => name === step);
    try {
      if (step === 'backup') await runScheduledBackup(this.app);
      else if (step === 'publish') await runScheduledPublishing(this.app);
      else {
        const options = { signal: this.signal, afterRun: this.afterRun };
        await runSteps(this.app, jobs as readonly StepName[], command, options);
      }
    } catch (error) {
      if (!isKindError(error)) throw error;
      this.app.log.error('A step could not run.', { step, reason: describeError(error) });
    }
    if (done !== undefined && !this.signal.aborted) {
      await this.remember(done.name, done.doneUntilMs);
    }
  }

  /** What comes in the meantime is looked at the next time. */
  private async look(): Promise<void> {
    const { app, signal, afterRun } = this;
    try {
      await runNamed(app, this.pokes.takeNamed(), { signal, afterRun });
    } catch (error) {
      if (!isKindError(error)) throw error;
      app.log.error('A webhook could not be answered.', { reason: describeError(error) });
    }
  }

  /** Between two steps: a valid config replaces the old one, an invalid one does not. */
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
      if (addressOf(next) !== addressOf(app)) {
        next.log.warn('`web.listen` was edited; the new address is used after a restart.');
      }
      next.log.info('The edited config is now in use.', { ...expressionsOf(next) });
    } catch (error) {
      // Its database was about to be replaced; a restart does that cleanly.
      if (!isKindError(error) || isClosed) throw error;
      this.fault = describeError(error);
      this.tellFault();
    }
  }

  /** Logged at every step, so that it is visible later too. */
  private tellFault(): void {
    if (this.fault === null) return;
    this.app.log.error('The edited config has errors; the service keeps using the previous one.', {
      reason: this.fault,
      fix: 'Correct the file; it is reloaded when you save it.',
    });
  }

  private async remember(name: JobName, doneUntilMs: number): Promise<void> {
    const { store, now } = this.app;
    const at = new Date(now()).toISOString();
    const until = new Date(doneUntilMs).toISOString();
    await store.writeMemory('', `schedule:${name}`, `${ruleOf(this.app, name)}\n${until}`, at);
  }
}

function scheduleOf(app: App): Schedule<JobName> {
  return new Schedule(expressionsOf(app), app.config.timezone, app.now());
}

function expressionsOf({ config }: App): Partial<Record<JobName, string>> {
  const { schedule, backup, publish } = config;
  return {
    ...schedule,
    ...(backup === null ? {} : { backup: backup.cron }),
    ...(publish === null ? {} : { publish: publish.cron }),
  };
}

function addressOf({ config: { web } }: App): string | null {
  return web === null ? null : `${web.host} ${web.port}`;
}

/** A job with an edited schedule starts over: a slot that it did not have was not missed. */
function ruleOf(app: App, name: JobName): string {
  return `${expressionsOf(app)[name]} ${app.config.timezone}`;
}

function raised(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
