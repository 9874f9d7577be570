/** Finding a record by its key: with a filter once that is verified, else in a longer list. */
import type { ZodType } from 'zod';
import type { ConnectorContext } from '../../../src/contract/connector.ts';
import type { FactBook } from '../checking/facts.ts';
import { findRow, type Pages } from '../reading/lists.ts';

export interface KeySearch<List, Row, Id extends string> {
  schema: ZodType<Row>;
  /** Compared here, exactly: a search may match parts, and a filter may be ignored. */
  isOurs(row: Row): boolean;
  /** Shows the record, whatever its key. */
  unfiltered: List;
  filtered: List;
  /** The fact that the filtered list shows a new record. */
  fact: Id;
}

interface HasLists<List> {
  context: ConnectorContext;
  pages(list: List): Pages;
}

export async function findByKey<List extends { path: string }, Row, Id extends string>(
  call: HasLists<List>,
  { readFact }: FactBook<Id>,
  { schema, isOurs, unfiltered, filtered, fact }: KeySearch<List, Row, Id>,
): Promise<Row | null> {
  const isVerified = (await readFact(call.context, fact)) === 'yes';
  return findRow(call, isVerified ? filtered : unfiltered, schema, isOurs);
}

/** After a write: verifies once whether the filter finds the new record. */
export async function verifyFilter<List extends { path: string }, Row, Id extends string>(
  call: HasLists<List>,
  { readFact, verifyKept }: FactBook<Id>,
  { schema, isOurs, filtered, fact }: KeySearch<List, Row, Id>,
): Promise<void> {
  if ((await readFact(call.context, fact)) !== null) return;
  const isFound = async () => (await findRow(call, filtered, schema, isOurs)) !== null;
  await verifyKept(call.context, fact, false, isFound);
}
