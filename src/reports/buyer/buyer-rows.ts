import type { LedgerEntry } from '../../domain/ledger/ledger.ts';
import type { ZoneName } from '../../domain/zone.ts';
import { csvText, parseCsv } from '../format/csv.ts';
import type { Account, MeasuredAccount, RevenueBlock } from '../revenue/revenue-source.ts';

type Cell = string | number | null;

const clientColumns = ['client_id', 'name', 'timezone'];

export function clientsToCsv(accounts: readonly Account[]): string {
  return csvText([clientColumns, ...accounts.map(({ id, name, zone }) => [id, name, zone])]);
}

const blockColumns = [
  ...['block_id', 'client_id', 'source', 'offer', 'seconds', 'amount_minor', 'rate_minor'],
  ...['currency', 'purchased_on', 'expires_on', 'status', 'invoice', 'invoiced_seconds'],
  ...['invoiced_minor', 'low_on', 'ordered_on', 'paid_on', 'left', 'deferred_minor'],
];

/** What is left is in seconds, of money blocks in minor units. */
export function blocksToCsv(accounts: readonly MeasuredAccount[]): string {
  const rows = accounts.flatMap(({ blocks, revenue }) =>
    blocks.map((block): Cell[] => [
      block.id,
      block.clientId,
      block.source,
      block.offer,
      block.seconds,
      block.amountMinor,
      block.rateMinor,
      block.currency,
      block.purchasedOn,
      block.expiresOn,
      block.status,
      block.invoice,
      block.invoiced?.seconds ?? null,
      block.invoiced?.totalMinor ?? null,
      block.lowOn,
      block.orderedOn,
      block.paidOn,
      revenue.left.get(block.id)?.closing ?? 0,
      revenue.left.get(block.id)?.closingMinor ?? 0,
    ]),
  );
  return csvText([blockColumns, ...rows]);
}

const ledgerColumns = [
  ...['client_id', 'client_seq', 'key', 'side', 'reason', 'block_id', 'seconds', 'minor'],
  ...['used_by', 'charge_id', 'reverses', 'worked_on', 'note', 'posted_at', 'run_id', 'hash'],
];

/** In place of a note that was taken out; a note itself is in quotes. */
const removed = 'removed';

/** An entry as exported; `isNoteRemoved`: its hash covers a note that is not in the file. */
export interface ExportedEntry extends Omit<LedgerEntry, 'seq'> {
  isNoteRemoved: boolean;
}

/** Notes are JSON strings, so that not one character of what the hash covers is changed. */
export function ledgerToCsv(entries: readonly ExportedEntry[]): string {
  const rows = entries.map((entry): Cell[] => [
    entry.clientId,
    entry.clientSeq,
    entry.key,
    entry.side,
    entry.reason,
    entry.blockId,
    entry.seconds,
    entry.minor,
    entry.usedBy,
    entry.chargeId,
    entry.reverses,
    entry.workedOn,
    entry.isNoteRemoved ? removed : entry.note === null ? null : spellNote(entry.note),
    entry.postedAt,
    entry.runId,
    entry.hash,
  ]);
  return csvText([ledgerColumns, ...rows]);
}

/** Only printable ASCII: the writer of cells changes nothing about it. */
function spellNote(note: string): string {
  return JSON.stringify(note).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function readLedgerRow(row: ReadonlyMap<string, string>): LedgerEntry & ExportedEntry {
  const text = (name: string) => row.get(name) ?? '';
  const orNull = (name: string) => (text(name) === '' ? null : text(name));
  const note = orNull('note');
  const isNoteRemoved = note === removed;
  return {
    seq: 0,
    clientId: text('client_id'),
    clientSeq: Number(text('client_seq')),
    key: text('key'),
    side: text('side') as LedgerEntry['side'],
    reason: text('reason') as LedgerEntry['reason'],
    blockId: orNull('block_id'),
    seconds: Number(text('seconds')),
    minor: numberOrNull(orNull('minor')),
    usedBy: orNull('used_by'),
    chargeId: orNull('charge_id'),
    reverses: orNull('reverses'),
    workedOn: orNull('worked_on'),
    note: isNoteRemoved || note === null ? null : (JSON.parse(note) as string),
    postedAt: text('posted_at'),
    runId: text('run_id'),
    hash: text('hash'),
    isNoteRemoved,
  };
}

function readBlockRow(row: ReadonlyMap<string, string>): RevenueBlock {
  const text = (name: string) => row.get(name) ?? '';
  const orNull = (name: string) => (text(name) === '' ? null : text(name));
  const isInvoiced = text('invoiced_minor') !== '';
  return {
    id: text('block_id'),
    clientId: text('client_id'),
    source: text('source') as RevenueBlock['source'],
    offer: orNull('offer'),
    seconds: Number(text('seconds')),
    amountMinor: numberOrNull(orNull('amount_minor')),
    rateMinor: Number(text('rate_minor')),
    currency: text('currency'),
    purchasedOn: text('purchased_on'),
    expiresOn: orNull('expires_on'),
    status: text('status'),
    invoice: orNull('invoice'),
    invoiced: isInvoiced
      ? { seconds: Number(text('invoiced_seconds')), totalMinor: Number(text('invoiced_minor')) }
      : null,
    lowOn: orNull('low_on'),
    orderedOn: text('ordered_on'),
    paidOn: orNull('paid_on'),
  };
}

function numberOrNull(text: string | null): number | null {
  return text === null ? null : Number(text);
}

/** The clients with their blocks, as the files have them. */
export function readAccountsFrom(clientsCsv: string, blocksCsv: string): Account[] {
  const blocks = readTable(blocksCsv).map(readBlockRow);
  return readTable(clientsCsv).map((row) => {
    const id = row.get('client_id') ?? '';
    const zone: ZoneName = row.get('timezone') ?? '';
    const own = blocks.filter(({ clientId }) => clientId === id);
    return { id, name: row.get('name') ?? '', zone, blocks: own };
  });
}

/** Rows by the names in the first line. */
export function readTable(csv: string): ReadonlyMap<string, string>[] {
  const [titles = [], ...rows] = parseCsv(csv);
  return rows.map((row) => new Map(titles.map((title, index) => [title, row[index] ?? ''])));
}
