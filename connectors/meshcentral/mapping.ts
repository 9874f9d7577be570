import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { ClientRow, SessionRow, SourceId } from '../../src/contract/connector.ts';
import { addSeconds } from '../../src/domain/time.ts';
import type { KnownNode, KnownUser, Mesh, Node, Session, User } from './schema.ts';

export function fromMesh({ _id, name }: Mesh): ClientRow {
  return { sourceId: _id, name };
}

export function fromUser({ _id, name, realname, email }: z.infer<typeof User>): KnownUser {
  return { id: _id, name: realname || name || nameInId(_id), email: email || null };
}

export function fromNode(
  { _id, name }: z.infer<typeof Node>,
  meshId: string,
  readAtMs: number,
): KnownNode {
  return { id: _id, meshId, name: name || null, readAtMs };
}

/** `user//tess` is the user tess of the default domain. */
export function nameInId(id: string): string {
  return id.split('/').slice(2).join('/') || id;
}

export function fromSession(
  session: Session,
  found: { clientId: SourceId | null; device: string | null; technician: KnownUser },
): SessionRow {
  const { time: endedAt, length } = session;
  return {
    sourceId: sessionId(session),
    clientId: found.clientId,
    technicianId: found.technician.id,
    technician: found.technician.name,
    technicianEmail: found.technician.email,
    device: found.device,
    ticketId: null,
    entryId: null,
    startedAt: addSeconds(endedAt, -length),
    endedAt,
    updatedAt: endedAt,
  };
}

/** Events have no id, so what they say is their id: desktop and files of one window end at one time. */
function sessionId({ time, userid, nodeid, protocol, length }: Session): SourceId {
  const said = JSON.stringify([time, userid, nodeid, protocol, length]);
  return createHash('sha256').update(said).digest('hex').slice(0, 32);
}
