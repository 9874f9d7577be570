/** The tables of the NinjaOne sandbox. Timestamps are epoch milliseconds; durations whole seconds. */

export interface Organization {
  id: number;
  name: string;
  customFields: { [name: string]: string | number | null };
}

export interface Technician {
  id: number;
  firstName: string;
  lastName: string;
  isEnabled: boolean;
}

export interface Device {
  id: number;
  organizationId: number;
  displayName: string;
}

export interface Status {
  statusId: number;
  name: string;
  displayName: string;
  /** The built-in status that a custom one inherits from. */
  parentId: number | null;
}

export interface TicketForm {
  id: number;
  name: string;
  isActive: boolean;
  isDefault: boolean;
}

export interface Board {
  id: number;
  name: string;
  /** What its conditions let through. */
  shows: (ticket: Ticket, isClosed: boolean) => boolean;
  /** Columns that may be requested. */
  allColumns: readonly string[];
}

export interface Ticket {
  id: number;
  version: number;
  organizationId: number | null;
  subject: string;
  statusId: number;
  ticketFormId: number;
  tags: string[];
  source?: string;
  createdMs: number;
  updatedMs: number;
  solvedMs: number | null;
  isDeleted: boolean;
}

export type Billing = 'BILLABLE' | 'NOT_BILLABLE' | 'NO_CHARGE';

/** In-hours or off-hours part of a time entry, as newer builds show it. */
export interface HoursPart {
  seconds: number;
  billing?: Billing;
  agreement?: string;
}

export interface LogEntry {
  id: number;
  ticketId: number;
  type: 'DESCRIPTION' | 'COMMENT' | 'SAVE' | 'DELETE' | 'PRODUCT' | 'INFO' | 'CONDITION';
  authorId: number | null;
  authorType: 'TECHNICIAN' | 'END_USER' | 'CONTACT';
  body: string;
  isPublic: boolean;
  createdMs: number;
  seconds: number | null;
  /** What newer builds add; null on an older one. */
  time: {
    startedMs: number | null;
    isRemote: boolean | null;
    inHours: HoursPart | null;
    offHours: HoursPart | null;
    /** Where it does not say the same as the log entry itself. */
    shownSeconds?: number;
  } | null;
}

export type RemoteTool = 'splashtop' | 'teamviewer' | 'quick-connect';

export interface Activity {
  id: number;
  atMs: number;
  activityType: string;
  statusCode: string;
  deviceId: number | null;
  userId: number | null;
}

export const builtInStatuses: readonly Status[] = [
  { statusId: 1000, name: 'NEW', displayName: 'New', parentId: null },
  { statusId: 2000, name: 'OPEN', displayName: 'Open', parentId: null },
  { statusId: 3000, name: 'WAITING', displayName: 'Waiting', parentId: null },
  { statusId: 5000, name: 'RESOLVED', displayName: 'Resolved', parentId: null },
  { statusId: 6000, name: 'CLOSED', displayName: 'Closed', parentId: null },
];

export const boardColumns = [
  'id',
  'summary',
  'status',
  'organization',
  'createTime',
  'lastUpdated',
  'solvedTime',
  'totalTimeTracked',
  'source',
  'tags',
];

/** `000000…00c` for 12: stable, and of the form that the vendor's uids have. */
export function uidOf(id: number): string {
  return `00000000-0000-4000-8000-${id.toString(16).padStart(12, '0')}`;
}
