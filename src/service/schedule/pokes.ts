import type { ChangedRecord } from '../../contract/connector.ts';
import type { NamedRecords } from '../run/named.ts';

/** Several pokes come together, and a vendor's lists may lag behind them. */
const pokeDelayMs = 10_000;

/** A record is read by its ID, so that only the rest of a burst has to be awaited. */
const settleMs = 3_000;

/** Records looked at within an hour, per connection; the schedule reads what is more. */
const perHourMax = 600;
const hourMs = 3_600_000;

/** What vendors' webhooks have said and nobody has looked at yet. Lost in a restart: the schedule reads it. */
export class Pokes {
  #runAtMs: number | null = null;
  #lookAtMs: number | null = null;
  #named = new Map<string, Map<string, ChangedRecord>>();
  readonly #hours = new Map<string, { beganAtMs: number; count: number }>();

  /** False: not taken, since there were too many within the hour. */
  add(connection: string, changed: ChangedRecord | null, nowMs: number): boolean {
    if (changed === null) {
      this.#runAtMs ??= nowMs + pokeDelayMs;
      return true;
    }
    const records = this.#named.get(connection) ?? new Map<string, ChangedRecord>();
    const key = `${changed.kind} ${changed.id}`;
    const before = records.get(key);
    if (before === undefined && !this.#isWithin(connection, nowMs)) return false;
    // In whichever order they come: an ID is never used again after its record was deleted.
    records.set(key, { ...changed, isDeleted: changed.isDeleted || before?.isDeleted === true });
    this.#named.set(connection, records);
    this.#lookAtMs ??= nowMs + settleMs;
    return true;
  }

  /** Once, when a run of everything is due. */
  takeRun(nowMs: number): boolean {
    if (this.#runAtMs === null || nowMs < this.#runAtMs) return false;
    this.#runAtMs = null;
    return true;
  }

  isLookDue(nowMs: number): boolean {
    return this.#lookAtMs !== null && nowMs >= this.#lookAtMs;
  }

  takeNamed(): NamedRecords {
    const named = this.#named;
    this.#named = new Map();
    this.#lookAtMs = null;
    return new Map([...named].map(([connection, records]) => [connection, [...records.values()]]));
  }

  #isWithin(connection: string, nowMs: number): boolean {
    const hour = this.#hours.get(connection);
    const ageMs = nowMs - (hour?.beganAtMs ?? Number.NEGATIVE_INFINITY);
    const isSame = hour !== undefined && ageMs >= 0 && ageMs < hourMs;
    const count = isSame ? hour.count + 1 : 1;
    this.#hours.set(connection, { beganAtMs: isSame ? hour.beganAtMs : nowMs, count });
    return count <= perHourMax;
  }
}
