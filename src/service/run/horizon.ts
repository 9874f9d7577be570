import { addDays, addMonths, dateInZone, type Instant, startOfDay } from '../../domain/time.ts';
import type { App } from '../app/app.ts';

/**
 * The first pull goes back to the earliest day that counts, and at least as far as the history asked
 * for; a day further, since that day begins earlier for a client who lives east of us.
 */
export function horizonOf(app: Pick<App, 'config' | 'clients'>, startedAt: Instant): Instant {
  const { timezone, historyMonths } = app.config;
  const days = app.clients.flatMap((client) => [
    ...(client.startOn === null ? [] : [client.startOn]),
    ...client.openingBlocks.map((block) => block.purchasedOn),
  ]);
  days.push(addMonths(dateInZone(startedAt, timezone), -historyMonths));
  const earliest = days.sort()[0] ?? dateInZone(startedAt, timezone);
  return startOfDay(addDays(earliest, -1), timezone);
}

/**
 * Whether the config now reaches further back than this connection was ever read from. The first time
 * it is written down at once: a first pass that is interrupted goes on with the day it began from.
 */
export async function isFurtherBack(
  { store }: Pick<App, 'store'>,
  connection: string,
  horizon: Instant,
  at: Instant,
): Promise<boolean> {
  const known = await store.readMemory('', keyOf(connection));
  if (known === null) await store.writeMemory('', keyOf(connection), horizon, at);
  return known !== null && horizon < known;
}

/** The day from which the connection was read; null: not yet. */
export async function knownHorizon(
  { store }: Pick<App, 'store'>,
  connection: string,
): Promise<Instant | null> {
  return store.readMemory('', keyOf(connection));
}

/** Keeps that the connection has been read from this day, to the end. */
export async function keepHorizon(
  { store }: Pick<App, 'store'>,
  connection: string,
  horizon: Instant,
  at: Instant,
): Promise<void> {
  await store.writeMemory('', keyOf(connection), horizon, at);
}

function keyOf(connection: string): string {
  return `horizon:${connection}`;
}
