/** The names that the config may use, for `check` to compare. */
import { z } from 'zod';
import type { ClientRow, NameLists } from '../../src/contract/connector.ts';
import { Id } from '../http/wire.ts';
import type { Api } from './api.ts';
import { readAll } from './look-up.ts';
import { fromCompany } from './mapping.ts';
import { readCustomFields } from './push-balance.ts';
import { CompanyWire, companyFields } from './schema.ts';

const activeCompanies = {
  path: '/company/companies',
  fields: companyFields,
  conditions: 'deletedFlag=false',
};

export async function listClients(api: Api, signal: AbortSignal): Promise<ClientRow[]> {
  return (await readAll(api, activeCompanies, CompanyWire, signal)).map(fromCompany);
}

const Named = z.object({ id: Id, name: z.string() });

/** Ticket types belong to a board and agreements to a company: of these there is no one list. */
export async function listNames(
  api: Api,
  clientIds: readonly string[],
  signal: AbortSignal,
): Promise<NameLists> {
  const namesAt = async (path: string) => {
    const rows = await readAll(api, { path, fields: 'id,name' }, Named, signal);
    return rows.map(({ id, name }) => ({ sourceId: id, name }));
  };
  const [anyClient] = clientIds;
  const fields = anyClient === undefined ? [] : await readCustomFields(api, anyClient, signal);
  return {
    boards: await namesAt('/service/boards'),
    workTypes: await namesAt('/time/workTypes'),
    roles: await namesAt('/time/workRoles'),
    ...(anyClient === undefined ? {} : { clientFields: fields.map((field) => field.caption) }),
  };
}
