/** The machine that the service runs on: its disk, its clock, and one process after another. */
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConfiguredClient, LoadedConfig } from '../../src/config/loaded.ts';
import type { Connector } from '../../src/contract/connector.ts';
import type { Offer } from '../../src/domain/agreements/terms.ts';
import { Redactor } from '../../src/domain/redaction.ts';
import { isPostgres } from '../../src/domain/store-address.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import type { App } from '../../src/service/app/app.ts';
import { linkPayers } from '../../src/service/app/identify-clients.ts';
import type { Logger } from '../../src/service/app/log.ts';
import { openDatabase, storeOn } from '../../src/store/open.ts';
import type { Store } from '../../src/store/port.ts';
import { newPlace, openNew, openRawAt, type RawDatabase } from '../support/databases.ts';
import '../support/compile-once.ts';
import type { Psa } from './psa.ts';
import { type Tripwire, wiredConnector, wiredStore } from './tripwire.ts';

/** A fault planted in the product, to see it caught: it stands between the product and what it calls. */
export interface Planted {
  name: string;
  store?(store: Store, file: string): Store;
  connector?(connector: Connector): Connector;
  clients?(clients: readonly ConfiguredClient[]): readonly ConfiguredClient[];
  /** The file that is locked in place of the database of that name. */
  lockedFile?(name: string): string;
}

export interface MachineOptions {
  /** PSAs, and a payment provider. */
  systems: readonly Pick<Psa, 'name' | 'connect'>[];
  /** By the machine's own clock, which may be wrong. */
  now(): number;
  planted: Planted | null;
  /** Of PostgreSQL; null: the database is a file. */
  server: string | null;
}

export class Machine {
  readonly folder: string;
  file: string;
  clients: readonly ConfiguredClient[] = [];
  offers: readonly Offer[] = [];
  readonly #options: MachineOptions;
  readonly #open = new Set<Store>();
  #disks = 0;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.folder = mkdtempSync(join(tmpdir(), 'prepaid-hours-simulation-'));
    this.file = newPlace(this.folder, 'store-0.db', options.server);
  }

  async format(): Promise<void> {
    (await openNew(this.file)).close();
  }

  /** A connection of the auditor's own. */
  look(): RawDatabase {
    return openRawAt(this.file);
  }

  /** Whatever is done meanwhile finds the database under a second name. */
  async withOtherName<T>(link: (file: string, name: string) => void, work: (name: string) => T) {
    if (isPostgres(this.file)) return await work(this.file.replace('127.0.0.1', 'localhost'));
    const name = join(this.folder, 'other-name.db');
    link(this.file, name);
    try {
      return await work(name);
    } finally {
      rmSync(name);
    }
  }

  /** A process starts: it opens the database, by the name that it knows, and loads the config. */
  async start(wire: Tripwire, name = this.file): Promise<App> {
    const { systems, now, planted } = this.#options;
    const database = await openDatabase({ file: name, now });
    // Nobody pulls the plug here: a crash leaves what was written to the file.
    if (!isPostgres(name)) database.exec('PRAGMA synchronous = OFF');
    const real = storeOn(database);
    this.#open.add(real);
    const clients = planted?.clients?.(this.clients) ?? this.clients;
    const ids = await real.assignClientIds(clients, instantFromMs(now()));
    const identified = clients.map((client, index) => ({ ...client, id: ids[index] ?? '' }));
    const wiredOne = wiredStore(real, wire);
    const store = planted?.store?.(wiredOne, this.file) ?? wiredOne;
    const connectors = systems.map((psa): [string, Connector] => {
      const connector = wiredConnector(psa.connect(contextOf(psa.name, real, now)), wire);
      return [psa.name, planted?.connector?.(connector) ?? connector];
    });
    return {
      config: configOf(planted?.lockedFile?.(name) ?? name, this.offers),
      store,
      clients: linkPayers(identified),
      connectors: new Map(connectors),
      questions: [],
      requests: new Map(),
      log: silent,
      now,
      close: async () => {
        this.#open.delete(real);
        await real.close();
      },
    };
  }

  /** Every process is gone; what is on the disk is all that is left. */
  async crash(isTorn: boolean, random: () => number): Promise<void> {
    if (isPostgres(this.file)) {
      // The server goes on; the same is drawn as with a file.
      if (isTorn) for (const _ of ['length', 'filling']) random();
      await this.#closeAll();
      return;
    }
    this.#disks += 1;
    const after = join(this.folder, `store-${this.#disks}.db`);
    for (const suffix of ['', '-wal']) {
      if (existsSync(this.file + suffix)) copyFileSync(this.file + suffix, after + suffix);
    }
    // A write that the crash cut short: the journal ends in the middle of something.
    if (isTorn && existsSync(`${after}-wal`)) {
      const length = 1 + Math.floor(random() * 6000);
      appendFileSync(`${after}-wal`, Buffer.alloc(length, 1 + Math.floor(random() * 255)));
    }
    await this.#closeAll();
    for (const suffix of ['', '-wal', '-shm']) rmSync(this.file + suffix, { force: true });
    this.file = after;
  }

  async scrap(): Promise<void> {
    await this.#closeAll();
    rmSync(this.folder, { recursive: true });
  }

  async #closeAll(): Promise<void> {
    for (const store of this.#open) await store.close();
    this.#open.clear();
  }
}

function contextOf(connection: string, store: Store, now: () => number) {
  const at = () => instantFromMs(now());
  return {
    connection,
    timezone: 'Europe/Paris',
    currency: 'EUR',
    now,
    log: silent,
    onRequest: () => {},
    redactor: new Redactor(),
    memory: {
      get: (key: string) => store.readMemory(connection, key),
      set: (key: string, value: string) => store.writeMemory(connection, key, value, at()),
      delete: (key: string) => store.writeMemory(connection, key, null, at()),
    },
  };
}

const nothing = () => {};
const silent: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silent,
};

function configOf(store: string, offers: readonly Offer[]): LoadedConfig {
  return {
    file: `${store}.yaml`,
    mode: 'live',
    timezone: 'Europe/Paris',
    locale: 'en',
    durations: 'clock',
    currency: 'EUR',
    store,
    historyMonths: 12,
    blocksSoldByHand: 'propose',
    web: null,
    notify: null,
    accounting: null,
    balanceField: { connection: 'psa', field: 'Prepaid hours left' },
    connections: new Map(),
    schedule: { pull: '', debit: '', replenish: '', push: '', sweep: '', reconcile: '' },
    backup: null,
    publish: null,
    sender: null,
    reconcile: { days: 31 },
    sweep: { days: 62, percentMax: 10 },
    contract: { registration: [], reviewedOn: null, clients: new Map(), closings: new Map() },
    offers: new Map(offers.map((offer) => [offer.name, offer])),
    agreements: new Map(),
    clients: [],
    technicians: [],
    secrets: [],
    templates: [fileURLToPath(new URL('../../config/templates', import.meta.url))],
  };
}
