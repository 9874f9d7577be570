import { afterEach, describe, expect, test } from '@jest/globals';
import type { ReplenishRule } from '../../src/domain/agreements/terms.ts';
import { readReconciliation } from '../../src/reports/notices/reconciliation.ts';
import { voidBlock } from '../../src/service/corrections/blocks.ts';
import type { StepName } from '../../src/service/run/step.ts';
import type { StoredDifference } from '../../src/store/port.ts';
import {
  agreementOf,
  type BenchOptions,
  CoreBench,
  clientOf,
  openingOf,
  ten,
} from '../support/core-bench.ts';

let bench: CoreBench;
afterEach(() => bench.close());

const day = (number: number) => `2026-03-${String(number).padStart(2, '0')}T09:00:00.000Z`;

/** Six closed tickets of an hour each, four of Dupont's and two of Martin's, in a PSA that was read. */
async function openOffice(options: BenchOptions = {}): Promise<void> {
  const martin = clientOf({
    name: 'Martin',
    sourceIds: new Map([['psa', '2']]),
    openingBlocks: [openingOf(10)],
  });
  bench = await CoreBench.open({ clients: [clientOf(), martin], ...options });
  bench.at('2026-03-02T20:00:00.000Z');
  for (let number = 1; number <= 6; number += 1) {
    const id = String(number);
    bench.psa.ticket(id, { clientId: number <= 4 ? '1' : '2' });
    bench.psa.log(id, id, day(2), 60);
    bench.psa.close(id);
  }
  bench.at('2026-03-03T08:00:00.000Z');
  await bench.run();
}

/** As the night after, so that nothing is under way. */
async function reconcile(...names: string[]) {
  bench.advance(24 * 3600);
  const reconciledClients = names.map((name) => bench.clientId(name));
  const { steps } = await bench.runWith(
    ['reconcile'],
    names.length === 0 ? {} : { reconciledClients },
  );
  const step = steps.find(({ connection }) => connection === 'psa');
  return { error: step?.error ?? null, found: await differences() };
}

async function stored(): Promise<StoredDifference[]> {
  const found: StoredDifference[] = [];
  for await (const page of bench.app.store.streamDifferences(null)) found.push(...page);
  return found;
}

async function differences(): Promise<string[]> {
  const found = await stored();
  return found.map(({ client, kind, subject, ours, theirs }) => {
    return `${client}: ${kind}, ${subject}: ${ours} | ${theirs}`;
  });
}

/** Late enough for what was done before to be behind the overlap of the next pull. */
async function runLater(...steps: StepName[]): Promise<void> {
  bench.advance(3600);
  await bench.run(...steps);
}

/** What the mirror, the ledger and the outbox hold. */
function untouched(): [string, string[]][] {
  return [...bench.dump()].filter(
    ([table]) => table !== 'difference' && table !== 'connection_memory',
  );
}

const warnings = () =>
  bench.logs.filter(({ message }) => message === 'The data here and at the vendor differ.').length;

/** As somebody would who writes into the vendor's database, past its time stamps. */
function silently(sourceId: string, fields: Parameters<CoreBench['psa']['editEntry']>[1]): void {
  const row = bench.psa.timeEntries.find((entry) => entry.sourceId === sourceId);
  bench.psa.editEntry(sourceId, { updatedAt: row?.updatedAt ?? '', ...fields });
}

