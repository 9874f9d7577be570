import { formatIn } from '../../domain/format.ts';
import { addSeconds } from '../../domain/time.ts';
import { readArrival } from '../app/arrivals.ts';
import { callbackUrl, readRegistered } from '../app/callback-urls.ts';
import type { CheckLine, CheckTarget } from './check-line.ts';

/** A callback may be this late before a change without one is suspicious. */
const lateSeconds = 15 * 60;

/** Whether the callbacks that `init callbacks` registered are still there, and arrive. */
export async function checkCallbacks(target: CheckTarget): Promise<CheckLine[]> {
  const { config, store, connection, connector, signal } = target;
  const registrations = connector.webhook?.registrations;
  const known = await readRegistered(store, connection);
  if (registrations === undefined || known.length === 0) return [];
  const line = (status: 'ok' | 'warning', detail: string, fix?: string): CheckLine[] => [
    { connection, id: 'callbacks', status, detail, ...(fix === undefined ? {} : { fix }) },
  ];
  const renew = `prepaid-hours init callbacks ${connection}`;
  const url = callbackUrl(config, connection);
  if (url === null || !known.includes(url)) {
    const where = known.join(', ');
    return line('warning', `Callbacks go to ${where}, not to \`web.url\`.`, `\`${renew}\``);
  }
  const missing = await registrations.missing(url, signal);
  if (missing.length > 0) {
    const what = `Callbacks are not registered for: ${missing.join(', ')}.`;
    return line('warning', what, `\`${renew}\``);
  }
  const arrivedAt = await readArrival(target, connection);
  const changedAt = await store.readLastTimeChange(connection);
  const [registered] = await store.listMemory(connection, 'callback-urls');
  const expectedSince = [arrivedAt ?? [], registered?.updatedAt ?? []].flat().sort().at(-1);
  const last =
    arrivedAt === null
      ? 'none has arrived yet'
      : `the last one arrived ${formatIn(config).time(arrivedAt)}`;
  const isLate = expectedSince && changedAt && changedAt > addSeconds(expectedSince, lateSeconds);
  if (isLate) {
    return line(
      'warning',
      `Time was changed, and no callback arrived: ${last}.`,
      `Check that ${url} can be reached from outside, and that the service runs. Until then the schedule reads everything.`,
    );
  }
  return line('ok', `Callbacks are registered; ${last}.`);
}
