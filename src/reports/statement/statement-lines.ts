import type { ChargeFacts } from '../../domain/charges/charge-facts.ts';
import { type LedgerEntry, signedMinor, signedSeconds } from '../../domain/ledger/ledger.ts';
import { isUndoneNote } from '../../domain/ledger/undo.ts';
import { priceOf } from '../../domain/money.ts';
import { dateInZone } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import type { Block, PostedCharge } from '../../store/port.ts';
import { compareCharges, isWithdrawn, workedSeconds } from './charge-changes.ts';
import type { Amount, LineBlock, LineKind, StatementLine, WorkShare } from './statement-shape.ts';

/** The ledger's note on both sides of overage that a later block paid. */
export const overagePaidNote = 'overage-paid';

/** One charge group in the period. */
export interface GroupPeriod {
  /** The charge in effect when the period began, with what it debited then; null: none. */
  before: { charge: PostedCharge; seconds: number } | null;
  /** The last charge posted in the period; null: none. */
  posted: PostedCharge | null;
  /** The group's ledger entries in the period, oldest first; none for free work. */
  entries: LedgerEntry[];
}

export interface LineContext {
  zone: ZoneName;
  blocks: ReadonlyMap<string, Block>;
  /** The client of the statement. */
  clientId: string;
  /** Names of the clients that share blocks, by ID. */
  names: ReadonlyMap<string, string>;
}

/**
 * One line for a group's entries in the period: posting, reversal and re-posting are one net line.
 * Null if nothing remains (posted and withdrawn in the same period).
 */
export function toChargeLine(group: GroupPeriod, context: LineContext): StatementLine | null {
  const { before, posted, entries } = group;
  const seconds = netSeconds(entries);
  const after = posted === null ? null : factsOf(posted);
  if (before === null) {
    if (posted === null || after === null) throw new Error('ledger entries without a charge');
    return isWithdrawn(after) ? null : chargeLine(posted, after, group, context);
  }
  const earlier = factsOf(before.charge);
  if (posted === null || after === null) {
    // Without a new revision, only the payer has changed: a block instead of overage, or the
    // reverse.
    const isGivenBack = entries.some(({ note: why }) => isUndoneNote(why));
    const kind = isGivenBack ? 'reversal' : 'overage-paid';
    return { ...chargeLine(before.charge, earlier, group, context), kind };
  }
  const note = entries.find((entry) => entry.reason === 'reversal')?.note ?? null;
  const changes = compareCharges(earlier, after, note);
  const line = isWithdrawn(after)
    ? chargeLine(before.charge, earlier, group, context)
    : chargeLine(posted, after, group, context);
  if (seconds === 0 && changes.length === 0 && line.blocks.length === 0) return null;
  const afterSeconds = before.seconds + line.chargedSeconds;
  const correction = { beforeSeconds: before.seconds, afterSeconds, changes };
  return { ...line, kind: 'correction', correction };
}

function chargeLine(
  charge: PostedCharge,
  facts: ChargeFacts,
  { entries, posted }: GroupPeriod,
  context: LineContext,
): StatementLine {
  const days = facts.parts.map((part) => part.workedOn).sort();
  const tickets = facts.parts.flatMap((part) => part.ticketNumber ?? []);
  return {
    kind: 'usage',
    postedOn: dateInZone((entries.at(-1) ?? posted ?? charge).postedAt, context.zone),
    workedFrom: days[0] ?? charge.workedOn,
    workedTo: days.at(-1) ?? charge.workedOn,
    ticketNumbers: facts.ticket === null ? distinct(tickets) : [facts.ticket.number],
    summary: facts.ticket?.summary ?? null,
    ...recordedBy(facts),
    technicians: distinct(facts.parts.map((part) => part.technician)),
    workTypes: distinct(facts.parts.flatMap((part) => part.workType ?? [])),
    workedSeconds: workedSeconds(facts),
    ...movedBy(entries, context),
    client: sharerName(charge.clientId, context),
    correction: null,
    note: null,
    shares: shareOut(facts),
  };
}

function recordedBy({ parts }: ChargeFacts): Pick<StatementLine, 'recordedBy'> {
  const connections = distinct(parts.flatMap((part) => part.recordedBy ?? []));
  return connections.length === 0 ? {} : { recordedBy: connections };
}

/** What a charge takes, by its entries in proportion to their time at its rate, in minutes; the sum is exact. */
function shareOut({ parts, seconds }: ChargeFacts): WorkShare[] {
  const weights = parts.map(({ pieces }) =>
    pieces.reduce((sum, piece) => sum + piece.seconds * piece.factorThousandths, 0),
  );
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const upTo = (weight: number) => {
    if (weight === whole) return whole === 0 ? 0 : seconds;
    return Math.min(seconds, 60 * Math.round((seconds * weight) / whole / 60));
  };
  let done = 0;
  return parts.map(({ technician, workType, seconds: workedSeconds }, index) => {
    const before = upTo(done);
    done += weights[index] ?? 0;
    return { technician, workType, workedSeconds, chargedSeconds: upTo(done) - before };
  });
}

