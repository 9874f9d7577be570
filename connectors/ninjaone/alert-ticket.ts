/** The alert ticket: made in the client's organization, and found again by the key in its subject. */
import type { z } from 'zod';
import type {
  ConnectorContext,
  Delivered,
  Push,
  PushMessages,
  Standing,
} from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { addSeconds, instantFromMs } from '../../src/domain/time.ts';
import { ifThere } from '../http/if-there.ts';
import { parseRows } from '../http/rows.ts';
import { hasMarker, markedLine, withMarker } from '../kit/marker.ts';
import type { Api, NewTicket } from './api.ts';
import type { Boards } from './boards.ts';
import type { NinjaoneConfig } from './config.ts';
import { readFact, refuseWhereNot } from './facts.ts';
import { createRemembered, type Remembered } from './remembered.ts';
import { FoundRow, TicketForm } from './schema.ts';
import type { Statuses } from './statuses.ts';

export interface PushRooms {
  api: Api;
  config: NinjaoneConfig;
  context: ConnectorContext;
  boards: Boards;
  statuses: Statuses;
}

type Message = PushMessages['alert-ticket'];

/** A ticket of ours changed within this time, or it is not looked for. */
const lookBackSeconds = 90 * 86_400;

/** A search may find a new ticket only after a while; a ticket of ours is tried again sooner than that. */
const indexLagSeconds = 2 * 3600;

export function createAlertTicket(rooms: PushRooms): Required<
  Omit<Push<'alert-ticket'>, 'withdraw'>
> & {
  /** The ticket with this key as the boards show it: by the vendor's search, or by looking through. */
  findBy(key: string, how: 'search' | 'scan', signal: AbortSignal): Promise<string | null>;
  resolve(signal: AbortSignal): Promise<Pick<NewTicket, 'ticketFormId' | 'status'>>;
} {
  const { api, context } = rooms;
  const forms = createRemembered(
    context,
    'ticket-forms',
    TicketForm,
    async (signal) => (await api.ticketForms(signal)).data,
  );

  async function findBy(
    key: string,
    how: 'search' | 'scan',
    signal: AbortSignal,
    backSeconds = lookBackSeconds,
  ): Promise<string | null> {
    const since = addSeconds(instantFromMs(context.now()), -backSeconds);
    const read = how === 'search' ? { since, search: key } : { since };
    for (const board of await rooms.boards.toRead(signal)) {
      for await (const { data } of rooms.boards.pages(board, read, signal)) {
        const { rows } = parseRows(data.data, FoundRow, (row) => row);
        const found = rows.find((row) => hasKey(row, key));
        if (found !== undefined) return found.id;
      }
    }
    return null;
  }

  const resolve = (signal: AbortSignal) => resolveNames(rooms, forms, signal);

  return {
    findBy,
    resolve,
    async find({ key }: Message, signal): Promise<Delivered | null> {
      const searches = await readFact(context.memory, 'ticket-search');
      const searched = searches === 'no' ? null : await findBy(key, 'search', signal);
      const backSeconds = searches === 'yes' ? indexLagSeconds : lookBackSeconds;
      const found = searched ?? (await findBy(key, 'scan', signal, backSeconds));
      return found === null ? null : deliveredOf(found);
    },
    async create(message: Message, signal): Promise<Delivered> {
      const needed = ['ticket-create', 'ticket-on-boards'] as const;
      await refuseWhereNot(context.memory, needed, 'making alert tickets');
      const keepsTags = (await readFact(context.memory, 'ticket-tags')) !== 'no';
      const ticket: NewTicket = {
        clientId: Number(message.clientId),
        ...(await resolve(signal)),
        subject: markedLine(message.subject, message.key),
        description: { public: false, body: withMarker(message.body, message.key) },
        ...(keepsTags ? { tags: [message.key] } : {}),
      };
      const { data } = await api.createTicket(ticket, signal);
      return deliveredOf(data.id);
    },
    inspect: (_, ticketId, signal) => inspectTicket(rooms, ticketId, signal),
  };
}

/** A ticket that is not there (404) may also be one that the application no longer sees. */
async function inspectTicket(
  { api, statuses }: PushRooms,
  ticketId: string,
  signal: AbortSignal,
): Promise<Standing | null> {
  const ticket = (await ifThere(api.ticket(ticketId, signal)))?.data;
  if (ticket === undefined || ticket.deleted === true) return null;
  const statusId = ticket.status?.statusId ?? null;
  if (statusId === null) return {};
  const read = await statuses.reader([{ statusId }], signal);
  return { isClosed: read({ statusId }).isClosed };
}

/** Form and status by the ids that this tenant has for the configured names. */
async function resolveNames(
  { config, statuses }: PushRooms,
  forms: Remembered<z.infer<typeof TicketForm>>,
  signal: AbortSignal,
): Promise<Pick<NewTicket, 'ticketFormId' | 'status'>> {
  const { alerts } = config;
  if (alerts === undefined) {
    throw new KindError('config', 'NinjaOne is to get a ticket, but alerts is not set.', {
      fix: 'Add alerts: { ticketForm: …, status: … } to this connection.',
    });
  }
  const byName = (known: readonly { id: string; name: string }[]) =>
    known.find(({ name }) => name === alerts.ticketForm);
  const form = byName(await forms.get(signal)) ?? byName(await forms.renew(signal));
  if (form === undefined) {
    const names = (await forms.get(signal)).map(({ name }) => name).join(', ');
    throw new KindError('config', `NinjaOne has no ticket form "${alerts.ticketForm}".`, {
      fix: `Write one of these under alerts.ticketForm: ${names}.`,
    });
  }
  const status = await statuses.named(alerts.status, signal);
  return { ticketFormId: Number(form.id), status: status.statusId };
}

function deliveredOf(ticketId: string): Delivered {
  return { remoteId: ticketId, label: `#${ticketId}` };
}

function hasKey(row: z.infer<typeof FoundRow>, key: string): boolean {
  const isInSubject = hasMarker(row.summary, key);
  return isInSubject || row.tags?.includes(key) === true;
}
