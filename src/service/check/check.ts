import { statSync } from 'node:fs';
import { join } from 'node:path';
import { baseFolder } from '../../config/read/environment.ts';
import type { NameLists } from '../../contract/connector.ts';
import { findOpeningConflicts } from '../../debit/opening-blocks.ts';
import { describeBlock } from '../../debit/opening-edits.ts';
import { isKindError, KindError } from '../../domain/errors.ts';
import { formatIn } from '../../domain/format.ts';
import type { NameNotice } from '../../domain/records/names.ts';
import { instantFromMs } from '../../domain/time.ts';
import { loadTemplates } from '../../replenish/messages/templates.ts';
import {
  leftClientFix,
  leftClientText,
  readLeftClients,
} from '../../reports/notices/left-clients.ts';
import { describeNotice, readNameNotices } from '../../reports/notices/name-notices.ts';
import { readRechargeNotices } from '../../reports/notices/recharge-notices.ts';
import { readUndelivered, undeliveredLines } from '../../reports/notices/undelivered.ts';
import { readUndoneNotices, undoneInvoiceFix } from '../../reports/notices/undone-invoices.ts';
import { readUnlisted, unlistedFix } from '../../reports/notices/unlisted.ts';
import type { App } from '../app/app.ts';
import { refuseLostStore } from '../app/lost-store.ts';
import { learnLists } from '../app/names.ts';
import { isRehearsal } from '../app/rehearsal.ts';
import { checkAgreements } from './check-agreements.ts';
import { checkCallbacks } from './check-callbacks.ts';
import { checkClientNames, checkNoticeClient, checkUnconfigured } from './check-clients.ts';
import { type CheckLine, type CheckTarget, toWarning } from './check-line.ts';
import { checkNames } from './check-names.ts';
import { checkProducts } from './check-products.ts';
import { checkSessions } from './check-sessions.ts';
import { checkSources } from './check-sources.ts';

interface CheckOptions {
  /** Checks only the file and the stored data; sends no request. */
  isOffline: boolean;
  /** Name or ID of the test client that `probe` may write to. */
  probeClient: string | null;
  signal: AbortSignal;
}

export interface CheckOutcome {
  lines: CheckLine[];
  /**
   * 0; 3 if a vendor refused us; 4 if the only failures are vendors that did not answer; otherwise
   * 2.
   */
  exitCode: number;
}

/**
 * Verifies what can be verified before a run: file, templates, credentials, permissions, names,
 * facts.
 */
export async function runCheck(app: App, options: CheckOptions): Promise<CheckOutcome> {
  const lines = [await checkTemplates(app), ...checkFileModes(app), ...describeBalanceField(app)];
  lines.push(
    ...(await checkStore(app)),
    ...(await checkStored(app)),
    ...(await checkOpeningBlocks(app)),
    ...(await checkAgreements(app)),
    ...(await checkSessions(app)),
    ...(await checkGoingLive(app)),
  );
  if (!options.isOffline) {
    const lists = new Map<string, NameLists | null>();
    for (const [connection, connector] of app.connectors) {
      const target = { connection, connector, signal: options.signal };
      lines.push(...(await checkConnection({ ...app, ...target }, options.probeClient, lists)));
    }
    await learnLists(app, lists);
    const notices = await readNameNotices(app.store, app.clients);
    lines.push(...checkNames(app.config, app.clients, lists, notices), ...noticeLines(notices));
  }
  return { lines, exitCode: exitCodeOf(lines.filter((line) => line.status === 'failed')) };
}

function exitCodeOf(failed: readonly CheckLine[]): number {
  if (failed.length === 0) return 0;
  if (failed.some(({ id, kind }) => /^(auth|permission)/.test(kind ?? id))) return 3;
  const isUnanswered = failed.every(({ kind }) => kind === 'transient' || kind === 'rate-limited');
  return isUnanswered ? 4 : 2;
}

