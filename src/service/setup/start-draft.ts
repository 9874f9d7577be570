import { suggestion } from '../../config/nearest.ts';
import { type Environment, environmentLayers, lookUp } from '../../config/read/environment.ts';
import {
  isSecretSetting,
  requiredFields,
  secretName,
  settingFromText,
  settingKeys,
} from '../../config/write/vendor-fields.ts';
import type { VendorModule } from '../../contract/connector.ts';
import {
  isPaymentProvider,
  loadVendors,
  standsBeside,
  type VendorRegistry,
} from '../../contract/registry.ts';
import { KindError } from '../../domain/errors.ts';
import { type ConnectionDraft, setSecret } from './draft.ts';

/** Every supported vendor, by title. `isFirst`: those with which a config can begin. */
export async function listVendors(
  registry: VendorRegistry,
  isFirst: boolean,
): Promise<VendorModule[]> {
  const vendors = (await loadVendors(registry)).filter((one) => !(isFirst && standsBeside(one)));
  return vendors.toSorted((a, b) => a.title.localeCompare(b.title));
}

/** Throws `config` for an unknown one, and for one with which a config cannot begin. */
export async function loadVendor(
  registry: VendorRegistry,
  id: string,
  isFirst: boolean,
): Promise<VendorModule> {
  const [vendor] = await loadVendors(registry, [id]);
  if (vendor !== undefined && isFirst && standsBeside(vendor)) {
    const does = isPaymentProvider(vendor) ? 'only collects payments' : 'has no tickets';
    throw new KindError('config', `${vendor.title} ${does}; a PSA comes first.`, {
      fix: `Pass the PSA as --vendor. Then add this one: init connection --vendor ${id}.`,
    });
  }
  if (vendor !== undefined) return vendor;
  const fix = suggestion(id, Object.keys(registry), 'vendors');
  throw new KindError('config', `--vendor: "${id}" is not a known vendor.`, { fix });
}

interface StartOptions {
  file: string;
  env: Environment;
  vendor: VendorModule;
  /** Name of the connection. */
  name: string;
  isSending: boolean;
  /** Values of `--set` and `--secret`, by key. */
  set: ReadonlyMap<string, string>;
  secret: ReadonlyMap<string, string>;
}

/**
 * What the flags, the environment and `.env` say of a connection. A secret from the environment goes into `.env`
 * too: the next command may run without it. One that a file or `.env` holds stays there.
 */
export function startDraft({
  file,
  env,
  vendor,
  name,
  isSending,
  set,
  secret,
}: StartOptions): ConnectionDraft {
  if (!/^[A-Za-z0-9][\w-]{0,39}$/.test(name)) {
    throw new KindError('config', `"${name}" cannot be the name of a connection.`, {
      fix: 'Use letters, digits, - and _, at most 40.',
    });
  }
  const layers = environmentLayers(file, env);
  const empty = { settings: new Map(), secrets: new Map(), layers };
  const draft: ConnectionDraft = { name, vendor, isSending, ...empty };
  for (const [key, text] of set) {
    refuseUnknown(vendor, key, '--set');
    if (isSecretSetting(vendor, key)) {
      throw new KindError('config', `${key} is a secret.`, {
        fix: `Pass it as --secret ${key}=…, or as ${secretName(name, key)} in the environment.`,
      });
    }
    draft.settings.set(key, settingFromText(vendor, key, text) ?? text);
  }
  for (const [key, value] of secret) {
    refuseUnknown(vendor, key, '--secret');
    setSecret(draft, key, value);
  }
  for (const { key, isSecret } of requiredFields(vendor, isSending)) {
    if (isSecret && !secret.has(key)) takeFromEnvironment(draft, key, env);
  }
  return draft;
}

function takeFromEnvironment(draft: ConnectionDraft, key: string, env: Environment): void {
  const variable = secretName(draft.name, key);
  const value = env[variable];
  if (value) setSecret(draft, key, value);
  else if ('value' in lookUp(variable, draft.layers)) draft.settings.set(key, `\${${variable}}`);
}

function refuseUnknown(vendor: VendorModule, key: string, flag: string): void {
  if (settingFromText(vendor, key, '') !== null) return;
  throw new KindError('config', `${flag}: ${vendor.title} has no setting "${key}".`, {
    fix: suggestion(key, settingKeys(vendor), 'settings'),
  });
}
