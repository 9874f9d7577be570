/** Where a process may die: around every call to the store and to a PSA, which is all that others can see. */
import type { Connector, Presence } from '../../src/contract/connector.ts';
import type { Store } from '../../src/store/port.ts';

export class Killed extends Error {}

/** Calls among which one is counted out. */
export type Kind = 'any' | 'page' | 'books' | 'outbox' | 'psa';

const kinds: Readonly<Record<Kind, RegExp>> = {
  any: /./,
  page: /^(writePage|sweep)$/,
  books: /^write(Debits|Replenish)$/,
  outbox: /^(settle|claim)Message/,
  psa: /^psa$/,
};

/** What happens at the nth call of the kind. */
export interface Interruption {
  nth: number;
  of: Kind;
  /** Counted from the first call of debit on: reading is spared. */
  isAfterPull: boolean;
  act: 'die-before' | 'die-after' | 'interlude';
  /** What others do meanwhile, for an interlude. */
  interlude?: () => Promise<void>;
}

const firstOfDebit = 'readLedgers';

export class Tripwire {
  #isDead = false;
  #isCounting: boolean;
  #calls = 0;
  readonly #interruption: Interruption | null;
  /** Looks at what stands after each call. */
  readonly #look: (call: string) => void;

  constructor(interruption: Interruption | null, look: (call: string) => void) {
    this.#interruption = interruption;
    this.#look = look;
    this.#isCounting = interruption?.isAfterPull === false;
  }

  /** From now on nothing that the process was about to do is done. */
  kill(): void {
    this.#isDead = true;
  }

  async pass<T>(call: string, work: () => Promise<T>): Promise<T> {
    if (this.#isDead) throw new Killed();
    if (call === firstOfDebit) this.#isCounting = true;
    const { of = 'any' } = this.#interruption ?? {};
    const isCounted = this.#isCounting && kinds[of].test(call);
    if (isCounted) this.#calls += 1;
    const isDue = isCounted && this.#calls === this.#interruption?.nth;
    if (isDue) await this.#before();
    const result = await work();
    if (this.#isDead) throw new Killed();
    this.#look(call);
    if (isDue && this.#interruption?.act === 'die-after') this.#die();
    return result;
  }

  async #before(): Promise<void> {
    if (this.#interruption?.act === 'die-before') this.#die();
    await this.#interruption?.interlude?.();
  }

  #die(): never {
    this.kill();
    throw new Killed();
  }
}

export function isWrite(call: string): boolean {
  return /^(write(Page|Debits|Replenish)|settle|claim|sweep)/.test(call);
}

/** The same store, each call of which goes past the wire. */
export function wiredStore(store: Store, wire: Tripwire): Store {
  return new Proxy(store, {
    get(target, name: keyof Store & string) {
      const method = target[name] as (...asked: unknown[]) => Promise<unknown>;
      if (name.startsWith('stream')) return method;
      return (...asked: unknown[]) => wire.pass(name, () => method(...asked));
    },
  });
}

/** The same connector, each page, list, search and write of which goes past the wire. */
export function wiredConnector(connector: Connector, wire: Tripwire): Connector {
  const { present, ...streams } = connector.pull;
  const pull = Object.entries(streams).map(([name, stream]) => [name, wiredStream(stream, wire)]);
  const pushes = Object.entries(connector.push).map(([kind, { find, create }]) => [
    kind,
    { find: wiredCall(find as Call, wire), create: wiredCall(create as Call, wire) },
  ]);
  return {
    ...connector,
    pull: {
      ...(Object.fromEntries(pull) as Connector['pull']),
      ...(present === undefined ? {} : { present: wiredPresence(present, wire) }),
    },
    push: Object.fromEntries(pushes) as Connector['push'],
  };
}

type Call = (...asked: unknown[]) => unknown;

function wiredCall(call: Call, wire: Tripwire) {
  return (...asked: unknown[]) => wire.pass('psa', async () => call(...asked));
}

function wiredPresence({ ids, count }: Presence, wire: Tripwire): Presence {
  return {
    ids: wiredStream(ids as Call, wire) as Presence['ids'],
    count: (request) => wire.pass('psa', () => count(request)),
  };
}

function wiredStream(stream: unknown, wire: Tripwire) {
  return async function* (...asked: unknown[]): AsyncGenerator<unknown> {
    const pages = (stream as Call)(...asked) as AsyncIterable<unknown>;
    const iterator = pages[Symbol.asyncIterator]();
    for (;;) {
      const next = await wire.pass('psa', () => iterator.next());
      if (next.done === true) return;
      yield next.value;
    }
  };
}
