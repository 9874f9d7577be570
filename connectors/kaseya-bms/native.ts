/** Contracts by which BMS counts a client's hours itself. It shows no balance of them. */
import { z } from 'zod';
import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { parseRows } from '../http/rows.ts';
import { Id } from '../http/wire.ts';
import type { Api } from './api.ts';
import { accountRows } from './pull.ts';
import { AccountWire } from './schema.ts';

const ContractWire = z.object({
  id: Id,
  contractname: z.string().nullish(),
  accountname: z.string().nullish(),
  contracttype: z.string().nullish(),
  status: z.string().nullish(),
});
type ContractWire = z.infer<typeof ContractWire>;

/** Contracts of these clients. Their rows name the account by its name alone. */
export async function contractsOf(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<ContractWire[]> {
  const names = new Set<string>();
  for await (const rows of accountRows(api, clientIds, signal)) {
    for (const { name } of parseRows(rows, AccountWire, (row) => row).rows) names.add(name);
  }
  const found: ContractWire[] = [];
  const list = { path: '/v2/finance/contracts/summary', isCounted: true };
  for await (const { rows } of api.pages(list, signal)) {
    const contracts = parseRows(rows, ContractWire, (row) => row).rows;
    found.push(...contracts.filter(({ accountname }) => names.has(accountname ?? '')));
  }
  return found;
}

const ended = /expired|inactive|cancel|closed|terminated|draft/i;

export async function nativeContracts(
  api: Api,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const counting = (await contractsOf(api, clientIds, signal)).filter(
    ({ contracttype, status }) =>
      /retainer|block|prepaid/i.test(contracttype ?? '') && !ended.test(status ?? ''),
  );
  if (counting.length === 0) {
    const detail = 'No configured client has an active retainer contract.';
    return [{ id: 'native-contracts', status: 'ok', detail }];
  }
  return counting.map(({ id, accountname, contractname, contracttype }) => ({
    id: `native-contract.${id}`,
    status: 'warning',
    detail: `${accountname} has an active contract "${contractname ?? id}" (${contracttype}): two systems would debit the same hour.`,
    fix: 'Take what its page in BMS shows to be left as an opening block and end it there, or leave the client out.',
  }));
}
