import type { CliDeps } from '../../src/cli/deps.ts';
import { runCli } from '../../src/cli/program.ts';
import { type Service, service } from '../../src/cli/service.ts';
import type { LoadedConfig } from '../../src/config/loaded.ts';
import { KindError } from '../../src/domain/errors.ts';
import type { App, AppOptions } from '../../src/service/app/app.ts';
import type { ReportBench } from '../reports/report-bench.ts';
import { noContract } from '../support/terms.ts';

export const nowText = '2026-04-10T10:00:00.000Z';

const silent = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silent,
};

export interface Answer {
  exitCode: number;
  out: string;
  err: string;
}

/** The command line over a bench's store; what talks to vendors is handed in by each test. */
export class CliBench {
  readonly bench: ReportBench;
  readonly opened: AppOptions[] = [];
  closed = 0;
  private readonly service: Partial<Service>;
  /** What the config says differently. */
  config: Partial<LoadedConfig> = {};

  constructor(bench: ReportBench, service: Partial<Service> = {}) {
    this.bench = bench;
    this.service = service;
  }

  async run(args: readonly string[], change: Partial<CliDeps> = {}): Promise<Answer> {
    const answer = { exitCode: -1, out: '', err: '' };
    const deps: CliDeps = {
      vendors: {},
      service: {
        ...service,
        openApp: async (options) => this.open(options),
        runOnce: unexpected,
        runCheck: unexpected,
        previewGoLive: unexpected,
        startService: unexpected,
        openWeb: unexpected,
        restoreBackup: unexpected,
        ...this.service,
      },
      send: async () => {},
      out: (text) => {
        answer.out += text;
      },
      err: (text) => {
        answer.err += text;
      },
      isOutTerminal: false,
      isErrTerminal: false,
      columns: 80,
      env: {},
      signal: new AbortController().signal,
      version: '1.2.3',
      ...change,
    };
    answer.exitCode = await runCli(deps, args);
    return answer;
  }

  async json(args: readonly string[]): Promise<unknown> {
    const { out } = await this.run([...args, '--json']);
    return JSON.parse(out);
  }

  private open(options: AppOptions): App {
    this.opened.push(options);
    const { client, store } = this.bench;
    const config: LoadedConfig = {
      file: options.configFile,
      mode: 'observe',
      timezone: 'Europe/Paris',
      locale: 'en',
      durations: 'clock',
      currency: 'EUR',
      store: '',
      historyMonths: 12,
      blocksSoldByHand: 'propose',
      web: null,
      notify: null,
      accounting: null,
      balanceField: null,
      connections: new Map(),
      schedule: { pull: '', debit: '', replenish: '', push: '', sweep: '', reconcile: '' },
      backup: null,
      publish: null,
      sweep: { days: 62, percentMax: 10 },
      sender: null,
      reconcile: { days: 31 },
      contract: noContract,
      offers: new Map(),
      agreements: new Map(),
      clients: [],
      technicians: [],
      templates: [],
      secrets: [],
      ...this.config,
    };
    return {
      config,
      store,
      clients: [client],
      connectors: new Map(),
      questions: [],
      requests: new Map(),
      log: silent,
      now: () => Date.parse(nowText),
      close: async () => {
        this.closed += 1;
      },
    };
  }
}

function unexpected(): never {
  throw new KindError('config', 'This test did not expect the command to do that.');
}
