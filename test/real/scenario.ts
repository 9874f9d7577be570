/** One deployment against a real Request Tracker: its folder, its command line, and what stands in RT. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { runCommand, type StartedCommand, startCommand } from '../support/run-command.ts';
import type { RealRequestTracker } from './request-tracker/prepare.ts';

export interface RunReport {
  exitCode: number | null;
  ok: boolean;
  steps: { step: string; changed: number; posted: number; messages: number; delivered: number }[];
}

export interface ClientBalance {
  settledSeconds: number;
  pendingSeconds: number;
  overageSeconds: number;
}

export interface Deployment {
  rt: RealRequestTracker;
  run(): Promise<RunReport>;
  startRun(): StartedCommand;
  balanceOf(client: string): Promise<ClientBalance>;
  command(...args: string[]): Promise<{ exitCode: number | null; stdout: string; stderr: string }>;
  /** Tickets that the program has mirrored so far; 0 before there is a database. */
  countMirroredTickets(): number;
  remove(): void;
}

/** A folder with a config file for the queues Dupont (4 h) and Martin (10 h), in live mode. */
export function deploy(rt: RealRequestTracker): Deployment {
  const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-real-'));
  const file = join(folder, 'connector.yaml');
  const database = join(folder, 'prepaid-hours.db');
  writeFileSync(file, configText(rt));
  writeFileSync(join(folder, '.env'), `RT_TOKEN=${rt.token}\n`, { mode: 0o600 });
  const args = (rest: readonly string[]) => [...rest, '--config', file];
  const command = (...rest: string[]) => runCommand(args(rest));
  return {
    rt,
    command,
    startRun: () => startCommand(args(['run', '--json'])),
    async run() {
      const { exitCode, stdout, stderr } = await command('run', '--json');
      assert.ok(stdout.startsWith('{'), `run printed no document:\n${stderr}`);
      return { exitCode, ...(JSON.parse(stdout) as Omit<RunReport, 'exitCode'>) };
    },
    async balanceOf(client) {
      const { stdout } = await command('balances', client, '--json');
      const [balance] = (JSON.parse(stdout) as { clients: ClientBalance[] }).clients;
      assert.ok(balance, `no balance of ${client}`);
      return balance;
    },
    countMirroredTickets: () => countRows(database),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function configText(rt: RealRequestTracker): string {
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  return `mode: live
timezone: UTC
locale: en
currency: USD
store: ./prepaid-hours.db
connections:
  rt:
    vendor: request-tracker
    baseUrl: ${rt.baseUrl}
    token: \${RT_TOKEN}
    clientFrom: queue
    alerts: { queue: Alerts }
    billing: { queue: Billing }
    keyField: Prepaid key
    pageSize: 5 # small, so that a run has a middle
offers:
  ten: { hours: 10, rate: 120.00 }
agreements:
  standard:
    rounding: { per: ticket, increment: 15m }
    replenish:
      - { when: { hoursLeft: 2 }, do: [alert, invoice], offer: ten, tell: [msp, client] }
clients:
  - name: Dupont Plomberie
    ids: { rt: ${rt.queues.Dupont} }
    agreement: standard
    openingBlocks: [ { hours: 4, rate: 120.00, purchasedOn: ${yesterday} } ]
  - name: Cabinet Martin
    ids: { rt: ${rt.queues.Martin} }
    agreement: standard
    openingBlocks: [ { hours: 10, rate: 120.00, purchasedOn: ${yesterday} } ]
`;
}

function countRows(file: string): number {
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const row = database.prepare('SELECT count(*) AS count FROM mirror_ticket').get();
      return Number(row?.count ?? 0);
    } finally {
      database.close();
    }
  } catch {
    // Not there yet, or just being made.
    return 0;
  }
}
