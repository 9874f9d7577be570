import type { PushMessages, RemoteState } from '../contract/connector.ts';
import type { Format } from '../domain/format.ts';
import type { Delivery } from '../store/port.ts';
import type { Found } from './context.ts';

type InvoiceTerms = Pick<PushMessages['invoice'], 'totalMinor' | 'currency'>;

/**
 * Compares an invoice with what was sent and mirrored. `isMirrored`: the vendor reports payments,
 * and the invoice has not changed since it was last read.
 */
export function compareInvoice(
  delivery: Delivery,
  terms: InvoiceTerms,
  standing: RemoteState | null,
  isMirrored: boolean,
  format: Format,
): Found[] {
  const { clientId } = delivery;
  const subject = subjectOf('invoice', delivery);
  const sent = format.money(terms.totalMinor, terms.currency);
  const block = delivery.block === null ? {} : { blockId: delivery.block.id };
  const common = { subject, clientId, ...block };
  if (standing === null) {
    return [{ ...common, kind: 'invoice-missing', ours: `sent: ${sent}`, theirs: 'not there' }];
  }
  // For a void invoice, neither amount nor payment matters.
  if (standing.isVoid === true) {
    return [{ ...common, kind: 'invoice-void', ours: `sent: ${sent}`, theirs: 'void' }];
  }
  const found: Found[] = [];
  const amount = otherAmount(standing, terms, format) ?? creditedPart(delivery, terms, format);
  if (amount !== null) {
    found.push({ ...common, kind: 'invoice-amount', ours: sent, theirs: amount });
  }
  const { isPaid } = standing;
  if (isMirrored && isPaid !== undefined && isPaid !== delivery.mirrored?.isPaid) {
    const ours = delivery.mirrored === null ? 'not read' : paidText(delivery.mirrored.isPaid);
    found.push({ ...common, kind: 'invoice-payment', ours, theirs: paidText(isPaid) });
  }
  return found;
}

/**
 * An invoice that was taken back here should be void there, credited or gone. A vendor that shows
 * no more than that it exists could never show that it was dealt with.
 */
export function compareUndone(
  delivery: Delivery,
  runId: string,
  standing: RemoteState | null,
): Found[] {
  const { clientId, mirrored } = delivery;
  if (standing === null || standing.isVoid === true || standing.isClosed === true) return [];
  if (mirrored === null && Object.keys(standing).length === 0) return [];
  const isPaid = standing.isPaid ?? mirrored?.isPaid ?? false;
  const subject = subjectOf('invoice', delivery);
  const ours = `taken back by undo ${runId}`;
  return [{ kind: 'invoice-undone', subject, clientId, ours, theirs: isPaid ? 'paid' : 'open' }];
}

/** Null: the same, or not reported by the vendor. */
function otherAmount(standing: RemoteState, terms: InvoiceTerms, format: Format): string | null {
  const { totalMinor, currency = terms.currency } = standing;
  if (totalMinor === undefined) return null;
  if (totalMinor === terms.totalMinor && currency === terms.currency) return null;
  return format.money(totalMinor, currency);
}

function creditedPart(
  { mirrored }: Delivery,
  { currency }: InvoiceTerms,
  format: Format,
): string | null {
  const credited = mirrored?.creditedMinor ?? 0;
  return credited > 0 ? `${format.money(credited, currency)} credited` : null;
}

/** An alert whose threshold is still crossed should still be open. */
export function compareAlert(
  delivery: Delivery,
  standing: RemoteState | null,
  format: Format,
): Found[] {
  const { clientId, createdAt } = delivery;
  const subject = subjectOf('ticket', delivery);
  const ours = `open since ${format.day(createdAt.slice(0, 10))}: the threshold is still crossed`;
  if (standing === null) {
    return [{ kind: 'alert-missing', subject, clientId, ours, theirs: 'not there' }];
  }
  if (standing.isClosed !== true) return [];
  return [{ kind: 'alert-closed', subject, clientId, ours, theirs: 'closed' }];
}

export function subjectOf(
  noun: string,
  { key, remoteId, remoteLabel }: Pick<Delivery, 'key' | 'remoteId' | 'remoteLabel'>,
): string {
  return `${noun} ${remoteLabel ?? remoteId} (${key})`;
}

function paidText(isPaid: boolean): string {
  return isPaid ? 'paid' : 'not paid';
}
