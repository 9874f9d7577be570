/** Everything that may happen to blocks, at random and in three currencies, in a real database. */
import fc from 'fast-check';
import type { Demand } from '../../src/domain/blocks/allocation.ts';
import { isKindError } from '../../src/domain/errors.ts';
import type { LedgerEntry, Posting } from '../../src/domain/ledger/ledger.ts';
import {
  type Account,
  holdBlock,
  payOffOverage,
  reverseSlices,
  spend,
  takeUpEnded,
} from '../../src/domain/ledger/postings.ts';
import { creditPurchase } from '../../src/domain/ledger/purchase.ts';
import { takeBackCredit } from '../../src/domain/ledger/take-back.ts';
import { addDays, dateInZone, instantFromMs } from '../../src/domain/time.ts';
import { endBlocks } from '../../src/replenish/expiry.ts';
import { adjustBalance } from '../../src/service/corrections/adjust.ts';
import { extendBlock, voidBlock } from '../../src/service/corrections/blocks.ts';
import type { Block, ClientLedger, NewMessage, ReplenishBatch } from '../../src/store/port.ts';
import { accountFrom } from '../../src/store/port.ts';
import { CoreBench, clientOf } from './core-bench.ts';

const currencies = ['EUR', 'JPY', 'KWD'];

const names = ['sell', 'sell', 'money', 'use', 'use', 'use', 'correct', 'end', 'late'] as const;
const rarer = ['void', 'extend', 'give', 'take', 'return', 'return', 'pay again', 'bill'] as const;

export const revenueSteps = fc.array(
  fc.record({
    name: fc.constantFrom(...names, ...rarer),
    client: fc.nat(2),
    a: fc.nat(99_999),
    b: fc.nat(99_999),
  }),
  { minLength: 30, maxLength: 60, size: 'max' },
);
type Step = typeof revenueSteps extends fc.Arbitrary<(infer One)[]> ? One : never;

interface Scope {
  clientId: string;
  currency: string;
  today: string;
  ledger: ClientLedger;
  account: Account;
  step: Step;
}

export class RevenueHistory {
  readonly bench: CoreBench;
  #number = 0;

  private constructor(bench: CoreBench) {
    this.bench = bench;
  }

  static async open(): Promise<RevenueHistory> {
    const zones = ['Europe/Paris', 'Asia/Tokyo', 'America/New_York'];
    const clients = currencies.map((currency, place) =>
      clientOf({
        name: `Client ${currency}`,
        currency,
        timezone: zones[place] ?? '',
        sourceIds: new Map([['psa', String(place + 1)]]),
        openingBlocks: [],
      }),
    );
    return new RevenueHistory(await CoreBench.open({ clients }));
  }

  async play(step: Step): Promise<void> {
    this.#number += 1;
    this.bench.advance(3600 + ((step.a * 31) % (8 * 86_400)));
    const name = `Client ${currencies[step.client]}`;
    const { id, timezone, currency } = this.bench.client(name);
    const [ledger] = await this.bench.app.store.readLedgers([id], { isAllBlocks: true });
    if (ledger === undefined) throw new Error('no ledger');
    const today = dateInZone(instantFromMs(this.bench.nowMs), timezone);
    const account = accountFrom(ledger, []);
    await this.#act({ clientId: id, currency, today, ledger, account, step });
  }

