import type { LimitRow } from '../http/types.ts';

/** Three at once for an endpoint is the vendor's own limit; the hourly one is kept by `budget.ts`. */
export const limits: readonly LimitRow[] = [
  {
    path: '',
    concurrency: 2,
    source: 'https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/General/ThreadLimiting.htm',
  },
];

/**
 * Requests that a database takes in any 60 minutes, of all integrations together.
 * https://ww1.autotask.net/help/DeveloperHelp/Content/APIs/REST/General_Topics/REST_Thresholds_Limits.htm
 */
export const requestsPerHour = 10_000;

/** Values in one `in` list. The vendor allows 500 conditions in a query. */
export const idsPerQuery = 300;
