/** The web-socket half of a sandbox: real frames of the `ws` package, with the faults of the HTTP half. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  type FaultKind,
  requestOf,
  type SandboxAnswer,
  type SandboxRequest,
  type TakeFault,
} from './server.ts';

export interface SandboxTalk {
  /** Said as the socket opens, by what the handler answered; `isRefusal`: the server closes after it. */
  greet(opening: unknown): { messages: readonly unknown[]; isRefusal: boolean };
  /** The answer to a message; a text is sent as it is; null: none at all. */
  reply(message: Record<string, unknown>, opening: unknown, takeFault: TakeFault): unknown;
}

interface Wire {
  answerTo(request: SandboxRequest): Promise<SandboxAnswer>;
  /** Records the answer, late where it is to be; false: it gets lost. */
  settle(request: SandboxRequest, answer: SandboxAnswer): Promise<boolean>;
  distort(json: unknown): unknown;
  take(kind: FaultKind, request: SandboxRequest): boolean;
}

/** A message is a request of its own, whose path ends with its action. The result hangs up on everybody. */
export function attachTalk(server: Server, talk: SandboxTalk, wire: Wire): () => void {
  const sockets = new WebSocketServer({ noServer: true });

  async function onUpgrade(incoming: IncomingMessage, stream: Duplex, head: Buffer) {
    stream.on('error', () => {});
    const request = requestOf(incoming, '');
    const answer = await wire.answerTo(request);
    if (!(await wire.settle(request, answer))) return void stream.destroy();
    if (answer.status !== 101) return refuse(stream, answer);
    sockets.handleUpgrade(incoming, stream, head, (socket) => {
      converse(socket, stream, request, answer.json);
    });
  }

  function converse(socket: WebSocket, stream: Duplex, opened: SandboxRequest, opening: unknown) {
    const say = (json: unknown) =>
      socket.send(typeof json === 'string' ? json : JSON.stringify(wire.distort(json)));
    socket.on('error', () => {});
    socket.on('message', async (data) => {
      const body = String(data);
      const message = JSON.parse(body) as Record<string, unknown>;
      const path = `${opened.path}/${message.action}`;
      const request = { ...opened, path, body, json: () => message };
      const json = talk.reply(message, opening, (kind) => wire.take(kind, request));
      const isSent = await wire.settle(request, { status: 200, json });
      // The first bytes of a frame, of which the rest never comes.
      if (!isSent)
        stream.write(Buffer.from([0x81, 0x7e, 0x10, 0x00, 0x7b]), () => stream.destroy());
      else if (json !== null) say(json);
    });
    const { messages, isRefusal } = talk.greet(opening);
    for (const message of messages) say(message);
    if (isRefusal) socket.close();
  }

  server.on('upgrade', onUpgrade);
  return () => {
    for (const socket of sockets.clients) socket.terminate();
  };
}

function refuse(stream: Duplex, answer: SandboxAnswer): void {
  const isJson = answer.json !== undefined;
  const body = isJson ? JSON.stringify(answer.json) : (answer.text ?? '');
  const headers = {
    'content-type': isJson ? 'application/json' : 'text/html',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...answer.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  stream.end(`HTTP/1.1 ${answer.status} Refused\r\n${lines.join('')}\r\n${body}`);
}
