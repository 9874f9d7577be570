/** Notes on tickets, and the hours left in an organization's custom field. */

import type { Delivered, Push, PushMessages } from '../../src/contract/connector.ts';
import { isKindError, KindError } from '../../src/domain/errors.ts';
import { parseRows } from '../http/rows.ts';
import { isSameValue } from '../http/wire.ts';
import { hasMarker, withMarker } from '../kit/marker.ts';
import type { PushRooms } from './alert-ticket.ts';
import { refuseWhereNot } from './facts.ts';
import { FoundEntry } from './schema.ts';
import { readLog } from './ticket-time.ts';

/** `comment` answers nothing, so what was made is read back from the log. */
export function createTicketNote({ api, context }: PushRooms): Push<'ticket-note'> {
  type Message = PushMessages['ticket-note'];

  async function find({ key, ticketId }: Message, signal: AbortSignal): Promise<Delivered | null> {
    const log = await readLog(api, ticketId, null, signal);
    const { rows } = parseRows(log, FoundEntry, (entry) => entry);
    const found = rows.find(({ body }) => hasMarker(body, key));
    return found === undefined ? null : { remoteId: found.id, label: `note on #${ticketId}` };
  }

  return {
    find,
    async create(message, signal) {
      await refuseWhereNot(context.memory, ['comment-create'], 'writing notes');
      const body = withMarker(message.body, message.key);
      const isPublic = message.audience === 'client';
      await api.addComment(message.ticketId, isPublic, body, signal);
      return readBack(`The note on ticket ${message.ticketId}`, () => find(message, signal));
    },
  };
}

/** The field is named as the API names it (`prepaidHoursLeft`, not its label). */
export function createBalanceField({ api }: PushRooms): Push<'balance-field'> {
  type Message = PushMessages['balance-field'];

  async function find(message: Message, signal: AbortSignal): Promise<Delivered | null> {
    const { data } = await api.customFields(message.clientId, signal);
    const shown = data[message.field];
    if (!isSameValue(shown, message.hoursText)) return null;
    return { remoteId: `${message.clientId}.${message.field}` };
  }

  return {
    find,
    async create(message, signal) {
      const { clientId, field, hoursText } = message;
      await api.writeCustomField(clientId, field, hoursText, signal);
      const { data } = await api.customFields(clientId, signal);
      if (isSameValue(data[field], hoursText)) return { remoteId: `${clientId}.${field}` };
      throw new KindError(
        'rejected',
        `NinjaOne took ${hoursText} for the custom field "${field}" of organization ${clientId} but does not show it.`,
        {
          fix: `Make "${field}" an organization custom field of type text or decimal, with API permission read and write.`,
        },
      );
    },
  };
}

/** The write stands. Not being able to see it now leaves its outcome open, never undone. */
async function readBack(what: string, find: () => Promise<Delivered | null>): Promise<Delivered> {
  let cause: unknown;
  try {
    const found = await find();
    if (found !== null) return found;
  } catch (error) {
    if (!isKindError(error)) throw error;
    cause = error;
  }
  throw new KindError('unknown-outcome', `${what} was accepted but could not be read back yet.`, {
    cause,
  });
}
