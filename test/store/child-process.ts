import { type ChildProcess, spawn } from 'node:child_process';
import { compileCache } from '../support/run-command.ts';

/** Runs a module's text in a Node process of its own, from the root of the checkout. */
export function startModule(source: string, shell?: string): ChildProcess {
  const options = ['--no-warnings', '--input-type=module-typescript', '--eval', source];
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const env = { ...process.env, NODE_COMPILE_CACHE: compileCache };
  if (shell === undefined) return spawn(process.execPath, options, { stdio: [...stdio], env });
  const parts = ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...options];
  return spawn('sh', parts, { stdio: [...stdio], env });
}

/** What the process wrote until its end; fails with its error output when it fails. */
export async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the process ended with ${code}: ${errors}`);
  return output.trim();
}

/** Waits until the process has written the text. */
export function hasWritten(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr?.on('data', (chunk) => {
      errors += chunk;
    });
    child.stdout?.on('data', (chunk) => String(chunk).includes(text) && resolve());
    child.once('close', () => reject(new Error(`the process ended: ${errors}`)));
  });
}
