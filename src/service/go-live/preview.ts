import { join } from 'node:path';
import { KindError } from '../../domain/errors.ts';
import { formatIn } from '../../domain/format.ts';
import { type Instant, instantFromMs } from '../../domain/time.ts';
import { withDrafts } from '../../store/copies.ts';
import { openStore } from '../../store/open.ts';
import type { App } from '../app/app.ts';
import { identifyClients } from '../app/identify-clients.ts';
import type { Logger } from '../app/log.ts';
import {
  areRulesChanged,
  noteLiveRun,
  readFirstLiveRun,
  rebuildRehearsal,
} from '../app/rehearsal.ts';
import { debitStep } from '../run/debit-step.ts';
import { replenishStep } from '../run/replenish-step.ts';
import { exitCodeOf, type RunContext } from '../run/step.ts';
import { type GoLiveClient, readGoLiveClients } from './read-clients.ts';
import { type GoLiveSummary, sumUp } from './sum-up.ts';

export interface GoLive {
  mode: 'observe' | 'live';
  /** Null: nothing has run in live mode yet. */
  firstLiveRunAt: Instant | null;
  /** Those that something would be sent for, or whose levels are marked as told. */
  clients: GoLiveClient[];
  summary: GoLiveSummary;
  /** Why part of it could not be decided; the run would report the same. */
  faults: string[];
  /** As of a run: 0 unless there are faults. */
  exitCode: number;
}

type Previewed = Pick<App, 'config' | 'store' | 'clients' | 'now'>;

/**
 * What going live now would send at once. The steps of a live run decide it, on a copy of the database
 * that is thrown away: nothing is written, no vendor is called. Throws `config` where no run has debited
 * anything yet, or the installation is live already.
 */
export async function previewGoLive(app: Previewed, signal: AbortSignal): Promise<GoLive> {
  const { config, store } = app;
  const firstLiveRunAt = await readFirstLiveRun(store);
  if (config.mode === 'live' && firstLiveRunAt !== null) {
    const day = firstLiveRunAt.slice(0, 10);
    throw new KindError('config', `This installation has been live since ${day}.`, {
      fix: 'See `prepaid-hours outbox list` for what was sent and what is waiting.',
    });
  }
  if ((await areRulesChanged(store, app.clients)) === null) {
    throw new KindError('config', 'No run has read and debited any work yet.', {
      fix: 'Run `prepaid-hours run` with `mode: observe` first.',
    });
  }
  return await withDrafts(config.store, async (folder) => {
    const file = join(folder, 'copy.db');
    await store.backup(file);
    return { mode: config.mode, firstLiveRunAt, ...(await decideOnCopy(app, file, signal)) };
  });
}

async function decideOnCopy(
  { config: { mode: _, ...settings }, now }: Previewed,
  file: string,
  signal: AbortSignal,
): Promise<Omit<GoLive, 'mode' | 'firstLiveRunAt'>> {
  const config = { ...settings, mode: 'live' as const, store: file };
  const at = instantFromMs(now());
  let store = await openStore({ file, now });
  try {
    const { clients, questions } = await identifyClients(store, config.clients, at);
    store = await rebuildRehearsal({ config, store, clients, log: silent, now });
    const run: RunContext = {
      config,
      store,
      clients,
      now,
      log: silent,
      runId: 'go-live',
      startedAt: at,
      questions,
      connectors: new Map(),
      requests: new Map(),
      stop: signal,
      abort: signal,
      failures: [],
      acceptedSweeps: [],
      reconciledClients: null,
      isUndoneReleased: false,
      toldGone: null,
    };
    await store.startRun({ id: run.runId, command: 'check --go-live', mode: 'live', at });
    await noteLiveRun(store, at);
    const results = [...(await debitStep(run)), ...(await replenishStep(run))];
    const found = await readGoLiveClients(store, clients, { at, format: formatIn(config) });
    return {
      clients: found,
      summary: sumUp(found),
      faults: results.flatMap(({ error }) => error ?? []),
      exitCode: run.failures.length === 0 ? 0 : exitCodeOf(run.failures),
    };
  } finally {
    await store.close();
  }
}

/** The run itself will log; here its findings are the answer. */
const silent: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silent,
};
