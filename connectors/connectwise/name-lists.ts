/** The names that the config may use, for `check` to compare. */
import { z } from 'zod';
import type { NameLists } from '../contract.ts';
import type { Api } from './api.ts';
import { readAll } from './look-up.ts';
import { readCustomFields } from './push-balance.ts';

const Named = z.object({ name: z.string() });

/** Ticket types belong to a board and agreements to a company: of these there is no one list. */
export async function listNames(
  api: Api,
  clientIds: readonly string[],
  signal: AbortSignal,
): Promise<NameLists> {
  const namesAt = async (path: string) => {
    const rows = await readAll(api, { path, fields: 'id,name' }, Named, signal);
    return rows.map((row) => row.name);
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
