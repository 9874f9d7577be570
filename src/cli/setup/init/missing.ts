import { KindError } from '../../../domain/errors.ts';
import {
  type ConnectionDraft,
  isProductNeeded,
  secretVariable,
  splitFields,
} from '../../../service/setup/draft.ts';
import type { Place } from '../../../service/setup/guess-place.ts';
import type { InitFlags } from './flags.ts';

/** Without a terminal nothing can be asked: every flag that is missing, at once. */
export function refuseMissing(draft: ConnectionDraft, flags: InitFlags, guessed: Place): void {
  const missing = [...missingSettings(draft), ...missingTerms(draft, flags, guessed)];
  refuse(missing);
}

export function refuseMissingSettings(draft: ConnectionDraft): void {
  refuse(missingSettings(draft));
}

function refuse(missing: readonly string[]): void {
  if (missing.length === 0) return;
  const lines = ['Without a terminal, init needs every answer as a flag. Missing:', ...missing];
  throw new KindError('config', lines.join('\n  '), {
    fix: 'Or run it at a terminal and answer its questions.',
  });
}

function missingSettings(draft: ConnectionDraft): string[] {
  const { own, chosen } = splitFields(draft);
  const open = [...own, ...chosen].filter(
    ({ key, usual }) => usual === null && !draft.settings.has(key),
  );
  return open.map(({ key, description, isSecret, values }) => {
    const flag = isSecret ? `--secret ${key}=…` : `--set ${key}=${values?.join('|') ?? '…'}`;
    const or = isSecret ? ` (or ${secretVariable(draft, key)} in the environment)` : '';
    return `${flag}${or}  ${description}`.trim();
  });
}

function missingTerms(draft: ConnectionDraft, flags: InitFlags, guessed: Place): string[] {
  const { vendor } = draft;
  const hasProduct = flags.product !== undefined || /\s/.test(flags.offer?.trim() ?? '');
  const guesses = (['timezone', 'currency', 'locale'] as const).filter(
    (name) => flags[name] === undefined,
  );
  const taken = guesses.map((name) => `--${name} ${guessed[name]}`).join(' ');
  return [
    ...(flags.clients === undefined ? ['--clients all|ID,ID  the clients with prepaid hours'] : []),
    ...(flags.offer === undefined ? ['--offer 10@120  the block that you sell: hours@rate'] : []),
    ...(!hasProduct && isProductNeeded(draft)
      ? [`--product …  ${vendor.title}’s product for the block`]
      : []),
    ...(flags.yes === true || guesses.length === 0 ? [] : [`--yes  accepts ${taken}`]),
  ];
}
