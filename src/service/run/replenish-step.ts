import { pageAddress, pageNameKey } from '../../domain/page-link.ts';
import { alertOnUsage } from '../../replenish/alarms.ts';
import type { ReplenishContext } from '../../replenish/context.ts';
import { loadTemplates } from '../../replenish/messages/templates.ts';
import { replenish } from '../../replenish/replenish.ts';
import { measure, nothing, type RunContext, readFirstRun, type StepResult } from './step.ts';

export async function replenishStep(run: RunContext): Promise<StepResult[]> {
  const { store, config, startedAt } = run;
  const result = await measure(run, 'replenish', null, async () => {
    const context = await replenishContext(run);
    const outcome = await replenish(context);
    await alertOnUsage(context, outcome);
    // Everything decided in observe mode has been decided again by now.
    if (config.mode === 'live') await store.cancelWithheld(startedAt);
    return { ...nothing, ...outcome };
  });
  return [result];
}

/** What decides about alerts and sales: in a run, or for a sale by hand. */
export async function replenishContext(
  run: Pick<
    RunContext,
    'store' | 'clients' | 'config' | 'connectors' | 'runId' | 'startedAt' | 'stop'
  >,
): Promise<ReplenishContext> {
  const { store, clients, connectors, runId, startedAt, stop } = run;
  const { mode, locale, durations, sender, balanceField, offers, templates } = run.config;
  const { blocksSoldByHand, agreements } = run.config;
  return {
    store,
    clients,
    mode,
    locale,
    durations,
    sender,
    pages: await readPages(run),
    bookable: bookableIn(run.config),
    notable: new Set(
      [...connectors].flatMap(([name, one]) => (one.push['ticket-note'] ? name : [])),
    ),
    balanceField,
    offers,
    agreements,
    blocksSoldByHand,
    templates: loadTemplates(templates),
    runId,
    firstRunAt: await readFirstRun(run),
    at: startedAt,
    signal: stop,
  };
}

/** Addresses by client; empty without `publish.url`. */
async function readPages({
  store,
  config,
}: Pick<RunContext, 'store' | 'config'>): Promise<Map<string, string>> {
  const url = config.publish?.url ?? null;
  if (url === null) return new Map();
  const prefix = pageNameKey('');
  const names = await store.listMemory('', prefix);
  return new Map(
    names.map(({ key, value }) => [key.slice(prefix.length), pageAddress(url, value)]),
  );
}

function bookableIn({ connections }: RunContext['config']): ReadonlySet<string> {
  const able = [...connections.values()].filter(({ vendor }) =>
    vendor.pushes?.includes('invoice-payment'),
  );
  return new Set(able.map(({ name }) => name));
}
