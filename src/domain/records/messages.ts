import type { FormatOptions } from '../format.ts';
import { addSeconds, type DateText, type Instant } from '../time.ts';
import type { SourceId } from './rows.ts';

/** Every message has a key of `[A-Za-z0-9_.:-]{1,50}` that is written into the vendor's record. */
export interface PushMessages {
  /** A ticket on the MSP's own board, about a client. */
  'alert-ticket': {
    key: string;
    clientId: SourceId;
    subject: string;
    body: string;
    /** Whether a note for the client follows on it. */
    hasClientNote?: boolean;
  };
  /** A note on a ticket: internal, or one that the client sees. */
  'ticket-note': {
    key: string;
    ticketId: SourceId;
    clientId: SourceId;
    audience: 'internal' | 'client';
    /** For vendors whose notes have a title. */
    subject?: string;
    body: string;
  };
  /** A sale of hours. How it becomes an invoice depends on the vendor (and its settings). */
  invoice: {
    key: string;
    clientId: SourceId;
    /** The client's name, and how the MSP reads: for a request that people invoice by hand. */
    request?: { client: string } & FormatOptions;
    /** Name of the offer. */
    offer: string;
    /** The PSA's product, if the offer has one. */
    product: string | null;
    /** Total hours sold, in seconds, and their price. */
    seconds: number;
    /** How many blocks of the offer. */
    quantity: number;
    rateMinor: number;
    totalMinor: number;
    currency: string;
    issuedOn: DateText;
    /** Text of the line, and text about the sale; both for the client. */
    title: string;
    body: string;
  };
  /** A charge of the client's bank account or card at a payment provider, without the client. */
  recharge: {
    key: string;
    /** The provider's customer. */
    clientId: SourceId;
    amountMinor: number;
    currency: string;
    /** For the client's bank statement and the provider's pages: `10 h support block`. */
    description: string;
    /** Number of the PSA's invoice, if known. */
    invoice: string | null;
    /** When it was decided: no charge with this key is older. */
    requestedAt: Instant;
  };
  /** A payment that a provider collected, booked on the PSA's invoice of a sale. */
  'invoice-payment': {
    key: string;
    clientId: SourceId;
    /** What the push of the invoice stored. */
    invoiceId: SourceId;
    amountMinor: number;
    currency: string;
    paidOn: DateText;
    /** The charge at the provider, for the payment's reference. */
    reference: string;
    /** The provider's connection, as a method of payment. */
    method: string;
  };
  /** Hours left, written where technicians see it. */
  'balance-field': {
    key: string;
    clientId: SourceId;
    field: string;
    hoursText: string;
    /** A single figure, for a number field; absent: the text is one, or there are no hours. */
    figure?: string;
  };
}

export type PushKind = keyof PushMessages;

/** In place of a client's ID: a ticket about the service itself, under the `notify.client` of the config. */
export const serviceClient = 'notify.client';

/** How long a new record may be missing from a vendor's lists and searches, by default. */
const usualSearchLagSeconds = 90;

/**
 * When a failed search proves that a request of unknown outcome wrote nothing; null: now. An
 * attempt in the future was made by a clock that was ahead, and counts as now.
 */
export function provenBySearchAt(
  attemptedAt: Instant | null,
  now: Instant,
  lagSeconds = usualSearchLagSeconds,
): Instant | null {
  if (attemptedAt === null) return null;
  const from = attemptedAt > now ? now : attemptedAt;
  const provenAt = addSeconds(from, lagSeconds);
  return provenAt > now ? provenAt : null;
}
