/** Finding a record by its key: with a filter once that is verified, else in a longer list. */
import type { ZodType } from 'zod';
import type { ConnectorContext } from '../../../src/contract/connector.ts';
import type { FactBook } from '../checking/facts.ts';
import { allRows, findRow, type Pages } from '../reading/lists.ts';
import type { Recent } from './recent.ts';

export interface KeySearch<List, Row, Id extends string> {
  schema: ZodType<Row>;
  /** Compared here, exactly: a search may match parts, and a filter may be ignored. */
  isOurs(row: Row): boolean;
  /** Shows the record, whatever its key. */
  unfiltered: List;
  filtered: List;
  /** If the vendor's filter takes several keys: this one, and the list filtered by some. */
  together?: { key: string; filteredBy(keys: readonly string[]): List };
  /** The fact that the filtered list shows a new record. */
  fact: Id;
}

interface HasLists<List> {
  context: ConnectorContext;
  pages(list: List): Pages;
  recent: Recent;
  /** Key of the message that is looked up. */
  about?: string;
  /** Before its first write: what was just looked up for it counts, once. */
  isRecalling?: true;
}

const nameOf = ({ filtered }: { filtered: unknown }): string => JSON.stringify(filtered);

export async function findByKey<List extends { path: string }, Row, Id extends string>(
  call: HasLists<List>,
  { readFact }: FactBook<Id>,
  search: KeySearch<List, Row, Id>,
): Promise<Row | null> {
  const { schema, isOurs, unfiltered, filtered, fact } = search;
  const { about = '', isRecalling, recent } = call;
  const known = isRecalling ? recent.take<Row | null>(about, nameOf(search)) : null;
  if (known !== null) return known.value;
  const atMs = call.context.now();
  const isVerified = (await readFact(call.context, fact)) === 'yes';
  const row = await findRow(call, isVerified ? filtered : unfiltered, schema, isOurs);
  if (!isRecalling) recent.keep(about, nameOf(search), row, atMs);
  return row;
}

/**
 * Keys of the messages of which a search finds nothing, with one request for all. `known` is there: an answer that
 * does not show it is not believed.
 */
export function missingBy<
  C extends HasLists<List>,
  Message extends { key: string },
  List extends { path: string },
  Id extends string,
>(
  { readFact }: FactBook<Id>,
  searchesOf: (call: C, message: Message) => readonly KeySearch<List, unknown, Id>[],
) {
  return async (call: C, known: Message, messages: readonly Message[]): Promise<Set<string>> => {
    const missing = new Set<string>();
    for (const [index, first] of searchesOf(call, known).entries()) {
      const { together, fact, schema } = first;
      if (together === undefined || (await readFact(call.context, fact)) !== 'yes')
        return new Set();
      const searches = messages.flatMap((message) => {
        const search = searchesOf(call, message)[index];
        return search?.together === undefined ? [] : { ...search, ...search.together, message };
      });
      const atMs = call.context.now();
      const keys = [together.key, ...searches.map(({ key }) => key)];
      const rows = await allRows(call, together.filteredBy(keys), schema);
      if (!rows.some(first.isOurs)) return new Set();
      for (const search of searches) {
        const row = rows.find(search.isOurs) ?? null;
        call.recent.keep(search.message.key, nameOf(search), row, atMs);
        if (row === null) missing.add(search.message.key);
      }
    }
    return missing;
  };
}

/** After a write: verifies once whether the filter finds the new record. */
export async function verifyFilter<List extends { path: string }, Row, Id extends string>(
  call: Pick<HasLists<List>, 'context' | 'pages'>,
  { readFact, verifyKept }: FactBook<Id>,
  { schema, isOurs, filtered, fact }: KeySearch<List, Row, Id>,
): Promise<void> {
  if ((await readFact(call.context, fact)) !== null) return;
  const isFound = async () => (await findRow(call, filtered, schema, isOurs)) !== null;
  await verifyKept(call.context, fact, false, isFound);
}
