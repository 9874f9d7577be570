/** What goes wrong, how often, and where: planned by a seed, counted as it strikes. */
import type { ErrorKind } from '../../src/domain/errors.ts';
import type { Random } from '../demo/random.ts';

/** Where a vendor's fault strikes: at a page of rows, at a list of ids, at a search or at a write. */
export type Place = 'page' | 'present' | 'find' | 'create';

export type VendorFault =
  | 'rate-limited'
  | 'server-error'
  | 'html'
  | 'expired-token'
  | 'duplicate-page'
  | 'reordered-pages'
  | 'hidden-rows'
  | 'lost-answer'
  | 'failed-write'
  | 'rejected-write';

export type FaultKind =
  | VendorFault
  | 'crash'
  | 'torn-write'
  | 'clock-ahead'
  | 'clock-back'
  | 'late-row'
  | 'second-instance-locked'
  | 'second-instance-renamed'
  | 'second-instance-pushing'
  | 'second-instance-unlocked';

const possible: Readonly<Record<Place, readonly VendorFault[]>> = {
  page: [
    ...(['rate-limited', 'server-error', 'html', 'expired-token'] as const),
    ...(['duplicate-page', 'duplicate-page', 'reordered-pages', 'reordered-pages'] as const),
  ],
  present: ['server-error', 'hidden-rows', 'hidden-rows', 'duplicate-page'],
  find: ['rate-limited', 'server-error', 'html', 'expired-token'],
  create: [
    ...(['lost-answer', 'lost-answer', 'failed-write', 'rejected-write'] as const),
    ...(['rate-limited', 'html', 'expired-token'] as const),
  ],
};

/** What the connector makes of each; the others are no error, only an odd answer. */
export const errorKindOf: { readonly [fault in VendorFault]?: ErrorKind } = {
  'rate-limited': 'rate-limited',
  'server-error': 'transient',
  html: 'transient',
  'expired-token': 'auth',
  'lost-answer': 'unknown-outcome',
  'failed-write': 'unknown-outcome',
  'rejected-write': 'rejected',
};

/** There are far fewer lists of ids, searches and writes than pages. */
const skipMost: Readonly<Record<Place, number>> = { page: 5, present: 0, find: 2, create: 1 };

interface Planned {
  place: Place;
  kind: VendorFault;
  /** Calls of the place that are let through first. */
  skip: number;
  times: number;
}

export class Faults {
  readonly counts = new Map<FaultKind, number>();
  #planned: Planned[] = [];

  /** One to three faults at some of the places; a storm of 429 outlasts every patience. */
  plan(random: Random, places: readonly Place[]): void {
    this.#planned = [];
    for (let left = random.whole(0, 3); left > 0; left -= 1) {
      const place = random.pick(places);
      const kind = random.pick(possible[place]);
      const times = kind === 'rate-limited' ? random.whole(1, 12) : 1;
      this.#planned.push({
        place,
        kind,
        skip: random.whole(0, skipMost[place]),
        times,
      });
    }
  }

  clear(): void {
    this.#planned = [];
  }

  strike(place: Place): VendorFault | null {
    for (const fault of this.#planned) {
      if (fault.place !== place) continue;
      if (fault.skip > 0) {
        fault.skip -= 1;
        continue;
      }
      fault.times -= 1;
      if (fault.times === 0) this.#planned = this.#planned.filter((one) => one !== fault);
      this.count(fault.kind);
      return fault.kind;
    }
    return null;
  }

  count(kind: FaultKind): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }
}
