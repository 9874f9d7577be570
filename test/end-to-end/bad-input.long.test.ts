import { describe, expect, test } from '@jest/globals';
import { type SmallMsp, withMspHere, withSmallMsp } from '../support/small-msp.ts';

interface Quarantine {
  quarantine: { id: number; stream: string; sourceId: string; reason: string }[];
}

interface Balances {
  clients: { client: string; settledSeconds: number; pendingSeconds: number }[];
}

async function settledHours(msp: SmallMsp, client: string): Promise<number> {
  const { clients } = await msp.ask<Balances>('balances');
  const balance = clients.find((each) => each.client === client);
  return (balance?.settledSeconds ?? Number.NaN) / 3600;
}

async function run(msp: SmallMsp, expectedCode = 0): Promise<string> {
  const { exitCode, stderr } = await msp.run('run');
  if (exitCode !== expectedCode) throw new Error(`The run ended with ${exitCode}: ${stderr}`);
  return stderr;
}

/** Martin bought 30 h; 11 h of PSA work and 3 h of RMM work are his. */
const martinHours = 30 - 11 - 3;

describe('time that cannot be true is set aside, and only that', () => {
  test('a negative, a 30-hour and a backward entry, and one of no whole second', async () => {
    await withMspHere({}, async (msp) => {
      const { psa, ids } = msp;
      const company = ids.martin;
      const add = (hours: string, end?: string | null): string => {
        const { entry } = msp.addWork({ company, day: 21 });
        psa.state.editTime(entry, { hours, ...(end === undefined ? {} : { end }) });
        return String(entry);
      };
      const negative = add('-1.00', null);
      const long = add('30.00');
      const backward = add('1.00', '2026-03-21T08:00:00Z');
      const ahead = add('1.00');
      psa.state.editTime(Number(ahead), {
        start: '2027-03-21T09:00:00Z',
        end: '2027-03-21T10:00:00Z',
      });
      // Four of 29 rows are more than a run may lack and still be called done.
      await run(msp, 4);

      const { quarantine } = await msp.ask<Quarantine>('quarantine', 'list');
      const reasons = new Map(quarantine.map((row) => [row.sourceId, row.reason]));
      expect([...reasons.keys()].sort()).toEqual([negative, long, backward, ahead].sort());
      expect(reasons.get(negative)).toMatch(/negative duration/);
      expect(reasons.get(negative)).toMatch(/Correct it in the PSA, or accept/);
      expect(reasons.get(long)).toMatch(/longer than a day \(30 h\)/);
      expect(reasons.get(backward)).toMatch(/timeEnd: .* is before its start/);
      expect(reasons.get(ahead)).toMatch(/dated in the future \(2027-03-21/);
      for (const [id, reason] of reasons) expect(reason).toContain(`Time entry ${id}`);
      expect(await settledHours(msp, 'Martin')).toBe(martinHours);

      // The way out: correct it where it was logged …
      psa.state.editTime(Number(negative), { hours: '1.00' });
      psa.state.editTime(Number(backward), { hours: '1.00' });
      psa.state.editTime(Number(ahead), {
        start: '2026-03-21T09:00:00Z',
        end: '2026-03-21T09:15:00Z',
        hours: '0.25',
      });
      // … or say that it is true.
      const row = quarantine.find((each) => each.sourceId === long);
      expect(await msp.run('quarantine', 'accept', String(row?.id))).toMatchObject({ exitCode: 0 });
      await run(msp);
      expect((await msp.ask<Quarantine>('quarantine', 'list')).quarantine).toEqual([]);
      expect(await settledHours(msp, 'Martin')).toBeLessThan(martinHours - 2);
    });
  }, 60_000);

  test('a row of the wrong shape, until the vendor shows it rightly', async () => {
    await withMspHere({}, async (msp) => {
      msp.psa.faults.add('bad-row', { path: /time\/entries$/ });
      await run(msp);
      const { quarantine } = await msp.ask<Quarantine>('quarantine', 'list');
      expect(quarantine).toHaveLength(1);
      expect(quarantine[0]).toMatchObject({
        stream: 'timeEntries',
        reason: expect.stringContaining('actualHours'),
      });
      expect(await msp.run('quarantine', 'retry', String(quarantine[0]?.id))).toMatchObject({
        exitCode: 0,
      });
      await run(msp);
      expect((await msp.ask<Quarantine>('quarantine', 'list')).quarantine).toEqual([]);
      expect(await settledHours(msp, 'Martin')).toBe(martinHours);
    });
  }, 60_000);
});

test('rows that come on two pages are the same rows', async () => {
  await withMspHere({}, async (msp) => {
    msp.psa.faults.add('duplicate-page', { path: /time\/entries$/ });
    msp.psa.faults.add('duplicate-page', { path: /service\/tickets$/ });
    await run(msp);
    expect(await settledHours(msp, 'Martin')).toBe(martinHours);
    expect((await msp.ask<Quarantine>('quarantine', 'list')).quarantine).toEqual([]);
  });
}, 60_000);

describe('work that belongs to nobody known', () => {
  test('a ticket without client is named, and debited once it has one', async () => {
    await withMspHere({}, async (msp) => {
      const { rmm, technician, organization } = msp;
      const ticket = rmm.state.addTicket({ organizationId: null, subject: 'Whose is it?' });
      rmm.state.addTime({ ticketId: ticket, technicianId: technician, seconds: 3600 });
      rmm.state.closeTicket(ticket);
      await run(msp);
      const { quarantine } = await msp.ask<Quarantine>('quarantine', 'list');
      expect(quarantine).toEqual([
        expect.objectContaining({
          stream: 'tickets',
          sourceId: String(ticket),
          reason: expect.stringMatching(/has no client.*Set its client there/),
        }),
      ]);
      expect(await settledHours(msp, 'Martin')).toBe(martinHours);

      rmm.state.moveTicket(ticket, organization);
      await run(msp);
      expect((await msp.ask<Quarantine>('quarantine', 'list')).quarantine).toEqual([]);
      expect(await settledHours(msp, 'Martin')).toBe(martinHours - 1);
    });
  }, 60_000);

  test('a client that is in no client’s ids is named, and debited once it is', async () => {
    await withMspHere({}, async (msp) => {
      const { ticket } = msp.addWork({ company: msp.ids.martin, day: 22, isOpen: true });
      await run(msp);
      msp.configure({ martin: 'left-out' });
      await run(msp);
      const { quarantine } = await msp.ask<Quarantine>('quarantine', 'list');
      expect(quarantine).toEqual([
        expect.objectContaining({
          stream: 'clients',
          sourceId: String(msp.ids.martin),
          reason: expect.stringMatching(/Client "Martin" \(2\).*Add ids: \{ psa: 2 \}/),
        }),
      ]);

      msp.configure({});
      msp.psa.state.closeTicket(ticket);
      await run(msp);
      expect((await msp.ask<Quarantine>('quarantine', 'list')).quarantine).toEqual([]);
      expect(await settledHours(msp, 'Martin')).toBe(martinHours - 1);
    });
  }, 60_000);
});

test('a work type in no list is debited as the config says, with a warning that names it', async () => {
  await withSmallMsp({}, async (msp) => {
    const workType = msp.psa.state.addWorkType({ name: 'Warranty' });
    msp.addWork({ company: msp.ids.martin, day: 23, workType });
    const stderr = await run(msp);
    expect(stderr).toMatch(/A work type is not listed.*Warranty/);
    const { stdout } = await msp.run('check', '--offline');
    expect(stdout).toMatch(/warning.*"Warranty" is not listed/);
    expect(stdout).toContain('Add it to `covered` or `excluded`');
    expect(await settledHours(msp, 'Martin')).toBe(martinHours - 1);

    msp.configure({ workTypes: '{ covered: [Remote], excluded: [Travel], unlisted: excluded }' });
    msp.addWork({ company: msp.ids.martin, day: 24, workType, isNew: true });
    await run(msp);
    expect(await settledHours(msp, 'Martin')).toBe(martinHours - 1);
  });
}, 60_000);
