import { afterEach, describe, expect, test } from '@jest/globals';
import type { ConfiguredClient } from '../../src/config/loaded.ts';
import type { Agreement } from '../../src/domain/agreements/terms.ts';
import { buildStatement } from '../../src/reports/statement/statement.ts';
import { textsIn } from '../../src/reports/text/texts.ts';
import { adjustBalance } from '../../src/service/corrections/adjust.ts';
import { addBlock, voidBlock } from '../../src/service/corrections/blocks.ts';
import { listUndoable, undoRun } from '../../src/service/corrections/undo.ts';
import { acquireLock } from '../../src/store/lock.ts';
import { agreementOf, CoreBench, clientOf, openingOf } from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

async function open(terms: Partial<Agreement> = {}): Promise<void> {
  bench = await CoreBench.open({ clients: [clientWith(terms)] });
  await bench.run();
}

function clientWith(terms: Partial<Agreement>, fields: Partial<ConfiguredClient> = {}) {
  return clientOf({ agreement: agreementOf(terms), ...fields });
}

const hourly = {
  per: 'ticket',
  incrementSeconds: 3600,
  minimumSeconds: 0,
  graceSeconds: 0,
} as const;
const wrong: Partial<Agreement> = { rounding: { ...hourly, minimumSeconds: 4 * 3600 } };

/** A closed ticket of one entry. */
function work(id: string, minutes: number, day = '02'): void {
  bench.psa.ticket(id);
  bench.psa.log(id, id, `2026-03-${day}T09:00:00.000Z`, minutes);
  bench.psa.close(id);
}

function edit(id: string, minutes: number): void {
  bench.psa.editEntry(id, { seconds: minutes * 60 });
}

async function facts(id: string) {
  const history = await bench.app.store.readChargeHistory(`t:psa:${id}`);
  return history.map(({ seconds, runId }) => [seconds / 3600, runId]);
}

describe('a dry run', () => {
  test('shows what would be reversed, and writes nothing at all', async () => {
    await open();
    work('1', 60);
    const run = await bench.run();
    const before = bench.dump();
    const shown = await bench.undo(run, false);
    expect(shown).toMatchObject({ run: null, undo: run.run, exitCode: 0, byHand: [] });
    expect(shown.ledger).toEqual([
      expect.objectContaining({ side: 'credit', reason: 'reversal', seconds: 3600 }),
    ]);
    expect(bench.dump()).toEqual(before);
  });

  test('of a run that there is none of says where the others are', async () => {
    await open();
    await expect(bench.undo('r-none')).rejects.toMatchObject({
      kind: 'config',
      fix: expect.stringMatching(/prepaid-hours undo/),
    });
    const { run } = await bench.run();
    work('1', 60);
    const writing = await bench.run();
    const ids = (await listUndoable(bench.app)).map(({ id }) => id);
    expect(ids).toContain(writing.run);
    expect(ids).not.toContain(run);
  });
});

describe('charges of an undone run', () => {
  test('are reversed by the undo’s own run, with a note that names the undone one', async () => {
    await open();
    work('1', 60);
    const run = await bench.run();
    const { run: undoRunId, ledger } = await bench.undo(run);
    const last = (await bench.ledger()).at(-1);
    expect(last).toMatchObject({
      reason: 'reversal',
      runId: undoRunId,
      note: `undone ${run.run}`,
      reverses: 't:psa:1#1/1',
    });
    expect(ledger.map(({ key }) => key)).toEqual([last?.key]);
    // Worked and not debited: pending, with what it cost.
    expect(await bench.hours()).toEqual([10, 1]);
  });

  test('are not posted again by themselves, only once the rules or the work change', async () => {
    await open(wrong);
    work('1', 60);
    work('2', 60);
    const run = await bench.run();
    expect(await bench.hours()).toEqual([2, 0]);
    await bench.undo(run);
    await bench.run();
    expect(await bench.hours()).toEqual([10, 8]);
    edit('2', 90);
    await bench.run();
    expect(await bench.hours()).toEqual([6, 4]);
    await bench.configure([clientWith({ rounding: hourly })]);
    await bench.run();
    expect(await bench.hours()).toEqual([5, 0]);
    expect(await facts('1')).toEqual([
      [4, run.run],
      [0, expect.stringMatching(/^u-/)],
      [1, expect.stringMatching(/^r-/)],
    ]);
  });

  test('are posted anew at once where the rules were mended, and a run saw them, before the undo', async () => {
    await open(wrong);
    work('1', 60);
    const run = await bench.run();
    await bench.configure([clientWith({ rounding: hourly })]);
    await bench.run();
    expect(await bench.hours()).toEqual([6, 0]);
    await bench.undo(run);
    expect(await bench.hours()).toEqual([10, 4]);
    await bench.run();
    expect(await bench.hours()).toEqual([9, 0]);
  });

  test('are posted again where a person says so', async () => {
    await open();
    work('1', 60);
    await bench.undo(await bench.run());
    await bench.runWith(['debit'], { isUndoneReleased: true });
    expect(await bench.hours()).toEqual([9, 0]);
    await bench.run();
    expect(await bench.hours()).toEqual([9, 0]);
  });

  test('undone twice are undone once', async () => {
    await open();
    work('1', 60);
    const run = await bench.run();
    const first = await bench.undo(run);
    const before = bench.dump();
    expect(await bench.undo(run)).toEqual(first);
    expect(await bench.undo(run, false)).toEqual(first);
    expect(bench.dump()).toEqual(before);
    await expect(bench.undo(first.run ?? '')).rejects.toThrow(/itself an undo/);
  });

  test('free hours that pay what later work had to carry', async () => {
    await open(wrong);
    work('1', 60);
    work('2', 60);
    const run = await bench.run();
    await bench.configure([clientWith({ rounding: hourly })]);
    work('3', 5 * 60);
    await bench.run();
    expect(await bench.balance()).toMatchObject({ settledSeconds: 0, overageSeconds: 3 * 3600 });
    await bench.undo(run);
    expect(await bench.balance()).toMatchObject({ settledSeconds: 5 * 3600, overageSeconds: 0 });
  });

  test('that cost nothing are withdrawn as well', async () => {
    await open({ workTypes: { covered: [], excluded: ['Remote'], unlisted: 'covered' } });
    work('1', 60);
    await bench.undo(await bench.run());
    await bench.configure([clientWith({})]);
    await bench.run();
    expect(await bench.hours()).toEqual([9, 0]);
  });
});

