import { Command } from 'commander';
import { addAdjustCommand } from './adjust.ts';
import { addBackupCommand } from './backup.ts';
import { addBalancesCommand } from './balances.ts';
import { addBlockCommands } from './block.ts';
import { addCheckCommand } from './check.ts';
import { addClientsCommand } from './clients.ts';
import type { CliDeps } from './deps.ts';
import { addExplainCommand } from './explain.ts';
import { addOutboxCommands } from './outbox.ts';
import { addPlanCommand } from './plan.ts';
import { addQuarantineCommands } from './quarantine.ts';
import { addReconcileCommand } from './reconcile.ts';
import { addReportCommands } from './report.ts';
import { reportError } from './report-error.ts';
import { addRunCommand } from './run.ts';
import { Cli } from './scope.ts';
import { addStartCommand } from './start.ts';
import { addStatementCommand } from './statement.ts';
import { addSweepCommand } from './sweep.ts';
import { addUndoCommand } from './undo.ts';
import { addVerifyCommand } from './verify.ts';

/** Every command, ready to parse; faults in the usage are thrown. `cli` gets the exit code. */
export function createProgram(deps: CliDeps, cli: Cli = new Cli(deps)): Command {
  const program = new Command('prepaid-hours')
    .description('Debits technician time from clients’ prepaid blocks of hours, beside a PSA.')
    .version(deps.version)
    .option('--config <file>', 'the config file (default: config/connector.yaml)')
    .option('--json', 'one JSON document on standard output')
    .exitOverride()
    .configureOutput({
      writeOut: deps.out,
      writeErr: deps.err,
      getOutHelpWidth: () => deps.columns,
      getErrHelpWidth: () => deps.columns,
    })
    .addHelpText('after', '\nExample:\n  prepaid-hours check && prepaid-hours run');
  addCheckCommand(program, cli);
  addClientsCommand(program, cli);
  addRunCommand(program, cli);
  addStartCommand(program, cli);
  addBalancesCommand(program, cli);
  addStatementCommand(program, cli);
  addExplainCommand(program, cli);
  addReportCommands(program, cli);
  addPlanCommand(program, cli);
  addAdjustCommand(program, cli);
  addBlockCommands(program, cli);
  addOutboxCommands(program, cli);
  addQuarantineCommands(program, cli);
  addSweepCommand(program, cli);
  addReconcileCommand(program, cli);
  addUndoCommand(program, cli);
  addVerifyCommand(program, cli);
  addBackupCommand(program, cli);
  return program;
}

/** Runs one command line (without node and script) and returns its exit code; throws nothing. */
export async function runCli(deps: CliDeps, args: readonly string[]): Promise<number> {
  const cli = new Cli(deps);
  try {
    await createProgram(deps, cli).parseAsync([...args], { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    return reportError(deps, error, args.includes('--json'));
  }
}
