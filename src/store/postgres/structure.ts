import type { Database, Structure } from '../sql/database.ts';

/** Names without their schema: it is first in the search path. */
const partsOf = (schema: string) => `
  SELECT 'table ' || c.relname AS "where", string_agg(a.attname || ' '
    || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || a.attidentity::text
    || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), ''), ', ' ORDER BY a.attnum) AS sql
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.relnamespace = ${schema}::regnamespace AND c.relkind = 'r' GROUP BY c.relname
  UNION ALL
  SELECT 'index ' || c.relname, replace(pg_get_indexdef(c.oid), ${schema} || '.', '')
  FROM pg_class c WHERE c.relnamespace = ${schema}::regnamespace AND c.relkind = 'i'
  UNION ALL
  SELECT 'constraint ' || r.relname || ' ' || c.conname, pg_get_constraintdef(c.oid)
  FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid WHERE c.connamespace = ${schema}::regnamespace
  UNION ALL
  SELECT 'trigger ' || r.relname || ' ' || t.tgname, replace(pg_get_triggerdef(t.oid), ${schema} || '.', '')
    || ' ' || t.tgenabled::text
  FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
  WHERE r.relnamespace = ${schema}::regnamespace AND NOT t.tgisinternal
  UNION ALL
  SELECT 'function ' || p.proname || ' ' || pg_get_function_identity_arguments(p.oid), p.prosrc
  FROM pg_proc p WHERE p.pronamespace = ${schema}::regnamespace`;

/** Tables, indexes, constraints, triggers and functions of a schema, each with its text. */
export function readStructure(database: Database, schema: string): Structure {
  const rows = database.rows<{ where: string; sql: string }>(partsOf(`'${schema}'`));
  return new Map(rows.map(({ where, sql: text }) => [where, text]));
}
