import type { Command } from 'commander';
import { plainText } from '../../../reports/format/plain-text.ts';
import type { RegisteredCallbacks } from '../../../service/setup/callbacks.ts';
import type { Cli } from '../../scope.ts';

/** `init callbacks`: changes nothing in the config file, only what is registered at the vendor. */
export function addCallbacksCommand(init: Command, cli: Cli): void {
  cli
    .add(
      init,
      'callbacks <connection>',
      'register callbacks at a PSA that has them, so that changes are read at once; again after web.url changed',
      'init callbacks psa',
    )
    .option('--remove', 'remove what this installation registered')
    .action((connection: string, { remove }: { remove?: boolean }, command: Command) =>
      cli.withApp(command, 'write', async ({ app, deps, answer }) => {
        const options = { isRemoved: remove === true, signal: deps.signal };
        const result = await deps.service.registerCallbacks(app, connection, options);
        answer(result, () => describe(result));
        return 0;
      }),
    );
}

function describe({ connection, url, added, removed, kept }: RegisteredCallbacks): string {
  const list = (kinds: readonly string[]) => (kinds.length === 0 ? 'none' : kinds.join(', '));
  const lines =
    url === null
      ? [`Removed at ${connection}: ${list(removed)}.`]
      : [
          `Callbacks of ${connection} go to ${url}.`,
          `Registered: ${list(added)}. Kept: ${list(kept)}. Removed: ${list(removed)}.`,
          'Next: prepaid-hours check, once something was changed in the PSA',
        ];
  return `${lines.map(plainText).join('\n')}\n`;
}
