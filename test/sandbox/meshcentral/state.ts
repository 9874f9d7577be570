/** What a MeshCentral knows: groups, devices, users, and the events of ended sessions. */

export interface MeshUser {
  _id: string;
  name: string;
  email?: string;
  realname?: string;
  siteadmin?: number;
  links: Record<string, { rights: number }>;
}

export interface MeshEvent {
  /** When the session ended. */
  timeMs: number;
  userid?: string;
  nodeid: string;
  meshid?: string;
  msgid: number;
  protocol: number;
  /** Seconds; the arguments of some messages hold none. */
  length?: number;
  guestname?: string;
}

export interface NewSession {
  user?: string | null;
  node?: string;
  seconds?: number | null;
  endedMs?: number;
  protocol?: number;
  msgid?: number;
  guestname?: string;
  /** False: an event without its group. */
  hasGroup?: boolean;
}

export const fullAdmin = 0xffffffff;

/** The end of a session of each protocol. */
const endOf: Readonly<Record<number, number>> = { 1: 10, 2: 11, 5: 12 };

export class MeshState {
  readonly meshes = new Map<string, { _id: string; name: string; mtype: number }>();
  readonly nodes = new Map<string, { _id: string; name: string; meshid: string }>();
  readonly users = new Map<string, MeshUser>();
  readonly events: MeshEvent[] = [];
  /** Accounts that `manageAllDeviceGroups` of config.json names. */
  readonly managers = new Set<string>();
  /** Whether the database speaks SQL: times are then texts. */
  isSql = false;
  /** Older events are gone. */
  keptDays = 20;
  /** Messages that get no answer. */
  readonly silent = new Set<string>();

  addMesh(name: string): string {
    const _id = `mesh//${name}${'x'.repeat(60)}@$`;
    this.meshes.set(_id, { _id, name, mtype: 2 });
    return _id;
  }

  addNode(name: string, meshid: string): string {
    const _id = `node//${name}${'y'.repeat(40)}`;
    this.nodes.set(_id, { _id, name, meshid });
    return _id;
  }

  addUser(login: string, more: Partial<MeshUser> = {}): MeshUser {
    const user = { _id: `user//${login}`, name: login, links: {}, ...more };
    this.users.set(user._id, user);
    return user;
  }

  /** A session that has just ended; `null` where the event says nothing of it. */
  addSession(session: NewSession = {}): MeshEvent {
    const { user = 'user//tess', seconds = 600, protocol = 2, hasGroup = true } = session;
    const nodeid = session.node ?? [...this.nodes.keys()][0] ?? '';
    const meshid = this.nodes.get(nodeid)?.meshid;
    const event: MeshEvent = {
      timeMs: session.endedMs ?? Date.now(),
      nodeid,
      msgid: session.msgid ?? endOf[protocol] ?? 123,
      protocol,
      ...(user === null ? {} : { userid: user }),
      ...(meshid === undefined || !hasGroup ? {} : { meshid }),
      ...(seconds === null ? {} : { length: seconds }),
      ...(session.guestname === undefined ? {} : { guestname: session.guestname }),
    };
    this.events.push(event);
    return event;
  }
}
