import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { runSteps } from '../../src/service/run/run.ts';
import { type ContractSubject, openConnector } from '../connectors/contract-bench.ts';
import { halopsaSubject } from '../connectors/halopsa/subject.ts';
import { ninjaoneSubject } from '../connectors/ninjaone/subject.ts';
import { openOffice } from './office.ts';
import { type Ratio, ratioOf, timed } from './ratio.ts';

/** What a vendor's cloud usually takes to answer. */
const answerMs = 150;

/** The two that show time ticket by ticket: their first pull takes longest. */
export async function measureFirstPulls(folder: string, tickets: number): Promise<Ratio[]> {
  const ratios: Ratio[] = [];
  for (const subject of [halopsaSubject, ninjaoneSubject]) {
    ratios.push(await measureFirstPull(subject, folder, tickets));
  }
  return ratios;
}

/** In pages of the size that the vendor allows. */
async function measureFirstPull(
  subject: ContractSubject,
  folder: string,
  tickets: number,
): Promise<Ratio> {
  const { sandbox, ...bench } = await subject.start();
  await bench.addWork(tickets);
  sandbox.faults.add('slow', { times: Number.POSITIVE_INFINITY, delayMs: answerMs });
  const { app, close } = await openOffice(folder, subject.vendor.id, 1);
  const settings = Object.assign({}, bench.settings, { pageSize: subject.requests.pageSize });
  const { connector } = openConnector(subject, { sandbox, ...bench }, settings);
  const sourceIds = new Map(bench.clientIds.slice(0, 1).map((id) => ['psa', id]));
  const office = {
    ...app,
    now: Date.now,
    connectors: new Map([['psa', connector]]),
    clients: app.clients.map((client) => ({ ...client, sourceIds })),
  };
  const flights = countFlights();
  const { signal } = new AbortController();
  const { wallMs } = await timed(() => runSteps(office, ['pull'], 'bench', { signal }));
  flights.stop();
  const requests = sandbox.exchanges.length;
  await close();
  await sandbox.close();
  const name = `first pull from ${subject.vendor.title} beside its answers one after another`;
  const wall = wallMs / (requests * answerMs);
  const note = `${requests} requests at ${answerMs} ms in ${(wallMs / 1000).toFixed(1)} s, at most ${flights.most} at once`;
  return ratioOf({ name, clients: 1, atMost: 0.6 }, { wall, processor: null }, note);
}

/** How many requests are under way at the same time. */
function countFlights() {
  let now = 0;
  const flights = { most: 0, stop };
  const onStart = (): void => {
    now += 1;
    flights.most = Math.max(flights.most, now);
  };
  const onEnd = (): void => {
    now -= 1;
  };
  subscribe('http.client.request.start', onStart);
  subscribe('http.client.response.finish', onEnd);
  function stop(): void {
    unsubscribe('http.client.request.start', onStart);
    unsubscribe('http.client.response.finish', onEnd);
  }
  return flights;
}
