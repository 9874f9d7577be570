import type { VendorModule } from './connector.ts';

/** By the config's `vendor:`, how a vendor's module is loaded. Its id equals its key. */
export type VendorRegistry = Readonly<Record<string, () => Promise<VendorModule>>>;

/** These vendors, or all; an id that the registry does not have is left out. */
export function loadVendors(
  registry: VendorRegistry,
  ids: readonly string[] = Object.keys(registry),
): Promise<VendorModule[]> {
  const known = [...new Set(ids)].filter((id) => Object.hasOwn(registry, id));
  return Promise.all(known.flatMap((id) => registry[id]?.() ?? []));
}