describe.each([false, true])('time (shown ticket by ticket: %s)', (isTimePerTicket) => {
  test('that is the same on both sides is no difference, and nothing but that is written', async () => {
    await openOffice({ isTimePerTicket });
    const before = untouched();
    expect(await reconcile()).toEqual({ error: null, found: [] });
    expect(untouched()).toEqual(before);
    expect(await readReconciliation(bench.app.store)).toMatchObject({
      clients: 2,
      failed: [],
      found: { rows: 0, clients: 0, seconds: 0 },
    });
  });

  test('that is missing there is shown, with the hours of its ticket', async () => {
    await openOffice({ isTimePerTicket });
    const index = bench.psa.timeEntries.findIndex(({ sourceId }) => sourceId === '3');
    bench.psa.timeEntries.splice(index, 1);
    const before = untouched();
    expect((await reconcile()).found).toEqual([
      'Dupont: entry-missing-there, time entry 3: 1 h on ticket 3, 2026-03-02, Ada | not there',
      'Dupont: ticket-hours, ticket 3: 1 h | 0 h',
    ]);
    expect(untouched()).toEqual(before);
    expect((await readReconciliation(bench.app.store))?.found).toEqual({
      rows: 2,
      clients: 1,
      seconds: 3600,
    });
  });

  test('that never came to us is shown', async () => {
    await openOffice({ isTimePerTicket });
    const [ticket] = bench.psa.tickets.filter(({ sourceId }) => sourceId === '5');
    bench.psa.log('7', '5', day(2), 30, { updatedAt: ticket?.updatedAt ?? '' });
    expect((await reconcile()).found).toEqual([
      'Martin: entry-missing-here, time entry 7: not here | 30 min on ticket 5, 2026-03-02, Ada',
      'Martin: ticket-hours, ticket 5: 1 h | 1 h 30',
    ]);
  });

  test('that changed without a new time stamp is shown with what changed', async () => {
    await openOffice({ isTimePerTicket });
    silently('2', { seconds: 5400, workType: 'Travel', note: 'of no consequence' });
    expect((await reconcile()).found).toEqual([
      'Dupont: entry-differs, time entry 2: 1 h, work type Remote | 1 h 30, work type Travel',
      'Dupont: ticket-hours, ticket 2: 1 h | 1 h 30',
    ]);
  });

  test('that moved to another ticket unseen differs on both', async () => {
    await openOffice({ isTimePerTicket });
    silently('2', { ticketId: '1' });
    expect((await reconcile()).found).toEqual([
      'Dupont: entry-differs, time entry 2: ticket 2 | ticket 1',
      'Dupont: ticket-hours, ticket 1: 1 h | 2 h',
      'Dupont: ticket-hours, ticket 2: 1 h | 0 h',
    ]);
  });

  test('of which nothing is listed any more is a lost permission, not a difference', async () => {
    await openOffice({ isTimePerTicket });
    bench.psa.timeEntries.splice(0);
    const { error, found } = await reconcile();
    expect(error).toMatch(/lists none of the 6 time entries.*API role/);
    expect(found).toEqual([]);
    expect((await readReconciliation(bench.app.store))?.failed).toEqual(['psa']);
  });

  test('that changed since it was read waits for the next pull', async () => {
    await openOffice({ isTimePerTicket });
    bench.advance(23 * 3600);
    bench.psa.editEntry('2', { seconds: 5400 });
    bench.psa.editTicket('2', {});
    bench.psa.log('8', '6', day(3), 60);
    bench.psa.editTicket('6', {});
    expect((await reconcile()).found).toEqual([]);
  });
});

