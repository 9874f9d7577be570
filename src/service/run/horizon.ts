import { addDays, addMonths, dateInZone, type Instant, startOfDay } from '../../domain/time.ts';
import type { App } from '../app/app.ts';

/** How far back to read a connection. */
interface Horizon {
  from: Instant;
  /** Whether that is further back than the connection was ever read. */
  isLonger: boolean;
  /** Stores that the connection has been read completely from this day. */
  keep(): Promise<void>;
}

/**
 * The first time it is stored immediately, so that an interrupted first pass continues from the
 * same day.
 */
export async function readHorizon(
  app: Pick<App, 'config' | 'clients' | 'store'>,
  connection: string,
  startedAt: Instant,
): Promise<Horizon> {
  const from = horizonOf(app, startedAt);
  const keep = () => app.store.writeMemory('', keyOf(connection), from, startedAt);
  const known = await knownHorizon(app, connection);
  if (known === null) await keep();
  return { from, isLonger: known !== null && from < known, keep };
}

/**
 * The first pull goes back to the earliest day that counts, or to the configured history if that is
 * earlier; plus one day, since that day starts earlier for a client east of us.
 */
function horizonOf({ config, clients }: Pick<App, 'config' | 'clients'>, startedAt: Instant) {
  const { timezone, historyMonths } = config;
  const days = clients.flatMap((client) => [
    ...(client.startOn === null ? [] : [client.startOn]),
    ...[...client.openingBlocks, ...client.pastBlocks].map((block) => block.purchasedOn),
  ]);
  days.push(addMonths(dateInZone(startedAt, timezone), -historyMonths));
  const earliest = days.sort()[0] ?? dateInZone(startedAt, timezone);
  return startOfDay(addDays(earliest, -1), timezone);
}

/** The day from which the connection was read; null: not yet. */
export async function knownHorizon(
  { store }: Pick<App, 'store'>,
  connection: string,
): Promise<Instant | null> {
  return store.readMemory('', keyOf(connection));
}

function keyOf(connection: string): string {
  return `horizon:${connection}`;
}
