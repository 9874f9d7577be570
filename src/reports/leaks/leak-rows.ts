import type { Client } from '../../domain/agreements/terms.ts';
import { priceOf } from '../../domain/money.ts';
import { foldName } from '../../domain/records/names.ts';
import { sum } from '../../domain/statistics.ts';
import { splitAdded } from './added.ts';
import { type LeakReason, type LeakRow, sectionOf } from './leak-shape.ts';
import { findRate, isValidOn, type LeakRate } from './rates.ts';
import type { Work, WorkCharge, WorkEntry } from './work-history.ts';

interface Addition {
  reason: LeakReason;
  workedSeconds: number;
  /** The hours to price, if they are others than worked. */
  seconds?: number;
  detail?: string | null;
  /** Default: that of the entry's month. */
  workedOn?: string;
  rate?: LeakRate | null;
}

/** Collects rows of one client's work: one per charge (or ticket), month and reason. */
export class LeakRows {
  readonly #rows = new Map<string, LeakRow>();
  readonly #client: Client;
  readonly #work: Work;
  /** Whether what the agreement adds was not charged by this program. */
  readonly #isMissing: boolean;
  readonly #isPast: boolean;
  uncomparedSeconds = 0;

  constructor(client: Client, work: Work, { isPast = false, isObserved = false }) {
    this.#client = client;
    this.#work = work;
    this.#isPast = isPast;
    this.#isMissing = isPast || isObserved;
  }

  collect(): LeakRow[] {
    const entries = this.#work.entries.toSorted(byStart);
    this.#addUncharged(entries);
    const charged = Map.groupBy(
      entries.filter(({ state }) => state === 'charged'),
      ({ chargeId }) => chargeId ?? '',
    );
    const doubtful = this.#findDoubtful(entries);
    for (const [id, own] of charged) {
      const charge = this.#work.charges.get(id);
      if (charge !== undefined) this.#addCharge(charge, own, doubtful);
    }
    for (const { kind, foundAt, ours, theirs } of this.#work.differences) {
      if (kind !== 'block-balance') continue;
      const row = blankRow('native-block', foundAt.slice(0, 7), false);
      this.#rows.set(kind, { ...row, detail: `${ours} / ${theirs}` });
    }
    return [...this.#rows.values()];
  }

  /** Set aside, free, outside the agreement's dates, or open while hours that it could use expired. */
  #addUncharged(entries: readonly WorkEntry[]): void {
    const expired = this.#work.blocks.map((block) => ({ ...block }));
    expired.sort((a, b) => ((a.expiresOn ?? '') < (b.expiresOn ?? '') ? -1 : 1));
    for (const entry of entries) {
      const { state, reason, seconds: workedSeconds } = entry;
      if (state === 'set-aside' || state === 'free') {
        this.#add(entry, { reason: reason as LeakReason, workedSeconds });
      } else if (state === 'outside' && /^(?:after|before)-agreement$/.test(reason ?? '')) {
        this.#add(entry, { reason: 'outside-dates', workedSeconds });
      } else if (state === 'open') {
        const block = expired.find(
          (one) => one.expiredSeconds > 0 && isValidOn(one, entry.workedOn),
        );
        if (block === undefined) continue;
        const taken = Math.min(workedSeconds, block.expiredSeconds);
        block.expiredSeconds -= taken;
        this.#add(entry, { reason: 'expired-open', workedSeconds: taken, detail: block.expiresOn });
      }
    }
  }

