import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { applyOpeningBlocks } from '../../debit/opening-blocks.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { describeError, isKindError } from '../../domain/errors.ts';
import { type Instant, instantFromMs } from '../../domain/time.ts';
import { replaceStore, withDrafts } from '../../store/copies.ts';
import { acquireLock } from '../../store/lock.ts';
import { openStore } from '../../store/open.ts';
import type { Store } from '../../store/port.ts';
import { manualRunId } from '../corrections/by-hand.ts';
import { repeatEntry } from '../corrections/repeat-entry.ts';
import type { App } from './app.ts';

type Rehearsing = Pick<App, 'config' | 'store' | 'clients' | 'log' | 'now'>;

/** A process that uses the database and holds its lock. */
export interface StoreHolder {
  file: string;
  /** Called before the file is replaced. */
  close(): Promise<void>;
}

/** Installation-wide memory (connection ''): the rules applied last, and the first live run. */
const rulesKey = 'rules';
const firstLiveRunKey = 'first-live-run';

function rulesOf(clients: readonly Client[]): string {
  const text = JSON.stringify(clients, (_, value) => (value instanceof Map ? [...value] : value));
  return createHash('sha256').update(text).digest('hex');
}

/** Null: no rules were ever applied. */
export async function areRulesChanged(store: Store, clients: readonly Client[]) {
  const known = await store.readMemory('', rulesKey);
  return known === null ? null : known !== rulesOf(clients);
}

export async function keepRules(store: Store, clients: readonly Client[], at: Instant) {
  await store.writeMemory('', rulesKey, rulesOf(clients), at);
}

/** Never cleared: after the first live run, posted entries stay posted. */
export async function noteLiveRun(store: Store, at: Instant): Promise<void> {
  if (!(await isRehearsal(store))) return;
  await store.writeMemory('', firstLiveRunKey, at, at);
}

/** True until something has run in live mode. */
export async function isRehearsal(store: Store): Promise<boolean> {
  return (await readFirstLiveRun(store)) === null;
}

export async function readFirstLiveRun(store: Store): Promise<Instant | null> {
  return await store.readMemory('', firstLiveRunKey);
}

/**
 * Before the first live run, a changed config is applied to everything: the ledger is rebuilt from
 * the mirror in a new file, including manual entries, which then replaces the old one. Returns the
 * store to continue with. Throws `transient` while another process reads the database.
 */
export async function rebuildRehearsal(app: Rehearsing, holder?: StoreHolder): Promise<Store> {
  const { store, config, log, now } = app;
  if (!(await isRehearsal(store))) return store;
  if ((await areRulesChanged(store, app.clients)) !== true) return store;
  const lock = holder === undefined ? await acquireLock(config.store, 'run', now) : null;
  try {
    await withDrafts(config.store, async (folder) => {
      const draft = join(folder, 'rebuilt.db');
      await store.copyMirror(draft, now());
      await fillDraft(app, draft);
      await store.close();
      await holder?.close();
      await replaceStore(draft, config.store, { kept: null, now });
    });
    log.info(
      'The config changed and nothing has been sent yet: all balances were recalculated from the mirrored work.',
    );
    return await openStore({ file: config.store, now });
  } finally {
    lock?.release();
  }
}

async function fillDraft(app: Rehearsing, file: string): Promise<void> {
  const { clients, config, log, now } = app;
  const store = await openStore({ file, now });
  try {
    const at = instantFromMs(now());
    await applyOpeningBlocks({ store, clients, runId: manualRunId(at), at });
    for (const run of await app.store.listManualRuns()) {
      try {
        await repeatEntry({ config, store, clients, now }, run);
      } catch (error) {
        if (!isKindError(error)) throw error;
        log.warn('A manual entry does not fit the changed config and was skipped.', {
          command: run.command,
          entry: run.result,
          reason: describeError(error),
          fix: 'Enter it again so that it fits the config.',
        });
      }
    }
    await keepRules(store, clients, at);
  } finally {
    await store.close();
  }
}
