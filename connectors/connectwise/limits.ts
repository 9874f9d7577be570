import type { LimitRow } from '../http/types.ts';

/** The vendor publishes no number; a 429 is honoured as it comes. */
export const limits: readonly LimitRow[] = [
  {
    path: '',
    concurrency: 2,
    source: 'No limit is published; two at once are gentle on a server.',
  },
];