  /** What no block paid, then what the agreement added, then what may not be rightly charged. */
  #addCharge(
    charge: WorkCharge,
    entries: readonly WorkEntry[],
    doubtful: ReadonlyMap<WorkEntry, LeakReason>,
  ): void {
    const { facts, slices, workedOn } = charge;
    const unpaid = sum(slices.filter(({ blockId }) => blockId === null).map((one) => one.seconds));
    const [first] = entries;
    if (first === undefined) return;
    if (unpaid > 0) this.#addUnpaid(charge, entries, unpaid);
    for (const day of new Set(slices.map((slice) => slice.paidLaterOn))) {
      if (day === null) continue;
      const paid = sum(slices.filter((one) => one.paidLaterOn === day).map((one) => one.seconds));
      this.#add(first, {
        reason: 'paid-later',
        workedSeconds: 0,
        seconds: paid,
        detail: day,
        workedOn,
      });
    }
    const billed = entries.map(({ billedSeconds }) => billedSeconds);
    if (billed.includes(null)) this.uncomparedSeconds += facts.seconds - unpaid;
    else {
      const psaSeconds = sum(billed.map((one) => one ?? 0));
      for (const { reason, seconds } of splitAdded(facts, psaSeconds, facts.seconds - unpaid)) {
        this.#add(first, { reason, workedSeconds: 0, seconds, workedOn });
      }
    }
    for (const entry of entries) {
      const reason = doubtful.get(entry);
      const workedSeconds = entry.seconds - shareOf(entry, unpaid, facts.seconds);
      if (reason !== undefined && workedSeconds > 0) this.#add(entry, { reason, workedSeconds });
    }
  }

  #addUnpaid(charge: WorkCharge, entries: readonly WorkEntry[], unpaid: number): void {
    const { facts, workedOn } = charge;
    const { blocks } = this.#work;
    const isOver = blocks.some(({ expiresOn }) => expiresOn !== null && expiresOn < workedOn);
    const isBare = !blocks.some((block) => isValidOn(block, workedOn));
    const reason = isOver && isBare ? 'after-expiry' : 'overage';
    const { overage } = this.#client.agreement;
    const rate: Pick<Addition, 'rate'> =
      typeof overage === 'string'
        ? {}
        : { rate: { minor: overage.rateMinor, currency: overage.currency, source: 'overage' } };
    entries.forEach((entry, index) => {
      const workedSeconds = shareOf(entry, unpaid, facts.seconds);
      const seconds = index === 0 ? unpaid : 0;
      this.#add(entry, { reason, workedSeconds, seconds, workedOn, ...rate });
    });
  }

  /** Charged work that the PSA may not want charged, each with the first reason that fits. */
  #findDoubtful(entries: readonly WorkEntry[]): Map<WorkEntry, LeakReason> {
    const { from, until } = this.#client.agreement;
    const missing = new Set(
      this.#work.differences.map(({ connection, subject }) => `${connection}\n${subject}`),
    );
    const seen = new Set<string>();
    const found = new Map<WorkEntry, LeakReason>();
    for (const entry of entries) {
      if (entry.state !== 'charged') continue;
      const { connection, id, ticketId, technician, startedAt, seconds, workedOn } = entry;
      const same = [foldName(technician), startedAt, seconds].join('\n');
      const isTwice = entry.isTimed && seconds > 0 && seen.has(same);
      seen.add(same);
      const isGone = [`time entry ${id}`, `ticket ${ticketId}`].some((subject) =>
        missing.has(`${connection}\n${subject}`),
      );
      const isOutside = (from !== null && workedOn < from) || (until !== null && workedOn > until);
      const reasons: [LeakReason, boolean][] = [
        ['charged-deleted', entry.isDeleted],
        ['charged-missing-there', isGone],
        ['charged-not-billable', entry.isBillable === false],
        ['charged-outside-dates', isOutside],
        ['charged-twice', isTwice],
        ['charged-unlisted', entry.reason === 'covered-unlisted'],
      ];
      const reason = reasons.find(([, isSo]) => isSo)?.[0];
      if (reason !== undefined) found.set(entry, reason);
    }
    return found;
  }

  #add(entry: WorkEntry, addition: Addition): void {
    const { reason, workedSeconds, seconds = workedSeconds, detail = null } = addition;
    const { workedOn = entry.workedOn } = addition;
    if (workedSeconds === 0 && seconds === 0) return;
    const month = workedOn.slice(0, 7);
    const explain = this.#isPast ? entry.id : (entry.chargeId ?? entry.id);
    const place = entry.chargeId ?? entry.ticketId ?? entry.id;
    const key = [month, reason, place, detail].join('\n');
    const row = this.#rows.get(key) ?? {
      ...blankRow(reason, month, sectionOf[reason] === 'unbilled' || this.#isAddedLeak(reason)),
      ...{ ticket: entry.ticket, summary: entry.summary, explain, detail },
      rate: addition.rate ?? findRate(this.#client, this.#work.blocks, { ...entry, workedOn }),
    };
    row.workedSeconds += workedSeconds;
    row.seconds += seconds;
    row.minor = row.rate === null ? null : priceOf(row.seconds, row.rate.minor);
    row.entries.push({ connection: entry.connection, id: entry.id, seconds: workedSeconds });
    this.#rows.set(key, row);
  }

  #isAddedLeak(reason: LeakReason): boolean {
    return sectionOf[reason] === 'added' && this.#isMissing;
  }
}

export function blankRow(reason: LeakReason, month: string, isLeak: boolean): LeakRow {
  return {
    ...{ month, section: sectionOf[reason], reason, isLeak, ticket: null, summary: null },
    ...{ explain: null, workedSeconds: 0, seconds: 0, rate: null, minor: null, detail: null },
    entries: [],
  };
}

/** The part of the entry's own time that was not paid, of a charge that may be longer or shorter. */
function shareOf({ seconds }: WorkEntry, unpaid: number, charged: number): number {
  return unpaid === 0 ? 0 : Math.floor((seconds * unpaid) / charged);
}

function byStart(a: WorkEntry, b: WorkEntry): number {
  const [x, y] = [a, b].map(({ startedAt, connection, id }) => `${startedAt} ${connection} ${id}`);
  return (x ?? '') < (y ?? '') ? -1 : 1;
}
