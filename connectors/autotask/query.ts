/** Filters of a query, as the vendor writes them. */
import { KindError } from '../../src/domain/errors.ts';
import type { Instant } from '../../src/domain/time.ts';
import { idsPerQuery } from './limits.ts';

export type Filter =
  | { op: 'and' | 'or'; items: readonly Filter[] }
  | { op: 'exist'; field: string }
  | { op: 'in'; field: string; value: readonly number[] }
  | { op: 'eq' | 'gt' | 'gte' | 'lt'; field: string; value: string | number | boolean; udf?: true };

export const everything: Filter = { op: 'gte', field: 'id', value: 0 };

export function equals(field: string, value: string | number | boolean): Filter {
  return { op: 'eq', field, value };
}

export function isOneOf(field: string, ids: readonly string[]): Filter {
  const stray = ids.find((id) => !/^\d{1,15}$/.test(id));
  if (stray !== undefined) throw new KindError('contract', `"${stray}" is no id of Autotask.`);
  return { op: 'in', field, value: ids.map(Number) };
}

export function exists(field: string): Filter {
  return { op: 'exist', field };
}

/** Cut down to the second, so that nothing is missed. */
export function since(field: string, moment: Instant): Filter {
  return { op: 'gte', field, value: `${moment.slice(0, 19)}Z` };
}

export function before(field: string, moment: Instant): Filter {
  return { op: 'lt', field, value: `${moment.slice(0, 19)}Z` };
}

export function anyOf(...items: readonly Filter[]): Filter {
  return { op: 'or', items };
}

/** Ids travel as numbers. Sorted, each once; the own company of the MSP has the number 0. */
export function companyNumbers(clientIds: readonly string[]): string[] {
  for (const id of clientIds) {
    if (/^(?:0|[1-9]\d{0,9})$/.test(id)) continue;
    throw new KindError('config', `"${id}" is not the id of an Autotask company.`, {
      fix: 'Use the number that the company’s page shows as its id.',
    });
  }
  return [...new Set(clientIds)].sort((a, b) => Number(a) - Number(b));
}

export function inChunks<T>(items: readonly T[], size: number = idsPerQuery): T[][] {
  const chunks: T[][] = [];
  for (let from = 0; from < items.length; from += size) chunks.push(items.slice(from, from + size));
  return chunks;
}
