import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { attemptsAt } from '../kit/checks.ts';
import type { Api } from './api.ts';
import { PageWire } from './schema.ts';

const attempt = attemptsAt('Plain Desk');

/** One row of each list proves the token and the rights. */
const rights = [
  { id: 'permission.clients', path: '/clients' },
  { id: 'permission.tickets', path: '/tickets' },
  { id: 'permission.time', path: '/time' },
];

export async function check(
  api: Api,
  _clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { id, path } of rights) {
    results.push(
      ...(await attempt(id, async () => {
        await api.send({ method: 'GET', path, query: { size: 1 }, signal }, PageWire);
        return [{ id, status: 'ok', detail: `Plain Desk shows ${path}.` }];
      })),
    );
  }
  return results;
}
