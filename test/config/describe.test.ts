import { describe, expect, test } from '@jest/globals';
import { configTable, vendorPage } from '../../src/config/docs/describe.ts';
import {
  fileSchemaNode,
  jsonSchemaDocument,
  type SchemaNode,
} from '../../src/config/schema/json-schema.ts';
import { fakePsa, fakeRmm, fakeVendors } from './fake-vendors.ts';

describe('the table of all keys', () => {
  const lines = configTable(fakeVendors).split('\n');

  test('shows meaning and default, inner keys and list entries', () => {
    expect(lines).toContain(
      '| `mode` | observe: decide and show everything, send nothing; live: send | `observe` |',
    );
    expect(lines).toContain(
      '| `agreements.NAME.rounding.increment` | Time is rounded up to a multiple of this | `15m` |',
    );
    expect(lines).toContain(
      '| `agreements.NAME.multipliers` | Higher-rate time. If several match, the highest applies | none |',
    );
    expect(lines).toContain(
      '| `clients[].name` | As shown in commands, reports and messages | required |',
    );
  });

  test("each vendor's page shows its settings, and which of them are secret", () => {
    expect(vendorPage(fakePsa)).toContain('Settings of a connection with `vendor: fake-psa`.');
    expect(vendorPage(fakePsa)).toContain(
      '| `clientKey` | Key of the API (secret: only as a reference) | required |\n',
    );
    expect(vendorPage(fakeRmm)).toContain('| `region` | Where it runs (eu, us) | required |\n');
  });

  test('has a meaning in every row', () => {
    expect(lines.filter((line) => /^\| `[^`]+` \| +\|/.test(line))).toEqual([]);
  });
});

describe('the published schema', () => {
  const document: SchemaNode = JSON.parse(jsonSchemaDocument(fakeVendors));
  const vendorNodes = document.properties?.connections?.additionalProperties;
  const psa = typeof vendorNodes === 'object' ? vendorNodes.oneOf?.[0] : undefined;

  test('has each connection as one of the vendors, whose secrets are references', () => {
    expect(psa?.properties?.vendor?.const).toBe('fake-psa');
    expect(psa?.properties?.clientKey).toEqual({
      description: 'Key of the API',
      type: 'string',
      pattern: '^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$',
    });
    expect(psa?.properties?.baseUrl?.anyOf).toHaveLength(2);
  });

  test('allows bare numbers for hours and money, and has none of our marks', () => {
    const agreement = document.properties?.offers?.additionalProperties;
    const offer = typeof agreement === 'object' ? agreement : undefined;
    expect(offer?.properties?.hours?.type).toEqual(['string', 'number']);
    expect(jsonSchemaDocument(fakeVendors)).not.toMatch(/"(secret|numeric|notYet|notYetElse)":/);
  });

  test('leaves the marks where faults are worded', () => {
    const agreement = fileSchemaNode(fakeVendors).properties?.agreements?.additionalProperties;
    const terms = typeof agreement === 'object' ? agreement.properties : undefined;
    const rules = terms?.replenish?.items;
    const when = typeof rules === 'object' ? rules.properties?.when : undefined;
    expect(when).toMatchObject({ notYet: ['daysToExpiry'] });
  });
});
