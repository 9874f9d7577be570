import { clientFinder, type DebitContext } from '../../debit/context.ts';
import { debitDirtyWork } from '../../debit/debit.ts';
import { applyOpeningBlocks } from '../../debit/opening-blocks.ts';
import { describeBlock } from '../../debit/opening-edits.ts';
import { describeError } from '../../domain/errors.ts';
import { type Instant, instantFromMs } from '../../domain/time.ts';
import { deliverMessages } from '../../push/push.ts';
import type { ReplenishContext } from '../../replenish/context.ts';
import { recomposeUnsent } from '../../replenish/messages/recompose.ts';
import { loadTemplates } from '../../replenish/messages/templates.ts';
import { replenish } from '../../replenish/replenish.ts';
import {
  leftClientFix,
  leftClientText,
  readLeftClients,
} from '../../reports/notices/left-clients.ts';
import { unlistedFix, unlistedPrefix } from '../../reports/notices/unlisted.ts';
import type { App } from '../app/app.ts';
import type { Logger } from '../app/log.ts';
import { followNames } from '../app/names.ts';
import { areRulesChanged, keepRules } from '../app/rehearsal.ts';
import { measure, nothing, type RunScope, type StepResult } from './step.ts';

export async function debitStep(scope: RunScope): Promise<StepResult[]> {
  const { app, log } = scope;
  const result = await measure(scope, 'debit', null, async () => {
    const context = await debitContext(scope);
    await tellLeftClients(app, log);
    if (scope.isUndoneReleased) await app.store.releaseUndone();
    const opening = await applyOpeningBlocks(context);
    for (const conflict of opening.conflicts) {
      log.warn('The config changed an opening block that stays as it was credited.', {
        client: conflict.client.name,
        applied: describeBlock(conflict.applied),
        configured: conflict.configured === null ? '(none)' : describeBlock(conflict.configured),
        reason: conflict.reason,
        fix: conflict.fix,
      });
    }
    await reviseOpenWork(scope);
    const debited = await debitDirtyWork(context);
    for (const [key, found] of debited.unlistedWorkTypes) await noteUnlisted(app, log, key, found);
    const changed = debited.changed + opening.applied;
    const posted = debited.posted + opening.posted;
    scope.failures.push(...app.questions);
    const error = app.questions.map(describeError).join(' ') || null;
    return { ...nothing, rows: debited.rows, changed, posted, error };
  });
  return [result];
}

async function tellLeftClients(app: App, log: Logger): Promise<void> {
  for (const left of await readLeftClients(app.store, app.config.clients, app.clients)) {
    log.warn(leftClientText(left), { client: left.name, fix: leftClientFix });
  }
}

/** Kept from the first run on, whatever its steps were. */
async function readFirstRun({ app, startedAt }: RunScope): Promise<Instant> {
  const known = await app.store.readMemory('', 'first-run');
  if (known !== null) return known;
  await app.store.writeMemory('', 'first-run', startedAt, startedAt);
  return startedAt;
}

async function debitContext(scope: RunScope): Promise<DebitContext> {
  const { app, runId, startedAt, stop } = scope;
  const firstRunAt = await readFirstRun(scope);
  const { store, clients } = app;
  return {
    ...{ store, clients, findClient: clientFinder(clients), runId, at: startedAt, firstRunAt },
    signal: stop,
    limitedAccounts: new Set(await store.listLimitedAccounts()),
    names: await followNames(app, scope.abort),
  };
}

/** After the config's rules changed, what is not yet posted is looked at again; what is posted stays. */
async function reviseOpenWork({ app, startedAt }: RunScope): Promise<void> {
  if ((await areRulesChanged(app.store, app.clients)) === false) return;
  await app.store.markOpenGroupsDirty();
  await keepRules(app.store, app.clients, startedAt);
}

/** Said once; `balances` and `check` show it for as long as no list names it. */
async function noteUnlisted(
  app: App,
  log: Logger,
  name: string,
  { agreement, workType }: { agreement: string; workType: string },
): Promise<void> {
  const key = `${unlistedPrefix}${name}`;
  if ((await app.store.readMemory('', key)) !== null) return;
  log.warn('A work type is in no list; the default of `unlisted` was applied.', {
    workType: workType === '' ? '(none)' : workType,
    agreement,
    fix: unlistedFix,
  });
  await app.store.writeMemory('', key, workType, instantFromMs(app.now()));
}

export async function replenishStep(scope: RunScope): Promise<StepResult[]> {
  const { app, startedAt } = scope;
  const result = await measure(scope, 'replenish', null, async () => {
    const outcome = await replenish(await replenishContext(scope));
    // What was only decided while observing has been decided again by now.
    if (app.config.mode === 'live') await app.store.cancelWithheld(startedAt);
    return { ...nothing, ...outcome };
  });
  return [result];
}

async function replenishContext(scope: RunScope): Promise<ReplenishContext> {
  const { app, runId, startedAt, stop } = scope;
  const { mode, locale, balanceField, offers, blocksSoldByHand, templates } = app.config;
  return {
    store: app.store,
    clients: app.clients,
    ...{ mode, locale, balanceField, offers, blocksSoldByHand },
    templates: await loadTemplates(templates),
    runId,
    firstRunAt: await readFirstRun(scope),
    at: startedAt,
    signal: stop,
  };
}

/** What has not left yet follows the config; of what has left nothing changes. */
async function recompose(scope: RunScope): Promise<void> {
  const { app, log } = scope;
  if (app.config.mode === 'observe') return;
  const unsent = await app.store.readUnsent();
  if (unsent.length === 0) return;
  for (const key of await recomposeUnsent(await replenishContext(scope), unsent)) {
    log.info('A message that had not left was composed again from the config.', { key });
  }
}

export async function pushStep(scope: RunScope): Promise<StepResult[]> {
  const { app, runId, startedAt, stop, abort, log } = scope;
  const result = await measure(scope, 'push', null, async () => {
    await recompose(scope);
    const outcome = await deliverMessages({
      store: app.store,
      connectors: app.connectors,
      mode: app.config.mode,
      runId,
      runStartedAt: startedAt,
      now: () => instantFromMs(app.now()),
      stop,
      signal: abort,
      countWrites: (connection) => app.writes.get(connection) ?? 0,
      onFailure: (message, error) => {
        scope.failures.push(error);
        log.warn('A message could not be delivered.', {
          key: message.key,
          kind: message.kind,
          client: message.clientName,
          connection: message.connection,
          reason: describeError(error),
        });
      },
    });
    const withheld = await app.store.listMessages({ statuses: ['withheld'] });
    const errors = [...outcome.stopped].map(([name, error]) => `${name}: ${describeError(error)}`);
    return {
      ...nothing,
      delivered: outcome.delivered,
      failed: outcome.failed,
      withheld: withheld.length,
      error: errors.length === 0 ? null : errors.join(' '),
    };
  });
  return [result];
}
