/**
 * A second, slow implementation of revenue, from the raw rows of a database: it shares no code with
 * the first, and adds every balance up from the beginning again.
 */
import { DatabaseSync } from 'node:sqlite';

interface LedgerRow {
  client_id: string;
  client_seq: number;
  key: string;
  side: string;
  reason: string;
  block_id: string | null;
  seconds: number;
  minor: number | null;
  reverses: string | null;
  posted_at: string;
}

interface BlockRow {
  id: string;
  client_id: string;
  source: string;
  currency: string;
  amount_minor: number | null;
  rate_minor: number;
  sold_seconds: number | null;
  sold_minor: number | null;
}

export class RevenueOracle {
  readonly #ledger: LedgerRow[];
  readonly #byBlock: Map<string | null, LedgerRow[]>;
  readonly #figures = new Map<string, Map<string, number>>();
  readonly blocks: BlockRow[];

  constructor(file: string) {
    const database = new DatabaseSync(file, { readOnly: true });
    const all = <Row>(sql: string) => database.prepare(sql).all() as unknown as Row[];
    this.#ledger = all('SELECT * FROM ledger ORDER BY client_id, client_seq');
    this.#byBlock = Map.groupBy(this.#ledger, (row) => row.block_id);
    this.blocks = all(`SELECT b.*,
      coalesce(h.seconds, json_extract(m.payload, '$.seconds')) AS sold_seconds,
      coalesce(h.total_minor, json_extract(m.payload, '$.totalMinor')) AS sold_minor
      FROM block b LEFT JOIN invoice_block h ON h.block_id = b.id
      LEFT JOIN push_message m ON m.key = b.invoice_key AND b.source <> 'rollover' ORDER BY b.id`);
    database.close();
  }

  rowsOf(blockId: string): LedgerRow[] {
    return this.#byBlock.get(blockId) ?? [];
  }

  /** `EUR 2026-03 earned` and so on, with the money of it; zeros are left out. */
  figuresOf(blockId: string, zone: string): Map<string, number> {
    const asked = `${zone} ${blockId}`;
    const figures = this.#figures.get(asked) ?? this.#addUp(blockId, zone);
    this.#figures.set(asked, figures);
    return figures;
  }

  #addUp(blockId: string, zone: string): Map<string, number> {
    const rows = this.rowsOf(blockId);
    const figures = new Map<string, number>();
    rows.forEach((row, index) => {
      const change =
        this.#worth(blockId, rows.slice(0, index + 1)) - this.#worth(blockId, rows.slice(0, index));
      const kind = this.#kindOf(row);
      const isOut = ['earned', 'breakage', 'refunded', 'reversed'].includes(kind);
      const name = `${monthIn(row.posted_at, zone)} ${kind}`;
      figures.set(name, (figures.get(name) ?? 0) + (isOut ? -change : change));
    });
    return new Map([...figures].filter(([, minor]) => minor !== 0).sort());
  }

  /** What the block is worth after everything posted up to the end of the month. */
  deferredAt(blockId: string, month: string, zone: string): number {
    const rows = this.rowsOf(blockId);
    return this.#worth(
      blockId,
      rows.filter(({ posted_at }) => monthIn(posted_at, zone) <= month),
    );
  }

  #worth(blockId: string, rows: readonly LedgerRow[]): number {
    const block = this.#block(blockId);
    const isMoney = block.amount_minor !== null;
    let left = 0;
    for (const row of rows) {
      const amount = isMoney ? (row.minor ?? 0) : row.seconds;
      left = row.side === 'credit' ? left + amount : left - amount;
    }
    if (isMoney) return left;
    const [total, size] = this.#price(block);
    return roundHalfUp(BigInt(left) * BigInt(total), BigInt(size));
  }

  /** So much for so many seconds. */
  #price(block: BlockRow): [total: number, size: number] {
    if (block.source === 'rollover') {
      const [into] = this.rowsOf(block.id);
      const from = this.#ledger.find(({ key }) => key === into?.key.replace(/2$/, '1'));
      if (into === undefined || from?.block_id == null)
        throw new Error(`${block.id} came from nowhere`);
      const rows = this.rowsOf(from.block_id);
      const place = rows.indexOf(from);
      const before = this.#worth(from.block_id, rows.slice(0, place));
      return [before - this.#worth(from.block_id, rows.slice(0, place + 1)), into.seconds];
    }
    const { sold_seconds, sold_minor } = block;
    if (sold_seconds && sold_minor !== null) return [sold_minor, sold_seconds];
    return [block.rate_minor, 3600];
  }

  #block(id: string): BlockRow {
    const block = this.blocks.find((one) => one.id === id);
    if (block === undefined) throw new Error(`no block ${id}`);
    return block;
  }

  #kindOf(row: LedgerRow): string {
    if (row.reverses !== null) {
      const original = this.#ledger.find(({ key }) => key === row.reverses);
      if (original === undefined) throw new Error(`nothing that ${row.key} reverses`);
      const kind = this.#kindOf(original);
      return kind === 'sold' ? 'reversed' : kind;
    }
    const { source } = this.#block(row.block_id ?? '');
    if (row.key.startsWith('opening-edit:')) return 'takenOver';
    if (row.reason === 'purchase' && source === 'opening') return 'takenOver';
    const kinds: Record<string, string> = {
      purchase: 'sold',
      overage: 'sold',
      usage: 'earned',
      expiry: 'breakage',
      refund: 'refunded',
      adjustment: 'adjusted',
      rollover: 'rolledOver',
    };
    return kinds[row.reason] ?? `unknown ${row.reason}`;
  }
}

function roundHalfUp(numerator: bigint, denominator: bigint): number {
  const whole = numerator / denominator;
  const rest = numerator % denominator;
  return Number(rest * 2n >= denominator ? whole + 1n : whole);
}

/** Creating one takes longer than all else that is asked of the oracle. */
const calendars = new Map<string, Intl.DateTimeFormat>();

function monthIn(instant: string, zone: string): string {
  const calendar =
    calendars.get(zone) ??
    new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit' });
  calendars.set(zone, calendar);
  return calendar.format(new Date(instant)).slice(0, 7);
}
