/** Remote sessions that an integration wrote into Halo, with start and end. */
import { z } from 'zod';
import type { PullRequest, SessionRow } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { unlistedName } from '../../src/domain/records/unlisted-names.ts';
import { addSeconds, type Instant } from '../../src/domain/time.ts';
import { parseRows, rawId } from '../http/answers/rows.ts';
import { Id, optional } from '../http/answers/wire.ts';
import { firstPage, ignoredFilter, parseAll, type Rows } from '../kit/reading/lists.ts';
import { longestSessionSeconds } from '../kit/reading/sessions.ts';
import type { Halo, List } from './call.ts';
import { facts } from './facts.ts';
import { isRising } from './lists.ts';
import { actionId, RealTime, Reference } from './schema.ts';

/** It cannot be filtered by date. */
export const sessionList: List = {
  path: '/RemoteSession',
  rows: 'remotesessions',
  query: { order: 'id', orderdesc: true },
};

const SessionWire = z.object({
  id: Id,
  ...optional(RealTime, 'queuedate', 'sessionstartdate', 'sessionenddate'),
  ...optional(Reference, 'unum', 'clientid', 'matchedclient', 'ticket_id', 'actionnumber'),
  uname: z.string().nullish(),
  sessionfinished: z.boolean().nullish(),
});
type SessionWire = z.infer<typeof SessionWire>;

/** Back to a day before `since`, and that day again: one may have been unfinished, or written hours late. */
export async function* pullSessions(halo: Halo, request: PullRequest): Rows<SessionRow> {
  if (!halo.config.remoteSessions) return;
  await facts.refuseIfFalse(halo.context, 'dates-utc');
  await facts.refuseIfFalse(halo.context, 'session-order', 'session-ends', 'session-agent');
  const readBackTo = addSeconds(request.since, -longestSessionSeconds);
  let before = Number.NEGATIVE_INFINITY;
  for await (const page of halo.pages(sessionList)) {
    const ids = idsOf(page.rows);
    if (!isRising(ids, before)) throw ignoredFilter('/RemoteSession', 'sessions in another order');
    before = ids[0] ?? before;
    const ours = page.rows.filter((raw) => isWanted(raw, request.clientIds)).map(withoutTexts);
    const toRow = (wire: SessionWire) => fromSession(wire, request, readBackTo);
    const { rows, rejected } = parseRows(ours, SessionWire, toRow);
    // New ones move the pages.
    yield { rows: rows.flatMap((row) => row ?? []), rejected, resume: null };
    const all = parseAll(page.rows, SessionWire);
    const began = all.flatMap((one) => one.sessionstartdate ?? one.queuedate ?? []);
    if (began.length > 0 && began.every((at) => at < readBackTo)) return;
  }
}

/** Both facts of every row are judged by those that somebody held and that are over. */
export async function verifySessions(halo: Halo) {
  const { rows } = await firstPage(halo, sessionList);
  const held = parseAll(rows, SessionWire).filter((one) => one.sessionstartdate != null);
  const over = held.filter(({ sessionfinished }) => sessionfinished !== false);
  const some = (isSo: (one: SessionWire) => boolean) => (over.length > 0 ? over.some(isSo) : null);
  return {
    'session-order': rows.length < 2 ? null : isRising(idsOf(rows), Number.NEGATIVE_INFINITY),
    'session-ends': some(({ sessionenddate }) => sessionenddate != null),
    'session-agent': some(({ unum }) => unum != null),
  };
}

/** Below zero, so that they rise from the newest row on. */
function idsOf(rows: readonly unknown[]): number[] {
  return rows.map((row) => -Number(rawId(row) ?? 'none')).filter((id) => !Number.isNaN(id));
}

/** Requested for all clients: a session may have none, or only its caller’s. */
function isWanted(raw: unknown, clientIds: readonly string[]): boolean {
  const Owned = SessionWire.pick({ clientid: true, matchedclient: true });
  const clientId = clientOf(Owned.safeParse(raw).data ?? {});
  return clientId === null || clientIds.includes(clientId);
}

function clientOf({ clientid, matchedclient }: Pick<SessionWire, 'clientid' | 'matchedclient'>) {
  return clientid ?? matchedclient ?? null;
}

/** Rows hold a password, a phone number and what was said: a quarantined one must not. */
function withoutTexts(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  return Object.fromEntries(Object.entries(raw).filter(([name]) => name in SessionWire.shape));
}

/** Null: it ended before, nobody took it, or it may go on. Throws `contract` for one that cannot be used. */
function fromSession(wire: SessionWire, { since, until }: PullRequest, readBackTo: Instant) {
  const { sessionstartdate: start, sessionenddate: end, unum, ticket_id, actionnumber } = wire;
  const isFinished = wire.sessionfinished ?? end != null;
  if (end != null && isFinished && end < readBackTo) return null;
  if (start == null && unum == null) return null;
  const refuse = (why: string) => new KindError('contract', `Remote session ${wire.id} ${why}.`);
  if (start == null) throw refuse('has no sessionstartdate');
  if (!isFinished) {
    const certainAt = addSeconds(start, longestSessionSeconds);
    if (certainAt < since || certainAt > until) return null;
    throw refuse('is not finished after a day: its end was never recorded');
  }
  if (end == null) throw refuse('is finished without a sessionenddate');
  if (unum == null) throw refuse('names no agent');
  if (end < start) throw refuse('ends before it starts');
  if (end > addSeconds(start, longestSessionSeconds)) throw refuse('is longer than a day');
  return {
    sourceId: wire.id,
    clientId: clientOf(wire),
    ...{ technicianId: unum, technician: wire.uname || unlistedName(unum), technicianEmail: null },
    device: null,
    ticketId: ticket_id ?? null,
    entryId: ticket_id && actionnumber ? actionId({ ticket_id, id: actionnumber }) : null,
    ...{ startedAt: start, endedAt: end, updatedAt: end },
  };
}
