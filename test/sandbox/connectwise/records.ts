/** Rows as they are on the wire, and what all of them share. */

export interface Fields {
  id: number;
  _info?: { [name: string]: string };
  [field: string]: unknown;
}

export interface Reference {
  id: number;
  name?: string;
  [field: string]: unknown;
}

/** Timestamps on the wire have whole seconds: `2026-03-02T09:00:00Z`. */
export function wireTime(at: string | number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

/** The value behind `company/id`; undefined where any step is missing. */
export function fieldAt(row: unknown, path: string): unknown {
  let value: unknown = row;
  for (const step of path.split('/')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as { [name: string]: unknown })[step];
  }
  return value;
}

export function referenceTo(row: Fields, ...fields: string[]): Reference {
  const reference: Reference = { id: row.id };
  for (const field of fields) if (row[field] !== undefined) reference[field] = row[field];
  return reference;
}

/** Money and hours in hundredths, so that sums stay exact. */
export function addExactly(...amounts: number[]): number {
  return amounts.reduce((sum, amount) => sum + Math.round(amount * 10_000), 0) / 10_000;
}

/** What a callback tells. */
export interface Change {
  /** Counts all changes of all tables. */
  at: number;
  action: 'added' | 'updated' | 'deleted';
  id: number;
  row: Fields;
}

let changesSoFar = 0;

/** A table whose rows carry `_info.lastUpdated`, kept by one clock. */
export class Table {
  readonly rows = new Map<number, Fields>();
  /** Not yet told by callbacks. */
  readonly changes: Change[] = [];
  private readonly nextId: () => number;
  private readonly now: () => number;

  constructor(now: () => number, nextId?: () => number) {
    let last = 0;
    this.now = now;
    this.nextId = nextId ?? (() => ++last);
  }

  add(fields: { [field: string]: unknown }, at?: string): Fields {
    const timestamp = wireTime(at ?? this.now());
    const row: Fields = {
      id: this.nextId(),
      ...withoutUndefined(fields),
      _info: { lastUpdated: timestamp, updatedBy: 'sandbox', dateEntered: timestamp },
    };
    this.rows.set(row.id, row);
    this.note('added', row);
    return row;
  }

  change(id: number, fields: { [field: string]: unknown }, at?: string): Fields {
    const row = this.get(id);
    Object.assign(row, fields);
    for (const [name, value] of Object.entries(fields)) if (value === undefined) delete row[name];
    row._info = { ...row._info, lastUpdated: wireTime(at ?? this.now()) };
    this.note('updated', row);
    return row;
  }

  get(id: number): Fields {
    const row = this.rows.get(id);
    if (row === undefined) throw new Error(`The sandbox has no row ${id}.`);
    return row;
  }

  remove(id: number): void {
    this.note('deleted', this.get(id));
    this.rows.delete(id);
  }

  private note(action: Change['action'], row: Fields): void {
    changesSoFar += 1;
    this.changes.push({ at: changesSoFar, action, id: row.id, row: { ...row } });
  }

  list(keep: (row: Fields) => boolean = () => true): Fields[] {
    return [...this.rows.values()].filter(keep);
  }
}

function withoutUndefined(fields: { [field: string]: unknown }): { [field: string]: unknown } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
