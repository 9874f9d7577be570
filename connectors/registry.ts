import { atera } from './atera/index.ts';
import { autotask } from './autotask/index.ts';
import { connectwise } from './connectwise/index.ts';
import type { VendorModule } from './contract.ts';
import { halopsa } from './halopsa/index.ts';
import { kaseyaBms } from './kaseya-bms/index.ts';
import { ninjaone } from './ninjaone/index.ts';
import { requestTracker } from './request-tracker/index.ts';
import { superops } from './superops/index.ts';
import { syncro } from './syncro/index.ts';

/** Every vendor there is, one line each. */
export const vendors: readonly VendorModule[] = [
  atera,
  autotask,
  connectwise,
  halopsa,
  kaseyaBms,
  ninjaone,
  requestTracker,
  superops,
  syncro,
];

/** The vendor with this id, as the config file's `vendor:` names it. */
export function findVendor(id: string): VendorModule | undefined {
  return vendors.find((vendor) => vendor.id === id);
}
