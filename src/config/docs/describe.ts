import type { VendorModule } from '../../contract/connector.ts';
import { fileSchemaNode, type SchemaNode } from '../schema/json-schema.ts';

/** The guide's table of every key of the file; a connection's own settings are on its vendor's page. */
export function configTable(vendors: readonly VendorModule[]): string {
  const ids = vendors.map(({ id }) => `[${id}](vendors/${id}.md)`);
  const vendorRow = {
    key: 'connections.NAME.vendor',
    meaning: `Which product it is; its own settings go next to it: ${ids.join(', ')}`,
    default: 'required',
  };
  const rows = keyRows(fileSchemaNode(vendors), '').flatMap((row) => {
    if (row.key === 'connections') return [row, vendorRow];
    // What it may say differently is listed under `contract`.
    if (/^clients\[\]\.contract\.(?!legal)/.test(row.key)) return [];
    return row.key.startsWith('connections.') ? [] : [row];
  });
  return tableLines(rows).join('\n');
}

/** The page of a vendor's settings. */
export function vendorPage(vendor: VendorModule): string {
  const node = fileSchemaNode([vendor]).properties?.connections?.additionalProperties;
  const [settings = {}] = typeof node === 'object' ? (node.oneOf ?? []) : [];
  const rows = keyRows(settings, '').filter((row) => row.key !== 'vendor');
  const intro = `Settings of a connection with \`vendor: ${vendor.id}\`. Rights to grant, what it reads and writes:`;
  const link = `[its connector](../../../connectors/${vendor.id}/README.md).`;
  return [`# ${vendor.title}`, '', intro, link, '', ...tableLines(rows), ''].join('\n');
}

function tableLines(rows: readonly Row[]): string[] {
  return ['| key | meaning | default |', '| --- | --- | --- |', ...rows.map(rowText)];
}

interface Row {
  key: string;
  meaning: string;
  default: string;
}

function keyRows(node: SchemaNode, prefix: string): Row[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, property]) => {
    // Overrides have the keys of an agreement, which are listed there.
    const inner = name === 'overrides' ? [] : innerRows(property, `${prefix}${name}`);
    const isRequired = node.required?.includes(name) === true;
    return [
      {
        key: `${prefix}${name}`,
        meaning: meaningOf(property),
        default: isRequired ? 'required' : defaultText(property.default),
      },
      ...inner,
    ];
  });
}

function innerRows(node: SchemaNode, key: string): Row[] {
  const rows = keyRows(node, `${key}.`);
  if (node.items !== undefined) rows.push(...innerRows(node.items, `${key}[]`));
  const entries = node.additionalProperties;
  if (typeof entries === 'object') {
    const entryKey = node.properties === undefined ? `${key}.NAME` : `${key}.DAYS`;
    const isLeaf = entries.properties === undefined && entries.items === undefined;
    if (isLeaf && entries.description !== undefined) {
      rows.push({ key: entryKey, meaning: entries.description, default: '' });
    }
    rows.push(...innerRows(entries, entryKey));
  }
  for (const branch of [...(node.oneOf ?? []), ...(node.anyOf ?? [])]) {
    rows.push(...keyRows(branch, `${key}.`));
  }
  return rows.filter((row, index) => rows.findIndex((other) => other.key === row.key) === index);
}

function meaningOf(node: SchemaNode): string {
  const values = node.enum ?? node.items?.enum;
  const secret = node.secret === true ? ' (secret: only as a reference)' : '';
  const description = `${node.description ?? ''}${secret}`;
  const unnamed = (values ?? []).filter((value) => !description.includes(String(value)));
  if (unnamed.length === 0) return description;
  return `${description} (${(values ?? []).join(', ')})`.trim();
}

function defaultText(value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : `\`[${value.join(', ')}]\``;
  return typeof value === 'object' ? '' : `\`${String(value)}\``;
}

function rowText(row: Row): string {
  const cells = [`\`${row.key}\``, row.meaning, row.default];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
