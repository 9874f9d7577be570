import { collectReferences, type NamedKind } from '../../domain/agreements/rule-names.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { findNameNotices, type NameNotice } from '../../domain/records/names.ts';
import type { NameStore, PullStore } from '../../store/port.ts';

const kindWords: Record<NamedKind, string> = {
  board: 'board',
  ticketType: 'ticket type',
  agreement: 'agreement of the PSA',
  workType: 'work type',
  role: 'role',
  technician: 'technician',
};

/** Names (`kind key`) searched for in the vendors' lists the last time one was unknown. */
export interface AskedNames {
  names: readonly string[];
  /** Whether the lists of all connections could be read: only then is a name missing. */
  isWhole: boolean;
}

export const askedNamesKey = 'names-asked';

export async function readAskedNames(store: Pick<PullStore, 'readMemory'>): Promise<AskedNames> {
  const text = await store.readMemory('', askedNamesKey);
  return text === null ? { names: [], isWhole: false } : (JSON.parse(text) as AskedNames);
}

/** Names in the rules that were renamed at the vendor, or do not exist. Reads stored data only. */
export async function readNameNotices(
  store: NameStore & Pick<PullStore, 'readMemory'>,
  clients: readonly Client[],
): Promise<NameNotice[]> {
  const asked = await readAskedNames(store);
  return findNameNotices(
    collectReferences(clients, await store.listBlockWorkTypes()),
    await store.readNames(),
    await store.readBindings(),
    {
      asked: asked.isWhole ? asked.names : [],
      listed: (await store.readListedKinds()).map(({ kind }) => kind),
    },
  );
}

/** Describes what happened to a name, and what to do. */
export function describeNotice({ kind, name, connection, state, other }: NameNotice): {
  text: string;
  fix: string;
} {
  const word = kindWords[kind];
  switch (state) {
    case 'renamed':
      return {
        text: `The ${word} "${name}" is now called "${other}" in ${connection}; its rules still apply to it.`,
        fix: 'Update the name in the config when convenient.',
      };
    case 'reused':
      return {
        text: `The ${word} "${name}" in ${connection} was renamed or deleted, and another one now has that name: the rules apply to both.`,
        fix: 'Check whether both should match, and update the names in the config.',
      };
    case 'swapped':
      return {
        text: `Another ${word} in ${connection}, formerly "${other}", is now called "${name}"; the rules for "${name}" do not apply to it.`,
        fix: 'Use the current names of both in the config.',
      };
    case 'gone':
      return {
        text: `The ${word} "${name}", used in the config, no longer exists in ${connection}.`,
        fix: 'Correct the name in the config. Posted charges do not change.',
      };
    case 'missing':
      return {
        text: `No connection has the ${word} "${name}" used in the config.`,
        fix: 'Correct the name in the config, then run `prepaid-hours check`. Posted charges do not change.',
      };
  }
}
