/** The writing half of the scripted PSA. It takes whatever it is sent: looking first is the product's duty. */
import type { Push, Pushes, PushKind, PushMessages } from '../../src/contract/connector.ts';
import { KindError } from '../../src/domain/errors.ts';
import { errorKindOf, type VendorFault } from './faults.ts';
import type { PsaAlert, PsaInvoice, PsaNote } from './psa.ts';

export interface Written {
  invoices: PsaInvoice[];
  alerts: PsaAlert[];
  notes: PsaNote[];
  fields: Map<string, string>;
  /** When each record was written, by its key. */
  times: Map<string, number>;
}

/** A search shows what was written only after so long. */
const searchLagMs = 80_000;

export interface Writing {
  now(): number;
  /** Throws where a fault strikes. */
  find(): void;
  create(): VendorFault | null;
  newId(): string;
  stamp(): { stampMs: number; changedMs: number };
}

export function pushesInto(written: Written, writing: Writing): Pushes {
  const { invoices, alerts, notes, fields } = written;
  const push = pushWith(writing, written.times);
  return {
    'alert-ticket': push<'alert-ticket'>(
      ({ key }) => alerts.find((one) => one.key === key)?.id,
      ({ key, clientId: client, subject }) => {
        const id = writing.newId();
        alerts.push({ id, key, client, subject });
        return id;
      },
    ),
    'ticket-note': push<'ticket-note'>(
      ({ key }) => notes.find((one) => one.key === key)?.key,
      ({ key, ticketId, body }) => {
        notes.push({ key, ticketId, body, atMs: writing.now() });
        return key;
      },
    ),
    invoice: push<'invoice'>(
      ({ key }) => invoices.find((one) => one.key === key)?.id,
      ({ key, clientId: client, totalMinor }) => {
        const id = writing.newId();
        const unpaid = { paidMinor: 0, isPaid: false, isVoid: false };
        invoices.push({ id, key, client, totalMinor, ...unpaid, ...writing.stamp() });
        return id;
      },
    ),
    'balance-field': push<'balance-field'>(
      ({ clientId, hoursText }) => (fields.get(clientId) === hoursText ? clientId : undefined),
      ({ clientId, hoursText }) => {
        fields.set(clientId, hoursText);
        return clientId;
      },
    ),
  };
}

function pushWith(writing: Writing, times: Map<string, number>) {
  return <Kind extends PushKind>(
    find: (message: PushMessages[Kind]) => string | undefined,
    write: (message: PushMessages[Kind]) => string,
  ): Push<Kind> => ({
    find: async (message) => {
      writing.find();
      const remoteId = find(message);
      const isShown = writing.now() - (times.get(message.key) ?? 0) >= searchLagMs;
      return remoteId === undefined || !isShown ? null : { remoteId };
    },
    create: async (message) => {
      const fault = writing.create();
      const remoteId = isDone(fault) ? write(message) : '';
      if (isDone(fault) && !times.has(message.key)) times.set(message.key, writing.now());
      // A web page in answer to a write leaves it open whether it was done.
      const kind = fault === 'html' ? 'unknown-outcome' : fault && errorKindOf[fault];
      if (kind) throw new KindError(kind, `The vendor failed: ${fault}.`);
      return { remoteId };
    },
  });
}

/** Whether it was written, whatever the answer. */
export function isDone(fault: VendorFault | null): boolean {
  return fault === null || fault === 'lost-answer' || fault === 'html';
}
