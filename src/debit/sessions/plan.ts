import { rowKey } from '../../domain/records/merged.ts';
import type { MirrorTimeEntry, Store, UnloggedRow } from '../../store/port.ts';
import type { SessionContext } from './context.ts';
import { refreshUnlogged } from './refresh.ts';

/**
 * The mirror with the time entries that these rules would make of sessions, in place of those made
 * so far. Read-only.
 */
export async function withPlannedTime(store: Store, context: SessionContext): Promise<Store> {
  const planned = (await planUnlogged(context)).map(toEntry);
  const byKey = new Map(planned.map((entry) => [rowKey(entry), entry]));
  const isLogged = ({ isDerived }: MirrorTimeEntry) => isDerived !== true;
  return {
    ...store,
    async *streamMirroredWork() {
      yield* store.streamMirroredWork();
      if (planned.length === 0) return;
      yield planned.map(({ connection, sourceId }) => ({ connection, kind: 'entry', sourceId }));
    },
    readWork: async (subjects) => {
      const work = await store.readWork(subjects);
      const made = subjects.flatMap((subject) => byKey.get(rowKey(subject)) ?? []);
      return { ...work, entries: [...work.entries.filter(isLogged), ...made] };
    },
    readWorkBetween: async (sources, from, to) => {
      const work = await store.readWorkBetween(sources, from, to);
      const ids = new Set(sources.map(rowKey));
      const made = planned.filter(
        ({ connection, clientId, startedAt }) =>
          ids.has(rowKey({ connection, sourceId: clientId ?? '' })) &&
          from <= startedAt &&
          startedAt < to,
      );
      return { ...work, entries: [...work.entries.filter(isLogged), ...made] };
    },
  };
}

/** What would be debited by now: all sessions compared, as if nothing had been before. */
async function planUnlogged(context: SessionContext): Promise<UnloggedRow[]> {
  const rows: UnloggedRow[] = [];
  const sessions = await context.store.readSessions(null, '', '~');
  let dirty = sessions.map(({ connection, technicianId, startedAt, endedAt }, index) => {
    return { seq: index, connection, technicianId, from: startedAt, to: endedAt, isRule: false };
  });
  const store: Store = {
    ...context.store,
    takeDirtySessions: async () => dirty,
    readUnloggedOf: async () => [],
    writeUnlogged: async (batch) => {
      rows.push(...batch.rows);
      dirty = [];
    },
  };
  await refreshUnlogged({ ...context, store });
  return rows.filter(({ action, dueAt }) => action === 'debit' && dueAt <= context.at);
}

function toEntry(row: UnloggedRow): MirrorTimeEntry {
  const { connection, sourceId, technicianId, technician, startedAt, endedAt, seconds } = row;
  return {
    connection,
    sourceId,
    ticketId: null,
    clientId: row.vendorClientId,
    technicianId,
    technician,
    startedAt,
    endedAt,
    isTimed: true,
    seconds,
    secondsText: '',
    kind: 'work',
    workType: row.workType,
    role: null,
    isBillable: null,
    isApproved: null,
    agreement: null,
    note: null,
    updatedAt: endedAt,
    deletedAt: null,
    groupKey: null,
    isCharged: false,
    isDerived: true,
  };
}
