import { spawn } from 'node:child_process';

export interface RunOptions {
  /** The program is killed after this long, and the run fails. */
  timeoutMs: number;
  input?: string;
  env?: Record<string, string>;
  uid?: number;
  gid?: number;
  cwd?: string;
  isFailureFine?: boolean;
}

export interface Ran {
  code: number | null;
  output: string;
  /** Last line of what it complained of, or else of what it said. */
  lastLine: string;
}

/** Runs a program to its end. Throws with the tail of its output where it fails. */
export async function run(
  program: string,
  args: readonly string[],
  { timeoutMs, input, env = {}, isFailureFine = false, ...options }: RunOptions,
): Promise<Ran> {
  const child = spawn(program, args, {
    ...options,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', ...env },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  let output = '';
  let complaints = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  // A program that ends before it has read everything shows that in its code.
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const lastLine = (complaints.trim() || output.trim()).split('\n').at(-1) ?? '';
  if (code === 0 || isFailureFine) return { code, output, lastLine };
  const tail = `${output}\n${complaints}`.trim().split('\n').slice(-20).join('\n');
  throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${tail}`);
}
