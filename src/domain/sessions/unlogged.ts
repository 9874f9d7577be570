import {
  clipSpans,
  type Span,
  subtractSpan,
  sumSpans,
  takeFromSpans,
  withoutOverlaps,
} from './spans.ts';

/** A remote session of one technician for one client. */
export interface SessionSpan extends Span {
  id: string;
  device: string | null;
  /** Connection and ID. */
  ticket: string | null;
  /** The vendor made a time entry of it. */
  isLogged: boolean;
}

/** A time entry of the same technician for the same client. */
interface LoggedSpan extends Span {
  id: string;
  /** Whether start and end are those of the work. */
  isTimed: boolean;
  seconds: number;
  precisionSeconds: number;
  ticket: string | null;
}

/** Session time that no time entry covers. */
export interface Unlogged<Session extends SessionSpan = SessionSpan> extends Span {
  /** The session in which it begins, and which of its rests that day this is, from 1. */
  session: Session;
  number: number;
  /** Without the gaps between sessions. */
  seconds: number;
  devices: string[];
  ticket: string | null;
}

interface MatchRules {
  /** By how much timed work may lie beside its session, before and after. */
  toleranceSeconds: number;
  /** A shorter rest counts for nothing. */
  minimumSeconds: number;
}

/** Sessions this close together are one row, as when a connection dropped. */
const gapMs = 300_000;

type Piece<Session> = Span & { session: Session };

/**
 * Finds what a technician did for a client on one day by its sessions and did not log. Overlapping
 * sessions count once. Timed work covers its span; other work covers as much of the day as was
 * logged, on the session's own ticket first. Technicians type times afterwards: what is logged on a
 * session's ticket covers that session whenever it is said to have been.
 */
export function findUnlogged<Session extends SessionSpan>(
  sessions: readonly Session[],
  logged: readonly LoggedSpan[],
  day: Span,
  rules: MatchRules,
): Unlogged<Session>[] {
  const ordered = [...sessions].sort((a, b) => a.fromMs - b.fromMs || (a.id < b.id ? -1 : 1));
  const pieces = ordered.map((session) => {
    return { fromMs: session.fromMs, toMs: session.toMs, session };
  });
  const recorded = clipSpans(withoutOverlaps(pieces), day);
  let left = recorded;
  for (const session of ordered) if (session.isLogged) left = subtractSpan(left, session);
  const entries = [...logged].sort((a, b) => a.fromMs - b.fromMs || (a.id < b.id ? -1 : 1));
  for (const entry of entries) {
    if (isWholeSpan(entry)) left = subtractSpan(left, widened(entry, rules));
  }
  for (const entry of entries) {
    if (day.fromMs <= entry.fromMs && entry.fromMs < day.toMs) {
      left = takeAmount(left, recorded, entry, rules);
    }
  }
  return toRows(left).filter(({ seconds }) => seconds >= Math.max(1, rules.minimumSeconds));
}

/** With a break in it, it is not known which part was worked. */
function isWholeSpan({ isTimed, fromMs, toMs, seconds, precisionSeconds }: LoggedSpan): boolean {
  return isTimed && toMs > fromMs && (seconds + precisionSeconds) * 1000 >= toMs - fromMs;
}

function widened({ fromMs, toMs }: Span, { toleranceSeconds }: MatchRules): Span {
  return { fromMs: fromMs - toleranceSeconds * 1000, toMs: toMs + toleranceSeconds * 1000 };
}

function takeAmount<Session extends SessionSpan>(
  left: readonly Piece<Session>[],
  recorded: readonly Piece<Session>[],
  entry: LoggedSpan,
  rules: MatchRules,
): Piece<Session>[] {
  const isOnTicket = ({ session }: Piece<Session>) =>
    entry.ticket !== null && session.ticket === entry.ticket;
  const isBySpan = isWholeSpan(entry);
  const coveredMs = isBySpan ? sumSpans(clipSpans(recorded, widened(entry, rules))) : 0;
  const amountMs = Math.max(0, entry.seconds * 1000 - coveredMs);
  const own = takeFromSpans(left, amountMs, isOnTicket);
  if (isBySpan) return own.left;
  const isWithin = ({ fromMs, toMs }: Piece<Session>) =>
    entry.isTimed && fromMs < entry.toMs && entry.fromMs < toMs;
  const near = takeFromSpans(own.left, own.amountMs, isWithin);
  return takeFromSpans(near.left, near.amountMs, () => true).left;
}

function toRows<Session extends SessionSpan>(
  pieces: readonly Piece<Session>[],
): Unlogged<Session>[] {
  const rows: Piece<Session>[][] = [];
  for (const piece of [...pieces].sort((a, b) => a.fromMs - b.fromMs)) {
    const row = rows.at(-1);
    const isNear = row !== undefined && piece.fromMs - (row.at(-1)?.toMs ?? 0) <= gapMs;
    if (isNear) row.push(piece);
    else rows.push([piece]);
  }
  const numbers = new Map<string, number>();
  return rows.flatMap((row) => {
    const [first] = row;
    const last = row.at(-1);
    if (first === undefined || last === undefined) return [];
    const number = (numbers.get(first.session.id) ?? 0) + 1;
    numbers.set(first.session.id, number);
    return {
      fromMs: first.fromMs,
      toMs: last.toMs,
      session: first.session,
      number,
      seconds: Math.floor(sumSpans(row) / 1000),
      devices: [...new Set(row.flatMap(({ session }) => session.device ?? []))],
      ticket: row.map(({ session }) => session.ticket).find((ticket) => ticket !== null) ?? null,
    };
  });
}
