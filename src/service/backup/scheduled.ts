import { randomBytes } from 'node:crypto';
import { describeError, isKindError } from '../../domain/errors.ts';
import { instantFromMs } from '../../domain/time.ts';
import type { App } from '../app/app.ts';
import { backUpInto, stampOf } from './keep.ts';

/** The backup of `schedule.backup`; how it ended is stored for `status`. */
export async function runScheduledBackup(app: App): Promise<void> {
  const { config, store, log, now } = app;
  if (config.backup === null) return;
  const startedAt = instantFromMs(now());
  let error: string | null = null;
  try {
    const kept = await backUpInto(app, config.backup.folder, config.backup.keep);
    log.info('Backup written.', { ...kept });
  } catch (fault) {
    if (!isKindError(fault)) throw fault;
    error = describeError(fault);
    log.error('The backup failed.', { folder: config.backup.folder, reason: error });
  }
  const id = `b-${stampOf(now())}-${randomBytes(2).toString('hex')}`;
  await store.startRun({ id, command: 'start backup', mode: config.mode, at: startedAt });
  const outcome = { step: 'backup', connection: null, error };
  await store.finishRun(id, instantFromMs(now()), JSON.stringify({ ok: error === null }), [
    outcome,
  ]);
}
