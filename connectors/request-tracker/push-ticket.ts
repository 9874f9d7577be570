import type { Delivered, Push, Standing } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { ifThere } from '../http/if-there.ts';
import { markerOf } from '../kit/marker.ts';
import { saleText } from '../kit/sale-text.ts';
import type { Api, NewTicket } from './api.ts';
import { refuseUnless, verifyKept } from './facts.ts';
import { fieldValuesOf, isClosedStatus, isSameName } from './mapping.ts';
import { bearsKey, fittingSubject, markedSubject } from './marker.ts';
import { quoted } from './query.ts';
import { FoundItem } from './schema.ts';
import { discarded, withdrawTicket } from './withdraw-ticket.ts';

/** A ticket on the MSP's own board. */
export function createAlertPush(api: Api): Push<'alert-ticket'> {
  return {
    find: (message, signal) => findTicket(api, message.key, signal),
    create: async ({ key, subject, body }, signal) =>
      createTicket(api, { queue: queueFor(api, 'alerts'), key, subject, body }, signal),
    inspect: (_, id, signal) => inspectTicket(api, id, signal),
    withdraw: (message, withdrawal, signal) =>
      withdrawTicket(api, message, withdrawal, 'withdrawn', signal),
  };
}

/** RT has no invoices: a ticket in the billing queue says what is to be invoiced. */
export function createInvoicePush(api: Api): Push<'invoice'> {
  return {
    find: (message, signal) => findTicket(api, message.key, signal),
    create: async (message, signal) =>
      createTicket(
        api,
        {
          queue: queueFor(api, 'billing'),
          key: message.key,
          subject: message.title,
          body: saleText(message),
        },
        signal,
      ),
    // Whether a request was billed, and for how much, RT does not know.
    inspect: async (_, id, signal) => ((await inspectTicket(api, id, signal)) === null ? null : {}),
    withdraw: (message, withdrawal, signal) =>
      withdrawTicket(api, message, withdrawal, 'by-hand', signal),
  };
}

/** One that was merged away answers as the ticket that it was merged into. */
async function inspectTicket(api: Api, id: string, signal: AbortSignal): Promise<Standing | null> {
  const status = (await ifThere(api.ticket(id, signal)))?.data.Status;
  if (status === undefined || status === 'deleted') return null;
  return { isClosed: isClosedStatus(status, api.config) || isSameName(status, discarded) };
}

export interface TicketToMake {
  queue: string;
  key: string;
  subject: string;
  body: string;
}

/**
 * The ticket with this key, wherever it was moved or merged to. RT ignores the name of a custom field
 * that it does not know, and finds by parts of a subject: only the exact key counts.
 */
export async function findTicket(
  api: Api,
  key: string,
  signal: AbortSignal,
): Promise<Delivered | null> {
  await refuseUnless(api.context.memory, 'fact.find-ticket');
  const { keyField } = api.config;
  const condition =
    keyField === undefined
      ? `Subject LIKE ${quoted(markerOf(key))}`
      : `CF.{${keyField}} = ${quoted(key)}`;
  const pages = api.pages({
    path: '/tickets',
    query: (afterId) => `EffectiveId > 0 AND ${condition} AND id > ${afterId}`,
    fields: keyField === undefined ? ['Subject'] : ['Subject', 'CustomFields'],
    needsTotal: true,
    signal,
  });
  for await (const { items } of pages) {
    const found = items
      .map((item) => FoundItem.safeParse(item).data)
      .find((ticket) => ticket !== undefined && bearsKey(ticket, key, keyField));
    if (found !== undefined) return { remoteId: found.id, label: `#${found.id}` };
  }
  return null;
}

export async function createTicket(
  api: Api,
  { queue, key, subject, body }: TicketToMake,
  signal: AbortSignal,
): Promise<Delivered> {
  const { keyField } = api.config;
  const ticket: NewTicket = {
    Queue: queue,
    Subject: keyField === undefined ? markedSubject(subject, key) : fittingSubject(subject),
    Content: body,
    ContentType: 'text/plain',
  };
  if (keyField === undefined) return delivered(await api.createTicket(ticket, signal));
  await refuseUnless(api.context.memory, 'fact.key-field');
  await requireKeyField(api, queue, signal);
  const id = await api.createTicket({ ...ticket, CustomFields: { [keyField]: key } }, signal);
  await proveKeyField(api, id, key, signal);
  return delivered(id);
}

function delivered(id: string): Delivered {
  return { remoteId: id, label: `#${id}` };
}

/** RT leaves out a field that is not on the queue and says nothing: so the queue is asked before. */
async function requireKeyField(api: Api, queue: string, signal: AbortSignal): Promise<void> {
  const { data } = await api.queue(queue, signal);
  if (hasTicketField(data.TicketCustomFields, api.config.keyField ?? '')) return;
  throw new KindError(
    'config',
    `Queue "${queue}" has no ticket field "${api.config.keyField}" that the RT user sees.`,
    {
      fix: 'Apply the field to the queue (Admin, Custom Fields, Applies to) and give SeeCustomField.',
    },
  );
}

export function hasTicketField(
  fields: readonly { name?: string | null | undefined }[],
  name: string,
): boolean {
  return fields.some((field) => isSameName(field.name ?? '', name));
}

/** It leaves the value out, too, where the user may not set it. The ticket stands; the next would be a risk. */
async function proveKeyField(
  api: Api,
  id: string,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  const { data } = await api.ticket(id, signal);
  const isKept = fieldValuesOf(data, api.config.keyField ?? '').includes(key);
  await verifyKept(
    api.context,
    'fact.key-field',
    isKept || (await findTicket(api, key, signal)) !== null,
  );
  if (!isKept)
    api.context.log.warn('RT did not keep the key of a new ticket in its custom field.', { id });
}

export function queueFor(api: Api, setting: 'alerts' | 'billing'): string {
  const queue = api.config[setting]?.queue;
  if (queue !== undefined) return queue;
  const what = setting === 'alerts' ? 'alert tickets' : 'invoice requests';
  throw new KindError(
    'config',
    `Connection "${api.context.connection}" has no queue for ${what}.`,
    {
      fix: `Add ${setting}: { queue: NAME } to it.`,
    },
  );
}
