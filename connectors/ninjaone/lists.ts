/** Lists that rarely change, cached. Organizations are read by every run. */
import { z } from 'zod';
import type { ClientRow, PullRequest, SourceId } from '../../src/contract/connector.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { parseAll, type Rows, readableRows, readPages } from '../kit/reading/lists.ts';
import { remember } from '../kit/reading/remembered.ts';
import { boardsKey, KnownBoard, readBoards } from './boards.ts';
import type { Ninja } from './call.ts';
import type { NinjaoneConfig } from './config.ts';
import { fromDevice, fromOrganization, fromTechnician } from './mapping.ts';
import {
  AnyRows,
  Device,
  KnownDevice,
  KnownTechnician,
  Organization,
  Status,
  Technician,
  TicketForm,
  type Worker,
} from './schema.ts';

const organizationList = { path: '/v2/organizations', cursor: 'after' } as const;
const KnownOrganization = z.object({ sourceId: z.string(), name: z.string() });

export type Lists = ReturnType<typeof createLists>;

export function createLists(config: NinjaoneConfig) {
  return {
    technicians: remember('technicians', KnownTechnician, async ({ get }: Ninja) => {
      const rows = await get('/v2/users', AnyRows, { userType: 'TECHNICIAN' });
      return parseAll(rows, Technician).map(fromTechnician);
    }),
    devices: remember('devices', KnownDevice, async (ninja: Ninja) => {
      const list = { path: '/v2/devices', cursor: 'after' } as const;
      return (await readableRows(ninja, list, Device)).map(fromDevice);
    }),
    statuses: remember('statuses', Status, ({ get }: Ninja) =>
      get('/v2/ticketing/statuses', z.array(Status)),
    ),
    ticketForms: remember('ticket-forms', TicketForm, ({ get }: Ninja) =>
      get('/v2/ticketing/ticket-form', z.array(TicketForm)),
    ),
    boards: remember(boardsKey(config), KnownBoard, readBoards),
    organizations: remember('organizations', KnownOrganization, async (ninja: Ninja) =>
      (await readableRows(ninja, organizationList, Organization)).map(fromOrganization),
    ),
  };
}

/** By uid where the row has one, for that is the same everywhere; else by id. */
export async function findTechnician(
  ninja: Ninja,
  id: string | null | undefined,
  uid?: string | null,
): Promise<Worker> {
  const shown = id ?? uid;
  if (shown == null) return unknownTechnician;
  const isWanted = (known: KnownTechnician): boolean =>
    uid == null ? known.id === id : known.uid === uid;
  const found = await ninja.lists.technicians.find(ninja, isWanted);
  // A technician who left the tenant: the id still says who it was.
  return found ?? { id: shown, name: `Technician ${shown}` };
}

/** All of them, since changed ones cannot be requested; their names are stored for the tickets of this run. */
export async function* pullClients(
  ninja: Ninja,
  { resume, isStored }: PullRequest,
): Rows<ClientRow> {
  const rows: ClientRow[] = [];
  const pages = ninja.pages({ ...organizationList, start: resume });
  const reading = { schema: Organization, fromWire: fromOrganization };
  for await (const page of readPages(pages, reading)) {
    rows.push(...page.rows);
    yield page;
  }
  if (resume === null && isStored) await ninja.lists.organizations.keep(ninja, rows);
}

/** Null where none or several have the name: a renamed organization may have left it to another. */
export async function idOfOrganization(ninja: Ninja, name: string): Promise<SourceId | null> {
  const known = await ninja.lists.organizations.list(ninja);
  const [first, ...others] = known.filter((row) => row.name === name);
  return first !== undefined && others.length === 0 ? first.sourceId : null;
}
