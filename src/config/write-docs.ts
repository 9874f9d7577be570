/** `npm run docs`: brings config/connector.schema.json and the README's config table up to date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { vendors } from '../../connectors/registry.ts';
import { configTable } from './describe.ts';
import { jsonSchemaDocument } from './json-schema.ts';

const schemaFile = new URL('../../config/connector.schema.json', import.meta.url);
writeFileSync(schemaFile, jsonSchemaDocument(vendors));

const readmeFile = new URL('../../README.md', import.meta.url);
const [before, , after] = readFileSync(readmeFile, 'utf8').split(/<!-- \/?config-table -->/);
writeFileSync(
  readmeFile,
  `${before}<!-- config-table -->\n\n${configTable(vendors).trim()}\n\n<!-- /config-table -->${after}`,
);
