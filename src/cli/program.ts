import { Command } from 'commander';
import { addAdjustCommand } from './corrections/adjust.ts';
import { addBlockCommands, addRechargeCommands } from './corrections/block.ts';
import { addSellCommand } from './corrections/sell.ts';
import { addUndoCommand } from './corrections/undo.ts';
import type { CliDeps } from './deps.ts';
import { addBackupCommand } from './maintenance/backup.ts';
import { addOutboxCommands } from './maintenance/outbox.ts';
import { addQuarantineCommands } from './maintenance/quarantine.ts';
import { addRestoreCommand } from './maintenance/restore.ts';
import { addVerifyCommand } from './maintenance/verify.ts';
import { reportError } from './output/report-error.ts';
import { addAgreementCommand } from './reports/agreement.ts';
import { addBalancesCommand } from './reports/balances.ts';
import { addExplainCommand } from './reports/explain.ts';
import { addExportCommands } from './reports/export.ts';
import { addPublishCommand } from './reports/publish.ts';
import { addReportCommands } from './reports/report.ts';
import { addStatementCommand } from './reports/statement.ts';
import { addReconcileCommand } from './runs/reconcile.ts';
import { addRunCommand } from './runs/run.ts';
import { addStartCommand } from './runs/start.ts';
import { addStatusCommand } from './runs/status.ts';
import { addSweepCommand } from './runs/sweep.ts';
import { Cli } from './scope.ts';
import { addCheckCommand } from './setup/check.ts';
import { addClientsCommand } from './setup/clients.ts';
import { addInitCommand } from './setup/init/init.ts';
import { addPlanCommand } from './setup/plan.ts';
import { printVersion, readVersionRequest, versionFlags } from './version.ts';

/** Every command, ready to parse; usage errors are thrown. `cli` gets the exit code. */
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
  addInitCommand(program, cli);
  addCheckCommand(program, cli);
  addClientsCommand(program, cli);
  addRunCommand(program, cli);
  addStartCommand(program, cli);
  addStatusCommand(program, cli);
  addBalancesCommand(program, cli);
  addStatementCommand(program, cli);
  addPublishCommand(program, cli);
  addAgreementCommand(program, cli);
  addExplainCommand(program, cli);
  addReportCommands(program, cli);
  addExportCommands(program, cli);
  addPlanCommand(program, cli);
  addAdjustCommand(program, cli);
  addSellCommand(program, cli);
  addBlockCommands(program, cli);
  addRechargeCommands(program, cli);
  addOutboxCommands(program, cli);
  addQuarantineCommands(program, cli);
  addSweepCommand(program, cli);
  addReconcileCommand(program, cli);
  addUndoCommand(program, cli);
  addVerifyCommand(program, cli);
  addBackupCommand(program, cli);
  addRestoreCommand(program, cli);
  return program;
}

/** Runs one command line (without node and script) and returns its exit code; never throws. */
export async function runCli(deps: CliDeps, args: readonly string[]): Promise<number> {
  const cli = new Cli(deps);
  try {
    const request = readVersionRequest(args);
    if (request !== null) {
      printVersion(deps, request);
      return 0;
    }
    await createProgram(deps, cli).parseAsync([...args], { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    return reportError(deps, error, args.includes('--json'));
  }
}
