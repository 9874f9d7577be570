import { Counter, Gauge, Registry } from 'prom-client';
import type { Status } from '../service/status/status.ts';

/** For Prometheus and what reads its format: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export async function metricsText(
  status: Status,
  requests: ReadonlyMap<string, number>,
): Promise<{ text: string; contentType: string }> {
  const registry = new Registry();
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `prepaid_hours_${name}`, help, labelNames, registers: [registry] });
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `prepaid_hours_${name}`, help, labelNames, registers: [registry] });

  addSteps(status, gauge, counter);
  addBalances(status, gauge);
  const messages = gauge('messages', 'Messages to the vendors that are not delivered.', ['state']);
  const { waiting, stuck, failed, unapproved, withheld } = status.messages;
  for (const [state, count] of Object.entries({ waiting, stuck, failed, unapproved, withheld })) {
    messages.set({ state }, count);
  }
  const problems = gauge('problems', 'What is late, failed or stuck.', ['kind']);
  for (const kind of ['late', 'failed', 'stuck']) {
    problems.set({ kind }, status.problems.filter((problem) => problem.kind === kind).length);
  }
  gauge('quarantine_rows', 'Quarantined rows to review.').set(status.openQuarantine);
  const { reconciliation } = status;
  if (reconciliation !== null) {
    gauge('differences', 'Differences from the vendors by the last reconcile.').set(
      reconciliation.found.rows,
    );
  }
  const sent = counter('requests_total', 'Requests since the config was loaded.', ['connection']);
  for (const [connection, count] of requests) sent.inc({ connection }, count);
  return { text: await registry.metrics(), contentType: registry.contentType };
}

type Make<Metric> = (name: string, help: string, labelNames: string[]) => Metric;

function addSteps({ steps }: Status, gauge: Make<Gauge>, counter: Make<Counter>): void {
  const labels = ['step', 'connection'];
  const runs = counter('step_runs_total', 'Runs of a step, as a whole or for a connection.', [
    ...labels,
    'result',
  ]);
  const ages = gauge('step_age_seconds', 'Time since the last success.', labels);
  const late = gauge('step_late', '1: older than twice its schedule.', labels);
  const inARow = gauge('step_failures', 'Failed runs in a row.', labels);
  const next = gauge('step_next_run_timestamp_seconds', 'Next run by the schedule.', labels);
  for (const { step, connection, ...one } of steps) {
    const which = { step, connection: connection ?? '' };
    runs.inc({ ...which, result: 'ok' }, one.runs - one.failedRuns);
    runs.inc({ ...which, result: 'failed' }, one.failedRuns);
    late.set(which, Number(one.state === 'late'));
    inARow.set(which, one.failures);
    if (one.ageSeconds !== null) ages.set(which, one.ageSeconds);
    if (connection === null && one.nextRunAt !== null) {
      next.set(which, Date.parse(one.nextRunAt) / 1000);
    }
  }
}

function addBalances({ balances }: Status, gauge: Make<Gauge>): void {
  const hours = gauge('balance_seconds', 'Prepaid time of a client.', ['client', 'kind']);
  const money = gauge('balance_minor', 'Prepaid money left, in the currency’s smallest unit.', [
    'client',
    'currency',
  ]);
  const states = gauge('balances', 'Clients by the state of their balance.', ['state']);
  for (const state of ['ok', 'soon', 'low', 'overdrawn']) {
    states.set({ state }, balances.filter((balance) => balance.state === state).length);
  }
  for (const { client, hasHours, ...balance } of balances) {
    if (hasHours) {
      hours.set({ client, kind: 'settled' }, balance.settledSeconds);
      hours.set({ client, kind: 'pending' }, balance.pendingSeconds);
      hours.set({ client, kind: 'overage' }, balance.overageSeconds);
      hours.set({ client, kind: 'projected' }, balance.projectedSeconds);
    }
    for (const { currency, leftMinor } of balance.money) money.set({ client, currency }, leftMinor);
  }
}
