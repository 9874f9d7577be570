/** What Stripe posts to a webhook endpoint: signed, sometimes twice, in any order. */
import { createHmac } from 'node:crypto';
import { eventRow } from './rows.ts';
import type { StripeEvent } from './state.ts';

export interface Delivery {
  url: string;
  /** `whsec_…`, of the endpoint. */
  secret: string;
  /** Posted so often each. Default: 1. */
  times?: number;
  /** Default: as they happened. */
  order?: 'reversed';
}

/** The status of each answer; null: none came. */
export async function deliver(
  events: readonly StripeEvent[],
  { url, secret, times = 1, order }: Delivery,
  nowMs: number,
): Promise<(number | null)[]> {
  const once = order === 'reversed' ? events.toReversed() : [...events];
  const statuses: (number | null)[] = [];
  for (const event of Array.from({ length: times }, () => once).flat()) {
    const body = JSON.stringify(eventRow(event), null, 2);
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': signatureOf(body, secret, Math.floor(nowMs / 1000)),
    };
    const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => null);
    statuses.push(answer?.status ?? null);
  }
  return statuses;
}

/** An old scheme (`v0`) is sent along and proves nothing. */
export function signatureOf(body: string, secret: string, seconds: number): string {
  const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${signature},v0=${'0'.repeat(64)}`;
}
