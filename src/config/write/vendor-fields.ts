import type { VendorModule } from '../../contract/connector.ts';
import { nodesAt, type SchemaNode, schemaNode } from '../schema/json-schema.ts';
import type { Writable } from './yaml-text.ts';

/** A setting without which a connection that also gets alerts and invoices does not work. */
export interface VendorField {
  /** `baseUrl`, `alerts.board`. */
  key: string;
  description: string;
  isSecret: boolean;
  /** All values that it may have; null: free text. */
  values: readonly string[] | null;
  /** Where it may be left out, but is better asked for. */
  usual: string | null;
}

/** Optional groups that are needed once alerts and sales go to the connection. */
const groupsForSending = ['alerts', 'billing'];

/**
 * What has to be asked for a connection of this vendor, in the order of its settings. `isSending`: alerts and
 * invoices go to it.
 */
export function requiredFields(vendor: VendorModule, isSending = true): VendorField[] {
  // The input schema hides the default of a text that is changed as it is read.
  const { properties: parsed = {} } = schemaNode(vendor.config, 'output');
  const usualOf = (name: string) => parsed[name]?.default;
  return fieldsIn(schemaNode(vendor.config), '', {
    groups: isSending ? groupsForSending : [],
    usualOf,
  });
}

interface FieldScope {
  /** Optional groups that are asked for. */
  groups: readonly string[];
  /** The default of a setting outside groups. */
  usualOf(name: string): unknown;
}

function fieldsIn(node: SchemaNode, prefix: string, scope: FieldScope): VendorField[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, property]) => {
    const isRequired = node.required?.includes(name) === true;
    if (property.properties !== undefined) {
      const isNeeded = isRequired || (prefix === '' && scope.groups.includes(name));
      return isNeeded ? fieldsIn(property, `${prefix}${name}.`, scope) : [];
    }
    const byDefault = prefix === '' && isRegional(property) ? scope.usualOf(name) : null;
    const usual = typeof byDefault === 'string' ? byDefault : null;
    if (!isRequired && usual === null) return [];
    return {
      key: `${prefix}${name}`,
      description: property.description ?? '',
      isSecret: property.secret === true,
      values: property.enum?.map(String) ?? null,
      usual,
    };
  });
}

/** A default address that is right for some of the customers: its description names the others. */
function isRegional({ description = '' }: SchemaNode): boolean {
  return description.split('https://').length > 2;
}

/** A setting as typed on the command line, in the type that the vendor wants; null: there is no such setting. */
export function settingFromText(vendor: VendorModule, key: string, text: string): Writable | null {
  const nodes = nodesAt(schemaNode(vendor.config), key.split('.'));
  const types = nodes.flatMap(({ type }) => type ?? []);
  if (nodes.length === 0 || types.includes('object')) return null;
  if (types.includes('array')) return text.split(',').map((part) => part.trim());
  if (types.includes('string')) return text;
  const isNumber = types.includes('integer') || types.includes('number');
  if (isNumber && /^-?\d{1,15}(\.\d+)?$/.test(text)) return Number(text);
  return text === 'true' ? true : text === 'false' ? false : text;
}

export function isSecretSetting(vendor: VendorModule, key: string): boolean {
  return nodesAt(schemaNode(vendor.config), key.split('.')).some(({ secret }) => secret === true);
}

/** Keys of all settings, for a message about a mistyped one. */
export function settingKeys(vendor: VendorModule): string[] {
  const keysIn = (node: SchemaNode, prefix: string): string[] =>
    Object.entries(node.properties ?? {}).flatMap(([name, property]) =>
      property.properties === undefined
        ? [`${prefix}${name}`]
        : keysIn(property, `${prefix}${name}.`),
    );
  return keysIn(schemaNode(vendor.config), '');
}

/** `{ 'alerts.board': x }` as `{ alerts: { board: x } }`. */
export function nestSettings(flat: ReadonlyMap<string, Writable>): Record<string, Writable> {
  const nested: Record<string, Writable> = {};
  for (const [key, value] of flat) {
    const [name = '', ...rest] = key.split('.');
    const inner = nested[name];
    nested[name] =
      rest.length === 0
        ? value
        : {
            ...(typeof inner === 'object' && !Array.isArray(inner) ? inner : {}),
            ...nestSettings(new Map([[rest.join('.'), value]])),
          };
  }
  return nested;
}

/** The variable that holds a secret: `PSA_CLIENT_SECRET` for `clientSecret` of the connection `psa`. */
export function secretName(connection: string, key: string): string {
  return `${connection}_${key}`
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/\W/g, '_')
    .toUpperCase();
}

const exampleNames: Readonly<Record<string, string>> = {
  board: 'Billing',
  queue: 'Billing',
  type: 'Incident',
  ticketType: 'Incident',
  ticketForm: 'Default',
  status: 'New',
  contract: 'Prepaid hours*',
};

/** A value that fits the field, for a starter file. Of a secret: one that fits every vendor's form of it. */
export function exampleValue(field: VendorField): string {
  const { key, description, isSecret, values, usual } = field;
  if (usual !== null) return usual;
  if (isSecret) return '1-27-0123456789abcdef';
  const leaf = key.split('.').at(-1) ?? '';
  const [address] = /https:\/\/[\w./-]*\w/.exec(description) ?? [];
  if (/url$/i.test(leaf) && address !== undefined) return address;
  const words = leaf.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
  return values?.[0] ?? exampleNames[leaf] ?? `your-${words}`;
}