function sharerName(clientId: string, context: LineContext): string | null {
  return clientId === context.clientId ? null : (context.names.get(clientId) ?? clientId);
}

/**
 * One line for ledger entries with one cause other than work: a purchase, an expiry, an adjustment.
 */
export function toPlainLine(entries: readonly LedgerEntry[], context: LineContext): StatementLine {
  const [first] = entries;
  if (first === undefined) throw new Error('a statement line needs a ledger entry');
  return {
    kind: plainKind(entries),
    postedOn: dateInZone(first.postedAt, context.zone),
    workedFrom: null,
    workedTo: null,
    ticketNumbers: [],
    summary: null,
    technicians: [],
    workTypes: [],
    workedSeconds: null,
    ...movedBy(entries, context),
    client: null,
    correction: null,
    note: isByHand(first, context) ? first.note : null,
    shares: [],
  };
}

/** Whether the entry's note was typed by a user; the program's own notes are codes. */
function isByHand(entry: LedgerEntry, { blocks }: LineContext): boolean {
  if (entry.note === overagePaidNote) return false;
  if (entry.reason !== 'purchase')
    return ['adjustment', 'overage', 'refund'].includes(entry.reason);
  return blocks.get(entry.blockId ?? '')?.source === 'manual';
}

function netSeconds(entries: readonly LedgerEntry[]): number {
  return entries.reduce((sum, entry) => sum + signedSeconds(entry), 0);
}

/**
 * Entries with the same cause share this text: slices of one adjustment, both sides of overage
 * paid.
 */
export function causeOf(entry: LedgerEntry): string {
  return entry.reverses ?? entry.key.replace(/\/\d+$/, '');
}

function plainKind(entries: readonly LedgerEntry[]): LineKind {
  if (entries.every((entry) => entry.note === overagePaidNote)) return 'overage-paid';
  for (const { reason, side } of entries) {
    if (reason === 'overage' && side === 'credit') return 'overage-billed';
    if (reason !== 'overage' && reason !== 'usage') return reason;
  }
  return 'adjustment';
}

type Moved = Pick<
  StatementLine,
  'seconds' | 'money' | 'chargedSeconds' | 'blocks' | 'overageSeconds'
>;

/** Nets the entries by block, in the order in which the blocks were used. */
function movedBy(entries: readonly LedgerEntry[], { blocks }: LineContext): Moved {
  const taken = new Map<string, LineBlock>();
  let overageSeconds = 0;
  let chargedSeconds = 0;
  for (const entry of entries) {
    // On a money block too: the charged time that its money paid for.
    const seconds = entry.side === 'debit' ? entry.seconds : -entry.seconds;
    chargedSeconds += seconds;
    if (entry.blockId === null) {
      overageSeconds += seconds;
      continue;
    }
    const block = blocks.get(entry.blockId);
    if (block === undefined) throw new Error(`ledger entry ${entry.key} names an unknown block`);
    const line = taken.get(block.id) ?? toLineBlock(block);
    line.seconds += seconds;
    line.priceMinor -= signedMinor(entry);
    taken.set(block.id, line);
  }
  const lines = [...taken.values()].filter((line) => line.seconds !== 0 || line.priceMinor !== 0);
  for (const line of lines) {
    if (!line.isMoney) line.priceMinor = priceOf(line.seconds, line.rateMinor);
  }
  const money = addUp(
    lines.filter(({ isMoney }) => isMoney),
    ({ priceMinor }) => -priceMinor,
  );
  return { seconds: netSeconds(entries), money, chargedSeconds, blocks: lines, overageSeconds };
}

function toLineBlock({ id, rateMinor, currency, amountMinor }: Block): LineBlock {
  const isMoney = amountMinor !== null;
  return { blockId: id, isMoney, seconds: 0, rateMinor, currency, priceMinor: 0 };
}

/** Sums by currency, without zero sums. */
export function addUp<Row extends { currency: string }>(
  rows: readonly Row[],
  minorOf: (row: Row) => number,
): Amount[] {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(row.currency, (sums.get(row.currency) ?? 0) + minorOf(row));
  return [...sums]
    .map(([currency, minor]) => ({ currency, minor }))
    .filter(({ minor }) => minor !== 0);
}

export function factsOf(charge: PostedCharge): ChargeFacts {
  return JSON.parse(charge.facts) as ChargeFacts;
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
