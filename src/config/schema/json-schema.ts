import { z } from 'zod';
import type { VendorModule } from '../../contract/connector.ts';
import type { Path } from '../fault.ts';
import { isKeyed } from '../read/raw.ts';
import { ConfigFile } from './schema.ts';
import { serviceSections } from './service-schema.ts';

/** The part of JSON Schema that Zod generates, with our own marks. */
export interface SchemaNode {
  description?: string;
  type?: string | string[];
  pattern?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  required?: string[];
  properties?: Record<string, SchemaNode>;
  additionalProperties?: SchemaNode | boolean;
  items?: SchemaNode;
  anyOf?: SchemaNode[];
  oneOf?: SchemaNode[];
  allOf?: SchemaNode[];
  /** A value that must not be in the file. */
  secret?: boolean;
  /** Text that may be written as a bare number. */
  numeric?: boolean;
  /** Keys or values that are planned, so that the message says they are not a typo. */
  notYet?: string[];
  /** All other values are planned. */
  notYetElse?: boolean;
}

/** The input schema, with our marks. */
export function schemaNode(schema: z.ZodType, io: 'input' | 'output' = 'input'): SchemaNode {
  return z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
  }) as SchemaNode;
}

/** The schema of the whole file, with a branch per vendor for each connection. */
export function fileSchemaNode(vendors: readonly VendorModule[]): SchemaNode {
  const file = schemaNode(ConfigFile);
  const connections = file.properties?.connections;
  if (connections !== undefined && vendors.length > 0) {
    const oneOf = vendors.map((vendor) => withVendor(schemaNode(vendor.config), vendor));
    connections.additionalProperties = { oneOf };
  }
  return file;
}

function withVendor(settings: SchemaNode, vendor: VendorModule): SchemaNode {
  const { $schema: _, ...node } = settings as SchemaNode & { $schema?: string };
  const branches = node.oneOf ?? node.anyOf;
  if (branches !== undefined)
    return { oneOf: branches.map((branch) => withVendor(branch, vendor)) };
  return {
    title: vendor.title,
    ...node,
    properties: { vendor: { const: vendor.id, description: vendor.title }, ...node.properties },
    required: ['vendor', ...(node.required ?? [])],
  } as SchemaNode;
}

/** The published document, `config/connector.schema.json`: plain JSON Schema without our marks. */
export function jsonSchemaDocument(vendors: readonly VendorModule[]): string {
  const file = fileSchemaNode(vendors);
  const entries = file.properties?.connections?.additionalProperties;
  if (typeof entries === 'object' && entries.oneOf !== undefined) {
    entries.oneOf = entries.oneOf.map((vendor) => changed(vendor, withReferences));
  }
  for (const name of serviceSections) {
    const section = file.properties?.[name];
    if (section !== undefined) Object.assign(section, changed(section, withReferences));
  }
  const document = { title: 'prepaid-hours configuration', ...changed(file, withoutMarks) };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** In the file, a reference is allowed where the vendor's rule applies to the value behind it. */
function withReferences(node: SchemaNode): SchemaNode {
  if (node.type !== 'string') return node;
  const { description, secret, ...rule } = node;
  const words = description === undefined ? {} : { description };
  if (secret === true) return { ...words, type: 'string', pattern: `^${referencePattern}$` };
  const isFree = !('pattern' in rule || 'format' in rule || 'enum' in rule);
  if (isFree) return node;
  const { default: usual, ...strict } = rule;
  const byDefault = usual === undefined ? {} : { default: usual };
  return { ...words, ...byDefault, anyOf: [strict, { type: 'string', pattern: referencePattern }] };
}

const referencePattern = '\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}';

function withoutMarks(node: SchemaNode): SchemaNode {
  const { secret: _s, numeric, notYet: _n, notYetElse: _e, ...kept } = node;
  if (isKeyed(kept.default) && Object.keys(kept.default).length === 0) delete kept.default;
  if (numeric === true) kept.type = ['string', 'number'];
  return kept;
}

/** Applies a change to every part of the schema, innermost first. */
function changed(node: SchemaNode, change: (node: SchemaNode) => SchemaNode): SchemaNode {
  const copy = { ...node };
  const changedAll = (nodes: SchemaNode[]) => nodes.map((inner) => changed(inner, change));
  if (copy.anyOf !== undefined) copy.anyOf = changedAll(copy.anyOf);
  if (copy.oneOf !== undefined) copy.oneOf = changedAll(copy.oneOf);
  if (copy.allOf !== undefined) copy.allOf = changedAll(copy.allOf);
  if (copy.items !== undefined) copy.items = changed(copy.items, change);
  if (typeof copy.additionalProperties === 'object') {
    copy.additionalProperties = changed(copy.additionalProperties, change);
  }
  if (copy.properties !== undefined) {
    const entries = Object.entries(copy.properties);
    copy.properties = Object.fromEntries(
      entries.map(([key, inner]) => [key, changed(inner, change)]),
    );
  }
  return change(copy);
}

/** Every schema that may describe the value at the path. */
export function nodesAt(root: SchemaNode, path: Path): SchemaNode[] {
  let nodes = branchesOf(root);
  for (const step of path) nodes = nodes.flatMap((node) => childrenOf(node, step));
  return nodes;
}

function childrenOf(node: SchemaNode, step: string | number): SchemaNode[] {
  if (typeof step === 'number') return node.items === undefined ? [] : branchesOf(node.items);
  const named = Object.hasOwn(node.properties ?? {}, step) ? node.properties?.[step] : undefined;
  if (named !== undefined) return branchesOf(named);
  const rest = node.additionalProperties;
  return typeof rest === 'object' ? branchesOf(rest) : [];
}

function branchesOf(node: SchemaNode): SchemaNode[] {
  const branches = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  return [node, ...branches.flatMap(branchesOf)];
}
