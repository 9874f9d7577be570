import { formatIn } from '../../domain/format.ts';
import { addDays, dateInZone, instantFromMs } from '../../domain/time.ts';
import {
  readUnmatched,
  unmatchedFix,
  unmatchedText,
} from '../../reports/notices/unmatched-technicians.ts';
import type { App } from '../app/app.ts';
import { sessionContext } from '../app/session-context.ts';
import type { CheckLine } from './check-line.ts';

/** How far back `check` and `report unlogged` look by default. */
const shownDays = 31;

/** Technicians who could not be matched, and how much nobody logged; nothing without sessions. */
export async function checkSessions(app: App): Promise<CheckLine[]> {
  const { store, config } = app;
  if (!(await store.hasSessions())) return [];
  const at = instantFromMs(app.now());
  const { signal } = new AbortController();
  const context = await sessionContext(app, { at, firstRunAt: at, signal });
  const lines = (await readUnmatched(store, context)).map((one): CheckLine => {
    const { connection } = one;
    const detail = unmatchedText(one);
    return { connection, id: 'technicians', status: 'warning', detail, fix: unmatchedFix };
  });
  const from = addDays(dateInZone(at, config.timezone), -shownDays);
  const open = (await store.readUnlogged(null, from, null)).filter(({ done }) => done === null);
  if (open.length === 0) return lines;
  const seconds = open.reduce((sum, row) => sum + row.seconds, 0);
  const clients = new Set(open.map(({ clientId }) => clientId)).size;
  const detail = `${formatIn(config).duration(seconds)} of remote sessions of the last ${shownDays} days (${clients} ${clients === 1 ? 'client' : 'clients'}) are not logged; see \`prepaid-hours report unlogged\`.`;
  return [...lines, { connection: null, id: 'unlogged', status: 'ok', detail }];
}
