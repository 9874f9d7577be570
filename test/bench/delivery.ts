/** What a first live run sends to a PSA over HTTP: every balance, and for some clients a sale with its messages. */
import { connectwise } from '../../connectors/connectwise/index.ts';
import type { VendorModule } from '../../src/contract/connector.ts';
import { Redactor } from '../../src/domain/redaction.ts';
import { connectAll } from '../../src/service/app/connect.ts';
import { type ConnectwiseSandbox, startConnectwiseSandbox } from '../sandbox/connectwise/index.ts';
import { agreementOf, CoreBench, clientOf, ten } from '../support/core-bench.ts';
import { type Ratio, ratioOf } from './ratio.ts';

export interface Delivery {
  delivered: number;
  requests: number;
  wallMs: number;
  /** The most requests at the same time. */
  inFlightMax: number;
  sandbox: ConnectwiseSandbox;
}

const agreement = agreementOf({
  replenish: [
    {
      when: { balance: 'settled', secondsLeft: 7200 },
      do: ['alert', 'invoice'],
      offer: ten,
      tell: ['msp', 'client'],
    },
  ],
});

/** The push of a run in which `low` of the clients have 1 h left and the others 10 h. */
export async function deliverFirstRun(
  clients: number,
  low: number,
  answerMs: number,
): Promise<Delivery> {
  const sandbox = await startConnectwiseSandbox();
  const { state } = sandbox;
  state.addCustomField({ caption: 'Hours left' });
  const ids = Array.from({ length: clients }, (_, index) =>
    state.addCompany({ name: `Client ${index}` }),
  );
  const bench = await CoreBench.open({
    clients: ids.map((id) =>
      clientOf({ name: `Client ${id}`, agreement, sourceIds: new Map([['psa', String(id)]]) }),
    ),
    balanceField: { connection: 'psa', field: 'Hours left' },
  });
  addWork(sandbox, ids.slice(0, low), new Date(bench.nowMs).toISOString());
  connectTo(sandbox, bench);
  try {
    await bench.run('pull', 'debit');
    sandbox.underWay.max = 0;
    if (answerMs > 0) sandbox.faults.add('slow', { times: 1e9, delayMs: answerMs });
    const startedMs = performance.now();
    const { ok, steps } = await bench.run('replenish', 'push');
    const wallMs = performance.now() - startedMs;
    if (!ok) throw new Error(`the run failed: ${JSON.stringify(steps)}`);
    const sum = (of: 'delivered' | 'requests') =>
      steps.reduce((total, step) => total + step[of], 0);
    const [delivered, requests] = [sum('delivered'), sum('requests')];
    return { delivered, requests, wallMs, inFlightMax: sandbox.underWay.max, sandbox };
  } finally {
    await bench.close();
    await sandbox.close();
  }
}

/** A quarter of the clients are low. The targets are those of 200 clients. */
export async function measureDelivery(clients: number, answerMs: number): Promise<Ratio[]> {
  const { delivered, requests, wallMs, inFlightMax } = await deliverFirstRun(
    clients,
    clients / 4,
    answerMs,
  );
  const note = `${delivered} messages to ConnectWise at ${answerMs} ms an answer`;
  const row = (name: string, wall: number, aim: { atMost?: number } = {}) =>
    ratioOf({ name, clients, ...aim }, { wall, processor: null }, note);
  return [
    row('messages of a first run, requests', requests, { atMost: 3.5 * clients }),
    row('messages of a first run, s', wallMs / 1000, { atMost: clients / 4 }),
    row('messages of a first run, most requests at a time', inFlightMax),
  ];
}

/** Nine hours on a closed ticket of each. */
function addWork({ state }: ConnectwiseSandbox, companies: readonly number[], at: string): void {
  const member = state.addMember({ name: 'Ann Roy' });
  const workType = state.addWorkType({ name: 'Remote' });
  const board = state.addBoard({ name: 'Help Desk' });
  for (const company of companies) {
    const ticket = state.addTicket({ company, board, summary: 'New server', at });
    state.addTime({ ticket, member, workType, start: '2026-03-01T08:00:00Z', hours: '9', at });
    state.closeTicket(ticket, at);
  }
}

function connectTo(sandbox: ConnectwiseSandbox, bench: CoreBench): void {
  const { app } = bench;
  const psa = {
    name: 'psa',
    vendor: connectwise as VendorModule,
    settings: connectwise.config.parse(sandbox.config),
  };
  const config = { ...app.config, connections: new Map([['psa', psa]]) };
  const { store, log, now, requests } = app;
  const connectors = connectAll(config, { store, log, now, requests, redactor: new Redactor() });
  Object.assign(app, { config, connectors });
}
