import { type ScheduledTask, schedule } from 'node-cron';
import { describeError, isKindError } from '../domain/errors.ts';
import { acquireLock } from '../store/lock.ts';
import type { App } from './app.ts';
import { runSteps, type StepName } from './run.ts';

/**
 * The cron service: each step by its own expression, in the configured zone, until the signal. One
 * step at a time: a tick that finds another at work waits its turn, and one that finds its own kind
 * waiting already is left out, since the one that waits will do its work.
 */
export async function startService(app: App, signal: AbortSignal): Promise<void> {
  const lock = acquireLock(app.config.store, 'start', app.now);
  const turns = new Turns(app, signal);
  const tasks: ScheduledTask[] = [];
  try {
    for (const [step, expression] of Object.entries(app.config.schedule)) {
      tasks.push(
        schedule(expression, () => turns.take(step as StepName), {
          name: step,
          timezone: app.config.timezone,
        }),
      );
    }
    app.log.info('The service is running.', { ...app.config.schedule, mode: app.config.mode });
    await Promise.race([raised(signal), turns.broken]);
  } finally {
    for (const task of tasks) await task.destroy();
    await turns.rest();
    lock.release();
  }
  app.log.info('The service has stopped.');
}

/** Steps in a row. A defect in one ends the service, loudly; an expected error is logged and told. */
class Turns {
  readonly broken: Promise<never>;
  private readonly app: App;
  private readonly signal: AbortSignal;
  private readonly waiting = new Set<StepName>();
  private last: Promise<void> = Promise.resolve();
  private fail: (error: unknown) => void = () => {};

  constructor(app: App, signal: AbortSignal) {
    this.app = app;
    this.signal = signal;
    this.broken = new Promise((_, reject) => {
      this.fail = reject;
    });
    // Whoever waits for the service sees the rejection; nobody may be waiting any more when it comes.
    this.broken.catch(() => {});
  }

  take(step: StepName): void {
    if (this.waiting.has(step) || this.signal.aborted) return;
    this.waiting.add(step);
    this.last = this.last.then(() => this.run(step));
  }

  async rest(): Promise<void> {
    await this.last;
  }

  private async run(step: StepName): Promise<void> {
    this.waiting.delete(step);
    if (this.signal.aborted) return;
    try {
      await runSteps(this.app, [step], `start ${step}`, { signal: this.signal });
    } catch (error) {
      if (!isKindError(error)) return this.fail(error);
      this.app.log.error('A step could not run.', { step, reason: describeError(error) });
    }
  }
}

function raised(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
