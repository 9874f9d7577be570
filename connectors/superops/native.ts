/** What SuperOps bills by itself: it keeps no balance of hours, but its contracts bill the same work. */
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import type { Api, List, ListPage } from './api.ts';
import { isBilled, itemsOf } from './check-facts.ts';
import { isWork } from './mapping.ts';
import { ContractWire } from './schema.ts';

/** Contract types and names under which time is counted or billed. */
const countsTime = /prepaid|pre-paid|block|hour|time.{0,5}material|usage|bucket/i;

/** One warning for each active contract of a configured client that seems to count its time. */
export async function nativeContracts(
  api: Api,
  list: List,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for await (const { rows } of api.pages(list, signal)) {
    for (const { contractId, client, contract, contractStatus } of rows.flatMap(
      (row) => ContractWire.safeParse(row).data ?? [],
    )) {
      const isOurs = client !== null && clientIds.includes(client.accountId);
      const isActive = /^active$/i.test(contractStatus ?? 'active');
      if (!isOurs || !isActive || !countsTime.test(JSON.stringify(contract ?? ''))) continue;
      results.push({
        id: `native-contract.${contractId}`,
        status: 'warning',
        detail: `Contract ${contractId} of ${client.name ?? client.accountId} in SuperOps seems to bill time: two systems would bill the same hour.`,
        fix: 'End it there, take its hours over as an opening block, or leave the client out.',
      });
    }
  }
  if (results.length > 0) return results;
  const detail = 'No configured client has an active contract that seems to bill time.';
  return [{ id: 'native-contracts', status: 'ok', detail }];
}

/** Work that SuperOps put on an invoice itself is paid for already. */
export function nativeBilling(items: ListPage, clientIds: readonly SourceId[]): CheckResult[] {
  const billed = itemsOf(items.rows).filter(
    (item) =>
      isWork(item) && clientIds.includes(item.client?.accountId ?? '') && isBilled(item.status),
  );
  const names = new Set(billed.map(({ client }) => client?.name ?? client?.accountId));
  return billed.length === 0
    ? []
    : [
        {
          id: 'native-billing',
          status: 'warning',
          detail: `SuperOps has invoiced work of ${[...names].join(', ')} itself, such as item ${billed[0]?.itemId}.`,
          fix: 'Work that is debited here must not be invoiced there: mark it so before SuperOps bills it.',
        },
      ];
}
