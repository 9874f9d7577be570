/**
 * The real command line with everything behind it, in this process and by its clock: for what is no affair of
 * processes. Starting one takes most of a second, almost all of it for loading.
 */
import { sendNotice } from '../../connectors/http/send-notice.ts';
import { registry } from '../../connectors/registry.ts';
import { runCli } from '../../src/cli/program.ts';
import { service } from '../../src/cli/service.ts';
import type { CommandResult } from './run-command.ts';

export async function runHere(...args: string[]): Promise<CommandResult> {
  const written = { stdout: '', stderr: '' };
  // What a process of its own gets, too.
  const { PATH = '', HOME = '' } = process.env;
  const exitCode = await runCli(
    {
      vendors: registry,
      service,
      send: sendNotice,
      out: (text) => {
        written.stdout += text;
      },
      err: (text) => {
        written.stderr += text;
      },
      isOutTerminal: false,
      isErrTerminal: false,
      columns: 120,
      env: { PATH, HOME, LOG_LEVEL: 'error' },
      signal: new AbortController().signal,
      version: '',
    },
    args,
  );
  return { exitCode, ...written };
}
