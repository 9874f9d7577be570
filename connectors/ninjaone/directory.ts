/** Who and where: organizations, technicians and devices by the names and ids that rows use. */

import { z } from 'zod';
import type {
  ClientRow,
  ConnectorContext,
  Page,
  PullRequest,
} from '../../src/contract/connector.ts';
import { isKindError } from '../../src/domain/errors.ts';
import { unknownTechnician } from '../../src/domain/records/rows.ts';
import { isRecent } from '../http/clock.ts';
import { parseRows } from '../http/rows.ts';
import { type Api, idOf } from './api.ts';
import { fromDevice, fromOrganization, fromTechnician } from './mapping.ts';
import { createRemembered, parsed } from './remembered.ts';
import { Device, KnownDevice, KnownTechnician, Organization, Technician } from './schema.ts';

const KnownOrganizations = z.array(z.object({ sourceId: z.string(), name: z.string() }));

/** How long a list of organizations read in this process may be used to resolve names. */
const organizationsLifeMs = 3_600_000;

export type Directory = ReturnType<typeof createDirectory>;

export function createDirectory(api: Api, context: ConnectorContext) {
  const technicians = createRemembered(context, 'technicians', KnownTechnician, (signal) =>
    readTechnicians(api, signal),
  );
  const devices = createRemembered(context, 'devices', KnownDevice, async (signal) => {
    const known: KnownDevice[] = [];
    for await (const { data } of api.pagesAfter('/v2/devices', signal, null)) {
      known.push(...parseRows(data, Device, fromDevice).rows);
    }
    return known;
  });
  const organizations = createOrganizations(api, context);

  /** Found in the remembered list, or in the list read anew. */
  async function lookUp<Row>(
    list: {
      get(signal: AbortSignal): Promise<readonly Row[]>;
      renew(signal: AbortSignal): Promise<readonly Row[]>;
    },
    isWanted: (row: Row) => boolean,
    signal: AbortSignal,
  ): Promise<Row | null> {
    return (
      (await list.get(signal)).find(isWanted) ?? (await list.renew(signal)).find(isWanted) ?? null
    );
  }

  return {
    organizations,
    /** By uid where the row has one, for that is the same everywhere; else by id. */
    async technician(
      id: string | null,
      uid: string | null,
      signal: AbortSignal,
    ): Promise<Pick<KnownTechnician, 'id' | 'name'>> {
      const shown = id ?? uid;
      if (shown === null) return unknownTechnician;
      const isWanted = (known: KnownTechnician): boolean =>
        uid === null ? known.id === id : known.uid === uid;
      const found = await lookUp(technicians, isWanted, signal);
      // A technician who left the tenant: the id still says who it was.
      return found ?? { id: shown, name: `Technician ${shown}` };
    },
    device: (id: string, signal: AbortSignal): Promise<KnownDevice | null> =>
      lookUp(devices, (known) => known.id === id, signal),
    rereadTechnicians: (signal: AbortSignal) => technicians.reread(signal),
  };
}

/** An older build has no list of people. Their time still counts; they are then called by their ids. */
async function readTechnicians(api: Api, signal: AbortSignal): Promise<KnownTechnician[]> {
  try {
    const { data } = await api.technicians(signal);
    return parseRows(data, Technician, fromTechnician).rows;
  } catch (error) {
    if (isKindError(error, 'config') && error.status === 404) return [];
    throw error;
  }
}

export type Organizations = ReturnType<typeof createOrganizations>;

function createOrganizations(api: Api, context: ConnectorContext) {
  let held: { rows: readonly ClientRow[]; readAtMs: number } | null = null;

  /** The rows of the last complete list, for comparison only: names in it may be out of date. */
  async function lastComplete(): Promise<readonly ClientRow[] | null> {
    const stored = KnownOrganizations.safeParse(parsed(await context.memory.get('organizations')));
    return stored.success ? stored.data : null;
  }

  /**
   * The vendor ends the list with an empty page. Where the pages so far are, row by row, the list of
   * last time, that last request is spared, so a quiet run needs one.
   */
  async function* pages(request: Pick<PullRequest, 'signal' | 'resume'>) {
    const before = request.resume === null ? await lastComplete() : null;
    const seen: ClientRow[] = [];
    const isComplete = (): boolean => before !== null && isSame(seen, before);
    let hasRejected = false;
    for await (const { data } of api.pagesAfter(
      '/v2/organizations',
      request.signal,
      request.resume,
      isComplete,
    )) {
      const page = parseRows(data, Organization, fromOrganization);
      seen.push(...page.rows);
      hasRejected ||= page.rejected.length > 0;
      const resume = data.length === 0 ? request.resume : idOf(data.at(-1));
      if (data.length > 0) yield { ...page, resume } satisfies Page<ClientRow>;
    }
    if (request.resume !== null) return;
    held = { rows: seen, readAtMs: context.now() };
    if (!isComplete() && !hasRejected) {
      await context.memory.set('organizations', JSON.stringify(seen));
    }
  }

  async function reread(signal: AbortSignal): Promise<readonly ClientRow[]> {
    const rows: ClientRow[] = [];
    for await (const page of pages({ signal, resume: null })) rows.push(...page.rows);
    return rows;
  }

  async function recent(signal: AbortSignal): Promise<readonly ClientRow[]> {
    const isYoung = held !== null && isRecent(held.readAtMs, context.now(), organizationsLifeMs);
    return held !== null && isYoung ? held.rows : reread(signal);
  }

  return {
    pages,
    reread,
    recent,
    /**
     * The id of the one organization with this name, read in this process: an organization may have
     * been renamed, and another may have taken its name. Null where none or several have it.
     */
    async idOfName(name: string, signal: AbortSignal): Promise<string | null> {
      const [first, ...others] = (await recent(signal)).filter((row) => row.name === name);
      return first !== undefined && others.length === 0 ? first.sourceId : null;
    },
  };
}

function isSame(rows: readonly ClientRow[], others: readonly ClientRow[]): boolean {
  return (
    rows.length === others.length &&
    rows.every(({ sourceId, name }, index) => {
      const other = others[index];
      return other?.sourceId === sourceId && other.name === name;
    })
  );
}
