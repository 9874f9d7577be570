/** The control channel: a web socket that is opened for each reading, asked in turn, and closed. */
import type { ZodType } from 'zod';
import type { ConnectorContext, SourceId } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { refuseAheadOf } from '../http/answers/clock.ts';
import { describeIssue } from '../http/answers/issues.ts';
import { withRetries } from '../http/requests/retry.ts';
import { type Channel, openChannel } from '../http/web-socket.ts';
import type { OpenCall } from '../kit/call.ts';
import type { MeshcentralConfig } from './config.ts';
import { createLists, type Lists } from './lists.ts';
import { CloseMessage, Message, ServerInfo, UserInfo } from './schema.ts';

export interface MeshCall {
  config: MeshcentralConfig;
  context: ConnectorContext;
  lists: Lists;
  /** The account that we are, and what it sees. Connects where that has not happened yet. */
  account(): Promise<Account>;
  /** The answer to a message of this action. */
  ask<T>(action: string, schema: ZodType<T>, message?: object): Promise<T>;
  /** To be called at the end of each reading. */
  close(): void;
}

/** What the server says of us as it opens the channel. */
export interface Account {
  id: string;
  /** Whether the report shows the sessions of others at all. */
  seesOthers: boolean;
  /** Device groups whose sessions the report shows; null: all. */
  meshIds: readonly SourceId[] | null;
  certificateEndsMs: number | null;
}

const path = '/control.ashx';
const attempts = 5;
const backoffMs = 500;

const fullAdmin = 0xffffffff;
const manageUsers = 2;

export function createCall(
  config: MeshcentralConfig,
  context: ConnectorContext,
): OpenCall<MeshCall> {
  const lists = createLists();
  return (signal) => {
    let open: { channel: Channel; account: Account } | null = null;

    async function connect(): Promise<{ channel: Channel; account: Account }> {
      const { baseUrl, timeoutSeconds } = config;
      context.redactor.learn(config.password);
      const headers = { 'x-meshauth': `${base64(config.user)},${base64(config.password)}` };
      const timeoutMs = timeoutSeconds * 1000;
      const channel = await openChannel({ context, baseUrl, path, headers, timeoutMs, signal });
      try {
        return { channel, account: await greet(channel, context) };
      } catch (error) {
        channel.close();
        throw error;
      }
    }

    /** A lost connection is opened again for what was asked over it, after a pause. */
    function withChannel<T>(use: (over: NonNullable<typeof open>) => Promise<T>): Promise<T> {
      const attempt = async (): Promise<T> => {
        open ??= await connect();
        try {
          return await use(open);
        } catch (error) {
          open.channel.close();
          open = null;
          throw error;
        }
      };
      return withRetries(attempt, {
        attempts,
        backoffMs: context.backoffMs ?? backoffMs,
        signal,
        onWait: ({ message }, waitMs) =>
          context.log.info('Trying MeshCentral again after a pause.', {
            waitMs: Math.round(waitMs),
            reason: message,
          }),
      });
    }

    return {
      config,
      context,
      lists,
      account: () => withChannel(async ({ account }) => account),
      ask: (action, schema, message = {}) =>
        withChannel(({ channel }) => ask(channel, action, schema, { ...message, action })),
      close() {
        open?.channel.close();
        open = null;
      },
    };
  };
}

/** The server speaks first: of itself, then of us, unless it refuses us. */
async function greet(channel: Channel, context: ConnectorContext): Promise<Account> {
  const { serverinfo } = await ask(channel, 'serverinfo', ServerInfo, null);
  const { userinfo } = await ask(channel, 'userinfo', UserInfo, null);
  refuseAheadOf(serverinfo.serverTime, context.connection, context.now());
  const rights = userinfo.siteadmin ?? 0;
  const seesAll = rights === fullAdmin && serverinfo.manageAllDeviceGroups === true;
  const linked = Object.keys(userinfo.links ?? {}).filter((id) => id.startsWith('mesh/'));
  return {
    id: userinfo._id,
    seesOthers: (rights & manageUsers) !== 0,
    meshIds: seesAll ? null : linked,
    certificateEndsMs: serverinfo.certExpire ?? null,
  };
}

function ask<T>(
  channel: Channel,
  action: string,
  schema: ZodType<T>,
  message: object | null,
): Promise<T> {
  const sent = message === null ? null : { ...message, responseid: 'prepaid-hours' };
  return channel.ask(action, sent, (answer) => {
    const close = CloseMessage.safeParse(answer);
    if (close.success) throw refused(close.data.cause, close.data.msg ?? close.data.cause);
    // Everything else that happens on the server is told to whoever is connected.
    if (Message.safeParse(answer).data?.action !== action) return null;
    const read = schema.safeParse(answer);
    if (read.success) return read.data;
    const what = `MeshCentral answered "${action}" with an unexpected shape`;
    throw new KindError('contract', `${what}: ${describeIssue(read.error)}.`, {
      fix: 'The version may have changed. Run check.',
    });
  });
}

function refused(cause: string, said: string): KindError {
  if (cause === 'notools') {
    return new KindError('permission', 'MeshCentral does not let this account use tools.', {
      fix: 'Untick "No Tools (MeshCmd/Router)" in the site permissions of the account.',
    });
  }
  if (said === 'tokenrequired') {
    return new KindError('auth', 'MeshCentral wants a second factor of this account.', {
      fix: 'Use a login token (My Account, Manage login tokens): it needs none.',
    });
  }
  return new KindError('auth', `MeshCentral refused the login (${said}).`, {
    fix: 'Check user and password of this connection. A login token can expire or be removed; too many failed logins block an address for a while.',
  });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
