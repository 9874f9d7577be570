/** A person at MeshCentral: commands over its control channel, and remote sessions through its relay. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

export interface Server {
  /** `127.0.0.1:PORT` */
  host: string;
  /** The certificate of its own CA. */
  ca: string;
}

export interface Login {
  user: string;
  password: string;
}

type Message = Record<string, unknown>;

const answerMsMax = 20_000;

export interface Person {
  /** Sends it, and waits for the first message that has this action and is not an event. */
  ask(message: Message, action?: string): Promise<Message>;
  leave(): void;
}

export async function logIn(server: Server, { user, password }: Login): Promise<Person> {
  const auth = [user, password].map((part) => Buffer.from(part).toString('base64')).join(',');
  const socket = new WebSocket(`wss://${server.host}/control.ashx`, {
    ca: server.ca,
    headers: { 'x-meshauth': auth },
  });
  socket.on('error', () => {});
  const wait = (action: string) =>
    new Promise<Message>((resolve, reject) => {
      const late = new Error(`${user}: MeshCentral did not answer with "${action}".`);
      const timer = setTimeout(() => reject(late), answerMsMax);
      const hear = (data: unknown): void => {
        const message = JSON.parse(String(data)) as Message;
        if (message.action !== action && message.action !== 'close') return;
        clearTimeout(timer);
        socket.off('message', hear);
        if (message.action === action) resolve(message);
        else reject(new Error(`${user}: MeshCentral closed: ${JSON.stringify(message)}`));
      };
      socket.on('message', hear);
    });
  await wait('serverinfo');
  return {
    ask(message, action = String(message.action)) {
      const answer = wait(action);
      socket.send(JSON.stringify({ ...message, responseid: 'test' }));
      return answer;
    },
    leave: () => socket.close(),
  };
}

interface HeldSession {
  nodeId: string;
  protocol: number;
  seconds: number;
}

/**
 * Opens a session on a device, keeps it for a while, and closes it, as a browser would. An agent does not
 * always come to the first call after its server was killed; without it there is no session.
 */
export async function holdSession(
  server: Server,
  login: Login,
  session: HeldSession,
  callsMax = 3,
): Promise<void> {
  try {
    await callAndHold(server, login, session);
  } catch (error) {
    if (callsMax === 1 || !(error instanceof Error && error.name === 'AbortError')) throw error;
    await holdSession(server, login, session, callsMax - 1);
  }
}

async function callAndHold(
  server: Server,
  login: Login,
  { nodeId, protocol, seconds }: HeldSession,
): Promise<void> {
  const person = await logIn(server, login);
  const { cookie, rcookie } = await person.ask({ action: 'authcookie' });
  const id = Math.random().toString(16).slice(2, 14);
  const query = new URLSearchParams({ browser: '1', p: String(protocol), nodeid: nodeId, id });
  query.set('auth', String(cookie));
  const relay = new WebSocket(`wss://${server.host}/meshrelay.ashx?${query}`, { ca: server.ca });
  try {
    await once(relay, 'open');
    const connected = once(relay, 'message', { signal: AbortSignal.timeout(answerMsMax) });
    const value = `*/meshrelay.ashx?p=${protocol}&nodeid=${nodeId}&id=${id}&rauth=${rcookie}`;
    await person.ask({ action: 'msg', type: 'tunnel', nodeid: nodeId, usage: protocol, value });
    // `c`: the agent is at the other end.
    await connected;
    relay.send(String(protocol));
    await sleep(seconds * 1000);
  } finally {
    relay.close();
    person.leave();
  }
}
