import { describeError } from '../../domain/errors.ts';
import { instantFromMs } from '../../domain/time.ts';
import { deliverMessages } from '../../push/push.ts';
import { recomposeUnsent } from '../../replenish/messages/recompose.ts';
import { replenishContext } from './replenish-step.ts';
import { measure, nothing, type RunContext, type StepResult } from './step.ts';

/** Unsent messages follow the config; sent ones never change. */
async function recompose(run: RunContext): Promise<void> {
  if (run.config.mode === 'observe') return;
  const unsent = await run.store.readUnsent();
  if (unsent.length === 0) return;
  for (const key of await recomposeUnsent(await replenishContext(run), unsent)) {
    run.log.info('An unsent message was composed again from the config.', { key });
  }
}

/** Balance fields come last, since what else is delivered may change them again. */
export async function balanceStep(run: RunContext): Promise<StepResult[]> {
  const waiting = await run.store.listMessages({ statuses: ['pending', 'claimed'] });
  return waiting.some(({ kind }) => kind === 'balance-field') ? pushStep(run, 'balances') : [];
}

export async function pushStep(run: RunContext, only?: 'balances'): Promise<StepResult[]> {
  const { store, connectors, config, runId, startedAt, stop, abort, log, now } = run;
  const result = await measure(run, 'push', null, async () => {
    if (only === undefined) await recompose(run);
    const outcome = await deliverMessages({
      store,
      connectors,
      mode: config.mode,
      only,
      runId,
      runStartedAt: startedAt,
      now: () => instantFromMs(now()),
      stop,
      signal: abort,
      onFailure: (message, error) => {
        run.failures.push(error);
        log.warn('A message could not be delivered.', {
          key: message.key,
          kind: message.kind,
          client: message.clientName,
          connection: message.connection,
          reason: describeError(error),
        });
      },
    });
    const withheld = await store.listMessages({ statuses: ['withheld'] });
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