async function checkTemplates({ config }: App): Promise<CheckLine> {
  try {
    loadTemplates(config.templates);
    return { connection: null, id: 'templates', status: 'ok', detail: config.templates[0] ?? '' };
  } catch (error) {
    if (!isKindError(error, 'config')) throw error;
    return failed(null, 'templates', error);
  }
}

/** Warns about files that other users on this machine can read: `.env`, the database. */
function checkFileModes({ config }: App): CheckLine[] {
  const secrets = join(baseFolder(config.file), '.env');
  return [secrets, config.store].flatMap((file): CheckLine[] => {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined || (stat.mode & 0o077) === 0) return [];
    const mode = (stat.mode & 0o777).toString(8);
    const detail = `${file} is readable by other users on this machine (mode ${mode}).`;
    return [toWarning('file-mode', detail, `chmod 600 ${file}`)];
  });
}

/**
 * Describes what the field shows for a client with money blocks, or with hours for certain work
 * types.
 */
function describeBalanceField({ config, clients }: App): CheckLine[] {
  if (config.balanceField === null) return [];
  const { connection, field } = config.balanceField;
  const isOwnKind = (sold: { workTypes: unknown; amountMinor: number | null } | null) =>
    sold !== null && (sold.workTypes !== null || sold.amountMinor !== null);
  const names = clients
    .filter(
      ({ openingBlocks, agreement }) =>
        openingBlocks.some(isOwnKind) || agreement.replenish.some(({ offer }) => isOwnKind(offer)),
    )
    .map(({ name }) => `"${name}"`);
  if (names.length === 0) return [];
  const detail = `As a text field, "${field}" shows each kind of hours (and money) of ${names.join(', ')}; as a number field, it shows one figure: hours for any work, or the kind with the fewest left.`;
  return [{ connection, id: 'balance-field', status: 'ok', detail }];
}

/** Reports a database that `run` would refuse. */
async function checkStore({ config, store }: App): Promise<CheckLine[]> {
  try {
    await refuseLostStore(config, store);
    return [];
  } catch (error) {
    if (!isKindError(error, 'config')) throw error;
    return [failed(null, 'store', error)];
  }
}

async function checkStored(app: App): Promise<CheckLine[]> {
  const { store, config, clients, questions, now } = app;
  const unlisted = await readUnlisted(store, clients);
  const open = await store.listQuarantine(['open']);
  const lines = unlisted.map(({ workType, agreements }) => {
    const detail = `Work type "${workType}" is not listed in ${agreements.join(', ')}; the \`unlisted\` default is applied.`;
    return toWarning('unlisted-work-type', detail, unlistedFix);
  });
  const [detail, ...more] = undeliveredLines(await readUndelivered(store));
  if (detail !== undefined) {
    const fix =
      'Correct the cause, then `prepaid-hours outbox retry KEY` for each rejected message, or `outbox cancel KEY`.';
    lines.push(toWarning('outbox', [detail, ...more].join(' · '), fix));
  }
  if (open.length > 0) {
    const found = `${open.length} quarantined rows need review.`;
    lines.push(toWarning('quarantine', found, 'Review them with `prepaid-hours quarantine`.'));
  }
  const format = formatIn(config);
  const asOf = instantFromMs(now());
  for (const notice of await readRechargeNotices(store, { clients, asOf, format })) {
    const fix = 'Ask the client for a mandate, or agree on another way to pay.';
    lines.push(toWarning('recharge', notice, fix));
  }
  for (const notice of await readUndoneNotices(store, clients)) {
    lines.push(toWarning('undone-invoice', notice, undoneInvoiceFix));
  }
  for (const question of questions) lines.push(failed(null, 'client-id-changed', question));
  for (const left of await readLeftClients(store, config.clients, clients)) {
    lines.push(toWarning('client-left', leftClientText(left, format), leftClientFix(left)));
  }
  lines.push(...(await checkSources(app)));
  return lines;
}

