/** Atera's own contracts: their names for tickets, and a warning of those that count time by themselves. */

import type { CheckResult, SourceId } from '../../src/contract/connector.ts';
import { isRecent } from '../http/clock.ts';
import { type Api, believeRow } from './api.ts';
import { ContractWire } from './schema.ts';

export interface Contracts {
  /** Names by id, kept for an hour; asked for only where one is not known. */
  namesOf(ids: readonly SourceId[], signal: AbortSignal): Promise<ReadonlyMap<SourceId, string>>;
  list(signal: AbortSignal): Promise<ContractWire[]>;
}

const keptMs = 3_600_000;

export function createContracts(api: Api): Contracts {
  let names = new Map<SourceId, string>();
  let readMs = Number.NEGATIVE_INFINITY;

  async function list(signal: AbortSignal): Promise<ContractWire[]> {
    const contracts: ContractWire[] = [];
    for await (const { rows } of api.pages({ path: '/contracts' }, signal)) {
      contracts.push(...rows.map((row) => believeRow('/contracts', row, ContractWire)));
    }
    names = new Map(contracts.map((one) => [one.ContractID, nameOf(one)]));
    readMs = api.context.now();
    return contracts;
  }

  return {
    list,
    async namesOf(ids, signal) {
      if (ids.length === 0) return names;
      const isOld = !isRecent(readMs, api.context.now(), keptMs);
      if (isOld || ids.some((id) => !names.has(id))) await list(signal);
      return names;
    },
  };
}

function nameOf({ ContractID, ContractName }: ContractWire): string {
  return ContractName || ContractID;
}

/** Atera draws such contracts down when it bills, and does not show what is left of them. */
export async function nativeContracts(
  contracts: Contracts,
  clientIds: readonly SourceId[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const blocks = (await contracts.list(signal)).filter(
    ({ Active, ContractType, CustomerID }) =>
      Active &&
      clientIds.includes(CustomerID) &&
      (ContractType === 'BlockHours' || ContractType === 'BlockMoney'),
  );
  if (blocks.length === 0) {
    const detail = 'No configured client has an active contract of block hours or block money.';
    return [{ id: 'native-contracts', status: 'ok', detail }];
  }
  return blocks.map((contract) => ({
    id: `native-contract.${contract.ContractID}`,
    status: 'warning',
    detail: `${contract.CustomerName || `Customer ${contract.CustomerID}`} has an active contract "${nameOf(contract)}" of ${sizeOf(contract)}: two systems would debit the same hour. What is used of it Atera does not show.`,
    fix: 'Look its remaining hours up in Atera, take them over as an opening block and end it, or leave the client out.',
  }));
}

function sizeOf({ ContractType, BlockHoursContract, BlockMoneyContract }: ContractWire): string {
  const size =
    ContractType === 'BlockHours' ? BlockHoursContract?.HoursIncluded : BlockMoneyContract?.Amount;
  const unit = ContractType === 'BlockHours' ? 'hours' : 'in money';
  return `${size ?? 'an unknown number of'} ${unit}`;
}