  async #act(scope: Scope): Promise<void> {
    const { step, account, ledger, today, clientId } = scope;
    const { store } = this.bench.app;
    const rollover = [
      null,
      { seconds: null, validForMonths: 1 },
      { seconds: 3333, validForMonths: 2 },
    ];
    switch (step.name) {
      case 'sell':
        return this.#sell(scope);
      case 'money':
        return this.#credit(scope, { amountMinor: 1 + step.b, seconds: 0, rateMinor: 0 });
      case 'use':
        return this.#write(scope, { postings: spend(account, this.#demand(scope, today)) });
      case 'late': {
        const demand = this.#demand(scope, addDays(today, -20));
        const expiries = await store.readLiveExpiries([clientId]);
        const back = takeUpEnded(account, demand, expiries);
        return this.#write(scope, { postings: [...back, ...spend(account, demand)] });
      }
      case 'correct':
        return this.#correct(scope);
      case 'end': {
        const how = { rollover: rollover[step.b % 3] ?? null, today };
        return this.#write(scope, await endBlocks(store, ledger, account, how));
      }
      case 'return':
      case 'pay again':
        return this.#return(scope);
      case 'bill':
        return this.#bill(scope);
      default:
        return this.#byHand(scope);
    }
  }

  #demand({ step, currency }: Scope, workedOn: string): Demand & Parameters<typeof spend>[1] {
    return {
      key: `use:${this.#number}`,
      seconds: 1 + ((step.a * 7) % 20_000),
      workedOn,
      workTypes: null,
      price: { minor: 1 + (step.b % 50_000), currency },
      usedBy: null,
      chargeId: null,
      reason: 'usage',
      note: null,
    };
  }

  /** From before go-live, by hand, by our own invoice, or by one that was written in the PSA. */
  async #sell(scope: Scope): Promise<void> {
    const { step } = scope;
    const seconds = 1 + ((step.a * 13) % 40_000);
    const rateMinor = step.b % 20_011;
    // Rounded lines, or a price that somebody agreed on.
    const totalMinor = Math.max(0, Math.round((seconds * rateMinor) / 3600) + (step.a % 7) - 3);
    const source = (['opening', 'manual', 'purchase', 'purchase'] as const)[step.b % 4];
    const how = step.b % 4 === 2 ? 'invoice' : step.b % 4 === 3 ? 'psa' : null;
    return this.#credit(scope, { seconds, rateMinor, source: source ?? 'manual' }, how, totalMinor);
  }

  async #credit(
    scope: Scope,
    change: Partial<Block>,
    how: 'invoice' | 'psa' | null = null,
    totalMinor = 0,
  ): Promise<void> {
    const { account, today, step } = scope;
    const block = this.#block(scope, {
      purchasedOn: today,
      expiresOn: step.a % 3 === 0 ? null : addDays(today, step.a % 90),
      ...change,
      ...(how === null ? {} : { invoiceKey: `sale:${this.#number}` }),
    });
    const { seconds } = block;
    const sold = { blockId: block.id, connection: 'psa', invoiceId: block.id, product: 'P' };
    const overage = await this.bench.app.store.readOpenOverage(scope.clientId);
    await this.#write(scope, {
      blocks: [block],
      invoiceBlocks: how === 'psa' ? [{ ...sold, seconds, totalMinor }] : [],
      messages: how === 'invoice' ? [invoiceOf(block, totalMinor)] : [],
      postings: [creditPurchase(account, block, null), ...payOffOverage(account, overage)],
    });
  }

  #block({ clientId, currency }: Scope, change: Partial<Block>): Block {
    return {
      id: `b-${this.#number}`,
      key: `test:${this.#number}`,
      clientId,
      source: 'manual',
      offer: null,
      seconds: 0,
      amountMinor: null,
      rateMinor: 0,
      currency,
      purchasedOn: '',
      expiresOn: null,
      priority: 0,
      workTypes: null,
      status: 'active',
      activate: 'at-once',
      invoiceKey: null,
      ...change,
    };
  }

  async #correct(scope: Scope): Promise<void> {
    const { account, step, today } = scope;
    // Of a block whose payment was returned, nothing may be corrected.
    const held = new Set(account.blocks.map(({ id }) => id));
    const uses = (await this.#live(scope)).filter(
      ({ reason, blockId }) => reason === 'usage' && held.has(blockId ?? ''),
    );
    const use = uses[step.b % Math.max(1, uses.length)];
    if (use === undefined) return;
    const back = reverseSlices(account, [use], 'changed');
    await this.#write(scope, {
      postings: [...back, ...spend(account, this.#demand(scope, today))],
    });
  }

  /** The bank takes the money back; or it is paid after all. */
  async #return(scope: Scope): Promise<void> {
    const { account, ledger, step } = scope;
    const isBack = step.name === 'return';
    const sold = ledger.blocks.filter(
      ({ source, status }) => source === 'purchase' && status === (isBack ? 'active' : 'ordered'),
    );
    const block = sold[step.b % Math.max(1, sold.length)];
    if (block === undefined) return;
    const status = isBack ? 'ordered' : 'active';
    const blockStatuses = [{ blockId: block.id, status } as const];
    if (!isBack) {
      const postings = [creditPurchase(account, block, null, ledger.clientSeq)];
      return this.#write(scope, { blockStatuses, postings });
    }
    const live = (await this.#live(scope)).filter(({ blockId }) => blockId === block.id);
    const postings = takeBackCredit(account, block.id, live, 'payment-returned');
    if (postings !== null) await this.#write(scope, { blockStatuses, postings });
  }

  /** All overage, at a rate of its own; the total is the sum of rounded lines. */
  async #bill(scope: Scope): Promise<void> {
    const { account, step, today, clientId } = scope;
    const open = await this.bench.app.store.readOpenOverage(clientId);
    const seconds = open.reduce((sum, one) => sum + one.seconds, 0);
    if (seconds === 0) return;
    const rateMinor = 1 + (step.b % 30_011);
    const totalMinor = open.reduce(
      (sum, one) => sum + Math.round((one.seconds * rateMinor) / 3600),
      0,
    );
    const invoiceKey = `bill:${this.#number}`;
    const billed = {
      source: 'overage',
      purchasedOn: today,
      seconds,
      rateMinor,
      invoiceKey,
    } as const;
    const block = this.#block(scope, billed);
    holdBlock(account, block);
    const credit: Posting = {
      ...{ key: `overage-billed:${block.id}`, clientId, side: 'credit', reason: 'overage' },
      ...{ blockId: block.id, seconds, minor: null, usedBy: null, chargeId: null, reverses: null },
      ...{ workedOn: today, note: null },
    };
    const messages = [invoiceOf(block, totalMinor)];
    const postings = [credit, ...payOffOverage(account, open)];
    await this.#write(scope, { blocks: [block], messages, postings });
  }

  async #byHand({ ledger, step, clientId, today }: Scope): Promise<void> {
    const { app } = this.bench;
    const block = ledger.blocks[step.b % Math.max(1, ledger.blocks.length)];
    if (block === undefined) return;
    const { id: blockId } = block;
    const amount = (step.name === 'give' ? 1 : -1) * (1 + (step.a % 4000));
    const reason = 'by hand';
    try {
      if (step.name === 'void') await voidBlock(app, { blockId, reason });
      else if (step.name === 'extend') {
        await extendBlock(app, { blockId, reason, expiresOn: addDays(today, step.a % 60) });
      } else {
        const isMoney = block.amountMinor !== null;
        const size = isMoney ? { seconds: 0, minor: amount } : { seconds: amount };
        await adjustBalance(app, { clientId, blockId, reason, ...size });
      }
    } catch (error) {
      // More than there is, a block that is void already, and so on.
      if (!isKindError(error, 'config')) throw error;
    }
  }

  async #live({ clientId }: Scope): Promise<LedgerEntry[]> {
    const entries: LedgerEntry[] = [];
    const pages = this.bench.app.store.streamLedger(clientId, null, null);
    for await (const page of pages) entries.push(...page);
    const reversed = new Set(entries.map(({ reverses }) => reverses));
    return entries.filter(({ key, reason }) => reason !== 'reversal' && !reversed.has(key));
  }

  async #write({ ledger }: Scope, batch: Partial<ReplenishBatch>): Promise<void> {
    await this.bench.app.store.writeReplenish({
      at: instantFromMs(this.bench.nowMs),
      runId: `r${this.#number}`,
      expected: [ledger],
      blocks: [],
      blockStatuses: [],
      postings: [],
      episodes: [],
      messages: [],
      superseded: [],
      ...batch,
    });
  }
}

function invoiceOf({ clientId, seconds, invoiceKey }: Block, totalMinor: number): NewMessage {
  const payload = JSON.stringify({ seconds, totalMinor });
  const key = invoiceKey ?? '';
  return {
    key,
    kind: 'invoice',
    clientId,
    connection: 'psa',
    payload,
    afterKey: null,
    status: 'pending',
  };
}
