/** `npm run docs`: brings config/connector.schema.json and the README's generated tables up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { registry } from '../../../connectors/registry.ts';
import { loadVendors } from '../../contract/registry.ts';
import { jsonSchemaDocument } from '../schema/json-schema.ts';
import { configTable } from './describe.ts';
import { vendorTable } from './vendor-table.ts';

const vendors = await loadVendors(registry);
const schemaFile = new URL('../../../config/connector.schema.json', import.meta.url);
writeFileSync(schemaFile, jsonSchemaDocument(vendors));

const readmeFile = new URL('../../../README.md', import.meta.url);
const written = [
  { name: 'config-table', table: configTable(vendors) },
  { name: 'vendor-table', table: vendorTable(vendors) },
].reduce(
  (text, { name, table }) => {
    const [before, , after] = text.split(new RegExp(`<!-- /?${name} -->`));
    return `${before}<!-- ${name} -->\n\n${table.trim()}\n\n<!-- /${name} -->${after}`;
  },
  readFileSync(readmeFile, 'utf8'),
);
writeFileSync(readmeFile, written);
