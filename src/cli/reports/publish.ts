import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { KindError } from '../../domain/errors.ts';
import { plainText } from '../../reports/format/plain-text.ts';
import { revokePageName } from '../../service/publish/page-names.ts';
import { type Published, publishPages } from '../../service/publish/publish-pages.ts';
import { findClient } from '../input/find-client.ts';
import type { Cli, Scope } from '../scope.ts';

export function definePublish(publish: Command, cli: Cli): void {
  publish
    .option('--revoke <client>', 'give the client’s page a new address; the old one stops working')
    .action((folder: string | undefined, { revoke }: { revoke?: string }, command: Command) =>
      cli.withApp(command, 'write', async (scope) => {
        const { app } = scope;
        const target = folder === undefined ? app.config.publish?.folder : resolve(folder);
        if (target === undefined) {
          throw new KindError('config', 'Where to?', {
            fix: 'Name a folder, or set `publish.folder` in the config.',
          });
        }
        const revoked = revoke === undefined ? null : findClient(app.clients, revoke);
        if (revoked !== null) await revokePageName(app, revoked.id);
        const published = await publishPages(app, target);
        const answer = { ...published, revoked: revoked?.name ?? null };
        scope.answer(answer, () => publishedText(answer, scope));
        return 0;
      }),
    );
}

function publishedText(
  { folder, index, pages, removed, revoked }: Published & { revoked: string | null },
  { table, paint }: Scope,
): string {
  if (pages.length === 0) return 'No clients yet: run `prepaid-hours run` first.\n';
  // Below the folder that is named at the end: the whole path is wider than a terminal.
  const rows = pages.map(({ client, address, file }) => [
    client,
    address ?? relative(folder, file),
  ]);
  const shown = table([{ title: 'Client', cut: 'name' }, { title: 'Page' }], rows);
  const gone = removed.map((name) => `Deleted: ${name}\n`);
  const changed =
    revoked === null
      ? ''
      : `${paint('bold', plainText(revoked))} has a new address; send it to them.\n`;
  return [
    shown,
    changed,
    ...gone,
    `All of them, for you only: ${index}\n`,
    `For the web server: ${resolve(folder, 'pages')}\n`,
  ].join('');
}
