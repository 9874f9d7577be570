/** Reads several lists in turn, so that an interrupted pass resumes within the list that it had reached. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

/** `of` identifies the lists: a position in others means nothing. */
const Position = z.object({ of: z.string(), part: z.int().min(0), after: z.string().nullable() });

/** `read`: the pages of a list, from a position within it; null: from its start. */
export async function* resumableLists<List, Found extends { resume?: string | null }>(
  lists: readonly List[],
  resume: string | null,
  read: (list: List, after: string | null) => AsyncIterable<Found>,
): AsyncGenerator<Found & { resume: string | null }> {
  const of = createHash('sha256').update(JSON.stringify(lists)).digest('hex').slice(0, 12);
  const stored = Position.safeParse(JSON.parse(resume ?? 'null')).data;
  const start = stored?.of === of ? stored : { part: 0, after: null };
  for (const [part, list] of lists.entries()) {
    if (part < start.part) continue;
    const next = part + 1 < lists.length ? { of, part: part + 1, after: null } : null;
    for await (const page of read(list, part === start.part ? start.after : null)) {
      const after = page.resume ?? null;
      const position = after === null ? next : { of, part, after };
      yield { ...page, resume: position === null ? null : JSON.stringify(position) };
    }
  }
}
