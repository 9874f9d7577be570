/** Halo's own pre-pay: hours that it debits itself, and buys by itself. */

import type { CheckResult } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { parseRows } from '../http/rows.ts';
import type { Api } from './api.ts';
import { readClient } from './clients.ts';
import { isNothing } from './mapping.ts';
import { type ClientDetail, ContractWire } from './schema.ts';

/** One warning for each thing by which Halo debits or buys a configured client's hours itself. */
export async function nativeBlocks(
  api: Api,
  clientIds: readonly string[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const clientId of clientIds) {
    const client = await readClient(api, clientId, signal);
    const balance = client.prepaybalance ?? '0';
    const isCounting = !isNothing(balance) || !isNothing(client.prepayrecurringhours ?? '0');
    if (isCounting) {
      results.push({
        id: `native-prepay.${clientId}`,
        status: 'warning',
        detail: `${client.name} has pre-pay in Halo (balance ${balance}): two systems would debit the same hour.`,
        fix: 'Take what is left over as an opening block and end the pre-pay there, or leave the client out.',
      });
    }
    if (hasAutoTopUp(client)) {
      results.push({
        id: `native-top-up.${clientId}`,
        status: 'warning',
        detail: `Halo tops ${client.name} up by itself: no hours are sold to it from here.`,
        fix: 'Switch the automatic top-up off at this client, or sell its hours in Halo alone.',
      });
    }
  }
  results.push(...(await nativeContracts(api, clientIds, signal)));
  if (results.length > 0) return results;
  const detail = 'No configured client has pre-pay of Halo’s own.';
  return [{ id: 'native-prepay', status: 'ok', detail }];
}

/** Pre-pay may hang on a contract instead, whose row in the list does not show the balance. */
async function nativeContracts(
  api: Api,
  clientIds: readonly string[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const list = { path: '/ClientContract', rows: 'contracts', query: { order: 'id' } };
  for await (const { rows } of api.pages(list, signal)) {
    const contracts = parseRows(rows, ContractWire, (row) => row).rows;
    for (const { id, client_id } of contracts) {
      if (client_id == null || !clientIds.includes(client_id)) continue;
      const contract = await api.get(`/ClientContract/${id}`, {}, ContractWire, signal);
      const balance = contract.contract_prepaybalance ?? '0';
      if (contract.allowprepay !== true && isNothing(balance)) continue;
      results.push({
        id: `native-contract.${id}`,
        status: 'warning',
        detail: `Contract ${contract.ref ?? id} of client ${client_id} has pre-pay in Halo (balance ${balance}): two systems would debit the same hour.`,
        fix: 'Take what is left over as an opening block and end the pre-pay there, or leave the client out.',
      });
    }
  }
  return results;
}

/** Throws `config` where Halo would buy the same hours a second time. */
export function refuseAutoTopUp(client: ClientDetail): void {
  if (!hasAutoTopUp(client)) return;
  throw new KindError(
    'config',
    `Halo tops ${client.name} up by itself; a sale would be the second.`,
    {
      fix: 'Switch the automatic top-up off at this client in Halo, then retry.',
    },
  );
}

function hasAutoTopUp(client: ClientDetail): boolean {
  const amounts = [client.autotopupbyamount, client.autotopuptoamount];
  return amounts.some((amount) => !isNothing(amount ?? '0'));
}