/** Config changes that every run reports and does not apply. A rehearsal applies them all. */
async function checkOpeningBlocks({ config, store, clients, now }: App): Promise<CheckLine[]> {
  if (await isRehearsal(store)) return [];
  const at = instantFromMs(now());
  const conflicts = await findOpeningConflicts({ store, clients, at });
  return conflicts.map(({ client, applied, reason, fix }) => {
    const detail = `The config changed an opening block of "${client.name}" (${describeBlock(applied, formatIn(config))}); the change is not applied: ${reason}`;
    return toWarning('opening-block', detail, fix);
  });
}

/** What a first live run would send immediately: the messages withheld in observe mode. */
async function checkGoingLive({ config, store }: App): Promise<CheckLine[]> {
  if (config.mode === 'live') return [];
  const withheld = await store.listMessages({ statuses: ['withheld'] });
  const byClient = Map.groupBy(withheld, ({ clientName }) => clientName);
  return [...byClient].map(([client, messages]) => {
    const kinds = [...new Set(messages.map(({ kind }) => kind))].sort();
    const detail = `In live mode, these would be sent immediately for "${client}": ${kinds.join(', ')}.`;
    const fix =
      'See `prepaid-hours check --go-live`; with --mark, they are treated as told and not sent.';
    return toWarning('going-live', detail, fix);
  });
}

/** Names that exist nowhere are reported by `checkNames`, with a suggestion. */
function noticeLines(notices: readonly NameNotice[]): CheckLine[] {
  return notices
    .filter(({ state }) => state !== 'missing' && state !== 'gone')
    .map((notice) => {
      const { text, fix } = describeNotice(notice);
      const id = `name.${notice.kind}s`;
      return { connection: notice.connection, id, status: 'warning', detail: text, fix };
    });
}

/** Results are kept even if a later check fails. */
async function checkConnection(
  target: CheckTarget,
  probeClient: string | null,
  lists: Map<string, NameLists | null>,
): Promise<CheckLine[]> {
  const { clients, connection, connector, signal } = target;
  const clientIds = clients.flatMap((client) => client.sourceIds.get(connection) ?? []);
  const lines: CheckLine[] = [];
  try {
    if (connector.listNames !== undefined) lists.set(connection, null);
    const results = await connector.check(clientIds, signal);
    lines.push(...results.map((result) => ({ connection, ...result })));
    if (!results.some(({ id, status }) => id === 'auth' && status === 'failed')) {
      lines.push(...(await checkClientNames(target)));
      lines.push(...(await checkUnconfigured(target)));
      lines.push(...(await checkNoticeClient(target)));
      lines.push(...(await checkProducts(target)));
      lines.push(...(await checkCallbacks(target)));
    }
    if (probeClient !== null && connector.probe !== undefined) {
      const sourceId = findProbeId(target, probeClient);
      const offers = [...target.config.offers.values()];
      const product = offers.find((offer) => offer.product !== null)?.product;
      const settled = sourceId === null ? [] : await connector.probe(sourceId, signal, product);
      lines.push(...settled.map((result) => ({ connection, ...result })));
    }
    const names = await connector.listNames?.(clientIds, signal);
    if (names !== undefined) lists.set(connection, names);
  } catch (error) {
    if (!isKindError(error)) throw error;
    lines.push(failed(connection, error.kind, error));
  }
  return lines;
}

/** Null: the test client has no ID in this connection, so nothing can be tried. */
function findProbeId({ clients, connection }: CheckTarget, name: string): string | null {
  const wanted = name.toLowerCase();
  const client = clients.find(
    (candidate) => candidate.id === name || candidate.name.toLowerCase() === wanted,
  );
  if (client === undefined) {
    const message = `The config has no client "${name}" to test writes with.`;
    const fix = 'Add a test client with its ids to the config, and pass its name.';
    throw new KindError('config', message, { fix });
  }
  return client.sourceIds.get(connection) ?? null;
}

function failed(connection: string | null, id: string, error: KindError): CheckLine {
  const fix = error.fix ?? 'Run `prepaid-hours check` again; if it still fails, see the log.';
  return { connection, id, status: 'failed', detail: error.message, fix, kind: error.kind };
}
