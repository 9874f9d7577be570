import { Command } from 'commander';
import { commands } from './commands.ts';
import type { CliDeps } from './deps.ts';
import { reportError } from './output/report-error.ts';
import { Cli } from './scope.ts';
import { printVersion, readHead, readVersionRequest, versionFlags } from './version.ts';

/** Every command by name, as in the help; `loadCommand` defines one. Usage errors are thrown. */
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
  for (const { usage, description, example } of commands) {
    if (example === undefined) program.command(usage).description(description);
    else cli.add(program, usage, description, example);
  }
  return program;
}

/** Gives the command that is called, or whose help is asked for, its options and its action. */
async function loadCommand(program: Command, args: readonly string[], cli: Cli): Promise<void> {
  const [first, second] = readHead(args)?.words ?? [];
  const name = first === 'help' ? second : first;
  const command = program.commands.find((one) => one.name() === name);
  const row = commands.find(({ usage }) => usage.split(' ')[0] === name);
  if (command !== undefined) (await row?.load())?.(command, cli);
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
    const program = createProgram(deps, cli);
    await loadCommand(program, args, cli);
    await program.parseAsync([...args], { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    return reportError(deps, error, args.includes('--json'));
  }
}
