import { addDays, addMonths, type DateText, daysBetween } from '../time.ts';

interface Validity {
  purchasedOn: DateText;
  expiresOn: DateText | null;
}

/** The same validity from another day: in whole months if it was, otherwise in days. */
export function lastDayFrom(
  { purchasedOn, expiresOn }: Validity,
  startsOn: DateText,
  givenMonths: number | null = null,
): DateText | null {
  if (expiresOn === null) return null;
  const days = daysBetween(purchasedOn, expiresOn) + 1;
  const about = Math.round(days / 30.4375);
  const isMonths = about > 0 && addDays(addMonths(purchasedOn, about), -1) === expiresOn;
  const months = givenMonths ?? (isMonths ? about : null);
  return addDays(months === null ? addDays(startsOn, days) : addMonths(startsOn, months), -1);
}

/**
 * An ordered block is valid from the day on which its hours became usable: the payment date if
 * known; today if the block would already have expired.
 */
export function validFrom<Block extends Validity>(
  block: Block,
  today: DateText,
  paidOn: DateText | null,
): Block {
  const isSensible = paidOn !== null && paidOn >= block.purchasedOn && paidOn <= today;
  const onPayment = isSensible ? lastDayFrom(block, paidOn) : null;
  const isOver = onPayment !== null && onPayment < today;
  const purchasedOn = isSensible && !isOver ? paidOn : today;
  return { ...block, purchasedOn, expiresOn: lastDayFrom(block, purchasedOn) };
}

/** A block with a first day: until then its hours cannot be used. */
interface Scheduled {
  purchasedOn: DateText;
  status: 'ordered' | 'active' | 'void';
  invoiceKey: string | null;
}

export function asScheduled<Block extends Scheduled>(block: Block, today: DateText): Block {
  return block.purchasedOn > today ? { ...block, status: 'ordered' } : block;
}

export function isScheduled({ status, invoiceKey }: Omit<Scheduled, 'purchasedOn'>): boolean {
  return status === 'ordered' && invoiceKey === null;
}
