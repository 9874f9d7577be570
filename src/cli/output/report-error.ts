import { CommanderError } from 'commander';
import { type ErrorKind, isKindError } from '../../domain/errors.ts';
import { plainJson, plainText } from '../../reports/format/plain-text.ts';
import type { CliDeps } from '../deps.ts';
import { painter } from './style.ts';

/** Exit codes: 0 done · 1 unexpected · 2 config or usage · 3 a vendor refused · 4 part of it failed or was stopped. */
const exitCodes: Record<ErrorKind, number> = {
  config: 2,
  auth: 3,
  permission: 3,
  rejected: 3,
  'rate-limited': 4,
  transient: 4,
  contract: 4,
  'unknown-outcome': 4,
};

/** Prints what went wrong and how to fix it; returns the exit code. */
export function reportError(deps: CliDeps, error: unknown, isJson: boolean): number {
  if (error instanceof CommanderError) return reportUsage(deps, error, isJson);
  const paint = painter(deps, 'err');
  if (isKindError(error)) {
    const { kind, message, fix } = error;
    const lines = message.split('\n').map(plainText).join('\n');
    deps.err(`${paint('red', 'error:')} ${lines}\n`);
    if (fix !== undefined) deps.err(`${plainText(fix)}\n`);
    if (isJson) writeError(deps, kind, message, fix ?? null);
    return exitCodes[kind];
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  deps.err(`${paint('red', 'unexpected error:')} ${text}\n`);
  if (isJson) {
    const message = error instanceof Error ? error.message : String(error);
    writeError(
      deps,
      'unexpected',
      message,
      'This is a bug: please report it with the trace above.',
    );
  }
  return 1;
}

/** Requested help is a success; help shown for a missing command is a usage error. */
function reportUsage(deps: CliDeps, error: CommanderError, isJson: boolean): number {
  if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return 0;
  const isMissing = error.code === 'commander.help';
  const message = isMissing ? 'No command was given.' : error.message.replace(/^error: /, '');
  if (isJson) writeError(deps, 'usage', message, 'See `prepaid-hours --help`.');
  return 2;
}

function writeError(deps: CliDeps, kind: string, message: string, fix: string | null): void {
  deps.out(`${plainJson({ error: { kind, message, fix } })}\n`);
}
