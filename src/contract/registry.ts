import type { VendorModule } from './connector.ts';

/** Loaders of the vendor modules, by the config's `vendor:`. A module's ID equals its key. */
export type VendorRegistry = Readonly<Record<string, () => Promise<VendorModule>>>;

/** Whether it has no tickets, so that no config can begin with it: it goes beside a PSA. */
export function standsBeside({ pulls }: Pick<VendorModule, 'pulls'>): boolean {
  return !pulls.includes('tickets');
}

/** Whether it collects payments. */
export function isPaymentProvider({ pulls }: Pick<VendorModule, 'pulls'>): boolean {
  return pulls.includes('payments');
}

/** Loads these vendors, or all; an ID that is not in the registry is skipped. */
export function loadVendors(
  registry: VendorRegistry,
  ids: readonly string[] = Object.keys(registry),
): Promise<VendorModule[]> {
  const known = [...new Set(ids)].filter((id) => Object.hasOwn(registry, id));
  return Promise.all(known.flatMap((id) => registry[id]?.() ?? []));
}