describe('a correction that is undone', () => {
  test('lets the charge stand again that stood before, on its block, until the work changes', async () => {
    await open();
    work('1', 60);
    await bench.run();
    edit('1', 180);
    const run = await bench.run();
    await bench.undo(run);
    expect(await bench.story()).toEqual([
      ...['+10 purchase', '-1 usage', '+1 reversal', '-3 usage', '+3 reversal', '-1 usage'],
    ]);
    expect(await bench.hours()).toEqual([9, 2]);
    await bench.run();
    expect(await bench.hours()).toEqual([9, 2]);
    edit('1', 120);
    await bench.run();
    expect(await bench.hours()).toEqual([8, 0]);
  });

  test('of last month is a dated correction that says why, and the month itself stays', async () => {
    await open();
    work('1', 60);
    const run = await bench.run();
    const now = '2026-09-01T00:00:00.000Z';
    const statement = (month: string) =>
      buildStatement(bench.app.store, { client: bench.client(), month, locale: 'en', now });
    const march = await statement('2026-03');
    bench.at('2026-04-02T09:00:00.000Z');
    await bench.undo(run);
    expect(await statement('2026-03')).toEqual(march);
    const [line] = (await statement('2026-04')).lines;
    expect(line).toMatchObject({ kind: 'correction', seconds: 3600 });
    const texts = textsIn(bench.client());
    expect(line?.correction?.changes.map((one) => texts.change(one, texts)).join()).toMatch(
      /the run that debited it was undone/,
    );
  });

  test('that had withdrawn a charge lets it stand again', async () => {
    await open();
    work('1', 60);
    await bench.run();
    bench.psa.reopen('1');
    const run = await bench.run();
    expect(await bench.hours()).toEqual([10, 1]);
    await bench.undo(run);
    expect((await bench.hours())[0]).toBe(9);
    bench.psa.close('1');
    await bench.run();
    expect(await bench.hours()).toEqual([9, 0]);
  });

  test('and was corrected since leaves the later one, and says which run that was', async () => {
    await open();
    work('1', 60);
    const first = await bench.run();
    edit('1', 120);
    const second = await bench.run();
    edit('1', 180);
    work('2', 60);
    const third = await bench.run();
    const { byHand } = await bench.undo(second);
    expect(byHand).toEqual([
      {
        kind: 'charge',
        client: 'Dupont',
        remoteId: 't:psa:1#3',
        label: 't:psa:1#3',
        fix: expect.stringContaining(third.run),
      },
    ]);
    expect(await bench.hours()).toEqual([6, 0]);
    // Undone in whatever order, what stands is what the last run that counts has posted.
    await bench.undo(third);
    expect((await bench.hours())[0]).toBe(9);
    await bench.undo(first);
    expect((await bench.hours())[0]).toBe(10);
  });

  test('takes entries back into the charge in which they were, and none is ever in two', async () => {
    await open();
    work('1', 60);
    bench.psa.log('1b', '1', '2026-03-02T11:00:00.000Z', 30);
    await bench.run();
    await bench.configure([clientWith({ rounding: { ...hourly, per: 'entry' } })]);
    edit('1b', 40);
    const run = await bench.run();
    expect(await bench.hours()).toEqual([8, 0]);
    await bench.undo(run);
    expect((await bench.hours())[0]).toBe(8.5);
    edit('1b', 30);
    await bench.run();
    expect(await bench.hours()).toEqual([8, 0]);
  });

  test('is refused where an entry of the earlier charge is charged elsewhere since', async () => {
    await open();
    work('1', 60);
    bench.psa.log('1b', '1', '2026-03-02T11:00:00.000Z', 30);
    work('2', 60);
    await bench.run();
    bench.psa.editEntry('1b', { ticketId: '2' });
    const moved = await bench.run();
    edit('2', 90);
    const later = await bench.run();
    const before = bench.dump();
    await expect(bench.undo(moved)).rejects.toThrow(
      /Time entry 1b of charge t:psa:1 is now charged in/,
    );
    expect(bench.dump()).toEqual(before);
    await bench.undo(later);
    await bench.undo(moved);
    expect((await bench.hours())[0]).toBe(7.5);
  });
});