describe('time', () => {
  test('on no ticket is summed for its client', async () => {
    await openOffice();
    bench.psa.log('9', null, day(3), 30, { clientId: '1' });
    await runLater();
    silently('9', { seconds: 900 });
    expect((await reconcile()).found).toEqual([
      'Dupont: entry-differs, time entry 9: 30 min | 15 min',
      'Dupont: ticket-hours, time of client 1 on no ticket: 30 min | 15 min',
    ]);
  });

  test('that moved to a client that nobody configured differs by that', async () => {
    await openOffice();
    const [ticket] = bench.psa.tickets.filter(({ sourceId }) => sourceId === '4');
    bench.psa.editTicket('4', { clientId: '99', updatedAt: ticket?.updatedAt ?? '' });
    expect((await reconcile()).found).toEqual([
      'Dupont: ticket-differs, ticket 4: client 1 | client 99',
    ]);
  });

  test('that was corrected, merged away, or charged by the day is debited as it stands', async () => {
    const rounding = {
      per: 'day',
      incrementSeconds: 900,
      minimumSeconds: 0,
      graceSeconds: 0,
    } as const;
    await openOffice({ clients: [clientOf({ agreement: agreementOf({ rounding }) })] });
    bench.psa.log('c', '1', day(2), -10, { kind: 'correction' });
    bench.psa.editTicket('1', {});
    bench.psa.editTicket('2', { mergedInto: '3' });
    await runLater();
    expect((await reconcile()).found).toEqual([]);
  });

  test('in quarantine is shown there, and not here', async () => {
    await openOffice();
    bench.psa.editEntry('1', { seconds: 90_000 });
    bench.psa.log('10', '2', day(3), 26 * 60);
    await runLater();
    expect(await bench.quarantine()).toHaveLength(2);
    expect((await reconcile()).found).toEqual([]);
  });

  test('that is mirrored and waits for debit is no difference; debited wrong, it is', async () => {
    await openOffice();
    bench.psa.editEntry('1', { seconds: 7200 });
    await runLater('pull');
    expect((await reconcile()).found).toEqual([]);
    await bench.run('debit');
    expect((await reconcile()).found).toEqual([]);
    bench.spoil("DELETE FROM entry_group WHERE entry_id = '1'");
    expect((await reconcile()).found).toEqual([
      'Dupont: ticket-hours, ticket 1: 2 h, debited 0 h of 2 h | 2 h',
    ]);
  });

  test('outside of the window is left alone', async () => {
    await openOffice();
    silently('2', { seconds: 5400 });
    bench.at('2026-05-01T08:00:00.000Z');
    expect((await reconcile()).found).toEqual([]);
  });
});

test('a window that reaches further back than the first pull asks for no more than that did', async () => {
  await openOffice();
  bench.app.config = { ...bench.app.config, reconcile: { days: 3660 } };
  bench.psa.ticket('ancient', { updatedAt: '2020-03-02T09:00:00.000Z' });
  expect((await reconcile()).found).toEqual([]);
});

describe('a ticket', () => {
  const reopenUnseen = (id: string) => {
    const [ticket] = bench.psa.tickets.filter(({ sourceId }) => sourceId === id);
    bench.psa.editTicket(id, {
      isClosed: false,
      closedAt: null,
      status: 'Open',
      updatedAt: ticket?.updatedAt ?? '',
    });
  };

  test('that was re-opened unseen is shown', async () => {
    await openOffice();
    reopenUnseen('1');
    expect((await reconcile()).found).toEqual(['Dupont: ticket-differs, ticket 1: closed | open']);
  });

  test('that is gone is shown where it holds time', async () => {
    await openOffice();
    bench.psa.ticket('empty');
    await runLater();
    bench.psa.tickets.splice(0, 1);
    bench.psa.tickets.splice(-1, 1);
    expect((await reconcile()).found).toEqual([
      'Dupont: ticket-missing-there, ticket 1: holds time | not there',
    ]);
  });

  test('that never came to us is shown', async () => {
    await openOffice();
    bench.psa.ticket('lost', { updatedAt: day(2) });
    expect((await reconcile()).found).toEqual([
      'Dupont: ticket-missing-here, ticket lost: not here | open, Ticket lost',
    ]);
  });
});

