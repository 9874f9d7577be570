/** The real command line with everything behind it, in this process and by its clock. */
import { join } from 'node:path';
import { sendNotice } from '../../connectors/http/send-notice.ts';
import { registry } from '../../connectors/registry.ts';
import type { CliDeps } from '../../src/cli/deps.ts';
import { runCli } from '../../src/cli/program.ts';
import { service } from '../../src/cli/service.ts';

/** Runs a command on the config of the folder, and returns its JSON document. */
export async function ask<T>(
  folder: string,
  args: readonly string[],
  exitCodes: readonly number[] = [0],
): Promise<T> {
  const written = { out: '', err: '' };
  const deps: CliDeps = {
    vendors: registry,
    service,
    send: sendNotice,
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    isOutTerminal: false,
    isErrTerminal: false,
    columns: 120,
    env: { LOG_LEVEL: 'error' },
    signal: new AbortController().signal,
    version: '',
  };
  const exitCode = await runCli(deps, [
    ...args,
    '--json',
    '--config',
    join(folder, 'connector.yaml'),
  ]);
  if (!exitCodes.includes(exitCode)) {
    throw new Error(`${args.join(' ')}: exit ${exitCode}\n${written.out}${written.err}`);
  }
  return JSON.parse(written.out) as T;
}
