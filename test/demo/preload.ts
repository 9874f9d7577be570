/** Loaded before the command line: gives its process the demo's clock, and a terminal as wide as the demo's. */
import { setClock } from '../upgrade/clock.ts';

const { DEMO_CLOCK: at, DEMO_COLUMNS: columns } = process.env;
if (at !== undefined) setClock(at);
if (columns !== undefined) {
  Object.assign(process.stdout, { isTTY: true, columns: Number(columns) });
}
