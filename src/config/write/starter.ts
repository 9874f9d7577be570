import type { VendorModule } from '../../contract/connector.ts';
import { composeConfig } from './compose.ts';
import { exampleValue, nestSettings, requiredFields, secretName } from './vendor-fields.ts';

/** The shortest config file that works with a vendor, to be filled in by hand. */
export function starterConfig(vendor: VendorModule): string {
  const settings = requiredFields(vendor).map((field) => {
    const isSecret = field.isSecret;
    const value = isSecret ? `\${${secretName('psa', field.key)}}` : exampleValue(field);
    return [field.key, value] as const;
  });
  return composeConfig(
    {
      timezone: 'America/New_York',
      currency: 'USD',
      locale: 'en',
      connection: {
        name: 'psa',
        vendorId: vendor.id,
        title: vendor.title,
        settings: nestSettings(new Map(settings)),
        pushes: vendor.pushes,
      },
      offer: { hours: '10', rate: '120.00', product: 'BLOCK-10' },
      workTypes: null,
      clients: [{ name: 'Example Client', ids: { psa: '1234' }, openingBlocks: [] }],
    },
    { isShort: true },
  );
}
