/**
 * `npm run docs`: regenerates config/connector.schema.json, config/starters/ and the generated tables
 * of the READMEs and the guide.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { registry, withoutConnector } from '../../../connectors/registry.ts';
import { loadVendors, standsBeside } from '../../contract/registry.ts';
import { jsonSchemaDocument } from '../schema/json-schema.ts';
import { starterConfig } from '../write/starter.ts';
import { configTable, vendorPage } from './describe.ts';
import { sizeTable } from './size-table.ts';
import { factTable, vendorTable } from './vendor-table.ts';

const vendors = await loadVendors(registry);
const schemaFile = new URL('../../../config/connector.schema.json', import.meta.url);
writeFileSync(schemaFile, jsonSchemaDocument(vendors));

const guide = new URL('../../../config/guide/', import.meta.url);
writeTables(new URL('../../../README.md', import.meta.url), [
  { name: 'vendor-table', table: vendorTable(vendors, withoutConnector) },
]);
writeTables(new URL('configuration.md', guide), [
  { name: 'config-table', table: configTable(vendors) },
]);
const pages = vendors.map(({ id, title }) => `- [${title}](${id}.md)`).join('\n');
writeTables(new URL('vendors/README.md', guide), [{ name: 'pages', table: pages }]);
const starters = new URL('../../../config/starters/', import.meta.url);
mkdirSync(starters, { recursive: true });
for (const vendor of vendors.filter((one) => !standsBeside(one))) {
  writeFileSync(new URL(`${vendor.id}.yaml`, starters), starterConfig(vendor));
}
for (const vendor of vendors) {
  writeFileSync(new URL(`vendors/${vendor.id}.md`, guide), vendorPage(vendor));
}
const connectors = new URL('../../../connectors/', import.meta.url);
const sizes = sizeTable(connectors, Object.keys(registry));
writeTables(new URL('README.md', connectors), [{ name: 'sizes', table: sizes }]);
for (const vendor of vendors) {
  const file = new URL(`${vendor.id}/README.md`, connectors);
  writeTables(file, [{ name: 'facts', table: factTable(vendor) }]);
}

/** Each goes between `<!-- NAME -->` and `<!-- /NAME -->`. */
function writeTables(file: URL, tables: readonly { name: string; table: string }[]): void {
  const text = tables.reduce(
    (before, { name, table }) => {
      const parts = before.split(new RegExp(`<!-- /?${name} -->`));
      if (parts.length !== 3)
        throw new Error(`${file.pathname} has no place for the ${name} table.`);
      return `${parts[0]}<!-- ${name} -->\n\n${table.trim()}\n\n<!-- /${name} -->${parts[2]}`;
    },
    readFileSync(file, 'utf8'),
  );
  writeFileSync(file, text);
}
