import type { Command } from 'commander';
import { type Client, payerOf } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { instantFromMs } from '../../domain/time.ts';
import type { GoLive } from '../../service/go-live/preview.ts';
import type { GoLiveClient } from '../../service/go-live/read-clients.ts';
import { findClient } from '../input/find-client.ts';
import type { Cli, Scope } from '../scope.ts';
import { goLiveText, keptBackText } from './go-live-text.ts';

export interface GoLiveOptions {
  goLive?: boolean;
  /** True: all clients. */
  mark?: true | string[];
  yes?: boolean;
}

/** What was marked by this command. */
type Marked = Pick<GoLiveClient, 'client' | 'levels'>;

export function answerGoLive(cli: Cli, command: Command, options: GoLiveOptions): Promise<void> {
  const { mark } = options;
  return cli.withApp(command, mark === undefined ? 'read' : 'write', async (scope) => {
    const { app, deps } = scope;
    const shown = await deps.service.previewGoLive(app, deps.signal);
    if (mark === undefined) return answer(scope, shown, null);
    const named = mark === true ? app.clients : mark.map((name) => findClient(app.clients, name));
    const marked = await markAll(scope, shown, { named, isAsked: options.yes !== true });
    if (marked.length === 0) return answer(scope, shown, marked);
    return answer(scope, await deps.service.previewGoLive(app, deps.signal), marked);
  });
}

function answer(scope: Scope, { exitCode, ...shown }: GoLive, marked: Marked[] | null): number {
  scope.answer(marked === null ? shown : { ...shown, marked }, () =>
    goLiveText(shown, marked, scope),
  );
  return exitCode;
}

async function markAll(
  scope: Scope,
  { clients }: GoLive,
  { named, isAsked }: { named: readonly Client[]; isAsked: boolean },
): Promise<Marked[]> {
  const { app, deps } = scope;
  // Levels are those of the client that pays.
  const ids = new Set(named.map((client) => payerOf(client).id));
  const found = clients.filter(({ clientId, levels }) => ids.has(clientId) && levels.length > 0);
  if (found.length === 0) return [];
  if (isAsked) await confirm(scope, found);
  const at = instantFromMs(app.now());
  for (const { clientId, levels } of found) {
    const kept = levels.map(({ threshold, number, pendingSeconds }) => ({
      threshold,
      number,
      pendingSeconds,
    }));
    await deps.service.markTold(app, { clientId, at, levels: kept });
  }
  return found.map(({ client, levels }) => ({ client, levels }));
}

/** Throws `config` where nobody can be asked, or the answer is no. */
async function confirm(
  { deps, isJson, format }: Scope,
  found: readonly GoLiveClient[],
): Promise<void> {
  if (deps.openAsker === undefined || isJson) {
    throw new KindError('config', 'Nobody can be asked here, so nothing was marked.', {
      fix: 'Add --yes to mark without asking.',
    });
  }
  const asker = await deps.openAsker();
  for (const client of found) asker.say(`${client.client}: ${keptBackText(client, format)}`);
  const clients = found.length === 1 ? (found[0]?.client ?? '') : `${found.length} clients`;
  const answered = await asker.pick({
    message: `Mark the thresholds reached now as told for ${clients}?`,
    choices: [
      { value: 'no', label: 'No, leave them', hint: 'the first live run sends the above' },
      {
        value: 'yes',
        label: 'Yes, send nothing for them',
        hint: 'until hours are bought or given and used again',
      },
    ],
    initial: 'no',
  });
  if (answered !== 'yes') throw new KindError('config', 'Cancelled; nothing was marked.');
}
