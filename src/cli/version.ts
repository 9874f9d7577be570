import { Command } from 'commander';
import { plainJson, plainText } from '../reports/format/plain-text.ts';
import type { DatabaseVersion } from '../service/app/database-version.ts';
import type { CliDeps } from './deps.ts';
import { usualConfig } from './scope.ts';

export const versionFlags = '-V, --version';

interface Head {
  /** The command, and what else is no option. */
  words: string[];
  options: { version?: true; config?: string; json?: boolean };
  isUnderstood: boolean;
}

/** What is said before a command's own options. Null: it is wrong, and the program will say how. */
export function readHead(args: readonly string[]): Head | null {
  const parser = new Command()
    .option(versionFlags)
    .option('--config <file>')
    .option('--json')
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .allowUnknownOption()
    .passThroughOptions();
  try {
    const { operands, unknown } = parser.parseOptions([...args]);
    return { words: operands, options: parser.opts(), isUnderstood: unknown.length === 0 };
  } catch {
    return null;
  }
}

/** Null: no version was asked for, or a command was named. */
export function readVersionRequest(
  args: readonly string[],
): { config?: string; json?: boolean } | null {
  const head = readHead(args);
  if (head === null || !head.isUnderstood || head.words.length > 0) return null;
  const { version, ...request } = head.options;
  return version === true ? request : null;
}

/** The program's version on the first line; the database's where the config leads to one. */
export async function printVersion(
  { out, version }: CliDeps,
  { config, json }: { config?: string; json?: boolean },
): Promise<void> {
  const { findDatabaseVersion } = await import('../service/app/database-version.ts');
  const database = findDatabaseVersion(config ?? usualConfig);
  if (json === true) out(`${plainJson({ version, database })}\n`);
  else out(`${version}\n${database === null ? unreadText(config) : databaseText(database)}`);
}

/** Nothing where nobody named a config. */
function unreadText(config: string | undefined): string {
  if (config === undefined) return '';
  const file = plainText(config);
  return `database: not read; see \`prepaid-hours status --config ${file}\`\n`;
}

function databaseText({ file, version, wanted }: DatabaseVersion): string {
  const state =
    version === wanted
      ? 'as this program needs'
      : version < wanted
        ? `this program needs ${wanted}; the next \`prepaid-hours run\` or \`start\` brings it up to date`
        : `newer than this program, which knows ${wanted}; upgrade the program`;
  return `database ${plainText(file)}: version ${version} (${state})\n`;
}
