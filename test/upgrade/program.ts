/** The real command line with everything behind it, in this process and by its clock. */
import { join } from 'node:path';
import { runHere } from '../support/run-here.ts';

/** Runs a command on the config of the folder, and returns its JSON document. */
export async function ask<T>(
  folder: string,
  args: readonly string[],
  exitCodes: readonly number[] = [0],
): Promise<T> {
  const usual = ['--json', '--config', join(folder, 'connector.yaml')];
  const { exitCode, stdout, stderr } = await runHere(...args, ...usual);
  if (exitCode === null || !exitCodes.includes(exitCode)) {
    throw new Error(`${args.join(' ')}: exit ${exitCode}\n${stdout}${stderr}`);
  }
  return JSON.parse(stdout) as T;
}
