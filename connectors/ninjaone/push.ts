/** Tickets for alerts and sales, notes on tickets, and the hours left in an organization's custom field. */
import { z } from 'zod';
import type { Delivered, RemoteState, SourceId } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { addSeconds, instantFromMs } from '../../src/domain/time.ts';
import { ifThere } from '../http/answers/if-there.ts';
import { isSameValue } from '../http/answers/wire.ts';
import { requireSettings } from '../kit/call.ts';
import { parseAll } from '../kit/reading/lists.ts';
import { unknownName } from '../kit/reading/names.ts';
import type { PlainFields } from '../kit/writing/balance-field.ts';
import { hasMarker, markedLine, withMarker } from '../kit/writing/marker.ts';
import { guardedNotes, type Note } from '../kit/writing/notes.ts';
import type { KeyedRecord } from '../kit/writing/push.ts';
import type { ClosableTicket, TicketText, TicketView } from '../kit/writing/tickets.ts';
import { boardPages, boardsToRead } from './boards.ts';
import { type Ninja, readTicket } from './call.ts';
import { type FactId, facts } from './facts.ts';
import { readLog } from './pull.ts';
import { CustomFields, FoundEntry, FoundRow, Ticket } from './schema.ts';
import { closedIds, readStatus, unknownStatus } from './statuses.ts';

/** NinjaOne has no invoices: a sale is a ticket that says what to invoice. Whether it was is not visible. */
export const ticketRecord: KeyedRecord<Ninja, TicketText, SourceId, FactId> = {
  noun: 'ticket',
  needs: () => ['ticket-create', 'ticket-on-boards'],
  find: (ninja, { key }) => findTicket(ninja, key),
  create: createTicket,
  delivered: ticketDelivered,
  inspect: (ninja, _, ticketId) => inspectTicket(ninja, ticketId),
  ticket: ({ clientId }) => closable(clientId),
};

/** Only tickets changed within this time are searched. */
const lookBackSeconds = 90 * 86_400;

/** A search may find a new ticket only with a delay; retries come sooner than that. */
const indexLagSeconds = 2 * 3600;

async function findTicket(ninja: Ninja, key: string): Promise<SourceId | null> {
  const searches = await facts.readFact(ninja.context, 'ticket-search');
  const searched = searches === 'no' ? null : await findOnBoards(ninja, key, 'search');
  const backSeconds = searches === 'yes' ? indexLagSeconds : lookBackSeconds;
  return searched ?? findOnBoards(ninja, key, 'scan', backSeconds);
}

/** The ticket with this key as the boards show it: by the vendor's search, or by looking through. */
export async function findOnBoards(
  ninja: Ninja,
  key: string,
  how: 'search' | 'scan',
  backSeconds = lookBackSeconds,
): Promise<SourceId | null> {
  const since = addSeconds(instantFromMs(ninja.context.now()), -backSeconds);
  const read = how === 'search' ? { since, search: key } : { since };
  for (const board of await boardsToRead(ninja)) {
    for await (const rows of boardPages(ninja, board, read)) {
      const found = parseAll(rows, FoundRow).find(({ summary }) => hasMarker(summary, key));
      if (found !== undefined) return found.id;
    }
  }
  return null;
}

async function createTicket(ninja: Ninja, alert: TicketText): Promise<Delivered> {
  const body = {
    clientId: Number(alert.clientId),
    ...(await formAndStatus(ninja)),
    subject: markedLine(alert.subject, alert.key),
    description: { public: false, body: withMarker(alert.body, alert.key) },
    requesterUid: alert.hasClientNote ? ninja.config.contacts[alert.clientId] : undefined,
  };
  return ticketDelivered((await ninja.write('POST', '/v2/ticketing/ticket', body, Ticket)).id);
}

function ticketDelivered(ticketId: SourceId): Delivered {
  return { remoteId: ticketId, label: `#${ticketId}` };
}

/** By the ids that this tenant has for the configured names. */
export async function formAndStatus(
  ninja: Ninja,
): Promise<{ ticketFormId: number; status: string }> {
  const example = '{ ticketForm: NAME, status: NAME }';
  const alerts = requireSettings('NinjaOne', 'alerts', ninja.config.alerts, example);
  const { ticketForms, statuses } = ninja.lists;
  const form = await ticketForms.find(ninja, ({ name }) => name === alerts.ticketForm);
  if (form === null) {
    const forms = await ticketForms.list(ninja);
    throw unknownName('NinjaOne', 'ticket forms', alerts.ticketForm, forms);
  }
  const status = await statuses.find(ninja, ({ displayName }) => displayName === alerts.status);
  if (status === null) throw unknownStatus(alerts.status, await statuses.list(ninja));
  return { ticketFormId: Number(form.id), status: status.statusId };
}

