import { describe, expect, test } from '@jest/globals';
import type { CheckResult } from '../../../src/contract/connector.ts';
import { type Bench, readRows, soon, withAutotask } from './bench.ts';

const hourMs = 3_600_000;

/** A tenant in which nothing is missing. */
function fill({ state, company, other }: Bench): void {
  for (const owner of [company, other]) {
    const contract = state.addContract(owner, `Prepaid ${owner}`);
    state.addTime({ ticket: state.addTicket({ company: owner, contract }), contract });
  }
  state.addTime({ ticket: state.addTicket({ company }), isNonBillable: true });
}

async function check(bench: Bench): Promise<Map<string, CheckResult>> {
  const ids = [String(bench.company), String(bench.other)];
  const results = await bench.connector.check(ids, soon());
  return new Map(results.map((result) => [result.id, result]));
}

describe('The zone of a database', () => {
  test('is requested once, without the secret, and kept', () =>
    withAutotask({}, async (bench) => {
      fill(bench);
      await readRows(bench, 'tickets');
      const asked = () =>
        bench.sandbox.exchanges.filter(({ request }) => /zone/i.test(request.path));
      expect(asked()).toHaveLength(1);
      expect(asked()[0]?.request.headers).not.toHaveProperty('secret');
      await readRows({ ...bench, connector: bench.connect({}, bench.context) }, 'tickets');
      expect(asked()).toHaveLength(1);
    }));

  test('is requested again after a 401, and the request goes where it moved', () =>
    withAutotask({}, async (bench) => {
      fill(bench);
      await readRows(bench, 'tickets');
      const connector = bench.connect({}, bench.context);
      bench.sandbox.faults.add('moved');
      expect(await readRows({ ...bench, connector }, 'tickets')).toHaveLength(3);
      expect(bench.context.kept.get('zone:prepaid.hours@msp.example')).toMatch(/\/z6\//);
    }));

  test('at a foreign host gets no credentials', () =>
    withAutotask({}, async (bench) => {
      bench.sandbox.faults.distort(() => ({
        url: 'https://webservices5.example.net/ATServicesRest/',
      }));
      await expect(readRows(bench, 'tickets')).rejects.toMatchObject({ kind: 'contract' });
      expect(bench.sandbox.exchanges).toHaveLength(1);
    }));
});

test.each([
  ['secret', 'wrong-secret', /^Check secret,/],
  ['integrationCode', 'WRONGCODE', /^Check integrationCode:/],
  ['username', 'nobody@msp.example', /check username/],
])('check of Autotask says that %s is the setting that was refused', (setting, value, fix) =>
  withAutotask({ settings: { [setting]: value } }, async (bench) => {
    expect((await check(bench)).get('auth')).toMatchObject({
      status: 'failed',
      kind: 'auth',
      fix: expect.stringMatching(fix),
    });
  }),
);

describe('The hourly limit that integrations share', () => {
  test('stops this connection at its share, and lets it go on once the count has fallen', () => {
    let nowMs = Date.now();
    return withAutotask({ settings: { requestShare: 40 }, now: () => nowMs }, async (bench) => {
      fill(bench);
      bench.state.requests = 4_100;
      await expect(readRows(bench, 'tickets')).rejects.toMatchObject({
        kind: 'rate-limited',
        message: expect.stringMatching(/410\d of 10000/),
      });
      expect(bench.requests().filter((line) => /query/.test(line))).toEqual([]);
      bench.state.requests = 100;
      nowMs += 61_000;
      expect(await readRows(bench, 'tickets')).toHaveLength(3);
    });
  });

  test('is asked about once for a run of requests, not for each', () =>
    withAutotask({}, async (bench) => {
      fill(bench);
      for (let run = 0; run < 5; run += 1) await readRows(bench, 'timeEntries');
      const asked = bench.requests().filter((line) => line === 'GET ThresholdInformation');
      expect(asked).toHaveLength(1);
    }));

  test('is kept by our own count where the vendor’s cannot be read, hour by hour', () => {
    let nowMs = Date.now() - 2 * hourMs;
    return withAutotask({ settings: { requestShare: 5 }, now: () => nowMs }, async (bench) => {
      fill(bench);
      bench.state.switches.tellsThreshold = false;
      const read = () => readRows(bench, 'clients');
      for (let count = 0; count < 500; count += 1) await read();
      await expect(read()).rejects.toMatchObject({ kind: 'rate-limited' });
      nowMs += hourMs;
      expect(await read()).toHaveLength(2);
    });
  });

  test('is never met by threads: two requests at once, whatever is read side by side', () =>
    withAutotask({}, async (bench) => {
      fill(bench);
      await readRows(bench, 'tickets');
      bench.state.switches.latencyMs = 20;
      await Promise.all(Array.from({ length: 6 }, () => readRows(bench, 'timeEntries')));
      expect(bench.sandbox.threads()).toBe(2);
    }));
});

describe('Check', () => {
  test('verifies by reading what reading can verify', () =>
    withAutotask({}, async (bench) => {
      fill(bench);
      const results = await check(bench);
      expect(results.get('fact.change-filters')).toMatchObject({ status: 'ok' });
      expect(bench.context.kept.get('fact.change-filters')).toMatch(/^yes /);
      expect(results.get('permission.non-billable')).toMatchObject({ status: 'ok' });
    }));

  test('warns where non-billable time is not shown, and fails where no time is', () =>
    withAutotask({}, async (bench) => {
      fill(bench);
      bench.state.switches.hidesNonBillable = true;
      expect((await check(bench)).get('permission.non-billable')?.status).toBe('warning');
      bench.state.switches.hidden.add('TimeEntries');
      expect((await check(bench)).get('permission.TimeEntries')?.status).toBe('failed');
    }));

  test('names every name of the config that Autotask does not have', () =>
    withAutotask(
      {
        settings: {
          alerts: { queue: 'Blling' },
          billing: { contract: 'Block*', billingCode: 'BLOCK' },
          closedStatuses: ['Complete', 'Done'],
        },
      },
      async (bench) => {
        fill(bench);
        const failed = [...(await check(bench)).values()].filter(
          ({ status }) => status === 'failed',
        );
        expect(failed.map(({ id }) => id).sort()).toEqual(
          [
            'name.alerts.queue',
            'name.billing.billingCode',
            `name.billing.contract.${bench.company}`,
            `name.billing.contract.${bench.other}`,
            'name.closedStatuses.Done',
          ].sort(),
        );
        expect(failed.find(({ id }) => id === 'name.alerts.queue')?.fix).toContain('Billing');
      },
    ));

  test('warns of each contract by which Autotask debits the same hours, with what is left', () =>
    withAutotask({}, async (bench) => {
      fill(bench);
      const { state, company } = bench;
      const [contract] = state.rows('Contracts').filter((row) => row.companyID === company);
      const block = { contractID: contract?.id, hours: 20, hoursApproved: 7.5 };
      state.add('ContractBlocks', block);
      const result = (await check(bench)).get(`native-contract.${contract?.id}`);
      expect(result).toMatchObject({ status: 'warning' });
      expect(result?.detail).toContain('12.5 h left');
    }));

  test('that finds filters ignored makes the connector refuse to read', () =>
    withAutotask({}, async (bench) => {
      fill(bench);
      bench.state.switches.ignoresFilters = true;
      expect((await check(bench)).get('fact.change-filters')?.status).toBe('failed');
      bench.state.switches.ignoresFilters = false;
      await expect(readRows(bench, 'timeEntries')).rejects.toMatchObject({ kind: 'config' });
      await check(bench);
      expect(await readRows(bench, 'timeEntries')).toHaveLength(3);
    }));

  test.each([
    ['lastTrackedModificationDateTime', 'tickets'],
    ['billingApprovalDateTime', 'timeEntries'],
  ] as const)('fails where %s cannot be filtered by, as the reading does', (field, stream) =>
    withAutotask({}, async (bench) => {
      fill(bench);
      bench.state.switches.unqueryable.add(field);
      await expect(readRows(bench, stream)).rejects.toMatchObject({ kind: 'contract' });
      expect((await check(bench)).get('facts')).toMatchObject({ status: 'failed' });
    }),
  );

  test('with --probe verifies the rest, deletes the charge and completes the ticket', () =>
    withAutotask({}, async (bench) => {
      fill(bench);
      const { state, company, connector } = bench;
      state.change('Companies', company, {
        userDefinedFields: [{ name: 'Region', value: 'North' }],
      });
      const results = (await connector.probe?.(String(company), soon())) ?? [];
      expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
      expect(results.map(({ id }) => id)).toEqual(
        expect.arrayContaining(['fact.ticket-key-found', 'fact.note-publish', 'fact.charge-key']),
      );
      expect(state.rows('ContractCharges')).toEqual([]);
      expect(state.rows('Tickets').at(-1)).toMatchObject({
        status: 5,
        externalID: expect.stringMatching(/^probe/),
      });
    }));
});

test('billing codes are listed if they are active', () =>
  withAutotask({}, async ({ state, connector }) => {
    const codes = ['Block 10', 'Block 20', 'Old'].map((name) => state.addBillingCode(name));
    state.change('BillingCodes', codes.at(-1) ?? 0, { isActive: false });
    const listed = await connector.listProducts?.(soon());
    const names = listed?.map(({ name }) => name) ?? [];
    expect(names).toEqual(expect.arrayContaining(['Block 10', 'Block 20']));
    expect(names).not.toContain('Old');
  }));
