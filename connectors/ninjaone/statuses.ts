/** Which statuses mean closed. Their numbers differ between tenants, so none is written down here. */

import type { ConnectorContext } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import type { Api } from './api.ts';
import type { NinjaoneConfig } from './config.ts';
import { createRemembered } from './remembered.ts';
import { type RowStatus, Status } from './schema.ts';

export interface KnownStatus {
  name: string;
  isClosed: boolean;
}

export type Statuses = ReturnType<typeof createStatuses>;

export function createStatuses(api: Api, config: NinjaoneConfig, context: ConnectorContext) {
  const list = createRemembered(
    context,
    'statuses',
    Status,
    async (signal) => (await api.statuses(signal)).data,
  );

  return {
    reread: (signal: AbortSignal) => list.reread(signal),

    /** Tells these statuses' names and whether they mean closed; throws for one that NinjaOne does not list. */
    async reader(
      wanted: readonly RowStatus[],
      signal: AbortSignal,
    ): Promise<(status: RowStatus) => KnownStatus> {
      let known = await list.get(signal);
      const isUnknown = wanted.some((status) => matching(known, status).length === 0);
      if (isUnknown) known = await list.reread(signal);
      const closed = closedStatuses(known, config.closedStatuses);
      return (status) => ({
        name: status.displayName ?? matching(known, status)[0]?.displayName ?? '',
        isClosed: isClosed(status, known, closed),
      });
    },

    /** Ids of those that mean closed. */
    closed: async (signal: AbortSignal): Promise<ReadonlySet<string>> =>
      closedStatuses(await list.get(signal), config.closedStatuses),

    /** The one to close a ticket with: the first that the config names, else the built-in one. */
    async closing(signal: AbortSignal): Promise<string> {
      const [first] = closedStatuses(await list.get(signal), config.closedStatuses);
      if (first !== undefined) return first;
      throw new KindError('config', 'No ticket status of NinjaOne is known to mean closed.', {
        fix: 'Write under closedStatuses which of them mean closed.',
      });
    },

    async named(displayName: string, signal: AbortSignal): Promise<Status> {
      const find = (known: readonly Status[]) =>
        known.find((status) => status.displayName === displayName);
      const found = find(await list.get(signal)) ?? find(await list.renew(signal));
      if (found !== undefined) return found;
      throw unknownStatus(displayName, await list.get(signal));
    },
  };
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
 * is Closed, with all that inherit from it. Throws `config` where neither tells.
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
  const isRoot = ({ parentId, statusId }: Status): boolean =>
    parentId == null ||
    parentId === statusId ||
    known.every((other) => other.statusId !== parentId);
  const roots = known.filter(
    (status) =>
      isRoot(status) &&
      [status.name, status.displayName].some((name) => name?.toLowerCase() === 'closed'),
  );
  const closed = new Set(roots.map(({ statusId }) => statusId));
  if (closed.size === 0) {
    throw new KindError('config', 'No built-in ticket status of NinjaOne is called Closed.', {
      fix: `Write under closedStatuses which of these mean closed: ${namesOf(known)}.`,
    });
  }
  let sizeBefore = 0;
  while (closed.size > sizeBefore) {
    sizeBefore = closed.size;
    for (const { statusId, parentId } of known) {
      if (parentId != null && closed.has(parentId)) closed.add(statusId);
    }
  }
  return closed;
}

function unknownStatus(name: string, known: readonly Status[]): KindError {
  return new KindError('config', `NinjaOne has no ticket status "${name}".`, {
    fix: `It has these: ${namesOf(known)}.`,
  });
}

function nameOf({ displayName, statusId }: RowStatus): string {
  return displayName ?? `number ${statusId}`;
}

function namesOf(known: readonly Status[]): string {
  return known.map(({ displayName }) => displayName).join(', ');
}
