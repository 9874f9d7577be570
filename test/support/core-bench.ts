import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConfiguredClient, LoadedConfig } from '../../src/config/loaded.ts';
import type { Connector } from '../../src/contract/connector.ts';
import type { Client } from '../../src/domain/agreements/terms.ts';
import { type FormatOptions, toFormatOptions } from '../../src/domain/format.ts';
import type { LedgerEntry } from '../../src/domain/ledger/ledger.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import type { App } from '../../src/service/app/app.ts';
import { identifyClients } from '../../src/service/app/identify-clients.ts';
import type { LogDetail, Logger } from '../../src/service/app/log.ts';
import { type UndoResult, undoRun } from '../../src/service/corrections/undo.ts';
import {
  type RunOptions,
  type RunResult,
  runSteps,
  usualSteps,
} from '../../src/service/run/run.ts';
import type { StepName } from '../../src/service/run/step.ts';
import { storeOn } from '../../src/store/open.ts';
import { newPlace, openNew, openRawAt } from './databases.ts';
import './compile-once.ts';
import { dumpTables } from './dump-tables.ts';
import { ScriptedVendor } from './scripted-connector.ts';
import { clientOf, noContract } from './terms.ts';

export { agreementOf, clientOf, openingOf, ten } from './terms.ts';

const hour = 3600;

export interface BenchOptions {
  clients?: ConfiguredClient[];
  mode?: 'observe' | 'live';
  isTimePerTicket?: boolean;
  listsNoIds?: boolean;
  isFilteredByClient?: boolean;
  balanceField?: LoadedConfig['balanceField'];
  sender?: LoadedConfig['sender'];
  /** How the MSP reads. */
  reader?: FormatOptions;
}

export interface Shown {
  settledSeconds: number;
  overageSeconds: number;
  pendingSeconds: number;
}

/** The rooms around a real SQLite file, with two scripted vendors: `psa` and `rmm`. */
export class CoreBench {
  nowMs = Date.parse('2026-03-02T08:00:00.000Z');
  readonly psa: ScriptedVendor;
  readonly rmm: ScriptedVendor;
  readonly logs: { message: string; detail: LogDetail | undefined }[] = [];
  readonly app: App;
  readonly #folder: string;

  private constructor(folder: string, place: string, options: BenchOptions, store: App['store']) {
    const now = () => this.nowMs;
    const { isTimePerTicket = false, isFilteredByClient = false, listsNoIds = false } = options;
    this.#folder = folder;
    this.psa = new ScriptedVendor({ now, isTimePerTicket, isFilteredByClient, listsNoIds });
    this.rmm = new ScriptedVendor({ now, recordsSessions: true });
    this.app = {
      config: configOf(place, options),
      store,
      clients: [],
      connectors: new Map<string, Connector>([
        ['psa', this.psa.connector()],
        ['rmm', this.rmm.connector()],
      ]),
      questions: [],
      requests: new Map(),
      log: collectingLog(this.logs),
      now,
      close: () => store.close(),
    };
  }

  static async open(options: BenchOptions = {}): Promise<CoreBench> {
    const folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-core-'));
    const place = newPlace(folder);
    const store = storeOn(await openNew(place));
    const bench = new CoreBench(folder, place, options, store);
    await bench.configure(options.clients ?? [clientOf()]);
    return bench;
  }

  /** What loading a changed config file comes to. */
  async configure(clients: ConfiguredClient[]): Promise<void> {
    const at = instantFromMs(this.nowMs);
    const identified = await identifyClients(this.app.store, clients, at);
    Object.assign(this.app, identified, { config: { ...this.app.config, clients } });
  }

  setMode(mode: 'observe' | 'live'): void {
    this.app.config = { ...this.app.config, mode };
  }

  /** A minute passes before each run, so that no two runs have one timestamp. */
  async run(...steps: StepName[]): Promise<RunResult> {
    this.advance(60);
    return this.runWith(steps.length === 0 ? usualSteps : steps, {});
  }

  /** Takes a run back, a minute later. */
  async undo(run: string | RunResult, isDone = true): Promise<UndoResult> {
    this.advance(60);
    const runId = typeof run === 'string' ? run : run.run;
    return undoRun(this.app, { runId, isDone, signal: new AbortController().signal });
  }

  async runWith(steps: readonly StepName[], options: Partial<RunOptions>): Promise<RunResult> {
    const { signal } = new AbortController();
    return runSteps(this.app, steps, 'test', { signal, ...options });
  }

