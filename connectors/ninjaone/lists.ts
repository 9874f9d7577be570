/** Lists that rarely change, cached in the connection's memory so that a quiet run requests none. */
import { z } from 'zod';
import type { ClientRow } from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { isRecent } from '../http/answers/clock.ts';
import { jsonOrNull } from '../http/answers/json.ts';
import { parseAll, type Rows, readableRows, readPages } from '../kit/reading/lists.ts';
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

/** After a day a list is read again when it is next needed: names and places change. */
const lifeMs = 86_400_000;
/** Many unknown IDs in one pass take one request. */
const justReadMs = 60_000;
/** How long a list of organizations read in this process may be used to resolve names. */
const organizationsLifeMs = 3_600_000;

interface Remembered<Row> {
  /** From memory unless too old. */
  get(ninja: Ninja): Promise<readonly Row[]>;
  /** From the cached list, else from the list read again, at most once a minute per process. */
  find(ninja: Ninja, isWanted: (row: Row) => boolean): Promise<Row | null>;
  /** Always read. */
  reread(ninja: Ninja): Promise<readonly Row[]>;
}

export interface Lists {
  technicians: Remembered<KnownTechnician>;
  devices: Remembered<KnownDevice>;
  statuses: Remembered<Status>;
  ticketForms: Remembered<z.infer<typeof TicketForm>>;
  boards: Remembered<KnownBoard>;
  organizations: Organizations;
}

export function createLists(config: NinjaoneConfig): Lists {
  return {
    technicians: remember('technicians', KnownTechnician, readTechnicians),
    devices: remember('devices', KnownDevice, async (ninja) => {
      const list = { path: '/v2/devices', cursor: 'after' } as const;
      return (await readableRows(ninja, list, Device)).map(fromDevice);
    }),
    statuses: remember('statuses', Status, ({ get }) =>
      get('/v2/ticketing/statuses', z.array(Status)),
    ),
    ticketForms: remember('ticket-forms', TicketForm, ({ get }) =>
      get('/v2/ticketing/ticket-form', z.array(TicketForm)),
    ),
    boards: remember(boardsKey(config), KnownBoard, readBoards),
    organizations: createOrganizations(),
  };
}

/** `key` names the list in memory; `schema` guards against what an older version wrote there. */
function remember<Row>(
  key: string,
  schema: z.ZodType<Row>,
  read: (ninja: Ninja) => Promise<readonly Row[]>,
): Remembered<Row> {
  const Stored = z.object({ readAtMs: z.number(), rows: z.array(schema) });
  let held: { readAtMs: number; rows: readonly Row[] } | null = null;
  let readHereMs: number | null = null;
  let underWay: Promise<readonly Row[]> | null = null;

  async function readNow(ninja: Ninja): Promise<readonly Row[]> {
    const { memory, now } = ninja.context;
    const rows = await read(ninja);
    held = { readAtMs: now(), rows };
    readHereMs = held.readAtMs;
    await memory.set(key, JSON.stringify(held));
    return rows;
  }

  /** Concurrent look-ups share one request. */
  function reread(ninja: Ninja): Promise<readonly Row[]> {
    underWay ??= readNow(ninja).finally(() => {
      underWay = null;
    });
    return underWay;
  }

  async function get(ninja: Ninja): Promise<readonly Row[]> {
    const { memory, now } = ninja.context;
    held ??= Stored.safeParse(jsonOrNull(await memory.get(key))).data ?? null;
    return held !== null && isRecent(held.readAtMs, now(), lifeMs) ? held.rows : reread(ninja);
  }

  return {
    get,
    reread,
    async find(ninja, isWanted) {
      const found = (await get(ninja)).find(isWanted);
      if (found !== undefined) return found;
      const wasJustRead =
        readHereMs !== null && isRecent(readHereMs, ninja.context.now(), justReadMs);
      const renewed = held !== null && wasJustRead ? held.rows : await reread(ninja);
      return renewed.find(isWanted) ?? null;
    },
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

const KnownOrganizations = z.array(z.object({ sourceId: z.string(), name: z.string() }));

type Organizations = ReturnType<typeof createOrganizations>;

function createOrganizations() {
  let held: { rows: readonly ClientRow[]; readAtMs: number } | null = null;

  /**
   * The vendor ends the list with an empty page. If the pages so far equal the previous list,
   * that last request is skipped, so a quiet run needs one.
   */
  async function* pages(ninja: Ninja, resume: string | null): Rows<ClientRow> {
    const { memory, now } = ninja.context;
    // For comparison only: its names may be out of date.
    const stored = KnownOrganizations.safeParse(jsonOrNull(await memory.get('organizations')));
    const before = resume === null && stored.success ? stored.data : null;
    const seen: ClientRow[] = [];
    const isComplete = (): boolean => before !== null && isSame(seen, before);
    let hasRejected = false;
    const list = { path: '/v2/organizations', cursor: 'after', start: resume, isComplete } as const;
    const reading = { list, schema: Organization, fromWire: fromOrganization };
    for await (const page of readPages(ninja, reading)) {
      seen.push(...page.rows);
      hasRejected ||= page.rejected.length > 0;
      if (page.rows.length + page.rejected.length > 0) yield page;
    }
    if (resume !== null) return;
    held = { rows: seen, readAtMs: now() };
    if (!isComplete() && !hasRejected) await memory.set('organizations', JSON.stringify(seen));
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

function isSame(rows: readonly ClientRow[], others: readonly ClientRow[]): boolean {
  const isOther = ({ sourceId, name }: ClientRow, index: number): boolean =>
    others[index]?.sourceId !== sourceId || others[index]?.name !== name;
  return rows.length === others.length && !rows.some(isOther);
}
