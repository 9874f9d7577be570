import type { Command } from 'commander';
import type { Cli } from './scope.ts';

/** A command without `example` is a group of commands, which are defined in its file. */
interface CommandRow {
  usage: string;
  description: string;
  example?: string;
  load(): Promise<(command: Command, cli: Cli) => void>;
}

/**
 * Every command, in the order of the help. A file is loaded only if its command is called, so that no
 * command waits for what only others use; within a file, imports are ordinary ones.
 */
export const commands: readonly CommandRow[] = [
  {
    usage: 'init',
    description: 'write a first config file: asks the PSA for clients, boards and work types',
    example:
      'init --vendor VENDOR --set baseUrl=https://psa.example.com --clients all \\\n' +
      '    --offer 10@120 --yes      (without flags, it asks at the terminal)',
    load: async () => (await import('./setup/init/init.ts')).defineInit,
  },
  {
    usage: 'check',
    description: 'check the config file, then credentials, permissions and every name it refers to',
    example: 'check --offline',
    load: async () => (await import('./setup/check.ts')).defineCheck,
  },
  {
    usage: 'clients [search]',
    description: 'list the clients in the PSA or RMM with their ids, and which are configured',
    example: 'clients dupont',
    load: async () => (await import('./setup/clients.ts')).defineClients,
  },
  {
    usage: 'run [steps...]',
    description: 'run once, in order: pull, debit, replenish, push',
    example: 'run pull debit',
    load: async () => (await import('./runs/run.ts')).defineRun,
  },
  {
    usage: 'start',
    description: 'run the service: each step on its schedule, until SIGTERM',
    example: 'start --config /etc/prepaid-hours/connector.yaml',
    load: async () => (await import('./runs/start.ts')).defineStart,
  },
  {
    usage: 'status',
    description:
      'whether it runs: last and next run of each step, messages that wait, what needs attention; exit code 6 if something is late, failed or stuck',
    example: 'status --json',
    load: async () => (await import('./runs/status.ts')).defineStatus,
  },
  {
    usage: 'balances [client]',
    description: 'what each client has left',
    example: 'balances "Dupont Plomberie"',
    load: async () => (await import('./reports/balances.ts')).defineBalances,
  },
  {
    usage: 'statement [client]',
    description: 'what a client had, bought and used in a month',
    example: 'statement Dupont --month 2026-03 --out dupont-2026-03.pdf',
    load: async () => (await import('./reports/statement.ts')).defineStatement,
  },
  {
    usage: 'publish [folder]',
    description:
      'write a page for each client with its current balance, at an address that nobody can guess (default folder: publish.folder in the config)',
    example: 'publish /srv/prepaid-hours',
    load: async () => (await import('./reports/publish.ts')).definePublish,
  },
  {
    usage: 'agreement [client]',
    description:
      'the written agreement with a client, made from its terms, for signature; without a client: what each accepted',
    example: 'agreement Dupont --out dupont.pdf',
    load: async () => (await import('./reports/agreement.ts')).defineAgreement,
  },
  {
    usage: 'explain <id>',
    description: 'why a time entry, ticket or charge cost what it did',
    example: 'explain 48213 --locale fr',
    load: async () => (await import('./reports/explain.ts')).defineExplain,
  },
  {
    usage: 'report',
    description: 'reports on all clients',
    load: async () => (await import('./owner/report.ts')).defineReport,
  },
  {
    usage: 'export',
    description: 'files for others',
    load: async () => (await import('./owner/export.ts')).defineExport,
  },
  {
    usage: 'plan',
    description: 'what a changed config would have charged for the mirrored history; read-only',
    example: 'plan --config changed.yaml --current config/connector.yaml',
    load: async () => (await import('./setup/plan.ts')).definePlan,
  },
  {
    usage: 'adjust <client>',
    description: 'give or take hours or money by hand; the reason appears on the statement',
    example: 'adjust Dupont --hours -1.5 --reason "On-site visit never logged"',
    load: async () => (await import('./corrections/adjust.ts')).defineAdjust,
  },
  {
    usage: 'sell <client>',
    description:
      'sell a block by hand, with the order, invoice and notes of a low balance; a dry run without --yes',
    example: 'sell Dupont --offer ten --reason "First block" --yes',
    load: async () => (await import('./corrections/sell.ts')).defineSell,
  },
  {
    usage: 'block',
    description: 'blocks of hours, by hand',
    load: async () => (await import('./corrections/block.ts')).defineBlock,
  },
  {
    usage: 'recharge',
    description: 'blocks collected without the client',
    load: async () => (await import('./corrections/block.ts')).defineRecharge,
  },
  {
    usage: 'outbox',
    description: 'messages to the vendors, sent and unsent',
    load: async () => (await import('./maintenance/outbox.ts')).defineOutbox,
  },
  {
    usage: 'quarantine',
    description: 'vendor rows that were quarantined and need review',
    load: async () => (await import('./maintenance/quarantine.ts')).defineQuarantine,
  },
  {
    usage: 'sweep [connections...]',
    description:
      'find time that was deleted in a PSA whose API does not report deletions, and debit again',
    example: 'sweep psa --accept',
    load: async () => (await import('./runs/sweep.ts')).defineSweep,
  },
  {
    usage: 'reconcile [client]',
    description:
      'compare hours, invoices, alerts and balances with the vendors’ current data; exit code 5 if they differ',
    example: 'reconcile "Dupont Plomberie"',
    load: async () => (await import('./runs/reconcile.ts')).defineReconcile,
  },
  {
    usage: 'undo [run]',
    description:
      'reverse what a run wrote, in the PSA too where possible; a dry run without --yes; without RUN: list the runs',
    example: 'undo r-20260302T080100-ab12 --yes',
    load: async () => (await import('./corrections/undo.ts')).defineUndo,
  },
  {
    usage: 'verify',
    description: 'recompute every balance from the ledger and compare; exit code 5 on a mismatch',
    example: 'verify',
    load: async () => (await import('./maintenance/verify.ts')).defineVerify,
  },
  {
    usage: 'backup <target>',
    description:
      'write a consistent copy of the database, while the service runs: to a new file, or into a folder under a name with the time',
    example: 'backup /var/backups/prepaid-hours/ --keep 14',
    load: async () => (await import('./maintenance/backup.ts')).defineBackup,
  },
  {
    usage: 'restore <file>',
    description:
      'check a backup and show what it holds; with --yes put it in the place of the database, which is kept under another name',
    example: 'restore /var/backups/prepaid-hours/prepaid-hours-2026-03-31T02-30-00Z.db --yes',
    load: async () => (await import('./maintenance/restore.ts')).defineRestore,
  },
  {
    usage: 'migrate-store <from> <to>',
    description:
      'copy the whole database to another one, a file or a PostgreSQL database, and verify both',
    example: 'migrate-store data/prepaid-hours.db postgres://hours@db.example.com/hours',
    load: async () => (await import('./maintenance/migrate-store.ts')).defineMigrateStore,
  },
];
