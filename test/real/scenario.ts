/** One deployment against a real Request Tracker, and a MeshCentral beside it: its folder, command line and store. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { runCommand, type StartedCommand, startCommand } from '../support/run-command.ts';
import type { RealMeshcentral } from './meshcentral/prepare.ts';
import type { RealRequestTracker } from './request-tracker/prepare.ts';

export interface RunReport {
  exitCode: number | null;
  ok: boolean;
  steps: {
    step: string;
    connection: string | null;
    requests: number;
    changed: number;
    posted: number;
    messages: number;
    delivered: number;
    error: string | null;
  }[];
}

/** As it was read, with its length. */
export interface StoredSession {
  client: string;
  technician: string;
  email: string;
  device: string;
  seconds: number;
  endedMs: number;
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
  /** From now on the config has a connection to it, and each client the id of its device group. */
  addMeshcentral(mesh: RealMeshcentral): void;
  /** By their ends. */
  storedSessions(): StoredSession[];
  /** What there was, in one line. */
  summary(): string;
  remove(): void;
}

/** A folder with a config file for the queues Dupont (4 h) and Martin (10 h), in live mode. */
export function deploy(rt: RealRequestTracker): Deployment {
  const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-real-'));
  const file = join(folder, 'connector.yaml');
  const database = join(folder, 'prepaid-hours.db');
  const secrets = join(folder, '.env');
  writeFileSync(file, configText(rt, null));
  writeFileSync(secrets, `RT_TOKEN=${rt.token}\n`, { mode: 0o600 });
  const env: Record<string, string> = {};
  const args = (rest: readonly string[]) => [...rest, '--config', file];
  const command = (...rest: string[]) => runCommand(args(rest), { env });
  const count = (query: string) => Number(queryRows(database, query)[0]?.count ?? 0);
  let [runs, requests] = [0, 0];
  return {
    rt,
    command,
    startRun: () => startCommand(args(['run', '--json']), { env }),
    async run() {
      const { exitCode, stdout, stderr } = await command('run', '--json');
      assert.ok(stdout.startsWith('{'), `run printed no document:\n${stderr}`);
      const report = { exitCode, ...(JSON.parse(stdout) as Omit<RunReport, 'exitCode'>) };
      runs += 1;
      for (const step of report.steps) requests += step.requests;
      return report;
    },
    async balanceOf(client) {
      const { stdout } = await command('balances', client, '--json');
      const [balance] = (JSON.parse(stdout) as { clients: ClientBalance[] }).clients;
      assert.ok(balance, `no balance of ${client}`);
      return balance;
    },
    countMirroredTickets: () => count('SELECT count(*) AS count FROM mirror_ticket'),
    addMeshcentral(mesh) {
      writeFileSync(file, configText(rt, mesh));
      appendFileSync(secrets, `RMM_USER=${mesh.token.user}\nRMM_PASSWORD=${mesh.token.password}\n`);
      env.NODE_EXTRA_CA_CERTS = mesh.caFile;
    },
    storedSessions: () =>
      queryRows(database, 'SELECT * FROM mirror_session ORDER BY ended_at').map(sessionOf),
    summary() {
      const sessions = count('SELECT count(*) AS count FROM mirror_session');
      const entries = count('SELECT count(*) AS count FROM ledger');
      const messages = count('SELECT count(*) AS count FROM push_message');
      return `${requests} requests in ${runs} runs, ${sessions} sessions, ${entries} ledger entries, ${messages} messages`;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function configText(rt: RealRequestTracker, mesh: RealMeshcentral | null): string {
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  return `mode: live
timezone: UTC
locale: en
currency: USD
store: ./prepaid-hours.db
pushTo: rt
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
${mesh === null ? '' : rmmText(mesh)}technicians: # Nora logs no time, so that nothing else shows who she is
  - { name: Nora Night, ids: { rt: nora${mesh === null ? '' : ', rmm: user//nora'} } }
offers:
  ten: { hours: 10, rate: 120.00 }
agreements:
  standard:
    rounding: { per: ticket, increment: 15m }
    unloggedTime: { do: report, minimum: 1s }
    replenish:
      - { when: { hoursLeft: 2 }, do: [alert, invoice], offer: ten, tell: [msp, client] }
clients:
  - name: Dupont Plomberie
    ids: { rt: ${rt.queues.Dupont}${rmmId(mesh?.groups.Dupont)} }
    agreement: standard
    openingBlocks: [ { hours: 4, rate: 120.00, purchasedOn: ${yesterday} } ]
  - name: Cabinet Martin
    ids: { rt: ${rt.queues.Martin}${rmmId(mesh?.groups.Martin)} }
    agreement: standard
    openingBlocks: [ { hours: 10, rate: 120.00, purchasedOn: ${yesterday} } ]
`;
}

function rmmText({ baseUrl }: RealMeshcentral): string {
  return `  rmm:
    vendor: meshcentral
    baseUrl: ${baseUrl}
    user: \${RMM_USER}
    password: \${RMM_PASSWORD}
`;
}

function rmmId(meshId: string | undefined): string {
  return meshId === undefined ? '' : `, rmm: '${meshId}'`;
}

function sessionOf(row: Record<string, unknown>): StoredSession {
  const endedMs = Date.parse(String(row.ended_at));
  return {
    client: String(row.client_id),
    technician: String(row.technician),
    email: String(row.technician_email),
    device: String(row.device),
    seconds: (endedMs - Date.parse(String(row.started_at))) / 1000,
    endedMs,
  };
}

function queryRows(file: string, query: string): Record<string, unknown>[] {
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      return database.prepare(query).all();
    } finally {
      database.close();
    }
  } catch {
    // Not there yet, or just being made.
    return [];
  }
}
