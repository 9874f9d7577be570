/** A MeshCentral on loopback, over a real web socket, by the notes on its source and not by the connector. */
import { type SandboxServer, startSandboxServer, type TakeFault } from '../server.ts';
import { greeting, meshesFor, nodesFor, reportFor, usersFor } from './control.ts';
import { fullAdmin, MeshState, type MeshUser } from './state.ts';

export interface MeshcentralSandbox extends SandboxServer {
  state: MeshState;
  /** The account that the settings log in as. */
  account: MeshUser;
  settings: { baseUrl: string; user: string; password: string };
}

const login = { user: '~t:sandboxtoken', password: 'sandboxTokenPass' };

/** An event of the server's own, which everybody who is connected is told. */
const chatter = { action: 'event', event: { etype: 'node', action: 'nodeconnect', conn: 1 } };

export async function startMeshcentralSandbox(
  options: { now?: () => number } = {},
): Promise<MeshcentralSandbox> {
  const state = new MeshState();
  const now = options.now ?? Date.now;
  const account = state.addUser('prepaid-hours', { siteadmin: fullAdmin });
  state.managers.add(account._id);

  function greet(opening: unknown): { messages: unknown[]; isRefusal: boolean } {
    const { refusal, user } = opening as { refusal?: object; user?: MeshUser };
    if (user === undefined) return { messages: [{ action: 'close', ...refusal }], isRefusal: true };
    return { messages: greeting(state, user, now()), isRefusal: false };
  }

  function reply(
    message: Record<string, unknown>,
    opening: unknown,
    takeFault: TakeFault,
  ): unknown {
    const { user = account } = opening as { user?: MeshUser };
    if (state.silent.has(String(message.action))) return null;
    switch (message.action) {
      case 'meshes':
        return spoilt(meshesFor(state, user), 'meshes', takeFault);
      case 'nodes':
        return nodesFor(state, message.id);
      case 'users':
        return usersFor(state, user, message.responseid);
      case 'report': {
        const report = reportFor(state, user, message);
        const [day] = Object.values(report?.data.groups ?? {});
        if (day?.entries[0] !== undefined && takeFault('bad-row')) day.entries[0].time = 'never';
        return report;
      }
      default:
        return chatter;
    }
  }

  const server = await startSandboxServer(
    ({ path, headers }) => {
      if (path !== '/control.ashx') return { status: 404, text: '<html>Not found</html>' };
      const [name, word] = (headers['x-meshauth'] ?? '')
        .split(',')
        .map((part) => Buffer.from(part, 'base64').toString('utf8'));
      if (name === login.user && word === login.password)
        return { status: 101, json: { user: account } };
      return { status: 101, json: { refusal: { cause: 'noauth', msg: 'noauth-2d' } } };
    },
    {
      talk: { greet, reply },
      // The server gives no status: it lets us in with fewer rights.
      faultAnswer: (kind) =>
        kind === 'forbidden' ? { status: 101, json: { user: { ...account, siteadmin: 0 } } } : null,
    },
  );
  return { ...server, state, account, settings: { baseUrl: server.baseUrl, ...login } };
}

/** One group that has lost its name. */
function spoilt(answer: unknown, list: 'meshes', takeFault: TakeFault): unknown {
  const rows = (answer as Record<string, { name: unknown }[]>)[list] ?? [];
  if (rows.length === 0 || !takeFault('bad-row')) return answer;
  const [first, ...others] = rows;
  return { ...(answer as object), [list]: [{ ...first, name: null }, ...others] };
}
