/** Lists that rarely change, cached; those of organizations are read by every run. */
import { z } from 'zod';
import type { ClientRow } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { isRecent } from '../http/answers/clock.ts';
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
} from './schema.ts';

/** How long a list of organizations read in this process may be used to resolve names. */
const organizationsLifeMs = 3_600_000;

export type Lists = ReturnType<typeof createLists>;

export function createLists(config: NinjaoneConfig) {
  return {
    technicians: remember('technicians', KnownTechnician, readTechnicians),
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
    organizations: createOrganizations(),
  };
}

/** Older builds have no list of people. Their time still counts; they are shown by ID. */
async function readTechnicians({ get }: Ninja): Promise<KnownTechnician[]> {
  try {
    const rows = await get('/v2/users', AnyRows, { userType: 'TECHNICIAN' });
    return parseAll(rows, Technician).map(fromTechnician);
  } catch (error) {
    if (isKindError(error, 'config') && error.status === 404) return [];
    throw error;
  }
}

/** By uid where the row has one, for that is the same everywhere; else by id. */
export async function findTechnician(
  ninja: Ninja,
  id: string | null,
  uid: string | null,
): Promise<{ id: string; name: string }> {
  const shown = id ?? uid;
  if (shown === null) return unknownTechnician;
  const isWanted = (known: KnownTechnician): boolean =>
    uid === null ? known.id === id : known.uid === uid;
  const found = await ninja.lists.technicians.find(ninja, isWanted);
  // A technician who left the tenant: the id still says who it was.
  return found ?? { id: shown, name: `Technician ${shown}` };
}

function createOrganizations() {
  let held: { rows: readonly ClientRow[]; readAtMs: number } | null = null;

  async function* pages(ninja: Ninja, start: string | null): Rows<ClientRow> {
    const rows: ClientRow[] = [];
    const list = { path: '/v2/organizations', cursor: 'after', start } as const;
    const reading = { list, schema: Organization, fromWire: fromOrganization };
    for await (const page of readPages(ninja, reading)) {
      rows.push(...page.rows);
      yield page;
    }
    if (start === null) held = { rows, readAtMs: ninja.context.now() };
  }

  async function reread(ninja: Ninja): Promise<readonly ClientRow[]> {
    const rows: ClientRow[] = [];
    for await (const page of pages(ninja, null)) rows.push(...page.rows);
    return rows;
  }

  async function recent(ninja: Ninja): Promise<readonly ClientRow[]> {
    const isYoung =
      held !== null && isRecent(held.readAtMs, ninja.context.now(), organizationsLifeMs);
    return held !== null && isYoung ? held.rows : reread(ninja);
  }

  return {
    pages,
    reread,
    recent,
    /**
     * The id of the one organization with this name, read in this process: an organization may have
     * been renamed, and another may have taken its name. Null where none or several have it.
     */
    async idOfName(ninja: Ninja, name: string): Promise<string | null> {
      const [first, ...others] = (await recent(ninja)).filter((row) => row.name === name);
      return first !== undefined && others.length === 0 ? first.sourceId : null;
    },
  };
}
