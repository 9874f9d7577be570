/** Which statuses mean closed. Their IDs differ between tenants, so none is hard-coded. */
import { KindError } from '../../src/domain/errors.ts';
import { unknownName } from '../kit/reading/names.ts';
import type { Ninja } from './call.ts';
import type { RowStatus, Status } from './schema.ts';

export interface KnownStatus {
  name: string;
  isClosed: boolean;
}

/** The names of these statuses and whether they mean closed; throws for one that NinjaOne does not list. */
export async function statusReader(
  ninja: Ninja,
  wanted: readonly RowStatus[],
): Promise<(status: RowStatus) => KnownStatus> {
  const { statuses } = ninja.lists;
  let known = await statuses.list(ninja);
  const isUnknown = wanted.some((status) => matching(known, status).length === 0);
  if (isUnknown) known = await statuses.reread(ninja);
  const closed = closedStatuses(known, ninja.config.closedStatuses);
  return (status) => ({
    name: status.displayName ?? matching(known, status)[0]?.displayName ?? '',
    isClosed: isClosed(status, known, closed),
  });
}

/** IDs of closed statuses; the first (configured or built-in) is used to close a ticket. */
export async function closedIds(ninja: Ninja): Promise<ReadonlySet<string>> {
  return closedStatuses(await ninja.lists.statuses.list(ninja), ninja.config.closedStatuses);
}

function matching(known: readonly Status[], wanted: RowStatus): readonly Status[] {
  return wanted.statusId == null
    ? known.filter(({ displayName }) => displayName === wanted.displayName)
    : known.filter(({ statusId }) => statusId === wanted.statusId);
}

function isClosed(
  wanted: RowStatus,
  known: readonly Status[],
  closed: ReadonlySet<string>,
): boolean {
  const answers = new Set(matching(known, wanted).map(({ statusId }) => closed.has(statusId)));
  const [answer] = answers;
  if (answer === undefined) {
    throw new KindError('contract', `status: NinjaOne lists no status "${nameOf(wanted)}".`);
  }
  if (answers.size > 1) {
    throw new KindError(
      'contract',
      `status: one "${nameOf(wanted)}" means closed and another one does not.`,
      { fix: 'Give the two statuses different names in NinjaOne.' },
    );
  }
  return answer;
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

function nameOf({ displayName, statusId }: RowStatus): string {
  return displayName ?? `number ${statusId}`;
}
