import { collectReferences, type NamedKind } from '../../domain/agreements/rule-names.ts';
import type { Client } from '../../domain/agreements/terms.ts';
import { findNameNotices, type NameNotice } from '../../domain/records/names.ts';
import type { NameStore, PullStore } from '../../store/port.ts';

export const kindWords: Record<NamedKind, string> = {
  board: 'board',
  ticketType: 'ticket type',
  agreement: 'agreement of the PSA',
  workType: 'work type',
  role: 'role',
  technician: 'technician',
};

/** Names (`kind key`) that the vendors' lists were looked through for, the last time that one was unknown. */
export interface AskedNames {
  names: readonly string[];
  /** Whether all connections could say theirs: only then is a name missing. */
  isWhole: boolean;
}

export const askedNamesKey = 'names-asked';

export async function readAskedNames(store: Pick<PullStore, 'readMemory'>): Promise<AskedNames> {
  const text = await store.readMemory('', askedNamesKey);
  return text === null ? { names: [], isWhole: false } : (JSON.parse(text) as AskedNames);
}

/** Names in the rules that the vendors have changed, or do not have. Reads what is stored, asks nobody. */
export async function readNameNotices(
  store: NameStore & Pick<PullStore, 'readMemory'>,
  clients: readonly Client[],
): Promise<NameNotice[]> {
  const asked = await readAskedNames(store);
  return findNameNotices(
    collectReferences(clients),
    await store.readNames(),
    await store.readBindings(),
    {
      asked: asked.isWhole ? asked.names : [],
      listed: (await store.readListedKinds()).map(({ kind }) => kind),
    },
  );
}

/** What happened to a name, and what to do. */
export function describeNotice({ kind, name, connection, state, other }: NameNotice): {
  text: string;
  fix: string;
} {
  const word = kindWords[kind];
  switch (state) {
    case 'renamed':
      return {
        text: `The ${word} "${name}" is now called "${other}" in ${connection}; its rules still apply to it.`,
        fix: 'Change the name in the config when convenient.',
      };
    case 'reused':
      return {
        text: `The ${word} "${name}" of ${connection} was renamed or deleted, and there is another of that name: the rules apply to both.`,
        fix: 'Look whether both are meant, and change the names in the config.',
      };
    case 'swapped':
      return {
        text: `Another ${word} of ${connection}, formerly "${other}", is now called "${name}"; the rules for "${name}" do not apply to it.`,
        fix: 'Name both in the config as the PSA shows them now.',
      };
    case 'gone':
      return {
        text: `The ${word} "${name}", which the config names, no longer exists in ${connection}.`,
        fix: 'Correct the name in the config. What is posted stays as it is.',
      };
    case 'missing':
      return {
        text: `No connection has a ${word} "${name}", which the config names.`,
        fix: 'Correct the name in the config, then run `prepaid-hours check`. What is posted stays as it is.',
      };
  }
}
