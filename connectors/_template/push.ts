/** Every write is found before it is made: by the marker, compared in code, never by a filter alone. */
import type { ZodType } from 'zod';
import type { Delivered, Push, PushMessages } from '../../src/contract/connector.ts';
import { pagesByCursor } from '../http/paging.ts';
import { hasMarker, markedLine, withMarker } from '../kit/marker.ts';
import type { Api } from './api.ts';
import { MadeWire, NoteWire, pageOf, TicketWire } from './schema.ts';

export function createAlertPush(api: Api): Push<'alert-ticket'> {
  return {
    async find({ key, clientId }, signal): Promise<Delivered | null> {
      const path = `/clients/${encodeURIComponent(clientId)}/tickets`;
      for await (const ticket of rowsOf(api, path, TicketWire, key, signal)) {
        if (hasMarker(ticket.subject, key)) return { remoteId: ticket.id };
      }
      return null;
    },
    async create({ key, clientId, subject, body }, signal) {
      const ticket = { clientId, subject: markedLine(subject, key), text: body };
      const made = await api.send(
        { method: 'POST', path: '/tickets', body: ticket, signal },
        MadeWire,
      );
      return { remoteId: made.data.id };
    },
  };
}

export function createNotePush(api: Api): Push<'ticket-note'> {
  const pathOf = ({ ticketId }: PushMessages['ticket-note']): string =>
    `/tickets/${encodeURIComponent(ticketId)}/notes`;
  return {
    async find(note, signal): Promise<Delivered | null> {
      for await (const { id, text } of rowsOf(api, pathOf(note), NoteWire, note.key, signal)) {
        if (hasMarker(text, note.key)) return { remoteId: id };
      }
      return null;
    },
    async create(note, signal) {
      const body = { text: withMarker(note.body, note.key), isPublic: note.audience === 'client' };
      const made = await api.send({ method: 'POST', path: pathOf(note), body, signal }, MadeWire);
      return { remoteId: made.data.id };
    },
  };
}

/** All rows of a list that a search narrows; what it finds is still compared. */
async function* rowsOf<Row>(
  api: Api,
  path: string,
  row: ZodType<Row>,
  search: string,
  signal: AbortSignal,
): AsyncGenerator<Row> {
  const pages = pagesByCursor({
    send: (cursor) => {
      const query = { search, cursor: cursor ?? undefined, size: api.config.pageSize };
      return api.send({ method: 'GET', path, query, signal }, pageOf(row));
    },
    next: ({ data }) => data.next,
  });
  for await (const { data } of pages) yield* data.rows;
}
