import type { VendorRegistry } from '../src/contract/registry.ts';

/** Of RMMs that people look for here: a session without an end says nothing of its length. */
export const withoutConnector: readonly string[] = [
  'Datto RMM records that a technician took over a device, and no end.',
  'N-central shows remote control in a report on its own pages; its API has none of it.',
  'Tactical RMM records the click that starts a session; the MeshCentral below it records sessions.',
];

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
