import type { DoubleCount } from '../../port.ts';
import { type Database, pairsValue } from '../database.ts';

type Stored = Omit<DoubleCount, 'isAccepted'> & { isAccepted: number };

const columns = `d.connection, d.source_id AS sourceId, d.other_connection AS otherConnection,
  d.other_source_id AS otherSourceId, d.is_accepted AS isAccepted`;

export function readDoubles(
  database: Database,
  entries: readonly { connection: string; sourceId: string }[],
): DoubleCount[] {
  return database
    .rows<Stored>(
      `SELECT ${columns} FROM json_each(?1) k CROSS JOIN double_count d
         ON d.connection = k.value ->> 0 AND d.source_id = k.value ->> 1
       UNION
       SELECT ${columns} FROM json_each(?1) k CROSS JOIN double_count d
         ON d.other_connection = k.value ->> 0 AND d.other_source_id = k.value ->> 1`,
      pairsValue(entries),
    )
    .map(toDouble);
}

export function listDoubles(database: Database): DoubleCount[] {
  return database.rows<Stored>(`SELECT ${columns} FROM double_count d`).map(toDouble);
}

/** Replaces the pairs in which these entries wait; what was accepted stays. */
export function writeDoubles(
  database: Database,
  { checked, pairs }: { checked: readonly Entry[]; pairs: readonly DoubleCount[] },
): void {
  for (const { connection, sourceId } of checked) {
    database.remove('double_count', { connection, sourceId, isAccepted: false });
  }
  for (const { connection, sourceId, otherConnection, otherSourceId } of pairs) {
    const pair = { connection, sourceId, otherConnection, otherSourceId, isAccepted: false };
    database.insert('double_count', pair, 'ON CONFLICT DO NOTHING');
  }
}

/** A user decided whether the entry counts besides those at the same time in other systems. */
export function acceptDoubles(
  database: Database,
  { connection, sourceId }: Entry,
  isAccepted: boolean,
): void {
  database.run(
    'UPDATE double_count SET is_accepted = ? WHERE connection = ? AND source_id = ?',
    Number(isAccepted),
    connection,
    sourceId,
  );
}

interface Entry {
  connection: string;
  sourceId: string;
}

function toDouble(row: Stored): DoubleCount {
  return { ...row, isAccepted: row.isAccepted === 1 };
}