/** A 404 may also mean that the application no longer sees the ticket. */
async function inspectTicket(ninja: Ninja, ticketId: SourceId): Promise<RemoteState | null> {
  const ticket = await ifThere(readTicket(ninja, ticketId));
  if (ticket === null || ticket.deleted === true) return null;
  const statusId = ticket.status?.statusId;
  return statusId == null ? {} : { isClosed: (await readStatus(ninja, { statusId })).isClosed };
}

function closable(clientId: SourceId): ClosableTicket<Ninja, TicketView & { ticket: Ticket }> {
  return {
    async read(ninja, id) {
      const ticket = await readTicket(ninja, id);
      if (ticket.deleted === true) return null;
      const statusId = ticket.status?.statusId ?? null;
      return {
        ticket,
        bearsKey: (key) => hasMarker(ticket.subject, key),
        isClosed: statusId !== null && (await closedIds(ninja)).has(statusId),
      };
    },
    async close(ninja, id, { ticket }) {
      const { version, ticketFormId, subject, requesterUid } = ticket;
      // All of these are required; without one the update would be refused after the comment was made.
      if (version == null || ticketFormId == null || subject == null || requesterUid == null) {
        return null;
      }
      const [status] = await closedIds(ninja);
      if (status === undefined) return null;
      return async () => {
        // The comment may have moved the version, which guards against two people's changes.
        const now = await readTicket(ninja, id);
        const body = {
          version: now.version ?? version,
          clientId: Number(ticket.clientId ?? clientId),
          ticketFormId: Number(ticketFormId),
          subject,
          status,
          requesterUid,
          // A missing field might be cleared.
          ...(now.tags == null ? {} : { tags: now.tags }),
        };
        return ninja.write('PUT', `/v2/ticketing/ticket/${id}`, body);
      };
    },
    note: notes,
  };
}

/** Also those of a withdrawal and of the probe. */
export const notes = guardedNotes<Ninja, FactId>(facts, 'comment-create', {
  find: findNote,
  write: writeNote,
});

async function findNote(ninja: Ninja, { key, ticketId }: Note): Promise<Delivered | null> {
  const entries = parseAll(await readLog(ninja, ticketId, null), FoundEntry);
  const found = entries.find(({ body }) => hasMarker(body, key));
  return found === undefined ? null : { remoteId: found.id, label: `note on #${ticketId}` };
}

/** Multipart, or it is refused. The answer does not say which log entry was made, so it is read back. */
async function writeNote(ninja: Ninja, note: Note): Promise<Delivered> {
  const { ticketId, audience } = note;
  const path = `/v2/ticketing/ticket/${ticketId}/comment`;
  const comment = { public: audience === 'client', body: withMarker(note.body, note.key) };
  await ninja.send({ method: 'POST', path, multipart: { comment } }, z.unknown());
  let cause: unknown;
  try {
    const found = await findNote(ninja, note);
    if (found !== null) return found;
  } catch (error) {
    if (!isKindError(error)) throw error;
    cause = error;
  }
  // Not being able to see it now leaves its outcome open, never undone.
  const what = `The note on ticket ${ticketId} was accepted but could not be read back yet.`;
  throw new KindError('unknown-outcome', what, { cause });
}

/** Fields with a value, by API name. */
export function readFields({ get }: Ninja, clientId: SourceId): Promise<Record<string, unknown>> {
  return get(`/v2/organization/${clientId}/custom-fields`, CustomFields);
}

/** By the name that the API has for a field (`prepaidHoursLeft`, not its label). */
export const organizationFields: PlainFields<Ninja> = {
  noun: 'organization',
  async isShown(ninja, { clientId, field, hoursText }) {
    return isSameValue((await readFields(ninja, clientId))[field], hoursText);
  },
  write: ({ write }, { clientId, field, hoursText }) =>
    write('PATCH', `/v2/organization/${clientId}/custom-fields`, { [field]: hoursText }),
  remoteId: ({ clientId, field }) => `${clientId}.${field}`,
  writableFix:
    'Make it an organization custom field of type text or decimal, with API permission read and write.',
};
