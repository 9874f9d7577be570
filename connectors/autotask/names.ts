/** The names that the config may use, for `check` to compare. */
import { z } from 'zod';
import type { ClientRow, NameLists } from '../../src/contract/connector.ts';
import { Id } from '../http/wire.ts';
import { contractsOf } from './contracts.ts';
import { readAll } from './look-up.ts';
import { fromCompany } from './pull.ts';
import { fieldNames } from './push-balance.ts';
import { equals, everything } from './query.ts';
import type { Rooms } from './rooms.ts';
import { CompanyWire, companyFields } from './schema.ts';

export async function listClients({ api }: Rooms, signal: AbortSignal): Promise<ClientRow[]> {
  const query = { entity: 'Companies', filter: [equals('isActive', true)], fields: companyFields };
  return (await readAll(api, query, CompanyWire, signal)).map(fromCompany);
}

const Named = z.object({ id: Id, name: z.string() });

export async function listNames(
  rooms: Rooms,
  clientIds: readonly string[],
  signal: AbortSignal,
): Promise<NameLists> {
  const { api, directory } = rooms;
  const namesOf = async (entity: string) => {
    const query = { entity, filter: [everything], fields: ['id', 'name'] };
    const rows = await readAll(api, query, Named, signal);
    return rows.map(({ id, name }) => ({ sourceId: id, name }));
  };
  const tickets = await directory.fields('Tickets', signal);
  const labelsOf = (field: string) =>
    (tickets.find(({ name }) => name === field)?.picklistValues ?? []).map(({ value, label }) => ({
      sourceId: value,
      name: label,
    }));
  return {
    boards: labelsOf('queueID'),
    ticketTypes: labelsOf('ticketType'),
    workTypes: await namesOf('BillingCodes'),
    roles: await namesOf('Roles'),
    clientFields: await fieldNames(api, 'Companies', signal),
    ...(clientIds.length === 0
      ? {}
      : {
          agreements: (await contractsOf(rooms, clientIds, signal)).map(({ id, name }) => ({
            sourceId: id,
            name,
          })),
        }),
  };
}
