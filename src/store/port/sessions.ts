import type { SessionRow, SourceId, TimeEntryRow } from '../../domain/records/rows.ts';
import type { Technician } from '../../domain/sessions/technicians.ts';
import type { DateText, Instant } from '../../domain/time.ts';

/** A technician whose sessions and time in a period must be compared again. */
export interface DirtySession {
  seq: number;
  connection: string;
  technicianId: SourceId;
  from: Instant;
  to: Instant;
  /** Whether only the rules changed. */
  isRule: boolean;
}

export interface MirrorSession extends Omit<SessionRow, 'updatedAt' | 'technicianEmail'> {
  connection: string;
  /** Whether the vendor made a time entry of it, which is not deleted. */
  isLogged: boolean;
}

/** A time entry that is not deleted, under the client of its ticket, after merges. */
export interface LoggedTime
  extends Pick<
    TimeEntryRow,
    | 'sourceId'
    | 'ticketId'
    | 'clientId'
    | 'technicianId'
    | 'technician'
    | 'startedAt'
    | 'endedAt'
    | 'isTimed'
    | 'seconds'
    | 'precisionSeconds'
  > {
  connection: string;
  ticketNumber: string | null;
  isCharged: boolean;
}

/** Session time on one day of a client that no time entry covers. */
export interface UnloggedRow {
  connection: string;
  /** That of the time entry made of it, if it is debited. */
  sourceId: SourceId;
  clientId: string;
  /** Whoever recorded it, in all systems. */
  person: string;
  technicianId: SourceId;
  technician: string;
  vendorClientId: SourceId;
  workedOn: DateText;
  startedAt: Instant;
  endedAt: Instant;
  /** Without the gaps between sessions. */
  seconds: number;
  device: string | null;
  /** In the same connection. */
  ticketId: SourceId | null;
  action: 'report' | 'propose' | 'debit';
  workType: string | null;
  /** Until then the technician may log it. */
  dueAt: Instant;
  /** `debited`: a time entry was made of it; otherwise the key of the message that proposed it. */
  done: string | null;
}

export interface UnloggedBatch {
  at: Instant;
  /** New or changed; a debited one is written as a time entry too. */
  rows: readonly UnloggedRow[];
  /** Gone; a debited one's time entry is deleted. */
  removed: readonly Pick<UnloggedRow, 'connection' | 'sourceId'>[];
  dirtySeqs: readonly number[];
}

interface TechnicianId {
  connection: string;
  id: SourceId;
}

/** One technician's time in two systems at the same time. */
export interface DoubleCount {
  /** The entry that waits, or that was accepted. */
  connection: string;
  sourceId: SourceId;
  otherConnection: string;
  otherSourceId: SourceId;
  isAccepted: boolean;
}

export interface SessionStore {
  hasSessions(): Promise<boolean>;
  /** Technicians with time or sessions. */
  readTechnicians(): Promise<Technician[]>;
  /** Technicians with sessions. */
  readSessionTechnicians(): Promise<TechnicianId[]>;
  takeDirtySessions(limit: number): Promise<DirtySession[]>;
  /** Has all sessions compared again, after the rules changed. */
  markSessionsDirty(): Promise<void>;
  /** Sessions that overlap [from, to), of these technicians or of all. */
  readSessions(
    technicians: readonly TechnicianId[] | null,
    from: Instant,
    to: Instant,
  ): Promise<MirrorSession[]>;
  /** Time that overlaps [from, to), without what was made of sessions; likewise. */
  readLoggedTime(
    technicians: readonly TechnicianId[] | null,
    from: Instant,
    to: Instant,
  ): Promise<LoggedTime[]>;
  /** Of these technicians, on these days. */
  readUnloggedOf(
    technicians: readonly TechnicianId[],
    from: DateText,
    to: DateText,
  ): Promise<UnloggedRow[]>;
  /** Null: of all clients, since ever. In order of time. */
  readUnlogged(
    clientIds: readonly string[] | null,
    from: DateText | null,
    to: DateText | null,
  ): Promise<UnloggedRow[]>;
  /** What is to be proposed or debited, and is due; also what was only proposed in observe mode. */
  readDueUnlogged(action: 'propose' | 'debit', at: Instant): Promise<UnloggedRow[]>;
  /** What these messages propose. */
  readProposed(keys: readonly string[]): Promise<UnloggedRow[]>;
  writeUnlogged(batch: UnloggedBatch): Promise<void>;
  /** Whether time comes from several connections. */
  hasSeveralTimeSources(): Promise<boolean>;
  /** Pairs that one of these entries is in. */
  readDoubles(entries: readonly { connection: string; sourceId: string }[]): Promise<DoubleCount[]>;
  listDoubles(): Promise<DoubleCount[]>;
}
