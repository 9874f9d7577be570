/** Which statuses mean closed. Their IDs differ between tenants, so none is hard-coded. */
import { KindError } from '../../src/domain/errors.ts';
import { unknownName } from '../kit/reading/names.ts';
import type { Ninja } from './call.ts';
import type { RowStatus, Status } from './schema.ts';

export interface KnownStatus {
  name: string;
  isClosed: boolean;
}

/** So that one that was just created is known: the list is read again once for these rows. */
export async function rereadIfUnknown(ninja: Ninja, wanted: readonly RowStatus[]): Promise<void> {
  const { statuses } = ninja.lists;
  const known = await statuses.list(ninja);
  const isKnown = (status: RowStatus): boolean => known.some((one) => isStatus(one, status));
  if (!wanted.every(isKnown)) await statuses.reread(ninja);
}

function isStatus(one: Status, { displayName, statusId }: RowStatus): boolean {
  return statusId == null ? one.displayName === displayName : one.statusId === statusId;
}

/** The name of a status and whether it means closed; throws `contract` for one that NinjaOne does not list. */
export async function readStatus(ninja: Ninja, wanted: RowStatus): Promise<KnownStatus> {
  const { displayName, statusId } = wanted;
  const { statuses } = ninja.lists;
  const isIt = (one: Status): boolean => isStatus(one, wanted);
  const found = await statuses.find(ninja, isIt);
  const called = displayName ?? `number ${statusId}`;
  if (found === null) {
    throw new KindError('contract', `status: NinjaOne lists no status "${called}".`);
  }
  const known = await statuses.list(ninja);
  const closed = closedStatuses(known, ninja.config.closedStatuses);
  const isClosed = closed.has(found.statusId);
  if (known.filter(isIt).some((other) => closed.has(other.statusId) !== isClosed)) {
    const message = `status: one "${called}" means closed and another one does not.`;
    const fix = 'Give the two statuses different names in NinjaOne.';
    throw new KindError('contract', message, { fix });
  }
  return { name: displayName ?? found.displayName, isClosed };
}

/** IDs of closed statuses; the first (configured or built-in) is used to close a ticket. */
export async function closedIds(ninja: Ninja): Promise<ReadonlySet<string>> {
  return closedStatuses(await ninja.lists.statuses.list(ninja), ninja.config.closedStatuses);
}

/**
 * Ids of the statuses that mean closed: those named in the config; else the built-in one whose name
 * is Closed, with all that inherit from it. Throws `config` if there is neither.
 */
export function closedStatuses(
  known: readonly Status[],
  names: readonly string[] | undefined,
): ReadonlySet<string> {
  if (names !== undefined) {
    return new Set(
      names.flatMap((name) => {
        const found = known.filter(({ displayName }) => displayName === name);
        if (found.length === 0) throw unknownStatus(name, known);
        return found.map(({ statusId }) => statusId);
      }),
    );
  }
  const rootOf = (status: Status, left = known.length): Status => {
    const parent = known.find(({ statusId }) => statusId === status.parentId);
    return parent === undefined || left === 0 ? status : rootOf(parent, left - 1);
  };
  const isClosed = (status: Status): boolean => {
    const { name, displayName } = rootOf(status);
    return [name, displayName].some((text) => text?.toLowerCase() === 'closed');
  };
  // The built-in one comes first: it is set to close a ticket.
  const closed = known
    .filter(isClosed)
    .sort((one, other) => Number(rootOf(other) === other) - Number(rootOf(one) === one));
  if (closed.length > 0) return new Set(closed.map(({ statusId }) => statusId));
  throw new KindError('config', 'NinjaOne has no built-in ticket status called Closed.', {
    fix: `Write under closedStatuses which of these mean closed: ${known.map(({ displayName }) => displayName).join(', ')}.`,
  });
}

export function unknownStatus(name: string, known: readonly Status[]): KindError {
  const rows = known.map(({ displayName }) => ({ name: displayName }));
  return unknownName('NinjaOne', 'ticket statuses', name, rows);
}