describe('what was found', () => {
  test('is told once until it changes, and forgotten once it is put right', async () => {
    await openOffice();
    silently('2', { seconds: 5400 });
    await reconcile();
    const toldFirst = warnings();
    expect(toldFirst).toBe(2);
    await reconcile();
    expect(warnings()).toBe(toldFirst);
    silently('2', { seconds: 7200 });
    await reconcile();
    expect(warnings()).toBe(2 * toldFirst);
    bench.psa.editEntry('2', {});
    await runLater();
    expect((await reconcile()).found).toEqual([]);
  });

  test('of one client alone leaves the others, and when all were compared, as they were', async () => {
    await openOffice();
    silently('2', { seconds: 5400 });
    silently('5', { seconds: 5400 });
    await reconcile();
    const last = await readReconciliation(bench.app.store);
    bench.psa.editEntry('2', {});
    bench.psa.editEntry('5', {});
    await runLater();
    expect((await reconcile('Dupont')).found).toEqual([
      'Martin: entry-differs, time entry 5: 1 h | 1 h 30',
      'Martin: ticket-hours, ticket 5: 1 h | 1 h 30',
    ]);
    expect(await readReconciliation(bench.app.store)).toMatchObject({
      at: last?.at,
      found: { rows: 2 },
    });
  });

  test('stays while its connection cannot be read, and nobody else is held up', async () => {
    await openOffice();
    silently('2', { seconds: 5400 });
    await reconcile();
    bench.psa.fail('timeEntries', 'transient');
    const { error, found } = await reconcile();
    expect(error).toMatch(/scripted transient/);
    expect(found).toHaveLength(2);
  });

  test('of a connection that is no more is forgotten', async () => {
    await openOffice();
    silently('2', { seconds: 5400 });
    await reconcile();
    (bench.app.connectors as Map<string, unknown>).delete('psa');
    expect((await reconcile()).found).toEqual([]);
  });

  test('is nothing before a connection was read', async () => {
    bench = await CoreBench.open();
    const { steps } = await bench.runWith(['reconcile'], {});
    expect(steps).toEqual([]);
  });
});

describe('a block of the vendor’s own', () => {
  const native = (hours: number, fields = {}) =>
    bench.psa.blocks.push({
      sourceId: '77',
      clientId: '1',
      name: 'Block 10 h',
      remainingSeconds: hours * 3600,
      ...fields,
    });

  test('that says the same as we do is no difference', async () => {
    await openOffice();
    bench.psa.ticket('open');
    bench.psa.log('11', 'open', day(3), 60);
    await bench.run();
    expect(await bench.hours()).toEqual([6, 1]);
    native(5);
    expect((await reconcile()).found).toEqual([]);
  });

  test('that says something else is shown', async () => {
    await openOffice();
    native(4);
    native(1, { sourceId: '78', name: 'Another' });
    expect((await reconcile()).found).toEqual([
      'Dupont: block-balance, agreement Another, Block 10 h of Dupont: 6 h | 5 h',
    ]);
  });

  test('is compared with the blocks of the one who pays', async () => {
    const dupont = clientOf({ isSharing: true });
    const martin = clientOf({
      name: 'Martin',
      sourceIds: new Map([['psa', '2']]),
      openingBlocks: [],
      paidBy: { name: 'Dupont' },
      isSharing: true,
      startOn: '2026-01-01',
    });
    await openOffice({ clients: [dupont, martin] });
    expect(await bench.hours()).toEqual([4, 0]);
    native(3);
    native(1, { sourceId: '78', clientId: '2' });
    expect((await reconcile()).found).toEqual([]);
    bench.psa.blocks.pop();
    expect((await reconcile('Dupont')).found).toEqual([]);
    expect((await reconcile('Dupont', 'Martin')).found).toEqual([
      'Dupont: block-balance, agreement Block 10 h of Dupont: 4 h | 3 h',
    ]);
  });
});

