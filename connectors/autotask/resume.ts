/** Where a pass stands: behind which row of which part of the question. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

const Position = z.object({
  /** Stands for the question asked; a position in another question means nothing. */
  of: z.string(),
  part: z.int().min(0),
  afterId: z.string().nullable(),
});
export type Position = z.infer<typeof Position>;

export function positionOf(resume: string | null, question: string): Position {
  const beginning = { of: question, part: 0, afterId: null };
  if (resume === null) return beginning;
  const position = Position.safeParse(JSON.parse(resume));
  return position.success && position.data.of === question ? position.data : beginning;
}

export function resumeText(position: Position): string {
  return JSON.stringify(position);
}

export function questionOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 12);
}
