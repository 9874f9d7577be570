import type { LimitRow } from '../http/types.ts';

const source = 'https://help.bms.kaseya.com/help/Content/BMS%20API/bms-api-v2-bms-rest-apis.html';

/** No number of threads is published; the hourly limit is kept by `budget.ts`. */
export const limits: readonly LimitRow[] = [{ path: '', concurrency: 2, source }];

/** Requests that one endpoint takes in any 60 minutes. BMS tells nowhere how many it has had. */
export const hourlyLimit = { requests: 1_500, source };
