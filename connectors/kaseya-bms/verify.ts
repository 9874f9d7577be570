/**
 * How each fact is verified: filters and units by reading; the rest by writing to a test client,
 * reading back and removing.
 */
import type { CheckResult } from '../../src/contract/connector.ts';
import { ifBelieved } from '../http/answers/rows.ts';
import type { Query } from '../kit/call.ts';
import { createProbe } from '../kit/checking/probe.ts';
import { firstPage, parseAll } from '../kit/reading/lists.ts';
import { createKeyed } from '../kit/writing/push.ts';
import type { Bms } from './call.ts';
import { ticketChanges, timeChanges } from './changes.ts';
import { type FactId, facts } from './facts.ts';
import { type Listed, listOf } from './lists.ts';
import { verifyZone, writtenDaysAgo } from './local-times.ts';
import { spanOf } from './mapping.ts';
import { accountField, alertRecord, notes, notesPath, ticketsPath } from './push.ts';
import { pathsOf, saleRecord } from './sales.ts';
import { TimeWire } from './schema.ts';

const farFuture = '2099-01-01T00:00:00Z';
const farPast = '2000-01-01T00:00:00Z';
/** Time created since is sampled. */
const sampleDays = 90;

/** One result per fact. A fact without data to verify it keeps its earlier answer. */
export async function verifyByReading(
  bms: Bms,
  userTime: string | null | undefined,
): Promise<CheckResult[]> {
  const countOf = async (name: Listed, query: Query = {}): Promise<number> =>
    (await firstPage(bms, { ...listOf(name, query), pageSize: 1 })).count ?? 0;
  const isFutureEmpty =
    (await countOf('time', { [timeChanges.first]: farFuture })) === 0 &&
    (await countOf('tickets', { [ticketChanges.first]: farFuture })) === 0;
  const worked = await countOf('time', { 'Filter.StartDateFrom': farPast });
  const isStartHonoured = (await countOf('time', { 'Filter.StartDateFrom': farFuture })) === 0;
  const isAnyTime = (await countOf('time')) > 0;
  const recent = listOf('time', { [timeChanges.second]: writtenDaysAgo(bms, sampleDays) });
  const { rows } = await firstPage(bms, recent);
  return facts.verifyAll(bms.context, {
    'change-filters': isFutureEmpty,
    'time-in-hours': isInHours(bms, parseAll(rows, TimeWire)),
    'change-zone': await verifyZone(bms, userTime),
    'start-filter': isAnyTime ? isStartHonoured && worked > 0 : null,
  });
}

/** People round to the hundredth of an hour. */
const roundingSeconds = 36;

/** Whether some time spent, in hours, is that from start to end; false if it is in minutes. */
function isInHours({ zone }: Bms, wires: readonly TimeWire[]): boolean | null {
  const comesTo = (unitSeconds: number): boolean =>
    wires.some((wire) => {
      const span = ifBelieved(() => spanOf(wire, zone));
      const seconds = span === null ? 0 : (span.endMs - span.startMs) / 1000;
      const isAbout = Math.abs(Number(wire.timespent) * unitSeconds - seconds) <= roundingSeconds;
      return seconds > 0 && isAbout;
    });
  if (comesTo(3600)) return true;
  return comesTo(60) ? false : null;
}

export const probeConnection = createProbe<Bms, FactId>('Kaseya BMS', facts, ({ config }) => ({
  ticket: config.alerts !== undefined && {
    facts: ['ticket-key-kept', 'title-filter', 'change-zone'],
    create: alertRecord.create,
    path: (id) => `${ticketsPath}/${id}`,
    noteFact: 'note-audience',
    writeNote: notes.write,
    notePath: (ticketId, id) => `${notesPath(ticketId)}/${id}`,
  },
  sale: config.alerts !== undefined &&
    config.billing.product !== undefined && {
      facts: ['charge-key-kept'],
      async create(bms, sale, wrote) {
        const { remoteId } = await createKeyed(bms, facts, saleRecord, sale);
        const { ticket, charge } = pathsOf(remoteId);
        wrote(ticket);
        wrote(charge);
      },
    },
  field: config.balance && accountField,
  fix: 'Delete these by hand in BMS; the API user may lack permission.',
}));
