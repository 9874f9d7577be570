import { Command } from 'commander';
import { commands } from './commands.ts';
import type { CliDeps } from './deps.ts';
import { reportError } from './output/report-error.ts';
import { Cli } from './scope.ts';
import { printVersion, readVersionRequest, versionFlags } from './version.ts';

/** Every command, ready to parse, its file loaded when it is called; usage errors are thrown. `cli` gets the exit code. */
export function createProgram(deps: CliDeps, cli: Cli = new Cli(deps)): Command {
  const program = new Command('prepaid-hours')
    .description('Debits technician time from clients’ prepaid blocks of hours, alongside a PSA.')
    .version(deps.version, versionFlags, 'the program’s version, and the database’s')
    .option('--config <file>', 'the config file (default: config/connector.yaml)')
    .option('--json', 'one JSON document on standard output')
    // `--version` is also an option of a command.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: deps.out,
      writeErr: deps.err,
      getOutHelpWidth: () => deps.columns,
      getErrHelpWidth: () => deps.columns,
    })
    .addHelpText('after', '\nExample:\n  prepaid-hours check && prepaid-hours run');
  const loads = new Map<Command, () => Promise<void>>();
  for (const { usage, description, example, load } of commands) {
    const command =
      example === undefined
        ? program.command(usage).description(description)
        : cli.add(program, usage, description, example);
    loads.set(command, async () => (await load())(command, cli));
  }
  addHelpCommand(program, loads);
  return program.hook('preSubcommand', (_program, command) => loads.get(command)?.());
}

/** Commander's own would show a command's help before its file is loaded. */
function addHelpCommand(program: Command, loads: ReadonlyMap<Command, () => Promise<void>>): void {
  program
    .helpCommand(false)
    .command('help [command]')
    .description('display help for command')
    .action(async (name: string | undefined) => {
      if (name === undefined) return program.help();
      const command = program.commands.find((known) => known.name() === name);
      if (command === undefined) return program.help({ error: true });
      await loads.get(command)?.();
      return command.help();
    });
}

/** Runs one command line (without node and script) and returns its exit code; never throws. */
export async function runCli(deps: CliDeps, args: readonly string[]): Promise<number> {
  const cli = new Cli(deps);
  try {
    const request = readVersionRequest(args);
    if (request !== null) {
      await printVersion(deps, request);
      return 0;
    }
    await createProgram(deps, cli).parseAsync([...args], { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    return reportError(deps, error, args.includes('--json'));
  }
}
