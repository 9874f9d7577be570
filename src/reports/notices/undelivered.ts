import type { Store } from '../../store/port.ts';
import { plainText } from '../format/plain-text.ts';

/** Messages that were not delivered. */
export interface Undelivered {
  /** To be sent or retried by the next runs. */
  waiting: number;
  /** Rejected by the vendor: to be retried or cancelled by hand. */
  refused: number;
  /** Why the latest of them was not delivered; null: none was tried. */
  reason: string | null;
}

export async function readUndelivered(store: Pick<Store, 'listMessages'>): Promise<Undelivered> {
  const messages = await store.listMessages({ statuses: ['pending', 'claimed', 'dead'] });
  const refused = messages.filter(({ status }) => status === 'dead').length;
  const failed = messages.filter(({ lastError }) => lastError !== null).at(-1);
  const reason =
    failed === undefined ? null : `${failed.clientName}, ${failed.kind}: ${failed.lastError}`;
  return { waiting: messages.length - refused, refused, reason };
}

/** One line each for pending and rejected messages, if any. */
export function undeliveredLines({ waiting, refused, reason }: Undelivered): string[] {
  const lines: string[] = [];
  if (refused > 0) {
    const noun = refused === 1 ? 'message was' : 'messages were';
    lines.push(`${refused} ${noun} rejected: prepaid-hours outbox list --status dead`);
  }
  if (waiting > 0) {
    const noun = waiting === 1 ? 'message is' : 'messages are';
    lines.push(
      `${waiting} ${noun} not sent yet: prepaid-hours outbox list --status pending,claimed`,
    );
  }
  if (lines.length > 0 && reason !== null) lines.push(`Last error: ${plainText(reason)}`);
  return lines;
}