describe('deeds by hand', () => {
  const runs = async () => (await bench.app.store.listRuns(1))[0]?.id ?? '';

  test('an adjustment upwards is taken back, also where its hours were used since', async () => {
    await open();
    const clientId = bench.clientId();
    bench.advance(60);
    await adjustBalance(bench.app, { clientId, seconds: 7200, reason: 'gift' });
    const gift = await runs();
    work('1', 11 * 60);
    await bench.run();
    expect(await bench.hours()).toEqual([1, 0]);
    await bench.undo(gift);
    expect(await bench.balance()).toMatchObject({ settledSeconds: 0, overageSeconds: 3600 });
    await bench.run();
    bench.advance(60);
    await adjustBalance(bench.app, {
      clientId,
      seconds: -3600,
      isOverageAllowed: true,
      reason: 'mistake',
    });
    await bench.undo(await runs());
    expect((await bench.hours())[0]).toBe(-1);
    bench.advance(60);
    const size = { seconds: 36000, amountMinor: null, rateMinor: 0, priority: 0 };
    const sold = { ...size, purchasedOn: '2026-03-02', expiresOn: null, reason: 'sold' };
    const { blockId } = await addBlock(bench.app, { clientId, ...sold });
    const added = await runs();
    expect((await bench.hours())[0]).toBe(9);
    bench.advance(60);
    await voidBlock(bench.app, { blockId, reason: 'x' });
    const voided = await runs();
    expect((await bench.hours())[0]).toBe(0);
    await bench.undo(voided);
    expect((await bench.hours())[0]).toBe(9);
    bench.advance(60);
    await voidBlock(bench.app, { blockId, reason: 'x' });
    await bench.undo(await runs());
    await bench.undo(added);
    expect(await bench.balance()).toMatchObject({ settledSeconds: 0, overageSeconds: 3600 });
  });
});

test('an adjustment is undone whole, also where a block has paid its overage since', async () => {
  await open();
  const clientId = bench.clientId();
  bench.advance(60);
  await adjustBalance(bench.app, {
    clientId,
    seconds: -12 * 3600,
    isOverageAllowed: true,
    reason: 'mistake',
  });
  const mistake = (await bench.app.store.listRuns(1))[0]?.id ?? '';
  bench.advance(60);
  const size = { seconds: 36000, amountMinor: null, rateMinor: 0, priority: 0 };
  const sold = { ...size, purchasedOn: '2026-03-02', expiresOn: null, reason: 'sold' };
  await addBlock(bench.app, { clientId, ...sold });
  expect(await bench.hours()).toEqual([8, 0]);
  await bench.undo(mistake);
  expect(await bench.hours()).toEqual([20, 0]);
});

describe('opening blocks of an undone run', () => {
  test('are opened anew by the next run, as the config has them by then', async () => {
    bench = await CoreBench.open();
    const first = await bench.run();
    work('1', 60);
    await bench.run();
    await bench.undo(first);
    // Used since: what no other block can pay is overage, as before a block was there.
    expect(await bench.hours()).toEqual([-1, 0]);
    await bench.configure([clientOf({ openingBlocks: [openingOf(8)] })]);
    const second = await bench.run();
    expect(await bench.hours()).toEqual([7, 0]);
    await bench.run();
    expect(await bench.hours()).toEqual([7, 0]);
    await bench.undo(second);
    expect(await bench.hours()).toEqual([-1, 0]);
    await bench.run();
    expect(await bench.hours()).toEqual([7, 0]);
    // A block of another day is another block, and none of these with its date corrected.
    const openingBlocks = [openingOf(8), openingOf(2, { purchasedOn: '2026-02-01' })];
    await bench.configure([clientOf({ openingBlocks })]);
    await bench.run();
    expect(await bench.hours()).toEqual([9, 0]);
    expect((await bench.story()).filter((line) => line.endsWith('purchase'))).toEqual([
      ...['+10 purchase', '+8 purchase', '+8 purchase', '+2 purchase'],
    ]);
  });
});

test('while another process works on the store, nothing is undone', async () => {
  await open();
  work('1', 60);
  const { run: runId } = await bench.run();
  const lock = await acquireLock(bench.app.config.store, 'start');
  const { signal } = new AbortController();
  await expect(undoRun(bench.app, { runId, isDone: true, signal })).rejects.toThrow(/Another/);
  lock.release();
});
