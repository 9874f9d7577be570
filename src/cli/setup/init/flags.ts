import type { Command } from 'commander';
import { KindError } from '../../../domain/errors.ts';
import type { CliDeps } from '../../deps.ts';
import type { Asker } from './asker.ts';

export interface InitFlags {
  vendor?: string;
  connection?: string;
  set?: ReadonlyMap<string, string>;
  secret?: ReadonlyMap<string, string>;
  clients?: string;
  exclude?: string;
  offer?: string;
  product?: string;
  timezone?: string;
  currency?: string;
  locale?: string;
  openingBlocks: boolean;
  yes?: boolean;
  force?: boolean;
}

export type GlobalFlags = InitFlags & { config?: string; json?: boolean };

/** At a terminal, unless one JSON document is wanted. */
export function openAsker(deps: CliDeps, flags: GlobalFlags): Promise<Asker> | null {
  return flags.json === true ? null : (deps.openAsker?.() ?? null);
}

/** Every answer as a flag, so that `init` can run unattended. */
export function addConnectionFlags(command: Command): Command {
  return command
    .option('--vendor <vendor>', 'the PSA or RMM')
    .option('--connection <name>', 'your name for the connection (default: psa)')
    .option('--set <key=value>', 'a setting of the connection; repeatable', collectPair)
    .option(
      '--secret <key=value>',
      'a secret of the connection; better in the environment, as CONNECTION_KEY',
      collectPair,
    );
}

export function addClientFlags(command: Command): Command {
  return command
    .option('--clients <ids>', 'IDs in the PSA, separated by commas; or all')
    .option('--no-opening-blocks', 'leave out what is left of the PSA’s own blocks of hours')
    .option('--yes', 'accept what is proposed for everything else');
}

function collectPair(
  text: string,
  before: ReadonlyMap<string, string> = new Map(),
): Map<string, string> {
  const [, key = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === '' || value === '') {
    // The text itself may be a secret.
    throw new KindError('config', 'A setting or secret is given as key=value.', {
      fix: 'For example --set baseUrl=https://msp.example.com',
    });
  }
  return new Map([...before, [key.trim(), value]]);
}
