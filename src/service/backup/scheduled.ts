import type { App } from '../app/app.ts';
import { runSideJob } from '../app/side-job.ts';
import { backUpInto } from './keep.ts';

/** The backup of `schedule.backup`. */
export async function runScheduledBackup(app: App): Promise<void> {
  if (app.config.backup === null) return;
  const { folder, keep } = app.config.backup;
  await runSideJob(app, { job: 'backup', folder, failure: 'The backup failed.' }, async () => {
    const kept = await backUpInto(app, folder, keep);
    app.log.info('Backup written.', { ...kept });
  });
}
