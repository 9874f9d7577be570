import { validate } from 'node-cron';
import { loadConfig } from '../../config/load.ts';
import type { ConfiguredClient } from '../../config/loaded.ts';
import type { Environment } from '../../config/read/environment.ts';
import type { VendorRegistry } from '../../contract/registry.ts';
import { withPlannedTime } from '../../debit/sessions/plan.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { formatIn } from '../../domain/format.ts';
import { addDays, dateInZone, type Instant, instantFromMs } from '../../domain/time.ts';
import type { Store } from '../../store/port.ts';
import { type ComparedAgreement, compareAgreements } from '../agreements/compare.ts';
import { type App, knownVendors } from '../app/app.ts';
import { recognizeClients } from '../app/identify-clients.ts';
import { sessionContext } from '../app/session-context.ts';
import {
  type Outcome,
  type Past,
  postedOutcomes,
  readPast,
  replayOutcomes,
} from './plan-outcomes.ts';
import { changedRules, withRule } from './plan-rules.ts';

export interface Plan {
  asOf: Instant;
  /**
   * The config being tried, and the current one to compare with; null: compare with posted charges
   * only.
   */
  file: string;
  currentFile: string | null;
  clients: ClientPlan[];
}

export interface ConfigPlan extends Plan {
  /** Agreements that clients accepted and that the config being tried contradicts. */
  agreements: ComparedAgreement[];
}

/** One client's history as posted, and under the changed terms. */
export interface ClientPlan {
  client: string;
  posted: Outcome;
  planned: Outcome;
  /** What made the difference; all rows add up to the difference between the two outcomes. */
  rules: RuleEffect[];
}

export interface RuleEffect {
  /**
   * A key of the agreement or the client (`rounding`, `startOn`), changed alone;
   * `posted-otherwise`: the difference between the posted charges and the current terms;
   * `together`: the combined effect of several changes.
   */
  rule: string;
  seconds: number;
  pendingSeconds: number;
  overageSeconds: number;
  money: Outcome['money'];
  alerts: number;
  invoices: number;
}

interface PlanRequest {
  /** The changed config file. */
  file: string;
  env: Environment;
  vendors: VendorRegistry;
}

/**
 * Computes what a changed config would have charged for the mirrored history: per client, compared
 * with posted charges, and rule by rule, compared with the config of `app` (unless it is the same
 * file). Read-only. Throws `config` if the changed file has faults.
 */
export async function planConfig(app: App, request: PlanRequest): Promise<ConfigPlan> {
  const { file, env } = request;
  const known = await knownVendors(request.vendors, file);
  const tried = loadConfig({ file, env, ...known, isCron: validate });
  const clients = await toClients(app, tried.clients);
  const isOther = tried.file !== app.config.file;
  const plan = await planClients(app, clients, { file: tried.file, isOther });
  const source = { config: tried, clients };
  const compared = await compareAgreements(app.store, source, formatIn(app.config));
  return { ...plan, agreements: compared.filter(({ changes }) => changes.length > 0) };
}

/** The same, for clients that are loaded already. */
export async function planClients(
  app: App,
  tried: readonly Client[],
  { file, isOther }: { file: string; isOther: boolean },
): Promise<Plan> {
  const asOf = instantFromMs(app.now());
  const current = app.clients;
  const names = new Map([...current, ...tried].map(({ id, name }) => [id, name]));
  const past = await readPast(app.store, [...names.keys()], asOf);
  const posted = await postedOutcomes(app.store, isOther ? current : tried, past);
  const today = dateInZone(asOf, app.config.timezone);
  const rules = isOther ? changedRules(current, tried, addDays(today, -800), today) : [];
  // One rule alone is the whole change.
  const separate = rules.length === 1 ? [] : rules;
  const variants = [
    tried,
    ...(isOther ? [current] : []),
    ...separate.map((rule) => withRule(current, tried, rule)),
  ];
  const open = (store: Store, clients: readonly Client[]) =>
    withSessions({ ...app, store }, clients, past);
  const [planned = none, before = null, ...others] = await replayOutcomes(
    app.store,
    variants,
    past,
    open,
  );
  const alone = new Map(rules.map((rule, index) => [rule, others[index] ?? planned]));
  const of = (outcomes: ReadonlyMap<string, Outcome>, id: string) => outcomes.get(id) ?? nothing;
  const plans = [...names].map(([id, client]): ClientPlan => {
    const pair = { posted: of(posted, id), planned: of(planned, id) };
    const effects = [...alone].map(([rule, outcomes]) =>
      effectOf(rule, of(before ?? new Map(), id), of(outcomes, id)),
    );
    const rules = before === null ? [] : explained(pair, of(before, id), effects);
    return { client, ...pair, rules };
  });
  const currentFile = isOther ? app.config.file : null;
  return { asOf, file, currentFile, clients: plans };
}

/** The mirror with what these terms would make of remote sessions. */
async function withSessions(app: App, clients: readonly Client[], past: Past): Promise<Store> {
  if (!(await app.store.hasSessions())) return app.store;
  const { until: at, firstRunAt } = past;
  const { signal } = new AbortController();
  const context = await sessionContext(
    { ...app, clients: [...clients] },
    { at, firstRunAt, signal },
  );
  return withPlannedTime(app.store, context);
}

const none: ReadonlyMap<string, Outcome> = new Map();

const nothing: Outcome = {
  seconds: 0,
  pendingSeconds: 0,
  overageSeconds: 0,
  money: [],
  alerts: 0,
  invoices: 0,
};

const figures = ['seconds', 'pendingSeconds', 'overageSeconds', 'alerts', 'invoices'] as const;

function effectOf(rule: string, from: Outcome, to: Outcome): RuleEffect {
  const [seconds, pendingSeconds, overageSeconds, alerts, invoices] = figures.map(
    (figure) => to[figure] - from[figure],
  ) as [number, number, number, number, number];
  const money = moneyDifference(from.money, to.money);
  return { rule, seconds, pendingSeconds, overageSeconds, money, alerts, invoices };
}

function moneyDifference(from: Outcome['money'], to: Outcome['money']): Outcome['money'] {
  const minorByCurrency = new Map(to.map(({ currency, minor }) => [currency, minor]));
  for (const { currency, minor } of from) {
    minorByCurrency.set(currency, (minorByCurrency.get(currency) ?? 0) - minor);
  }
  return [...minorByCurrency]
    .filter(([, minor]) => minor !== 0)
    .map(([currency, minor]) => ({ currency, minor }));
}

/** The rules that had an effect, with the two rows that make the total add up. */
function explained(
  { posted, planned }: { posted: Outcome; planned: Outcome },
  before: Outcome,
  effects: readonly RuleEffect[],
): RuleEffect[] {
  const together = effectOf('together', before, planned);
  for (const effect of effects) {
    for (const figure of figures) together[figure] -= effect[figure];
    together.money = moneyDifference(effect.money, together.money);
  }
  const all = [effectOf('posted-otherwise', posted, before), ...effects, together];
  return all.filter(
    (effect) => effect.money.length > 0 || figures.some((figure) => effect[figure] !== 0),
  );
}

/** A client unknown to the store gets a temporary ID; nothing is written for it. */
function toClients(app: App, clients: readonly ConfiguredClient[]): Promise<Client[]> {
  return recognizeClients(app.store, clients, ({ name }) => `new:${name}`);
}
