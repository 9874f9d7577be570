/** Tickets about the service itself, under the internal client that the config names. */
import type { Connector, Push, Pushes } from '../../contract/connector.ts';
import { describeError, KindError } from '../../domain/errors.ts';
import { type PushMessages, serviceClient } from '../../domain/records/messages.ts';
import { instantFromMs } from '../../domain/time.ts';
import { deliverMessages } from '../../push/push.ts';
import type { NewMessage, Notice, PushMessageRow } from '../../store/port.ts';
import type { App } from '../app/app.ts';
import { abortLater } from '../run/run.ts';

type Ticketing = Pick<App, 'config' | 'store' | 'connectors' | 'log' | 'now'>;
type ServiceTicket = PushMessages['alert-ticket'];
type ServiceNote = PushMessages['ticket-note'];

const prefix = 'ph:notice:';
/** Not a run: undoing the one before it takes no ticket back. */
const writer = 'notify';

/** About a ticket of ours that could not be written: no other ticket reports it. */
export function isAboutTicket(subject: string): boolean {
  return subject.startsWith(`message ${prefix}`);
}

/**
 * Opens a ticket for what began together, and closes it once all of that is over. `current`: what
 * lasts now. A PSA that cannot be reached gets a ticket later, unless it is over by then.
 */
export async function followTickets(
  app: Ticketing,
  current: readonly Notice[],
  run: string,
  stop: AbortSignal,
): Promise<void> {
  const { config, store, now } = app;
  const client = config.notify?.client ?? null;
  if (client === null || config.mode === 'observe') return;
  const at = instantFromMs(now());
  const groups = Map.groupBy(current, ({ openedAt }) => `${prefix}${openedAt}`);
  const rows = await store.listMessages({ clientId: serviceClient });
  const keys = new Set(rows.map(({ key }) => key));
  for (const [key, notices] of groups) {
    if (keys.has(key)) continue;
    const payload = { clientId: client.sourceId, ...wordTicket(notices) };
    await store.addMessage(toMessage('alert-ticket', key, client.connection, payload), at, writer);
  }
  for (const ticket of rows) {
    if (ticket.kind !== 'alert-ticket' || groups.has(ticket.key)) continue;
    if (isUnwritten(ticket)) await store.cancelMessage(ticket.key, at);
    const key = endKeyOf(ticket.key);
    if (ticket.status !== 'delivered' || keys.has(key)) continue;
    const end = toMessage('ticket-note', key, ticket.connection, wordEnd(ticket));
    await store.addMessage({ ...end, afterKey: ticket.key }, at, writer);
  }
  await deliver(app, run, stop);
}

function endKeyOf(key: string): string {
  return `${key}:end`;
}

/** Neither in the PSA, nor possibly so, nor decided. */
function isUnwritten({ status, createAttemptedAt }: PushMessageRow): boolean {
  return createAttemptedAt === null && status !== 'delivered' && status !== 'cancelled';
}

function toMessage(
  kind: 'alert-ticket' | 'ticket-note',
  key: string,
  connection: string,
  payload: object,
): NewMessage {
  const json = JSON.stringify(payload);
  const rest = { afterKey: null, status: 'pending' } as const;
  return { key, kind, clientId: serviceClient, connection, payload: json, ...rest };
}

function wordTicket(notices: readonly Notice[]): Pick<ServiceTicket, 'subject' | 'body'> {
  const [first, ...more] = notices.map(({ subject }) => subject);
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  const parts = notices.map(({ subject, text, fix }) => `${subject}: ${text}\n${fix}`);
  const end = 'This ticket is closed, or gets a note, when that is over.';
  return {
    subject: `prepaid-hours needs attention: ${first}${others}`,
    body: [...parts, end].join('\n\n'),
  };
}

function wordEnd(ticket: PushMessageRow): Omit<ServiceNote, 'key' | 'ticketId'> {
  const { clientId } = JSON.parse(ticket.payload) as ServiceTicket;
  const body = 'prepaid-hours: what this ticket reports is over.';
  return { clientId, audience: 'internal', body };
}

async function deliver(app: Ticketing, runId: string, stop: AbortSignal): Promise<void> {
  const { store, config, connectors, log, now } = app;
  const { abort, clear } = abortLater(stop);
  try {
    await deliverMessages({
      store,
      connectors: new Map([...connectors].map(([name, one]) => [name, withClosing(one)])),
      mode: config.mode,
      only: 'service',
      runId,
      runStartedAt: instantFromMs(now()),
      now: () => instantFromMs(now()),
      stop,
      signal: abort,
      onFailure: ({ key, connection }, error) =>
        log.warn('A ticket about the service could not be written.', {
          key,
          connection,
          reason: describeError(error),
        }),
    });
  } finally {
    clear();
  }
}

function withClosing(connector: Connector): Connector {
  const note = connector.push['ticket-note'];
  return {
    ...connector,
    push: { ...connector.push, 'ticket-note': closingPush(connector.push, note) },
  };
}

/** The end is said by closing the ticket, which may be repeated; by a note where nothing can close it. */
function closingPush(pushes: Pushes, note: Push<'ticket-note'> | undefined): Push<'ticket-note'> {
  return {
    find: async (message, signal) => (await note?.find(message, signal)) ?? null,
    async create(message, signal) {
      const { key, clientId, ticketId: remoteId, body: reason } = message;
      const ticket = { key: key.slice(0, -':end'.length), clientId, subject: '', body: '' };
      const ticketPush = pushes['alert-ticket'];
      const closed = await ticketPush?.withdraw?.(ticket, { remoteId, reason }, signal);
      if (closed) return closed;
      if (note !== undefined) return note.create(message, signal);
      throw new KindError('rejected', 'The ticket can neither be closed nor get a note.', {
        fix: 'Close it by hand, then cancel this message.',
      });
    },
  };
}
