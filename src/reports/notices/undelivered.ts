import type { Store } from '../../store/port.ts';
import { plainText } from '../format/plain-text.ts';

/** Messages that did not reach their vendor. */
export interface Undelivered {
  /** They are sent, or tried again, by the next runs. */
  waiting: number;
  /** The vendor said no: a person retries or cancels them. */
  refused: number;
  /** Why the latest of them is not delivered; null: none was tried. */
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

/** A line for the waiting and one for the refused, where there are any. */
export function undeliveredLines({ waiting, refused, reason }: Undelivered): string[] {
  const lines: string[] = [];
  if (refused > 0) {
    const noun = refused === 1 ? 'message was' : 'messages were';
    lines.push(`${refused} ${noun} refused: prepaid-hours outbox list --status dead`);
  }
  if (waiting > 0) {
    const noun = waiting === 1 ? 'message waits' : 'messages wait';
    lines.push(`${waiting} ${noun} to be sent: prepaid-hours outbox list --status pending,claimed`);
  }
  if (lines.length > 0 && reason !== null) lines.push(`Last reason: ${plainText(reason)}`);
  return lines;
}
