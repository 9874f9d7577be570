import type { ChargeFacts } from '../../domain/charges/charge-facts.ts';
import { type LedgerEntry, signedMinor, signedSeconds } from '../../domain/ledger/ledger.ts';
import { isUndoneNote } from '../../domain/ledger/undo.ts';
import { priceOf } from '../../domain/money.ts';
import { dateInZone } from '../../domain/time.ts';
import type { ZoneName } from '../../domain/zone.ts';
import type { Block, PostedCharge } from '../../store/port.ts';
import { compareCharges, isWithdrawn, workedSeconds } from './charge-changes.ts';
import type { Amount, LineBlock, LineKind, StatementLine } from './statement-shape.ts';

/** Note that the ledger puts on both sides of an overage that a later block paid. */
export const overagePaidNote = 'overage-paid';

/** What one charge group did in the period. */
export interface GroupPeriod {
  /** The charge that stood when the period began, with what it took then; null: none stood. */
  before: { charge: PostedCharge; seconds: number } | null;
  /** Last charge posted in the period; null: none. */
  posted: PostedCharge | null;
  /** The group's ledger entries of the period, oldest first; none for work that is free. */
  entries: LedgerEntry[];
}

export interface LineContext {
  zone: ZoneName;
  blocks: ReadonlyMap<string, Block>;
  /** Whose statement it is. */
  clientId: string;
  /** Names of the clients that share blocks, by id. */
  names: ReadonlyMap<string, string>;
}

/**
 * One line for all that a group did in the period: posting, reversal and posting again are one net
 * line. Null when nothing remains to be said (posted and withdrawn in the same period).
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
    // Without a new revision only who pays has changed: a block for overage, or the other way round.
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
    technicians: distinct(facts.parts.map((part) => part.technician)),
    workTypes: distinct(facts.parts.flatMap((part) => part.workType ?? [])),
    workedSeconds: workedSeconds(facts),
    ...movedBy(entries, context),
    client: sharerName(charge.clientId, context),
    correction: null,
    note: null,
  };
}

function sharerName(clientId: string, context: LineContext): string | null {
  return clientId === context.clientId ? null : (context.names.get(clientId) ?? clientId);
}

/** One line for ledger entries of one cause that is no work: a purchase, an expiry, an adjustment. */
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
  };
}

/** Whether the entry's note is what a person wrote; notes of the program's own are codes. */
function isByHand(entry: LedgerEntry, { blocks }: LineContext): boolean {
  if (entry.note === overagePaidNote) return false;
  if (entry.reason !== 'purchase')
    return ['adjustment', 'overage', 'refund'].includes(entry.reason);
  return blocks.get(entry.blockId ?? '')?.source === 'manual';
}

function netSeconds(entries: readonly LedgerEntry[]): number {
  return entries.reduce((sum, entry) => sum + signedSeconds(entry), 0);
}

/** Entries of one cause share this text: slices of one adjustment, both sides of overage paid. */
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

/** Nets the entries by block, in the order that the blocks were touched. */
function movedBy(entries: readonly LedgerEntry[], { blocks }: LineContext): Moved {
  const taken = new Map<string, LineBlock>();
  let overageSeconds = 0;
  let chargedSeconds = 0;
  for (const entry of entries) {
    // On a block of money too: the charged time that its money stands for.
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

/** Sums by currency, less those that come to nothing. */
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
