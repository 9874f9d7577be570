import { randomBytes } from 'node:crypto';
import { describeError, isKindError } from '../../domain/errors.ts';
import { instantFromMs } from '../../domain/time.ts';
import type { App } from './app.ts';

/** What the service does by its schedule besides the steps of a run. */
export type SideJob = 'backup' | 'publish';

interface SideWork {
  job: SideJob;
  folder: string;
  /** Logged if it fails. */
  failure: string;
}

/** How the work ended is stored for `status`; an expected error ends nothing else. */
export async function runSideJob(
  { config, store, log, now }: App,
  { job, folder, failure }: SideWork,
  work: () => Promise<void>,
): Promise<void> {
  const at = instantFromMs(now());
  let error: string | null = null;
  try {
    await work();
  } catch (fault) {
    if (!isKindError(fault)) throw fault;
    error = describeError(fault);
    log.error(failure, { folder, reason: error });
  }
  const stamp = instantFromMs(now()).slice(0, 19).replaceAll(':', '-');
  const id = `${job.charAt(0)}-${stamp}Z-${randomBytes(2).toString('hex')}`;
  await store.startRun({ id, command: `start ${job}`, mode: config.mode, at });
  await store.finishRun(id, instantFromMs(now()), JSON.stringify({ ok: error === null }), [
    { step: job, connection: null, error },
  ]);
}
