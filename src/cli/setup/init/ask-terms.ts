import { KindError } from '../../../domain/errors.ts';
import type { ConnectionDraft } from '../../../service/setup/draft.ts';
import type { Place } from '../../../service/setup/guess-place.ts';
import {
  chooseClients,
  hoursText,
  type Offered,
  type OfferedClient,
} from '../../../service/setup/offered.ts';
import type { SignedIn } from './ask-connection.ts';
import type { Asker } from './asker.ts';

export type Connected = SignedIn & { draft: ConnectionDraft; place: Place; signal: AbortSignal };

/** Names of the PSA's work types; null: it keeps no list of them. */
export function workTypeNames({ names }: Offered): string[] | null {
  if (names.workTypes === undefined) return null;
  return [...new Set(names.workTypes.map(({ name }) => name))].sort((a, b) => a.localeCompare(b));
}

export async function askExcluded(
  asker: Asker,
  names: readonly string[],
  before: readonly string[],
): Promise<readonly string[]> {
  return asker.pickMany({
    message: 'Which work types are free, that is, never debited? (Enter: none)',
    choices: names.map((value) => ({ value, label: value })),
    initial: before,
    isRequired: false,
  });
}

/** `--exclude`; throws `config` for a work type that the PSA does not list. */
export function readExcluded(names: readonly string[] | null, flag: string | undefined): string[] {
  const excluded = (flag ?? '').split(',').flatMap((name) => name.trim() || []);
  const unknown = excluded.filter((name) => !(names ?? []).includes(name));
  if (unknown.length === 0) return excluded;
  throw new KindError('config', `--exclude: there is no work type "${unknown.join('", "')}".`, {
    fix: `Work types: ${(names ?? []).join(', ') || 'this PSA lists none'}.`,
  });
}

export async function askClients(
  offered: readonly OfferedClient[],
  flag: string | undefined,
  asker: Asker | null,
  { isNew = false } = {},
): Promise<OfferedClient[]> {
  if (flag !== undefined || asker === null) return chooseClients(offered, flag ?? '');
  const ids = await asker.pickMany({
    message: isNew ? 'Which clients are to be added?' : 'Which clients have prepaid hours?',
    choices: offered.map((client) => ({
      value: client.id,
      label: [client.name, ...client.native.map(nativeText)].join(' · '),
      hint: client.id,
    })),
    initial: isNew ? [] : offered.filter(({ native }) => native.length > 0).map(({ id }) => id),
    isRequired: true,
  });
  return offered.filter(({ id }) => ids.includes(id));
}

function nativeText({ name, seconds }: OfferedClient['native'][number]): string {
  return `${hoursText(seconds) ?? 0} h left on ${name}`;
}
