import type { Store } from '../../store/port.ts';
import { plainText } from '../format/plain-text.ts';

/** Messages that were not delivered. */
export interface Undelivered {
  /** To be sent or retried by the next runs. */
  waiting: number;
  /** Recharges that wait for `outbox approve`. */
  unapproved: number;
  /** Rejected by the vendor: to be retried or cancelled by hand. */
  refused: number;
  /** Why the latest of them was not delivered; null: none was tried. */
  reason: string | null;
}

export async function readUndelivered(store: Pick<Store, 'listMessages'>): Promise<Undelivered> {
  const all = await store.listMessages({ statuses: ['pending', 'claimed', 'dead', 'unapproved'] });
  const messages = all.filter(({ status }) => status !== 'unapproved');
  const unapproved = all.filter((one) => one.status === 'unapproved' && one.kind === 'invoice');
  const refused = messages.filter(({ status }) => status === 'dead').length;
  const failed = messages.filter(({ lastError }) => lastError !== null).at(-1);
  const reason =
    failed === undefined ? null : `${failed.clientName}, ${failed.kind}: ${failed.lastError}`;
  const waiting = messages.length - refused;
  return { waiting, unapproved: unapproved.length, refused, reason };
}

/** One line each for pending and rejected messages, if any. */
export function undeliveredLines({ waiting, unapproved, refused, reason }: Undelivered): string[] {
  const lines: string[] = [];
  if (refused > 0) {
    const noun = refused === 1 ? 'message was' : 'messages were';
    lines.push(`${refused} ${noun} rejected: prepaid-hours outbox list --status dead`);
  }
  if (unapproved > 0) {
    const noun = unapproved === 1 ? 'recharge waits' : 'recharges wait';
    lines.push(`${unapproved} ${noun} for approval: prepaid-hours outbox list --status unapproved`);
  }
  if (waiting > 0) {
    const noun = waiting === 1 ? 'message is' : 'messages are';
    lines.push(
      `${waiting} ${noun} not sent yet: prepaid-hours outbox list --status pending,claimed`,
    );
  }
  if (refused + waiting > 0 && reason !== null) lines.push(`Last error: ${plainText(reason)}`);
  return lines;
}