  advance(seconds: number): void {
    this.nowMs += seconds * 1000;
  }

  at(instant: string): void {
    this.nowMs = Date.parse(instant);
  }

  client(name = 'Dupont'): Client {
    const client = this.app.clients.find((candidate) => candidate.name === name);
    if (client === undefined) throw new Error(`no client ${name}`);
    return client;
  }

  clientId(name = 'Dupont'): string {
    return this.client(name).id;
  }

  async balance(name = 'Dupont'): Promise<Shown> {
    const id = this.clientId(name);
    const [ledger] = await this.app.store.readLedgers([id], { isAllBlocks: true });
    const active = ledger?.blocks.filter((block) => block.status === 'active') ?? [];
    return {
      settledSeconds: active.reduce((sum, block) => sum + block.remainingSeconds, 0),
      overageSeconds: ledger?.overageSeconds ?? 0,
      pendingSeconds: (await this.app.store.readPending([id])).get(id) ?? 0,
    };
  }

  /** Hours left (below zero: overdrawn) and hours pending. */
  async hours(name = 'Dupont'): Promise<[left: number, pending: number]> {
    const { settledSeconds, overageSeconds, pendingSeconds } = await this.balance(name);
    return [(settledSeconds - overageSeconds) / hour, pendingSeconds / hour];
  }

  async ledger(name = 'Dupont'): Promise<LedgerEntry[]> {
    const entries: LedgerEntry[] = [];
    const pages = this.app.store.streamLedger(this.clientId(name), null, null);
    for await (const page of pages) entries.push(...page);
    return entries;
  }

  /** `-2 usage`, `+2 reversal`, in hours, oldest first. */
  async story(name = 'Dupont'): Promise<string[]> {
    const entries = await this.ledger(name);
    return entries.map(({ side, seconds, reason }) => {
      return `${side === 'credit' ? '+' : '-'}${seconds / hour} ${reason}`;
    });
  }

  async quarantine(): Promise<string[]> {
    const rows = await this.app.store.listQuarantine(['open']);
    return rows.map((row) => `${row.connection} ${row.stream} ${row.sourceId}`);
  }

  /** What was logged about names in the config since the last time. */
  nameWarnings(): string[] {
    const lines = this.logs.splice(0).map(({ message }) => message);
    return lines.filter((line) =>
      /another one now has that name|is now called|no longer exists|No connection has/.test(line),
    );
  }

  /** As a defect would that writes past the program. */
  spoil(sql: string): void {
    const database = openRawAt(this.app.config.store);
    database.exec(sql);
    database.close();
  }

  /** Every row of every table but the runs' own. */
  dump(): Map<string, string[]> {
    const tables = dumpTables(this.app.config.store);
    for (const name of ['run', 'step_health']) tables.delete(name);
    return tables;
  }

  async close(): Promise<void> {
    const disagreement = await this.app.store.verify();
    await this.discard();
    if (disagreement !== null) {
      throw new Error(`verify: ${disagreement.where}: ${disagreement.detail}`);
    }
  }

  /** Closes a ledger that a test has spoilt on purpose. */
  async discard(): Promise<void> {
    await this.app.close();
    rmSync(this.#folder, { recursive: true });
  }
}

function configOf(store: string, options: BenchOptions): LoadedConfig {
  return {
    file: `${store}.yaml`,
    mode: options.mode ?? 'live',
    timezone: 'Europe/Paris',
    ...(options.reader ?? toFormatOptions('en')),
    currency: 'EUR',
    store,
    historyMonths: 12,
    blocksSoldByHand: 'propose',
    web: null,
    notify: null,
    accounting: null,
    balanceField: options.balanceField ?? null,
    connections: new Map(),
    schedule: { pull: '', debit: '', replenish: '', push: '', sweep: '', reconcile: '' },
    backup: null,
    publish: null,
    sweep: { days: 62, percentMax: 10 },
    sender: options.sender ?? null,
    reconcile: { days: 31 },
    contract: noContract,
    offers: new Map(),
    agreements: new Map(),
    clients: [],
    technicians: [],
    templates: [fileURLToPath(new URL('../../config/templates', import.meta.url))],
    secrets: [],
  };
}

function collectingLog(lines: CoreBench['logs']): Logger {
  const write = (message: string, detail?: LogDetail) => void lines.push({ message, detail });
  const log: Logger = { debug: write, info: write, warn: write, error: write, child: () => log };
  return log;
}
