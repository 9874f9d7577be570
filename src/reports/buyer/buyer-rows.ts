import type { LedgerEntry } from '../../domain/ledger/ledger.ts';
import { csvText, parseCsv } from '../format/csv.ts';
import type { Account, MeasuredAccount, RevenueBlock } from '../revenue/revenue-source.ts';

/** Texts, but for these; an empty cell is null. */
const numbers = new Set([
  ...['clientSeq', 'seconds', 'minor', 'amountMinor', 'rateMinor'],
  ...['invoicedSeconds', 'invoicedMinor', 'left', 'deferredMinor'],
]);

/** `client_seq`, of `clientSeq`. */
function titleOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function toCsv<Row extends object>(keys: readonly (keyof Row & string)[], rows: readonly Row[]) {
  return csvText([
    keys.map(titleOf),
    ...rows.map((row) => keys.map((key) => row[key] as string | number | null)),
  ]);
}

/** What is read is what was written; whatever else it is, the comparison finds. */
function fromCsv<Row>(keys: readonly string[], csv: string): Row[] {
  const [titles = [], ...rows] = parseCsv(csv);
  const places = keys.map((key) => [key, titles.indexOf(titleOf(key))] as const);
  return rows.map((row) => {
    const cells = places.map(([key, place]) => {
      const text = row[place] ?? '';
      return [key, text === '' ? null : numbers.has(key) ? Number(text) : text];
    });
    return Object.fromEntries(cells) as Row;
  });
}

type ClientRow = Pick<Account, 'name'> & { clientId: string; timezone: string };
const clientKeys = ['clientId', 'name', 'timezone'] as const;

export function clientsToCsv(accounts: readonly Account[]): string {
  const rows = accounts.map(({ id, name, zone }) => ({ clientId: id, name, timezone: zone }));
  return toCsv<ClientRow>(clientKeys, rows);
}

interface BlockRow extends Omit<RevenueBlock, 'id' | 'invoiced'> {
  blockId: string;
  invoicedSeconds: number | null;
  invoicedMinor: number | null;
  /** Seconds, of a money block minor units. */
  left: number;
  deferredMinor: number;
}

const blockKeys = [
  ...(['blockId', 'clientId', 'source', 'offer', 'seconds', 'amountMinor'] as const),
  ...(['rateMinor', 'currency', 'purchasedOn', 'expiresOn', 'status', 'invoice'] as const),
  ...(['invoicedSeconds', 'invoicedMinor', 'lowOn', 'orderedOn', 'paidOn'] as const),
  ...(['left', 'deferredMinor'] as const),
];

export function blocksToCsv(accounts: readonly MeasuredAccount[]): string {
  const rows = accounts.flatMap(({ blocks, revenue }) =>
    blocks.map((block) => ({
      ...block,
      blockId: block.id,
      invoicedSeconds: block.invoiced?.seconds ?? null,
      invoicedMinor: block.invoiced?.totalMinor ?? null,
      left: revenue.left.get(block.id)?.closing ?? 0,
      deferredMinor: revenue.left.get(block.id)?.closingMinor ?? 0,
    })),
  );
  return toCsv<BlockRow>(blockKeys, rows);
}

/** The clients with their blocks, as the files have them. */
export function readAccountsFrom(clientsCsv: string, blocksCsv: string): Account[] {
  const blocks = fromCsv<BlockRow>(blockKeys, blocksCsv).map((row): RevenueBlock => {
    const { blockId: id, invoicedSeconds: seconds, invoicedMinor: totalMinor } = row;
    const invoiced = seconds === null || totalMinor === null ? null : { seconds, totalMinor };
    return { ...row, id, invoiced };
  });
  return fromCsv<ClientRow>(clientKeys, clientsCsv).map(({ clientId: id, name, timezone }) => {
    return { id, name, zone: timezone, blocks: blocks.filter(({ clientId }) => clientId === id) };
  });
}

/** An entry as exported; `isNoteRemoved`: its hash covers a note that is not in the file. */
export interface ExportedEntry extends LedgerEntry {
  isNoteRemoved: boolean;
}

const ledgerKeys = [
  ...(['clientId', 'clientSeq', 'key', 'side', 'reason', 'blockId', 'seconds', 'minor'] as const),
  ...(['usedBy', 'chargeId', 'reverses', 'workedOn', 'note', 'postedAt', 'runId'] as const),
  'hash' as const,
];

/** In place of a note that was taken out; a note itself is in quotes. */
const removed = 'removed';

/** Notes are JSON strings, so that not one character of what the hash covers is changed. */
export function ledgerToCsv(entries: readonly ExportedEntry[]): string {
  const rows = entries.map(({ isNoteRemoved, note, ...entry }) => {
    const spelled = note === null ? null : spellNote(note);
    return { ...entry, note: isNoteRemoved ? removed : spelled };
  });
  return toCsv<LedgerEntry>(ledgerKeys, rows);
}

/** Only printable ASCII: the writer of cells changes nothing about it. */
function spellNote(note: string): string {
  return JSON.stringify(note).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function readLedgerFrom(ledgerCsv: string): ExportedEntry[] {
  return fromCsv<LedgerEntry>(ledgerKeys, ledgerCsv).map((row) => {
    const isNoteRemoved = row.note === removed;
    const note = isNoteRemoved || row.note === null ? null : (JSON.parse(row.note) as string);
    return { ...row, note, isNoteRemoved };
  });
}
