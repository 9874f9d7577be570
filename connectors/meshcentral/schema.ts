/** The messages of MeshCentral's control channel, as far as they are used. They are documented by its source alone. */
import { z } from 'zod';
import { EpochMs, known, WireInstant } from '../http/answers/wire.ts';

export const Message = z.object({ action: z.string() });

/** Comes instead of everything else where the server does not want us. */
export const CloseMessage = z.object({
  action: z.literal('close'),
  cause: z.string(),
  msg: z.string().nullish(),
});

export const ServerInfo = z.object({
  serverinfo: z.object({
    /** The server's clock, in milliseconds. */
    serverTime: z.number(),
    /** Only shown to a full administrator. */
    manageAllDeviceGroups: z.boolean().nullish(),
    certExpire: z.number().nullish(),
  }),
});

export const UserInfo = z.object({
  userinfo: z.object({
    _id: z.string().min(1),
    siteadmin: z.int().nullish(),
    /** By the id of what the user has rights to: device groups, user groups, devices. */
    links: known(z.record(z.string(), z.unknown())),
  }),
});

export const Meshes = z.object({ meshes: z.array(z.unknown()) });
export const Mesh = z.object({ _id: z.string().min(1), name: z.string().min(1) });
export type Mesh = z.infer<typeof Mesh>;

/** Devices by the id of their group. */
export const Nodes = z.object({ nodes: z.record(z.string(), z.array(z.unknown())) });
export const Node = z.object({ _id: z.string().min(1), name: z.string().nullish() });
export const KnownNode = z.object({
  id: z.string(),
  meshId: z.string(),
  name: z.string().nullable(),
  readAtMs: z.number(),
});
export type KnownNode = z.infer<typeof KnownNode>;

/** Without the right to manage users there is a `result` instead. */
export const Users = z.object({ users: known(z.array(z.unknown())) });
export const User = z.object({
  _id: z.string().min(1),
  name: z.string().nullish(),
  realname: z.string().nullish(),
  email: z.string().nullish(),
});
export const KnownUser = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
});
export type KnownUser = z.infer<typeof KnownUser>;

/** Sessions by the day on which they ended. */
export const Report = z.object({
  data: z.object({
    groups: z.record(z.string(), z.object({ entries: z.array(z.unknown()) })),
  }),
});

/** Milliseconds where the server keeps documents, a text of ISO 8601 where its database speaks SQL. */
const EndTime = z.union([z.int(), z.string()]).transform((value, ctx) => {
  const read = typeof value === 'number' ? EpochMs.safeParse(value) : WireInstant.safeParse(value);
  if (read.success) return read.data;
  ctx.addIssue({ code: 'custom', message: read.error.issues[0]?.message ?? 'is no timestamp' });
  return z.NEVER;
});

const noLength = 'the session has no length in whole seconds, so its start is not known';
const nobody = 'the session names no user';

export const Session = z.object({
  time: EndTime,
  length: z.int(noLength).min(0, noLength),
  userid: z.string(nobody).min(1, nobody),
  nodeid: known(z.string().min(1)),
  meshid: known(z.string().min(1)),
  protocol: known(z.int()),
});
export type Session = z.infer<typeof Session>;

const Told = known(z.string()).catch(null);

/** What says whose a row is, before it is read. */
export const RowPlace = z.object({ meshid: Told, nodeid: Told, guestname: Told });
