/** Texts of the `conditions` parameter. See README.md, "How it reads". */
import { KindError } from '../../src/domain/errors.ts';
import type { Instant } from '../../src/domain/time.ts';
import { numericIds } from '../kit/reading/lists.ts';
import type { ConnectwiseConfig } from './config.ts';

type Zoned = Pick<ConnectwiseConfig, 'naiveDateTimes'>;

/** Longer URLs fail. */
const urlLengthMax = 2000;

/** `externalXRef="key"`. A value with a quote, a backslash or a percent sign is refused. */
export function isText(field: string, value: string): string {
  if (/["\\%\p{Cc}]/u.test(value)) {
    throw new KindError('config', `"${value}" cannot be looked up in ConnectWise by ${field}.`, {
      fix: 'Use letters, digits and _ . : - only.',
    });
  }
  return `${field}="${value}"`;
}

/** `lastUpdated>=[2026-03-02T09:00:00Z]`, truncated to the second so that nothing is missed. */
export function changedSince(since: Instant, config: Zoned): string {
  return `lastUpdated>=${timestamp(since, config)}`;
}

/** `timeStart>=[2026-03-02T09:00:00Z] and timeStart<[…]`, of timestamps in whole seconds. */
export function startedWithin(from: Instant, to: Instant, config: Zoned): string {
  return all(`timeStart>=${timestamp(from, config)}`, `timeStart<${timestamp(to, config)}`);
}

function timestamp(at: Instant, { naiveDateTimes }: Zoned): string {
  return `[${at.slice(0, 19)}${naiveDateTimes ? '' : 'Z'}]`;
}

/** `company/id in (31,32)`. */
export function isOneOf(field: string, ids: readonly string[]): string {
  return `${field} in (${ids.join(',')})`;
}

export function all(...conditions: readonly string[]): string {
  return conditions.join(' and ');
}

/** Company IDs go into conditions unquoted, so they must be numbers. Sorted and unique. */
export function companyNumbers(clientIds: readonly string[]): string[] {
  const ids = new Set(numericIds('ConnectWise', clientIds));
  return [...ids].sort((a, b) => Number(a) - Number(b));
}

/** Batches of IDs that fit into a URL with this many other characters. */
export function splitIds(ids: readonly string[], otherLength: number): string[][] {
  const lists: string[][] = [];
  let length = urlLengthMax;
  for (const id of ids) {
    // A comma is three characters once it is encoded.
    const cost = id.length + 3;
    if (length + cost > urlLengthMax) {
      lists.push([]);
      length = otherLength;
    }
    lists.at(-1)?.push(id);
    length += cost;
  }
  return lists;
}
