import type { LimitRow } from '../http/types.ts';

/** Rows that the documents name for a page; a list that counts its pages may hold more. */
export const documentedPageSize = 25;

/** The documents say nothing of an answer 429: what is waited where it names no time itself. */
export const throttledSeconds = 15;

/** 180 a minute for an IP address, other programs behind it included. */
export function limitsOf(requestsPerMinute: number): readonly LimitRow[] {
  return [
    {
      path: '',
      concurrency: 2,
      spacingMs: 60_000 / requestsPerMinute,
      source: 'https://api-docs.syncromsp.com/: 180 requests a minute for an IP address.',
    },
  ];
}
