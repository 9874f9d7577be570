import type { VendorRegistry } from '../src/contract/registry.ts';

/** Every vendor, one line each. A folder is loaded only if the config uses its vendor. */
export const registry: VendorRegistry = {
  atera: async () => (await import('./atera/index.ts')).atera,
  autotask: async () => (await import('./autotask/index.ts')).autotask,
  connectwise: async () => (await import('./connectwise/index.ts')).connectwise,
  gocardless: async () => (await import('./gocardless/index.ts')).gocardless,
  halopsa: async () => (await import('./halopsa/index.ts')).halopsa,
  'kaseya-bms': async () => (await import('./kaseya-bms/index.ts')).kaseyaBms,
  meshcentral: async () => (await import('./meshcentral/index.ts')).meshcentral,
  ninjaone: async () => (await import('./ninjaone/index.ts')).ninjaone,
  'request-tracker': async () => (await import('./request-tracker/index.ts')).requestTracker,
  stripe: async () => (await import('./stripe/index.ts')).stripe,
  superops: async () => (await import('./superops/index.ts')).superops,
  syncro: async () => (await import('./syncro/index.ts')).syncro,
};