describe('what was sent', () => {
  const buying: ReplenishRule = {
    when: { balance: 'settled', secondsLeft: 6 * 3600 },
    do: ['alert', 'invoice'],
    offer: ten,
    tell: ['msp'],
  };

  /** Dupont is at six hours: an alert and an invoice go out, with its block. */
  async function openSale(activate: 'on-invoice' | 'on-payment' = 'on-invoice'): Promise<void> {
    const agreement = agreementOf({ replenish: [buying], activate });
    await openOffice({ clients: [clientOf({ agreement })] });
    expect(bench.psa.sent.map(({ kind }) => kind)).toEqual(['invoice', 'alert-ticket']);
  }
  const sentOf = (kind: 'alert-ticket' | 'invoice') => {
    const [sent] = bench.psa.sentOf(kind);
    if (sent === undefined) throw new Error(`no ${kind} was sent`);
    return sent;
  };
  const invoice = () => sentOf('invoice');
  const named = () => `invoice ${invoice().remoteId} (${invoice().message.key})`;

  test('and stands as it was sent is no difference', async () => {
    await openSale();
    const { remoteId } = invoice();
    bench.psa.standings.set(remoteId, { totalMinor: 120_000, currency: 'EUR', isVoid: false });
    expect((await reconcile()).found).toEqual([]);
  });

  test('and is not there is shown', async () => {
    await openSale();
    bench.psa.standings.set(invoice().remoteId, null);
    expect((await reconcile()).found).toEqual([
      `Dupont: invoice-missing, ${named()}: sent: €1,200.00 | not there`,
    ]);
  });

  test('and is there twice is shown, until all but one are void', async () => {
    await openSale();
    bench.psa.pay(invoice());
    bench.psa.pay({ ...invoice(), remoteId: 'invoice-again' });
    await bench.run();
    const twice = `Dupont: invoice-twice, invoice ${invoice().message.key}: sold once`;
    expect((await reconcile()).found).toContain(`${twice} | ${invoice().remoteId}, invoice-again`);
    const [again] = bench.psa.invoices.splice(1, 1);
    if (again === undefined) throw new Error('no second invoice');
    bench.psa.invoices.push({ ...again, isVoid: true, updatedAt: bench.psa.now });
    await bench.run();
    expect((await reconcile()).found.filter((text) => text.includes('twice'))).toEqual([]);
  });

  test('and was voided by hand is shown for as long as its hours stand', async () => {
    await openSale();
    bench.psa.standings.set(invoice().remoteId, { isVoid: true, totalMinor: 0, isPaid: false });
    const { found } = await reconcile();
    expect(found).toEqual([`Dupont: invoice-void, ${named()}: sent: €1,200.00 | void`]);
    const [ledger] = await bench.app.store.readLedgers([bench.clientId()]);
    const sold = ledger?.blocks.find(({ source }) => source === 'purchase')?.id ?? '';
    expect((await stored())[0]?.fix).toContain(`prepaid-hours block void ${sold}.`);
    await voidBlock(bench.app, { blockId: sold, reason: 'The invoice is void.' });
    expect((await reconcile()).found).toEqual([]);
  });

  test('and comes to another amount is shown', async () => {
    await openSale();
    const { remoteId } = invoice();
    bench.psa.standings.set(remoteId, { totalMinor: 100_000, currency: 'EUR' });
    expect((await reconcile()).found).toEqual([
      `Dupont: invoice-amount, ${named()}: €1,200.00 | €1,000.00`,
    ]);
    bench.psa.standings.set(remoteId, { totalMinor: 120_000, currency: 'CHF' });
    expect((await reconcile()).found).toEqual([
      `Dupont: invoice-amount, ${named()}: €1,200.00 | CHF\u00a01,200.00`,
    ]);
  });

  test('and was paid without our seeing it is shown, until it is read', async () => {
    await openSale('on-payment');
    const { remoteId } = invoice();
    bench.psa.standings.set(remoteId, { isPaid: true, updatedAt: day(2) });
    expect((await reconcile()).found).toEqual([
      `Dupont: invoice-payment, ${named()}: not read | paid`,
    ]);
    bench.psa.pay(invoice());
    await bench.run();
    expect((await reconcile()).found).toEqual([]);
    bench.psa.standings.set(remoteId, { isPaid: false, updatedAt: day(2) });
    expect((await reconcile()).found).toEqual([
      `Dupont: invoice-payment, ${named()}: paid | not paid`,
    ]);
  });

  test('and was paid just now waits for the next pull', async () => {
    await openSale('on-payment');
    bench.psa.standings.set(invoice().remoteId, {
      isPaid: true,
      updatedAt: '2026-03-04T00:00:00.000Z',
    });
    expect((await reconcile()).found).toEqual([]);
  });

  test('is looked at for as long as its block holds something', async () => {
    await openSale();
    bench.psa.standings.set(invoice().remoteId, null);
    bench.at('2026-09-01T08:00:00.000Z');
    expect((await reconcile()).found).toHaveLength(1);
  });

  test('and was closed or removed while the hours are still low is shown', async () => {
    await openSale('on-payment');
    const { remoteId, message } = sentOf('alert-ticket');
    const alert = `ticket ${remoteId} (${message.key})`;
    const ours = 'open since 2026-03-03: the threshold is still crossed';
    expect((await reconcile()).found).toEqual([]);
    bench.psa.standings.set(remoteId, { isClosed: true });
    expect((await reconcile()).found).toEqual([`Dupont: alert-closed, ${alert}: ${ours} | closed`]);
    bench.psa.standings.set(remoteId, null);
    expect((await reconcile()).found).toEqual([
      `Dupont: alert-missing, ${alert}: ${ours} | not there`,
    ]);
  });

  test('and was closed after hours were sold is as it should be', async () => {
    await openSale();
    bench.psa.standings.set(sentOf('alert-ticket').remoteId, { isClosed: true });
    expect((await reconcile()).found).toEqual([]);
  });

  test('and is being withdrawn by an undo is the undo’s to tell of', async () => {
    await openSale('on-payment');
    const [run] = await bench.app.store.listWritingRuns(1);
    const { remoteId } = sentOf('alert-ticket');
    bench.psa.standings.set(remoteId, { isClosed: true });
    expect((await reconcile()).found).toEqual([expect.stringContaining('alert-closed')]);
    await bench.undo(run?.id ?? '');
    expect((await reconcile()).found).toEqual([]);
  });

  test('and stays for a person to void after an undo is shown until it is void or credited', async () => {
    await openSale();
    bench.psa.withdrawable.delete('invoice');
    const [run] = await bench.app.store.listWritingRuns(1);
    await bench.undo(run?.id ?? '');
    // A vendor that only shows that it exists could never show that it is dealt with.
    expect((await reconcile()).found).toEqual([]);
    const line = `Dupont: invoice-undone, ${named()}: taken back by undo ${run?.id}`;
    const { remoteId } = invoice();
    bench.psa.standings.set(remoteId, { isVoid: false, isPaid: false });
    expect((await reconcile()).found).toEqual([`${line} | open`]);
    bench.at('2026-09-01T08:00:00.000Z');
    bench.psa.standings.set(remoteId, { isVoid: false, isPaid: true });
    expect((await reconcile()).found).toEqual([`${line} | paid`]);
    for (const gone of [{ isVoid: true }, { isClosed: true }, null]) {
      bench.psa.standings.set(remoteId, gone);
      expect((await reconcile()).found).toEqual([]);
    }
    bench.psa.standings.set(remoteId, { isVoid: false, isPaid: true });
    bench.psa.showInvoice(invoice(), { isPaid: true, totalMinor: 120_000, creditedMinor: 120_000 });
    await bench.run();
    expect((await reconcile()).found).toEqual([]);
  });

  test('and cannot be understood holds up no other', async () => {
    await openSale();
    bench.psa.fail('inspect invoice', 'contract');
    const { error, found } = await reconcile();
    expect(error).toBeNull();
    expect(found).toEqual([
      `Dupont: message-unread, invoice ${invoice().message.key}: delivered | scripted contract in inspect invoice`,
    ]);
  });

  test('to a vendor that shows no more than that it is there, is looked for by its key', async () => {
    await openSale();
    const push = bench.app.connectors.get('psa')?.push.invoice;
    delete push?.inspect;
    expect((await reconcile()).found).toEqual([]);
    bench.psa.sent.splice(bench.psa.sent.indexOf(invoice()), 1);
    expect((await reconcile()).found).toHaveLength(1);
  });
});

test('a stop ends the comparison, and what was known stays known', async () => {
  await openOffice();
  silently('2', { seconds: 5400 });
  await reconcile();
  const controller = new AbortController();
  const onProgress = () => controller.abort();
  bench.advance(3600);
  const { steps, exitCode } = await bench.runWith(['reconcile'], {
    signal: controller.signal,
    onProgress,
  });
  expect(steps[0]?.error).toMatch(/Stopped before everything was compared/);
  expect(exitCode).toBe(4);
  expect(await differences()).toHaveLength(2);
});
