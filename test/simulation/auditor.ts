/**
 * Looks over the product's shoulder: after every call it reads what was committed and compares it with
 * the PSAs' own state. It shares no code with the product; what must hold once all is quiet is in
 * `settled.ts`.
 */
import { hash } from 'node:crypto';
import type { RawDatabase } from '../support/databases.ts';
import { Books, type LedgerRow, type MessageRow } from './books.ts';
import { OrderAlerts } from './order-alerts.ts';
import type { Provider } from './provider.ts';
import type { Psa } from './psa.ts';
import { Recharges } from './recharges.ts';
import type { Terms } from './terms.ts';
import { isWrite } from './tripwire.ts';
import { Violation } from './violation.ts';

/** A client's balance, and what came after each level was told, by level. */
interface Descent {
  netSeconds: number;
  told: Map<number, LedgerRow[]>;
}

/**
 * A level that was told may be told again once hours were bought or given and more was used since. Hours
 * whose payment was taken back count as never bought; overage that was billed stays used.
 */
export function isQuiet(since: readonly LedgerRow[] | undefined): boolean {
  if (since === undefined) return false;
  const takenBack = new Set(since.map(({ reverses }) => reverses));
  const first = since.findIndex((row) => isBought(row) && !takenBack.has(row.key));
  const ignored = new Set(since.filter((row) => isBought(row) || isBilled(row)).map(toKey));
  const uses = first < 0 ? [] : since.slice(first + 1);
  const changes = uses
    .filter(({ key, reverses }) => !ignored.has(key) && !ignored.has(reverses ?? ''))
    .map(signed);
  return changes.reduce((sum, seconds) => sum + seconds, 0) >= 0;
}

function isBought({ side, reason }: LedgerRow): boolean {
  return side === 'credit' && (reason === 'purchase' || reason === 'adjustment');
}

function isBilled({ side, reason }: LedgerRow): boolean {
  return side === 'credit' && reason === 'overage';
}

function hasLeft({ status, createAttemptedAt }: MessageRow): boolean {
  return status === 'delivered' || createAttemptedAt !== null;
}

function toKey({ key }: LedgerRow): string {
  return key;
}

function signed({ side, seconds }: LedgerRow): number {
  return side === 'credit' ? seconds : -seconds;
}

export class Auditor {
  readonly systems: readonly Psa[];
  terms: Terms;
  /** By our id of the client. */
  readonly descents = new Map<string, Descent>();
  /** The terms under which each run worked. */
  readonly runTerms = new Map<string, Terms>();
  /** The terms under which each message first left, by its key: until then it follows the config. */
  readonly sentTerms = new Map<string, Terms>();
  #books: Books | null = null;
  /** Every row as it was when first seen, by its place. */
  readonly #ledger: string[] = [];
  readonly #charges: string[] = [];
  readonly #messages = new Map<string, MessageRow>();
  /** Runs that ended while they were sending something. */
  readonly #deadOwners = new Set<string>();
  /** Runs that sold by hand. */
  readonly #sales = new Set<string>();
  /** The vendor's time at which each run began, by ours. */
  readonly #begun = new Map<string, number>();
  /** And, of each watermark, the vendor's time at which its run began. */
  readonly #watermarks = new Map<string, { since: string; begunMs: number }>();

  readonly recharges: Recharges;
  readonly orderAlerts = new OrderAlerts();

  constructor(systems: readonly Psa[], terms: Terms, provider: Provider | null = null) {
    this.systems = systems;
    this.recharges = new Recharges(systems, provider);
    this.terms = terms;
  }

