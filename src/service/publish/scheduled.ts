import type { App } from '../app/app.ts';
import { runSideJob } from '../app/side-job.ts';
import { publishPages } from './publish-pages.ts';

const failure = 'The clients’ pages could not be published.';

/** The publishing of `schedule.publish`. */
export async function runScheduledPublishing(app: App): Promise<void> {
  if (app.config.publish === null) return;
  const { folder } = app.config.publish;
  await runSideJob(app, { job: 'publish', folder, failure }, async () => {
    const { pages, removed } = await publishPages(app, folder);
    app.log.info('Pages published.', { folder, pages: pages.length, removed: removed.length });
  });
}
