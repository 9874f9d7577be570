import { readConnections } from '../../config/connections.ts';
import type { Environment } from '../../config/read/environment.ts';
import {
  exampleValue,
  nestSettings,
  requiredFields,
  secretName,
  type VendorField,
} from '../../config/write/vendor-fields.ts';
import type { Writable } from '../../config/write/yaml-text.ts';
import type {
  CheckResult,
  Connector,
  ConnectorMemory,
  VendorModule,
} from '../../contract/connector.ts';
import { Redactor } from '../../domain/redaction.ts';
import type { Place } from './guess-place.ts';

export type { VendorField } from '../../config/write/vendor-fields.ts';

/** A connection that is being set up: what is known of its settings so far. */
export interface ConnectionDraft {
  name: string;
  vendor: VendorModule;
  /** Whether alerts and invoices are to go to it. */
  isSending: boolean;
  /** By key, such as `alerts.board`; a secret as its reference. */
  settings: Map<string, Writable>;
  /** By the variable's name. */
  secrets: Map<string, string>;
  /** The environment and the `.env` files, where a reference may be found too. */
  layers: readonly Environment[];
}

export function setSecret(draft: ConnectionDraft, key: string, value: string): void {
  const name = secretName(draft.name, key);
  draft.secrets.set(name, value);
  draft.settings.set(key, `\${${name}}`);
}

function fieldsOf({ vendor, isSending }: ConnectionDraft): VendorField[] {
  return requiredFields(vendor, isSending);
}

/** The environment variable that holds a secret of this connection. */
export function secretVariable(draft: Pick<ConnectionDraft, 'name'>, key: string): string {
  return secretName(draft.name, key);
}

/** The settings as they go into the file, in the order of the vendor's own. */
export function settingsOf(draft: ConnectionDraft): Record<string, Writable> {
  const { settings } = draft;
  const asked = fieldsOf(draft).filter(({ key }) => settings.has(key));
  const ordered = asked.map(({ key }) => [key, settings.get(key) ?? ''] as const);
  return nestSettings(new Map([...ordered, ...settings]));
}

/** What is wrong with the settings so far, by key. What has not been asked yet is not wrong. */
export function draftProblems(draft: ConnectionDraft): Map<string, string> {
  const open = fieldsOf(draft).filter(({ key }) => !draft.settings.has(key));
  const isOpen = (key: string) => open.some((field) => `${field.key}.`.startsWith(`${key}.`));
  const { problems, redact } = read(draft, nestSettings(withPlaceholders(draft)));
  const found = problems.map(({ path, message }) => {
    return [path.slice(2).join('.'), redact(message)] as const;
  });
  return new Map(found.filter(([key]) => !isOpen(key)));
}

/** Whether a sale through this connection has to name a product. */
export function isProductNeeded(draft: ConnectionDraft): boolean {
  const { name, vendor } = draft;
  const whole = { ...draft, settings: new Map(draft.settings), secrets: new Map(draft.secrets) };
  for (const field of fieldsOf(draft)) {
    if (whole.settings.has(field.key)) continue;
    if (field.isSecret) setSecret(whole, field.key, exampleValue(field));
    else whole.settings.set(field.key, exampleValue(field));
  }
  const settings = read(whole, settingsOf(whole)).connections.get(name)?.settings;
  return settings !== undefined && vendor.needsProduct?.(settings) === true;
}

/** Names of boards and types have stand-ins until the PSA has been asked for them. */
function withPlaceholders(draft: ConnectionDraft): Map<string, Writable> {
  const { settings } = draft;
  const open = fieldsOf(draft).filter(
    ({ key, values }) => key.includes('.') && values === null && !settings.has(key),
  );
  return new Map([...settings, ...open.map((field) => [field.key, exampleValue(field)] as const)]);
}

function read(draft: ConnectionDraft, settings: Record<string, Writable>) {
  const { name, vendor, secrets, layers } = draft;
  const entry = { vendor: vendor.id, ...settings };
  const known = { vendors: [vendor], ids: [vendor.id] };
  const layered = [Object.fromEntries(secrets), ...layers];
  return readConnections({ [name]: entry }, known, layered, true);
}

/** The fields that are asked before the PSA can be, and those whose answers it lists. */
export function splitFields(draft: ConnectionDraft): { own: VendorField[]; chosen: VendorField[] } {
  const fields = fieldsOf(draft);
  return {
    own: fields.filter(({ key }) => !key.includes('.')),
    chosen: fields.filter(({ key }) => key.includes('.')),
  };
}

/** A connector on the draft. It keeps nothing: the store is made by the first run. */
export function connectDraft(draft: ConnectionDraft, place: Place): Connector | null {
  const settings = nestSettings(withPlaceholders(draft));
  const { connections, secrets } = read(draft, settings);
  const connection = connections.get(draft.name);
  if (connection === undefined) return null;
  return connectPassing(connection, { ...place, secrets });
}

export function connectPassing(
  { name, vendor, settings }: { name: string; vendor: VendorModule; settings: unknown },
  place: Pick<Place, 'timezone' | 'currency'> & { secrets: readonly string[] },
): Connector {
  const redactor = new Redactor(place.secrets);
  return vendor.create(settings, {
    connection: name,
    timezone: place.timezone,
    currency: place.currency,
    memory: passingMemory(),
    log: { debug: () => {}, info: () => {}, warn: () => {} },
    redactor,
    now: Date.now,
    onRequest: () => {},
  });
}

function passingMemory(): ConnectorMemory {
  const kept = new Map<string, string>();
  return {
    get: async (key) => kept.get(key) ?? null,
    set: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
  };
}

interface SignIn {
  /** The result of the credentials; null: not even a connection could be made of the settings. */
  failure: CheckResult | null;
  /** What the identity may not do. */
  lacking: CheckResult[];
}

/** Whether the PSA lets us in, and what it refuses to show. Names of the settings are looked up elsewhere. */
export async function trySignIn(connector: Connector, signal: AbortSignal): Promise<SignIn> {
  const [credentials, ...others] = await connector.check([], signal);
  if (credentials !== undefined && credentials.status === 'failed') {
    return { failure: credentials, lacking: [] };
  }
  const lacking = others.filter(({ id, status }) => id.startsWith('permission') && status !== 'ok');
  return { failure: null, lacking };
}
