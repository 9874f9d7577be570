import type { Instant } from '../../domain/time.ts';
import type { App } from '../app/app.ts';

/** Which rows the settings now read otherwise than when the connection was last read to its end. */
export interface ReadAnew {
  isAny: boolean;
  isTime: boolean;
  /** Keeps that all has been read as the settings say now. */
  keep(): Promise<void>;
}

/** The first time, what the settings say is written down at once. */
export async function readAnew(
  { store, config }: Pick<App, 'store' | 'config'>,
  connection: string,
  at: Instant,
): Promise<ReadAnew> {
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
