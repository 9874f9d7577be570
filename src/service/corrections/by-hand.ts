import { randomBytes } from 'node:crypto';
import { sharersOf } from '../../domain/agreements/shares.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { KindError } from '../../domain/errors.ts';
import { type Format, formatIn } from '../../domain/format.ts';
import type { Account } from '../../domain/ledger/postings.ts';
import { type DateText, dateInZone, type Instant, instantFromMs } from '../../domain/time.ts';
import type { ClientLedger, ReplenishBatch, Store } from '../../store/port.ts';
import { accountFrom, emptyBatch } from '../../store/port.ts';
import type { App } from '../app/app.ts';

/** What manual entries need from the app. */
export type ManualApp = Pick<App, 'config' | 'store' | 'clients' | 'now'>;

export interface ManualEntry {
  command: 'adjust' | 'block add' | 'block extend' | 'block void' | 'mark told';
  clientId: string;
  request: unknown;
  /** The run that first made the entry; undefined: this is the first time. */
  runId: string | undefined;
}

/** What an entry changes, and the client's current account. */
export interface EntryScope {
  store: Store;
  runId: string;
  at: Instant;
  /** The client's own. */
  today: DateText;
  client: Client;
  ledger: ClientLedger;
  account: Account;
  /** As the MSP reads. */
  format: Format;
}

/** Records every manual change as a run of its own, so that it can be listed and undone. */
export async function byHand<Result>(
  { config, store, clients, now }: ManualApp,
  { command, clientId, request, runId: knownId }: ManualEntry,
  work: (scope: EntryScope) => Promise<Result>,
): Promise<Result> {
  const client = clients.find((candidate) => candidate.id === clientId);
  if (client === undefined) throw new KindError('config', `There is no client ${clientId}.`);
  if (client.paidBy !== null) {
    throw new KindError('config', `${client.name} has no blocks of its own.`, {
      fix: `Use ${client.paidBy.name} instead, whose blocks pay for its work.`,
    });
  }
  const at = instantFromMs(now());
  const runId = knownId ?? manualRunId(at);
  const [ledger] = await store.readLedgers([clientId], { isAllBlocks: true });
  if (ledger === undefined) throw new Error(`client ${clientId} has no ledger`);
  if (knownId === undefined) {
    await store.startRun({ id: runId, command, mode: config.mode, at });
  }
  const account = accountFrom(ledger, sharersOf(clients));
  const today = dateInZone(at, client.timezone);
  const result = await work({
    store,
    runId,
    at,
    today,
    client,
    ledger,
    account,
    format: formatIn(config),
  });
  const record = JSON.stringify({ ok: true, request });
  await store.finishRun(runId, instantFromMs(now()), record);
  return result;
}

export function manualRunId(at: Instant): string {
  return `m-${at.slice(0, 19).replace(/[-:]/g, '')}-${randomBytes(3).toString('hex')}`;
}

export async function writeEntry(
  { store, at, runId, ledger }: EntryScope,
  batch: Partial<ReplenishBatch>,
): Promise<void> {
  await store.writeReplenish({ ...emptyBatch({ at, runId }), expected: [ledger], ...batch });
}
