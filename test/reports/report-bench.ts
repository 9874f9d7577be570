import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { sharerOf, sharersOf } from '../../src/domain/agreements/shares.ts';
import type { Agreement, Client } from '../../src/domain/agreements/terms.ts';
import { demandOf } from '../../src/domain/blocks/allocation.ts';
import type { ChargeableEntry } from '../../src/domain/charges/charge.ts';
import { computeCharge } from '../../src/domain/charges/charge.ts';
import type { ChargeFacts } from '../../src/domain/charges/charge-facts.ts';
import type { Posting } from '../../src/domain/ledger/ledger.ts';
import {
  type Account,
  payOffOverage,
  reverseSlices,
  spend,
} from '../../src/domain/ledger/postings.ts';
import { creditPurchase } from '../../src/domain/ledger/purchase.ts';
import { dateInZone, type Instant } from '../../src/domain/time.ts';
import { openStore } from '../../src/store/open.ts';
import type { Block, Charge, ChargeGroup, ReplenishBatch, Store } from '../../src/store/port.ts';
import { accountFrom } from '../../src/store/port.ts';
import { agreementOf, clientOf } from '../support/terms.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'reports-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function agreement(change: Partial<Agreement> = {}): Agreement {
  return agreementOf({
    rounding: { per: 'ticket', incrementSeconds: 900, minimumSeconds: 900, graceSeconds: 0 },
    workTypes: { covered: ['Remote'], excluded: ['Travel'], unlisted: 'covered' },
    ...change,
  });
}

/** Shut for ever, so that all work is outside of it. */
export const closed = {
  name: 'office',
  week: [[], [], [], [], [], [], []],
  isHoliday: () => false,
};

export function client(change: Partial<Client> = {}): Client {
  const name = 'Dupont Plomberie';
  const ids = { id: 'dupont', name, sourceIds: new Map([['psa', '1234']]) };
  return {
    ...clientOf(),
    ...ids,
    agreement: agreement(),
    paidBy: null,
    openingBlocks: [],
    ...change,
  };
}

export function entry(change: Partial<ChargeableEntry> = {}): ChargeableEntry {
  const startedAt = change.startedAt ?? '2026-03-04T10:00:00.000Z';
  return {
    sourceId: 'e1',
    ticketNumber: '1001',
    technician: 'Ann Lee',
    startedAt,
    endedAt: startedAt,
    isTimed: true,
    seconds: 3600,
    correctedSeconds: 0,
    secondsText: '1.00',
    workType: 'Remote',
    role: null,
    isBillable: true,
    workedOn: dateInZone(startedAt, 'Europe/Paris'),
    ...change,
  };
}

export function facts(
  entries: readonly ChargeableEntry[],
  change: Partial<Agreement> = {},
  summary = 'Printer on fire',
): ChargeFacts {
  return computeCharge({
    connection: 'psa',
    ticket: { id: 't1', number: '1001', summary, closedAt: '2026-03-05T09:00:00.000Z' },
    entries,
    agreement: agreement(change),
    timezone: 'Europe/Paris',
  });
}

/** A client's ledger in a real store, written as the program itself writes it. */
export class ReportBench {
  readonly store: Store;
  readonly client: Client;
  private readonly standing = new Map<string, Charge>();
  private readonly revisions = new Map<string, number>();

  constructor(store: Store, subject: Client) {
    this.store = store;
    this.client = subject;
  }

  async buy(at: Instant, change: Partial<Block> = {}): Promise<void> {
    const id = change.id ?? 'b-1';
    const block: Block = {
      id,
      key: `test:${id}`,
      clientId: this.client.id,
      source: 'opening',
      offer: null,
      seconds: 36_000,
      amountMinor: null,
      rateMinor: 12_000,
      currency: 'EUR',
      purchasedOn: dateInZone(at, this.client.timezone),
      expiresOn: null,
      priority: 0,
      status: 'active',
      workTypes: null,
      activate: 'at-once',
      invoiceKey: null,
      ...change,
    };
    await this.replenish(at, async (account) => ({
      blocks: [block],
      postings: [
        creditPurchase(account, block, 'opening'),
        ...payOffOverage(account, await this.store.readOpenOverage(this.client.id)),
      ],
    }));
  }

  async adjust(at: Instant, seconds: number, reason: string): Promise<void> {
    await this.replenish(at, async (account) => ({
      postings: spend(account, {
        key: `adjust:${at}`,
        seconds: -seconds,
        workedOn: dateInZone(at, this.client.timezone),
        workTypes: null,
        price: null,
        usedBy: null,
        chargeId: null,
        reason: 'adjustment',
        note: reason,
      }),
    }));
  }

  async expire(at: Instant, blockId: string): Promise<void> {
    await this.end(at, blockId, 'expiry');
  }