  get books(): Books {
    if (this.#books === null) throw new Error('the auditor has no books open');
    return this.#books;
  }

  /** The same for the same entries in all clients' chains, whatever they are stored in. */
  ledgerHash(): string {
    const chained = this.books.ledger().map((entry) => entry.hash);
    return hash('sha256', chained.sort().join(' '), 'hex');
  }

  /** Also after a crash: then all that was ever seen must still be there. */
  open(database: RawDatabase): void {
    this.#books?.close();
    this.#books = new Books(database);
    this.compareAll();
    for (const { claimedBy } of this.#messages.values()) {
      if (claimedBy !== null) this.#deadOwners.add(claimedBy);
    }
  }

  close(): void {
    this.#books?.close();
    this.#books = null;
  }

  noteRun(oursMs: number, vendorMs: number): void {
    this.#begun.set(new Date(oursMs).toISOString(), vendorMs);
  }

  /** After a call to the store or a PSA has come back. */
  look(call: string): void {
    if (!isWrite(call)) return;
    this.#seeLedger(this.books.ledger(this.#ledger.length));
    this.#seeCharges();
    this.#seeMessages();
    this.recharges.look(this.books, this.terms);
    if (call === 'writePage') this.#checkWatermarks();
  }

  /** No row that was ever seen is another now, or gone. */
  compareAll(): void {
    const rows = this.books.ledger().map((row) => JSON.stringify(row));
    const charges = this.books.charges().map((row) => JSON.stringify(row));
    for (const [name, before, now] of [
      ['ledger row', this.#ledger, rows],
      ['charge', this.#charges, charges],
    ] as const) {
      const index = before.findIndex((text, place) => text !== now[place]);
      if (index < 0) continue;
      throw new Violation('no row changes', `${name} ${before[index]} is now ${now[index]}`);
    }
    this.#seeMessages();
  }

  #seeLedger(rows: readonly LedgerRow[]): void {
    for (const row of rows) {
      this.#ledger.push(JSON.stringify(row));
      this.#noteTerms(row.runId);
      const descent = this.#descentOf(row.clientId);
      descent.netSeconds += signed(row);
      for (const since of descent.told.values()) since.push(row);
    }
  }

  #seeCharges(): void {
    for (const row of this.books.charges(this.#charges.length)) {
      this.#charges.push(JSON.stringify(row));
      this.#noteTerms(row.runId);
    }
  }

  #noteTerms(runId: string): void {
    if (!this.runTerms.has(runId)) this.runTerms.set(runId, this.terms);
  }

  /** A person let hours be sold again to a client whose payment came back: its levels may be told again. */
  resumeSales(clientId: string): void {
    this.recharges.resume(clientId, this.terms);
    this.#descentOf(clientId).told.clear();
  }

  #descentOf(clientId: string): Descent {
    const descent = this.descents.get(clientId) ?? { netSeconds: 0, told: new Map() };
    this.descents.set(clientId, descent);
    return descent;
  }

  #seeMessages(): void {
    const rows = this.books.messages();
    for (const row of rows) {
      const before = this.#messages.get(row.key);
      if (before === undefined && row.kind === 'alert-ticket') this.#checkAlert(row);
      const wasSettled = before?.status === 'delivered' || before?.status === 'cancelled';
      if (wasSettled && (before.status !== row.status || before.remoteId !== row.remoteId)) {
        const is = `${row.status} ${row.remoteId}`;
        throw new Violation('settled once', `${row.key}: ${before.status} is now ${is}`);
      }
      this.#checkOwner(before?.claimedBy ?? null, row);
      if (before !== undefined) this.#checkComposed(before, row);
      this.#noteSent(row);
      this.#messages.set(row.key, row);
    }
    if (rows.length === this.#messages.size) return;
    throw new Violation('no row changes', 'a push message is gone');
  }

  /** What a living run is sending is no affair of another. */
  #checkOwner(before: string | null, { key, claimedBy }: MessageRow): void {
    if (before === null || this.#deadOwners.has(before)) return;
    if (claimedBy === null || claimedBy === before) return;
    throw new Violation('one owner', `${key} is taken by ${claimedBy} from ${before}`);
  }

