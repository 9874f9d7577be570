/** What GoCardless posts to a webhook endpoint: several events at once, signed, sometimes twice, in any order. */
import { createHmac } from 'node:crypto';
import { eventRow } from './rows.ts';
import type { GoCardlessEvent } from './state.ts';

export interface Delivery {
  url: string;
  /** Of the endpoint. */
  secret: string;
  /** Posted so often each. Default: 1. */
  times?: number;
  /** Default: as they happened. */
  order?: 'reversed';
  /** Of one delivery. Default: 250. */
  eventsMax?: number;
}

/** The status of each answer; null: none came. */
export async function deliver(
  events: readonly GoCardlessEvent[],
  { url, secret, times = 1, order, eventsMax = 250 }: Delivery,
): Promise<(number | null)[]> {
  const inOrder = order === 'reversed' ? events.toReversed() : [...events];
  const batches: GoCardlessEvent[][] = [];
  for (let start = 0; start < inOrder.length; start += eventsMax) {
    batches.push(inOrder.slice(start, start + eventsMax));
  }
  const statuses: (number | null)[] = [];
  for (const [index, batch] of Array.from({ length: times }, () => batches)
    .flat()
    .entries()) {
    const body = webhookBody(batch, `WB${index}`);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'gocardless-webhook-service/1.1',
      'webhook-signature': signatureOf(body, secret),
    };
    const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => null);
    statuses.push(answer?.status ?? null);
  }
  return statuses;
}

export function webhookBody(events: readonly GoCardlessEvent[], webhook_id = 'WB1'): string {
  return JSON.stringify({ events: events.map(eventRow), meta: { webhook_id } });
}

export function signatureOf(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}