  private async end(
    at: Instant,
    blockId: string,
    reason: 'expiry' | 'refund',
    blockStatuses: ReplenishBatch['blockStatuses'] = [],
  ): Promise<void> {
    await this.replenish(at, async (account) => {
      const block = account.blocks.find(({ id }) => id === blockId);
      if (block === undefined) throw new Error(`no block ${blockId}`);
      const posting: Posting = {
        key: `${reason}:${blockId}:${at}`,
        clientId: this.client.id,
        side: 'debit',
        reason,
        blockId,
        seconds: block.remainingSeconds,
        minor: block.remainingMinor,
        usedBy: null,
        chargeId: null,
        reverses: null,
        workedOn: null,
        note: null,
      };
      return { blockStatuses, postings: [posting] };
    });
  }

  /** Voids a block: what is left of it is refunded. */
  async withdraw(at: Instant, blockId: string): Promise<void> {
    await this.end(at, blockId, 'refund', [{ blockId, status: 'void' }]);
  }

  /** Posts what a group costs now in place of what stands; null withdraws it. */
  async charge(
    at: Instant,
    groupKey: string,
    now: ChargeFacts | null,
    note = 'changed',
  ): Promise<void> {
    const { account, clientSeq } = await this.readAccount();
    const before = this.standing.get(groupKey);
    const slices = before === undefined ? [] : await this.store.readLiveSlices([before.id]);
    const postings = reverseSlices(account, slices, note);
    const after = now ?? emptied(before);
    const revision = (this.revisions.get(groupKey) ?? 0) + 1;
    const workedOn = after.parts[0]?.workedOn ?? before?.workedOn ?? '';
    const id = `${groupKey}#${revision}`;
    const { seconds } = after;
    const text = JSON.stringify(after);
    const charge: Charge = {
      id,
      groupKey,
      revision,
      clientId: this.client.id,
      seconds,
      workedOn,
      facts: text,
      factsHash: hash('sha256', text),
    };
    if (seconds > 0) {
      const spending = {
        key: id,
        ...demandOf(after),
        workedOn,
        usedBy: sharerOf(this.client),
        chargeId: id,
        reason: 'usage',
        note: null,
      };
      postings.push(...spend(account, { ...spending, reason: 'usage' }));
    }
    this.revisions.set(groupKey, revision);
    if (now === null) this.standing.delete(groupKey);
    else this.standing.set(groupKey, charge);
    await this.store.writeDebits({
      at,
      runId: 'r1',
      expected: [{ clientId: this.client.id, clientSeq }],
      charges: [charge],
      postings,
      groups: [this.group({ groupKey, revision, chargeId: id, factsHash: text })],
      removedGroupKeys: [],
      entryGroups: after.parts.map(({ entryId }) => ({
        connection: 'psa',
        entryId,
        groupKey,
        isCharged: true,
      })),
      dirtySeqs: [],
      warnings: [],
    });
  }

  group(change: Partial<ChargeGroup>): ChargeGroup {
    return {
      groupKey: 'g1',
      clientId: this.client.id,
      status: 'posted',
      reason: null,
      pendingSeconds: 0,
      revision: 0,
      chargeId: null,
      factsHash: null,
      ...change,
    };
  }

  private async readAccount(): Promise<{ account: Account; clientSeq: number }> {
    const [ledger] = await this.store.readLedgers([this.client.id], { isAllBlocks: true });
    if (ledger === undefined) throw new Error('the client is not in the store');
    return { account: accountFrom(ledger, sharersOf([this.client])), clientSeq: ledger.clientSeq };
  }

  private async replenish(
    at: Instant,
    decide: (account: Account) => Promise<Partial<ReplenishBatch>>,
  ): Promise<void> {
    const { account, clientSeq } = await this.readAccount();
    await this.store.writeReplenish({
      at,
      runId: 'r1',
      expected: [{ clientId: this.client.id, clientSeq }],
      blocks: [],
      blockStatuses: [],
      postings: [],
      episodes: [],
      messages: [],
      superseded: [],
      ...(await decide(account)),
    });
  }
}

function emptied(before: Charge | undefined): ChargeFacts {
  if (before === undefined) throw new Error('nothing stands that could be withdrawn');
  return { ...(JSON.parse(before.facts) as ChargeFacts), parts: [], seconds: 0 };
}

export async function openReportBench(change: Partial<Client> = {}): Promise<ReportBench> {
  const subject = client(change);
  const file = join(makeFolder(), 'prepaid-hours.db');
  const at = '2026-01-01T00:00:00.000Z';
  const store = await openStore({ file, now: () => Date.parse(at) });
  cleanUps.push(() => store.close());
  const [id] = await store.assignClientIds([subject], at);
  return new ReportBench(store, { ...subject, id: id ?? subject.id });
}
