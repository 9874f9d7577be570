import { expect, test } from '@jest/globals';
import type { PresenceRequest } from '../../../src/contract/connector.ts';
import { type Bench, soon, withConnectwise } from './bench.ts';

const window = { from: '2026-03-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z' };

function askFor(bench: Bench, fields: Partial<PresenceRequest> = {}): PresenceRequest {
  return { ...window, clientIds: [String(bench.company)], signal: soon(), ...fields };
}

function presenceOf(bench: Bench, settings: object = {}) {
  const { present } = bench.connect(settings).pull;
  if (present === undefined) throw new Error('ConnectWise lists what is there');
  return present;
}

async function idsOf(bench: Bench, request: PresenceRequest, settings: object = {}) {
  const ids: string[] = [];
  for await (const page of presenceOf(bench, settings).ids(request)) ids.push(...page);
  return ids;
}

test('what is there is listed by the day of work, over page ends, and counted', () =>
  withConnectwise({}, async (bench) => {
    const { company, other, member } = bench;
    const { state } = bench.sandbox;
    const log = (start: string, of = company) =>
      String(state.addTime({ company: of, member, start, hours: '1' }));
    log('2026-02-28T23:59:59Z');
    const within = ['2026-03-01T00:00:00Z', '2026-03-15T09:00:00Z', '2026-03-31T23:59:59Z'];
    const ids = within.map((start) => log(start));
    log('2026-04-01T00:00:00Z');
    log('2026-03-15T09:00:00Z', other);
    expect(await idsOf(bench, askFor(bench), { pageSize: 2 })).toEqual(ids);
    expect(await presenceOf(bench).count(askFor(bench))).toBe(3);
    state.deleteTime(Number(ids[1]));
    expect(await idsOf(bench, askFor(bench))).toEqual([ids[0], ids[2]]);
    expect(await presenceOf(bench).count(askFor(bench))).toBe(2);
  }));

test('many clients are requested in parts, each within the length of a URL', () =>
  withConnectwise({}, async (bench) => {
    const { company, member } = bench;
    const start = '2026-03-15T09:00:00Z';
    const id = bench.sandbox.state.addTime({ company, member, start, hours: '1' });
    const clientIds = Array.from({ length: 400 }, (_, index) => String(company + index));
    expect(await idsOf(bench, askFor(bench, { clientIds }))).toEqual([String(id)]);
    expect(await presenceOf(bench).count(askFor(bench, { clientIds }))).toBe(1);
    const { baseUrl, exchanges } = bench.sandbox;
    const lengths = exchanges.map(
      ({ request: { path, query } }) => `${baseUrl}${path}?${query}`.length,
    );
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2000);
  }));

test('a missing permission is not an empty list', () =>
  withConnectwise({}, async (bench) => {
    bench.sandbox.faults.add('forbidden', { path: /time\/entries/ });
    await expect(presenceOf(bench).count(askFor(bench))).rejects.toMatchObject({
      kind: 'permission',
    });
  }));

test('a row without an ID is refused, since what it is would count as deleted', () =>
  withConnectwise({}, async (bench) => {
    const { company, member, sandbox } = bench;
    sandbox.state.addTime({ company, member, start: '2026-03-15T09:00:00Z', hours: '1' });
    sandbox.faults.distort((json) => (Array.isArray(json) ? json.map(() => ({})) : json));
    await expect(idsOf(bench, askFor(bench))).rejects.toMatchObject({ kind: 'contract' });
  }));
