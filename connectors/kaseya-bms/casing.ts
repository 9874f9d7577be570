/**
 * BMS writes `AccountId` in its documents and `accountId` in some of its answers. Every key is lowered
 * here, once; schemas know lower-case names only.
 */
import { z } from 'zod';

export function lowerKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerKeys);
  if (typeof value !== 'object' || value === null) return value;
  const lowered: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) lowered[key.toLowerCase()] = lowerKeys(inner);
  return lowered;
}

/** `{ Success, Error, Result }` around what is wanted. A refusal was seen before it comes here. */
export function resultOf<T>(schema: z.ZodType<T>) {
  const envelope = z.object({ success: z.literal(true), result: schema });
  return z.preprocess(lowerKeys, envelope).transform(({ result }) => result);
}

/** The same around a list, with the number of rows of all pages where BMS counts them. */
export const ListAnswer = z
  .preprocess(
    lowerKeys,
    z.object({
      success: z.literal(true),
      result: z.array(z.unknown()),
      totalrecords: z.int().min(0).optional(),
    }),
  )
  .transform(({ result, totalrecords }) => ({ rows: result, total: totalrecords ?? null }));
export type ListAnswer = z.infer<typeof ListAnswer>;
