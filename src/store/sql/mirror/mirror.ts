import { hash } from 'node:crypto';
import type { MirrorRows } from '../../port.ts';
import { type Database, listValue } from '../database.ts';
import { columnsOf, type MirrorRow, type MirrorTable, tables, toMirrorRows } from './columns.ts';

interface Stored {
  sourceId: string;
  revision: string;
  updatedAt: string;
  deletedAt: string | null;
}

interface MirrorChange {
  /** Rows with a new revision, or that reappeared. */
  changed: number;
  /** Rows that are new or were touched at the vendor, whether or not they changed for us. */
  touchedIds: string[];
}

/**
 * Writes only what differs from the mirror: an unchanged row fires no trigger and causes no work
 * for debit. INSERT and UPDATE are separate on purpose, see `dirty` in the migration.
 */
export function writeMirror(
  database: Database,
  connection: string,
  page: MirrorRows,
): MirrorChange {
  const table: MirrorTable = tables[page.stream];
  const rows = toMirrorRows(page);
  const known = readKnown(database, table, connection, rows);
  const change: MirrorChange = { changed: 0, touchedIds: [] };
  const sql = statementsOf(table);
  for (const { sourceId, values, updatedAt } of rows) {
    // An e-mail only says who is who: a new one changes the technician in `name`, and no work.
    const decisive = values.filter((_, index) => table.fields[index] !== 'technicianEmail');
    const revision = hash('sha256', JSON.stringify(decisive), 'hex').slice(0, 16);
    const stored = known.get(sourceId);
    const touched = table.hasUpdatedAt ? [updatedAt] : [];
    if (stored === undefined) {
      database.run(sql.insert, connection, sourceId, ...values, revision, ...touched);
    } else if (stored.revision !== revision || stored.deletedAt !== null) {
      database.run(sql.update, ...values, revision, ...touched, connection, sourceId);
    } else if (table.hasUpdatedAt && stored.updatedAt !== updatedAt) {
      database.run(sql.touch, updatedAt, connection, sourceId);
      change.touchedIds.push(sourceId);
      known.set(sourceId, { ...stored, updatedAt });
      continue;
    } else {
      continue;
    }
    change.changed += 1;
    change.touchedIds.push(sourceId);
    known.set(sourceId, { sourceId, revision, updatedAt, deletedAt: null });
  }
  return change;
}

function readKnown(
  database: Database,
  table: MirrorTable,
  connection: string,
  rows: readonly MirrorRow[],
): Map<string, Stored> {
  const stored = database.rows<Stored>(
    `SELECT source_id AS sourceId, revision,
       ${table.hasUpdatedAt ? 'updated_at' : "''"} AS updatedAt,
       ${table.hasDeletedAt ? 'deleted_at' : 'NULL'} AS deletedAt
     FROM ${table.name} WHERE connection = ? AND source_id IN (SELECT value FROM json_each(?))`,
    connection,
    listValue(rows.map((row) => row.sourceId)),
  );
  return new Map(stored.map((row) => [row.sourceId, row]));
}

function statementsOf(table: MirrorTable): { insert: string; update: string; touch: string } {
  const written = [...columnsOf(table), 'revision', ...(table.hasUpdatedAt ? ['updated_at'] : [])];
  const places = written.map(() => '?').join(', ');
  const where = 'WHERE connection = ? AND source_id = ?';
  return {
    insert: `INSERT INTO ${table.name} (connection, source_id, ${written.join(', ')}) VALUES (?, ?, ${places})`,
    update: `UPDATE ${table.name} SET ${written.map((column) => `${column} = ?`).join(', ')}
      ${table.hasDeletedAt ? ', deleted_at = NULL' : ''} ${where}`,
    touch: `UPDATE ${table.name} SET updated_at = ? ${where}`,
  };
}
