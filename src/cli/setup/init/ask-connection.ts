import { KindError } from '../../../domain/errors.ts';
import {
  type ConnectionDraft,
  connectDraft,
  draftProblems,
  setSecret,
  splitFields,
  trySignIn,
  type VendorField,
} from '../../../service/setup/draft.ts';
import type { Place } from '../../../service/setup/guess-place.ts';
import { type Offered, readOffered } from '../../../service/setup/offered.ts';
import { listVendors, loadVendor } from '../../../service/setup/start-draft.ts';
import type { CliDeps } from '../../deps.ts';
import type { Asker } from './asker.ts';

type Connector = NonNullable<ReturnType<typeof connectDraft>>;

export interface SignedIn {
  connector: Connector;
  offered: Offered;
}

/** `isFirst`: for a new config. */
export async function askVendor(
  { vendors: registry }: CliDeps,
  asker: Asker | null,
  flag: string | undefined,
  isFirst: boolean,
) {
  if (flag !== undefined) return loadVendor(registry, flag, isFirst);
  const vendors = await listVendors(registry, isFirst);
  if (asker === null) {
    const fix = `Pass --vendor, one of: ${vendors.map(({ id }) => id).join(', ')}.`;
    throw new KindError('config', 'Without a terminal, init needs every answer as a flag.', {
      fix,
    });
  }
  const choices = vendors.map(({ id, title }) => ({ value: id, label: title }));
  const chosen = await asker.pick({ message: 'Which PSA or RMM?', choices });
  return loadVendor(registry, chosen, isFirst);
}

/**
 * Asks for address and credentials until the PSA lets us in, then for what it can be asked for. Without a
 * terminal, the first refusal is thrown.
 */
export async function askConnection(
  draft: ConnectionDraft,
  { asker, place, signal }: { asker: Asker | null; place: Place; signal: AbortSignal },
): Promise<SignedIn> {
  const { own, chosen } = splitFields(draft);
  for (const field of own) if (!draft.settings.has(field.key)) await askField(draft, field, asker);
  for (;;) {
    await askWrongFields(draft, asker);
    const refusal = await signIn(draft, { asker, place, signal });
    if (!(refusal instanceof KindError)) {
      for (const field of chosen) {
        const choices = namesFor(field, refusal.offered);
        if (draft.settings.has(field.key)) refuseUnlisted(draft, field, choices, asker);
        if (!draft.settings.has(field.key)) await askField(draft, field, asker, choices);
      }
      await askWrongFields(draft, asker);
      return refusal;
    }
    if (asker === null) throw refusal;
    asker.say([refusal.message, refusal.fix ?? ''].join('\n').trim());
    const isKey = refusal.kind === 'auth' || refusal.kind === 'permission';
    for (const field of own) if (isKey || !field.isSecret) await askField(draft, field, asker);
  }
}

async function signIn(
  draft: ConnectionDraft,
  { asker, place, signal }: { asker: Asker | null; place: Place; signal: AbortSignal },
): Promise<SignedIn | KindError> {
  const connector = connectDraft(draft, place);
  if (connector === null) {
    return new KindError('config', 'The settings do not fit together.');
  }
  asker?.say(`Signing in to ${draft.vendor.title} …`);
  const { failure, lacking } = await trySignIn(connector, signal);
  if (failure !== null) {
    const fix = failure.fix === undefined ? {} : { fix: failure.fix };
    return new KindError(failure.kind ?? 'auth', failure.detail, fix);
  }
  for (const { detail, fix } of lacking) asker?.say(`${detail}\n${fix ?? ''}`.trim());
  const offered = await readOffered(connector, signal);
  for (const problem of offered.problems) asker?.say(problem);
  if (offered.clients.length > 0) return { connector, offered };
  return new KindError('permission', `${draft.vendor.title} shows no clients.`, {
    fix: 'Let the API identity see the clients, then try again.',
  });
}

/** What is wrong in itself, or by a rule between settings, is asked again. */
async function askWrongFields(draft: ConnectionDraft, asker: Asker | null): Promise<void> {
  for (;;) {
    const problems = draftProblems(draft);
    const [key] = problems.keys();
    if (key === undefined) return;
    const message = problems.get(key) ?? '';
    if (asker === null) {
      throw new KindError('config', [...problems.values()].join('\n'), {
        fix: `Correct --set or --secret, or pass --set ${key}=…`,
      });
    }
    asker.say(message);
    const known = [...splitFields(draft).own, ...splitFields(draft).chosen];
    const field = known.find((one) => one.key === key);
    await askField(
      draft,
      field ?? { key, description: '', isSecret: false, values: null, usual: null },
      asker,
    );
  }
}

async function askField(
  draft: ConnectionDraft,
  field: VendorField,
  asker: Asker | null,
  names: readonly string[] = [],
): Promise<void> {
  const { key, description, isSecret, values } = field;
  if (asker === null && field.usual !== null) return;
  // `refuseMissing` has seen to it that nothing else is left to ask without a terminal.
  if (asker === null) throw new KindError('config', `--set ${key}=… is missing.`);
  const message = description === '' ? key : `${key}: ${description}`;
  const before = draft.settings.get(key) ?? field.usual;
  const choices = (values ?? names).map((value) => ({ value, label: value }));
  if (isSecret) {
    const faultOf = (text: string) =>
      text.length < 8 ? 'A secret has at least 8 characters.' : null;
    setSecret(draft, key, await asker.secret({ message, faultOf }));
  } else if (choices.length > 0) {
    draft.settings.set(key, await asker.pick({ message, choices }));
  } else {
    const faultOf = (text: string) => faultOfSetting(draft, key, text);
    const initial = typeof before === 'string' ? { initial: before } : {};
    draft.settings.set(key, await asker.text({ message, ...initial, faultOf }));
  }
}

function faultOfSetting(draft: ConnectionDraft, key: string, text: string): string | null {
  if (text === '') return 'Type a value.';
  const settings = new Map([...draft.settings, [key, text] as const]);
  return draftProblems({ ...draft, settings }).get(key) ?? null;
}

/** Where the PSA lists what a setting names: boards and queues, ticket types. */
function namesFor({ key }: VendorField, { names }: Offered): string[] {
  const kinds = {
    board: 'boards',
    queue: 'boards',
    ticketType: 'ticketTypes',
    type: 'ticketTypes',
  };
  const leaf = key.split('.').at(-1) ?? '';
  const kind = Object.hasOwn(kinds, leaf) ? kinds[leaf as keyof typeof kinds] : null;
  const listed = kind === null ? [] : (names[kind as 'boards' | 'ticketTypes'] ?? []);
  return [...new Set(listed.map(({ name }) => name))].sort((a, b) => a.localeCompare(b));
}

function refuseUnlisted(
  draft: ConnectionDraft,
  { key }: VendorField,
  names: readonly string[],
  asker: Asker | null,
): void {
  const given = draft.settings.get(key);
  if (names.length === 0 || names.includes(String(given))) return;
  draft.settings.delete(key);
  const message = `${key}: there is no "${String(given)}".`;
  if (asker === null) throw new KindError('config', message, { fix: `Use: ${names.join(', ')}.` });
  asker.say(message);
}