  /** What was asked for once, or stands in a PSA, is never composed again. */
  #checkComposed(before: MessageRow, { key, connection, payload }: MessageRow): void {
    if (before.payload === payload && before.connection === connection) return;
    const records = this.systems.flatMap((psa) => {
      const { alerts, notes, invoices } = psa.state();
      return [...alerts, ...notes, ...invoices];
    });
    const isThere = records.some((record) => record.key === key);
    if (!isThere && !hasLeft(before) && before.status !== 'cancelled') return;
    throw new Violation('no row changes', `${key} was composed again after it had left`);
  }

  /** A PSA that refused a message has nothing of it: it has not left. */
  #noteSent(row: MessageRow): void {
    if (!hasLeft(row)) this.sentTerms.delete(row.key);
    else if (!this.sentTerms.has(row.key)) this.sentTerms.set(row.key, this.terms);
  }

  /** A sale by hand is a run of its own, and told once. */
  #checkSale(runId: string): void {
    if (!runId.startsWith('m-') || this.#sales.has(runId)) {
      throw new Violation('told once', `a sale by hand is told by ${runId}`);
    }
    this.#sales.add(runId);
  }

  /** A level is told when it is reached, and once until hours are bought and used again. */
  #checkAlert(message: MessageRow): void {
    const { key, clientId, payload, runId } = message;
    this.#noteTerms(runId);
    if (key.startsWith('ph:order:')) {
      this.orderAlerts.add(message, this.recharges);
      return;
    }
    const descent = this.#descentOf(clientId);
    const { subject, body } = JSON.parse(payload) as { subject: string; body: string };
    if (subject.includes(' sold by hand, ')) {
      this.#checkSale(runId);
      return;
    }
    const reached = /^Threshold reached: (.+)\.$/m.exec(body)?.[1] ?? '';
    const levels = [...reached.matchAll(/(\d+) h or less/g)].map(([, text]) => Number(text) * 3600);
    if (levels.length === 0) throw new Violation('told once', `an alert names no level: ${body}`);
    for (const level of levels) {
      const name = `${clientId} at ${level / 3600} h`;
      if (isQuiet(descent.told.get(level)))
        throw new Violation('told once', `${name} is told again`);
      if (!this.terms.levelSeconds.includes(level) || descent.netSeconds > level) {
        const left = `${descent.netSeconds / 3600} h are left`;
        throw new Violation('told once', `${name} is told, and ${left}`);
      }
      descent.told.set(level, []);
      // Only the lowest level is named: those above it are reached with it, and are told as well.
      for (const higher of this.terms.levelSeconds) {
        if (higher > level && !isQuiet(descent.told.get(higher))) descent.told.set(higher, []);
      }
    }
  }

  /** Whatever changed before a watermark is mirrored as it is. */
  #checkWatermarks(): void {
    for (const { connection, stream, since } of this.books.watermarks()) {
      if (since === null) continue;
      const place = `${connection} ${stream}`;
      const before = this.#watermarks.get(place);
      if (before?.since === since) continue;
      const begunMs = this.#begun.get(since);
      this.#watermarks.set(place, { since, begunMs: begunMs ?? Number.NEGATIVE_INFINITY });
      if (before && before.since > since && this.books.isReadAgain(connection)) continue;
      // Where our clock was put back, so is the watermark; by the vendor's time it never is.
      if (begunMs === undefined || (before && begunMs < before.begunMs)) {
        throw new Violation('watermark', `${place} went from ${before?.since} to ${since}`);
      }
      this.#checkMirror(connection, stream, begunMs);
    }
  }

  #checkMirror(connection: string, stream: string, begunMs: number): void {
    const psa = this.systems.find(({ name }) => name === connection);
    if (psa === undefined || (stream !== 'tickets' && stream !== 'timeEntries')) return;
    const { tickets, entries } = psa.state();
    const known = this.books.clientIds();
    const isKnown = (id: string) => {
      const ticket = tickets.find((one) => one.id === id);
      return ticket !== undefined && known.has(`${connection} ${ticket.client}`);
    };
    const rows =
      stream === 'tickets'
        ? tickets.filter(({ id }) => isKnown(id))
        : entries.filter(({ ticketId }) => isKnown(ticketId));
    const mirrored =
      stream === 'tickets'
        ? this.books.mirrorTickets(connection)
        : this.books.mirrorEntries(connection);
    const stamps = new Map(mirrored.map(({ id, updatedAt }) => [id, updatedAt]));
    for (const { id, stampMs, changedMs } of rows) {
      const stamp = new Date(stampMs).toISOString();
      if (changedMs >= begunMs || stamps.get(id) === stamp) continue;
      const detail = `${connection} ${stream} ${id} of ${stamp} is mirrored as of ${stamps.get(id)}`;
      throw new Violation('watermark', detail);
    }
  }
}
