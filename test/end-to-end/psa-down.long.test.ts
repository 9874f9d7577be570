/** The PSA goes down under a running service: every place that an admin may look at says so, and takes it back. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import type { Status } from '../../src/service/status/status.ts';
import { type SmallMsp, withSmallMsp } from '../support/small-msp.ts';
import { waitUntil } from '../support/wait-until.ts';

const token = 'a-token-of-the-status-page';
const never = '0 0 1 1 *';
const more = `schedule:
  pull: "*/2 * * * * *"
  debit: "*/2 * * * * *"
  replenish: "*/2 * * * * *"
  push: "*/2 * * * * *"
  sweep: "${never}"
  reconcile: "${never}"
web: { listen: "127.0.0.1:0", token: "\${WEB_TOKEN}" }
notify: { webhook: "\${NOTIFY_URL}", ping: "\${PING_URL}", after: 2 }`;

interface Told {
  event: string;
  text: string;
  notices: { subject: string }[];
}

/** Where the notices go. */
async function withReceiver(
  work: (receiver: { url: string; told: Told[]; pings: number }) => Promise<void>,
): Promise<void> {
  const receiver = { url: '', told: [] as Told[], pings: 0 };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += String(part);
    if (request.method === 'POST') receiver.told.push(JSON.parse(text) as Told);
    else receiver.pings += 1;
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await work(receiver);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** What the four places say: command, readiness, page. */
async function look(msp: SmallMsp, url: string) {
  const headers = { authorization: `Bearer ${token}` };
  const ready = await fetch(new URL('/readyz', url), { headers });
  const { late } = (await ready.json()) as { late: string[] };
  const page = await (await fetch(url, { headers })).text();
  const { exitCode } = await msp.run('status');
  const { problems } = await msp.ask<Status>('status');
  const heading = /<h1>(.*)<\/h1>/.exec(page)?.[1];
  const subjects = problems.map(({ subject }) => subject);
  return { ready: ready.status, late, heading, exitCode, subjects, page };
}

test('a PSA that is down is said by status, readiness, page and one notice, and taken back by all', async () => {
  await withReceiver(async (receiver) => {
    const env = {
      WEB_TOKEN: token,
      NOTIFY_URL: `${receiver.url}/hooks/secret-hook-path`,
      PING_URL: `${receiver.url}/ping/secret-ping-path`,
    };
    await withSmallMsp({ more, env }, async (msp) => {
      await msp.run('run');
      await msp.run('run', 'sweep', 'reconcile');
      const service = msp.start('start');
      const address = () => /"url":"(http:[^"]+)"/.exec(service.stderr())?.[1];
      await waitUntil('all goes well', () => address() !== undefined && receiver.pings > 3);
      const url = address() ?? '';
      expect(await look(msp, url)).toMatchObject({
        ready: 200,
        late: [],
        heading: 'Nothing is late, failed or stuck',
        exitCode: 0,
        subjects: [],
      });
      expect(receiver.told).toEqual([]);

      msp.psa.faults.add('server-error', { times: 100_000 });
      await waitUntil('it is notified', () => receiver.told.length > 0, 60_000);
      const down = await look(msp, url);
      expect(down).toMatchObject({
        ready: 503,
        late: expect.arrayContaining(['pull psa']),
        exitCode: 6,
      });
      expect(down.subjects).toContain('pull psa');
      expect(down.heading).toMatch(/^\d problems? to look at$/);
      expect(down.page).toContain('<strong>pull psa</strong>');
      expect(receiver.told[0]).toMatchObject({
        event: 'problem',
        notices: [{ subject: 'pull psa' }],
        text: expect.stringMatching(/^prepaid-hours: pull psa: .* 2 runs in a row failed: .*50\d/),
      });

      msp.psa.faults.clear();
      await waitUntil('it is taken back', () => receiver.told.length > 1, 60_000);
      const pings = receiver.pings;
      await waitUntil('it goes on', () => receiver.pings > pings + 4);
      expect(await look(msp, url)).toMatchObject({
        ready: 200,
        late: [],
        heading: 'Nothing is late, failed or stuck',
        exitCode: 0,
        subjects: [],
      });
      expect(receiver.told.map(({ event }) => event)).toEqual(['problem', 'recovered']);
      service.kill('SIGTERM');
      const { exitCode, stderr } = await service.done;
      expect(exitCode).toBe(0);
      expect(stderr).not.toMatch(/secret-(hook|ping)-path/);
    });
  });
}, 180_000);
