import type { Instant } from '../../domain/time.ts';
import type { App } from '../app/app.ts';

/** Which rows are interpreted differently than when the connection was last read completely. */
interface ReadAgain {
  isAny: boolean;
  isTime: boolean;
  /** Stores that everything has been read with the current settings. */
  keep(): Promise<void>;
}

/** The first time, the settings are stored immediately. */
export async function readAgain(
  { store, config }: Pick<App, 'store' | 'config'>,
  connection: string,
  at: Instant,
): Promise<ReadAgain> {
  const configured = config.connections.get(connection);
  const by = configured?.vendor.readsBy?.(configured.settings) ?? {};
  const [tickets, time] = [by.tickets, by.time].map((part) => JSON.stringify(part ?? null));
  const key = `read-by:${connection}`;
  const now = `${tickets}\n${time}`;
  const known = await store.readMemory('', key);
  const keep = () => store.writeMemory('', key, now, at);
  if (known === null) await keep();
  const [, timeBefore] = (known ?? now).split('\n');
  return { isAny: known !== null && known !== now, isTime: timeBefore !== time, keep };
}
