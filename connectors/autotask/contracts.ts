/** Autotask's own contracts: the one that sales go to, and those that draw hours by themselves. */

import type { CheckResult } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { instantFromMs } from '../../src/domain/time.ts';
import { secondsOf } from '../http/exact.ts';
import type { AutotaskConfig } from './config.ts';
import { readAll } from './look-up.ts';
import { companyNumbers, inChunks, isOneOf } from './query.ts';
import type { Rooms } from './rooms.ts';
import { BlockWire, blockFields, ContractWire, contractFields } from './schema.ts';

export interface Contract {
  id: string;
  companyId: string;
  name: string;
  /** `Block Hours`, as the picklist shows it. */
  type: string;
  isActive: boolean;
  endsOn: string;
}

/** Types by which Autotask keeps a prepaid balance of its own. */
const prepaid = /block|retainer|incident|per ticket/i;
const blockHours = /block/i;

/** All contracts of the companies, those that have ended too. */
export async function contractsOf(
  { api, directory }: Rooms,
  clientIds: readonly string[],
  signal: AbortSignal,
): Promise<Contract[]> {
  const ids = companyNumbers(clientIds);
  const wires: ContractWire[] = [];
  for (const chunk of inChunks(ids)) {
    const filter = [isOneOf('companyID', chunk)];
    const query = { entity: 'Contracts', filter, fields: contractFields };
    wires.push(...(await readAll(api, query, ContractWire, signal)));
  }
  const labels = (field: 'contractType' | 'status') =>
    directory.labels(
      'Contracts',
      field,
      wires.map((wire) => wire[field]),
      signal,
    );
  const [types, statuses] = [await labels('contractType'), await labels('status')];
  const today = instantFromMs(api.context.now()).slice(0, 10);
  return wires
    .filter((wire) => ids.includes(wire.companyID ?? ''))
    .map((wire) => {
      const endsOn = (wire.endDate ?? '9999-12-31').slice(0, 10);
      const isActive = statuses.get(wire.status ?? '') !== 'Inactive' && endsOn >= today;
      const type = types.get(wire.contractType ?? '') ?? '';
      const { id, contractName: name } = wire;
      return { id, companyId: wire.companyID ?? '', name, type, isActive, endsOn };
    });
}

/** The client's one active contract that the config's name or pattern fits. */
export async function salesContract(
  rooms: Rooms,
  clientId: string,
  signal: AbortSignal,
): Promise<Contract> {
  const { contract: pattern, nativeBlock } = billingOf(rooms.api.config);
  const isWanted = (name: string) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  const all = await contractsOf(rooms, [clientId], signal);
  const wanted = all.filter((contract) => contract.isActive && isWanted(contract.name));
  const [contract, another] = wanted;
  if (contract === undefined || another !== undefined) {
    const count = wanted.length === 0 ? 'no active contract' : 'more than one active contract';
    throw new KindError('config', `Company ${clientId} has ${count} called "${pattern}".`, {
      fix: 'Give the client exactly one, or set billing.contract to a name that fits one only.',
    });
  }
  if (!nativeBlock || blockHours.test(contract.type)) return contract;
  throw new KindError(
    'config',
    `The contract "${contract.name}" of company ${clientId} is of type ${contract.type || 'unknown'}, not block hours.`,
    { fix: 'Name a block-hour contract, or set billing.nativeBlock: false.' },
  );
}

export function billingOf(config: AutotaskConfig): NonNullable<AutotaskConfig['billing']> {
  if (config.billing !== undefined) return config.billing;
  throw new KindError('config', 'This Autotask connection has no settings for sales.', {
    fix: 'Add billing: { contract: NAME, billingCode: NAME } to it.',
  });
}

/** One warning for each contract by which Autotask debits a configured client's hours itself. */
export async function nativeBlocks(
  rooms: Rooms,
  clientIds: readonly string[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const all = await contractsOf(rooms, clientIds, signal);
  const counted = all.filter(({ isActive, type }) => isActive && prepaid.test(type));
  if (counted.length === 0) {
    const detail = 'No configured client has an active block-hour, retainer or incident contract.';
    return [{ id: 'native-contracts', status: 'ok', detail }];
  }
  const left = await hoursLeft(
    rooms,
    counted.map(({ id }) => id),
    signal,
  );
  return counted.map((contract) => ({
    id: `native-contract.${contract.id}`,
    status: 'warning',
    detail: `Company ${contract.companyId} has an active contract "${contract.name}" (${contract.type})${textOf(left.get(contract.id))}: two systems would debit the same hour.`,
    fix: 'Take what is left over as an opening block, and exclude its work types there or end it; or leave the client out.',
  }));
}

/** Seconds left by what is approved and posted, by contract. */
async function hoursLeft(
  { api }: Rooms,
  contractIds: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const left = new Map<string, number>();
  for (const chunk of inChunks(contractIds)) {
    const filter = [isOneOf('contractID', chunk)];
    const query = { entity: 'ContractBlocks', filter, fields: blockFields };
    for (const block of await readAll(api, query, BlockWire, signal)) {
      const size = secondsOf(block.hours ?? '0', 'hours');
      const used = secondsOf(block.hoursApproved ?? '0', 'hours');
      left.set(block.contractID, (left.get(block.contractID) ?? 0) + size - used);
    }
  }
  return left;
}

function textOf(seconds: number | undefined): string {
  return seconds === undefined ? '' : ` with ${seconds / 3600} h left by posted time`;
}
