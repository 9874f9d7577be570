import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { registry } from '../../connectors/registry.ts';
import { type SchemaNode, schemaNode } from '../../src/config/schema/json-schema.ts';
import { loadVendors } from '../../src/contract/registry.ts';

const vendors = await loadVendors(registry);

/** What vendors' folders have in common is no vendor, and neither is what they are copied from. */
const shared = ['_template', 'http', 'kit'];

test('every vendor folder is in the registry once, under its own name', () => {
  const folders = readdirSync(join(import.meta.dirname, '../../connectors'), {
    withFileTypes: true,
  })
    .filter((entry) => entry.isDirectory() && !shared.includes(entry.name))
    .map((entry) => entry.name);
  expect(vendors.map((vendor) => vendor.id).toSorted()).toEqual(folders.toSorted());
});

test('a vendor is loaded by its id, and no other with it', async () => {
  for (const id of Object.keys(registry)) {
    expect((await loadVendors(registry, [id, id, 'none'])).map((vendor) => vendor.id)).toEqual([
      id,
    ]);
  }
});

describe.each(vendors.map((vendor) => [vendor.id, vendor] as const))('%s', (_, vendor) => {
  const groups = groupsOf(schemaNode(vendor.config));

  test('refuses unknown settings, at every depth', () => {
    expect(groups.length).toBeGreaterThan(0);
    for (const group of groups) expect(group.additionalProperties).not.toBeUndefined();
  });

  test('describes every setting and marks at least one as secret', () => {
    const settings = groups.flatMap((group) => Object.entries(group.properties ?? {}));
    expect(
      settings
        .filter(([, node]) => !node.description && node.const === undefined)
        .map(([key]) => key),
    ).toEqual([]);
    expect(settings.some(([, node]) => node.secret === true)).toBe(true);
  });
});

/** Every part of a schema that has named keys. */
function groupsOf(node: SchemaNode): SchemaNode[] {
  const rest = typeof node.additionalProperties === 'object' ? [node.additionalProperties] : [];
  const inner = [
    ...Object.values(node.properties ?? {}),
    ...(node.items === undefined ? [] : [node.items]),
    ...(node.anyOf ?? []),
    ...(node.oneOf ?? []),
    ...rest,
  ].flatMap(groupsOf);
  return node.properties === undefined ? inner : [node, ...inner];
}
