/** https://docs.stripe.com/webhooks#verify-manually: `t=…,v1=…`, an HMAC-SHA256 of time and body. */
import type { Poke } from '../../src/contract/connector.ts';
import { isHmacOf } from '../../src/domain/signature.ts';
import type { StripeConfig } from './config.ts';

/** A signature is not accepted later, so that one that was caught cannot be replayed. */
const toleranceSeconds = 300;

export function isSigned({ webhookSecret }: StripeConfig, { header, body, nowMs }: Poke): boolean {
  const given = header('stripe-signature');
  if (webhookSecret === undefined || given === undefined) return false;
  const time = /(?:^|,)t=(\d{1,12})(?:,|$)/.exec(given)?.[1] ?? '0';
  if (Math.abs(nowMs / 1000 - Number(time)) > toleranceSeconds) return false;
  const signed = [Buffer.from(`${time}.`), body];
  const all = [...given.matchAll(/(?:^|,)v1=([^,]+)/g)];
  return all.some(([, text = '']) => isHmacOf(signed, webhookSecret, text));
}
