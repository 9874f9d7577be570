/** Maps NinjaOne's rows to ours: an organization is a client, a log entry a time entry. */
import type { z } from 'zod';
import type {
  ClientRow,
  SessionRow,
  TicketRow,
  TimeEntryRow,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { addSeconds } from '../../src/domain/time.ts';
import type { SessionMark } from '../kit/reading/sessions.ts';
import type { KnownBoard } from './boards.ts';
import type {
  BoardRow,
  Device,
  HoursPart,
  KnownDevice,
  KnownTechnician,
  LogEntry,
  Organization,
  Technician,
  Worker,
} from './schema.ts';
import type { KnownStatus } from './statuses.ts';

export function fromOrganization(organization: Organization): ClientRow {
  return { sourceId: organization.id, name: organization.name };
}

export function fromTechnician(technician: z.infer<typeof Technician>): KnownTechnician {
  const { id, uid, firstName, lastName, email } = technician;
  const name = [firstName, lastName].filter((part) => part).join(' ');
  return { id, uid: uid ?? null, name: name || email || `Technician ${id}`, email };
}

export function fromDevice(device: z.infer<typeof Device>): KnownDevice {
  const { id, organizationId, displayName, systemName } = device;
  return { id, organizationId, name: displayName || systemName || null };
}

export function fromBoardRow(
  row: BoardRow,
  found: { board: KnownBoard; clientId: string | null; status: KnownStatus },
): TicketRow {
  return {
    sourceId: row.id,
    number: row.id,
    clientId: found.clientId,
    summary: row.summary ?? '',
    board: found.board.name,
    ticketType: null,
    agreement: null,
    ids: { board: found.board.id },
    status: found.status.name,
    source: row.source || null,
    isClosed: found.status.isClosed,
    closedAt: found.status.isClosed ? (row.solvedTime ?? null) : null,
    mergedInto: null,
    updatedAt: row.lastUpdated,
  };
}

/** Whether a log entry holds time at all: most are status changes and comments without any. */
export function holdsTime(entry: LogEntry): boolean {
  return shownSeconds(entry).length > 0;
}

/** The entry's seconds by each of the places that say something of them. */
function shownSeconds({ timeTracked, ticketTimeEntry: time }: LogEntry): number[] {
  return [timeTracked ?? 0, time?.timeTracked ?? 0].filter((seconds) => seconds !== 0);
}

/** For sums: 0 where there is none. */
export function secondsTracked(entry: LogEntry): number {
  return shownSeconds(entry)[0] ?? 0;
}

/** Throws `contract` for time that is invalid. */
export function fromLogEntry(entry: LogEntry, ticketId: string, technician: Worker): TimeEntryRow {
  const time = entry.ticketTimeEntry ?? null;
  const seconds = secondsOf(entry);
  refuseUnknownAuthor(entry);
  const startedAt =
    time?.startDate ?? (entry.createTime == null ? null : addSeconds(entry.createTime, -seconds));
  if (startedAt === null) {
    throw new KindError('contract', 'createTime: not a timestamp.');
  }
  return {
    sourceId: entry.id,
    ticketId,
    clientId: null,
    technicianId: technician.id,
    technician: technician.name,
    technicianEmail: technician.email ?? null,
    startedAt,
    endedAt: addSeconds(startedAt, seconds),
    isTimed: time?.startDate != null,
    seconds,
    secondsText: `${seconds} s`,
    kind: 'work',
    workType: time?.remote == null ? null : time.remote ? remoteWork : onSiteWork,
    role: null,
    isBillable: isBillable(time),
    isApproved: null,
    agreement: agreementOf(time),
    note: entry.publicEntry === true && entry.body ? entry.body : null,
    updatedAt: entry.createTime ?? startedAt,
  };
}

/** The API has no work types; the place of work is used instead. */
const remoteWork = 'Remote';
const onSiteWork = 'On-site';
export const workTypes: readonly string[] = [remoteWork, onSiteWork];

function secondsOf(entry: LogEntry): number {
  const [seconds = 0, other = seconds] = shownSeconds(entry);
  if (seconds !== other) {
    throw new KindError('contract', `timeTracked: both ${seconds} s and ${other} s.`, {
      fix: 'Save the time of this log entry again in NinjaOne.',
    });
  }
  if (seconds < 0) {
    throw new KindError('contract', `timeTracked is negative (${seconds} s).`, {
      fix: 'Correct the time of this log entry in NinjaOne.',
    });
  }
  return seconds;
}

/** Older builds say neither, and there only technicians can log time. */
function refuseUnknownAuthor({ appUserContactType: author, type }: LogEntry): void {
  if (author != null && author !== 'TECHNICIAN') {
    throw new KindError('contract', `appUserContactType: time was logged by ${author}.`, {
      fix: 'Only technicians’ time is debited; if it is work, log it as a technician.',
    });
  }
  if (type != null && type !== 'COMMENT' && type !== 'DESCRIPTION') {
    throw new KindError('contract', `type: time is on a log entry of type ${type}.`, {
      fix: 'Time is expected on comments and descriptions; if it is work, log it as a comment.',
    });
  }
}

type TimeFacts = LogEntry['ticketTimeEntry'];

/**
 * The parts of an entry inside and outside business hours; one without time says nothing. Where there are
 * none, the entry says itself what they would.
 */
function partsOf(time: TimeFacts): HoursPart[] {
  const parts = [time?.inHours, time?.offHours].filter(
    (part): part is HoursPart => part != null && part.timeTracked !== 0,
  );
  return parts.length > 0 || time == null ? parts : [time];
}

/** An entry of both kinds of hours is one entry here: not billable only when neither part is. */
function isBillable(time: TimeFacts): boolean | null {
  const flags = partsOf(time).flatMap(({ billing }) => billing ?? []);
  return flags.length === 0 ? null : flags.includes('BILLABLE');
}

function agreementOf(time: TimeFacts): string | null {
  const names = new Set(
    partsOf(time).flatMap(({ agreement }) => (agreement?.name ? [agreement.name] : [])),
  );
  if (names.size > 1) {
    throw new KindError('contract', `agreement: ${[...names].join(' and ')} on one entry.`, {
      fix: 'Put the in-hours and off-hours time on one agreement, or log them as two entries.',
    });
  }
  return [...names][0] ?? null;
}

export function fromSession(
  { start, end }: { start: SessionMark; end: SessionMark },
  found: {
    clientId: string | null;
    device: string | null;
    technician: Worker;
  },
): SessionRow {
  return {
    sourceId: start.id,
    clientId: found.clientId,
    technicianId: found.technician.id,
    technician: found.technician.name,
    technicianEmail: found.technician.email ?? null,
    device: found.device,
    ticketId: null,
    entryId: null,
    startedAt: start.at,
    endedAt: end.at,
    updatedAt: end.at,
  };
}
